package backup

import (
	"archive/tar"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"

	"noroshi.dev/internal/core/jobs"
)

// sink takes what reader finds. Each method reads r to its end or not at all.
type sink interface {
	header(Header) error
	rows(ctx context.Context, t Table, rows func(yield func([]any, error) bool)) error
	job(jobs.Saved) error
	blob(ctx context.Context, b Blob, r io.Reader) error
	small(name string, data []byte) error
}

// open undoes encryption and compression. An archive that is encrypted needs identities.
func open(r io.Reader, identities []age.Identity) (*zstd.Decoder, error) {
	b := bufio.NewReaderSize(r, 1<<20)
	start, err := b.Peek(len(ageMark))
	if err != nil {
		return nil, broken("%d bytes are no archive", len(start))
	}
	var in io.Reader = b
	if string(start) == ageMark {
		if len(identities) == 0 {
			return nil, errors.New("the archive is encrypted: name the file of an age identity")
		}
		if in, err = age.Decrypt(b, identities...); err != nil {
			return nil, fmt.Errorf("decrypt: %w", err)
		}
	}
	z, err := zstd.NewReader(in, zstd.WithDecoderMaxWindow(64<<20), zstd.WithDecoderMaxMemory(256<<20))
	if err != nil {
		return nil, broken("%v", err)
	}
	return z, nil
}

const ageMark = "age-encryption.org/"

// reading is one pass over an archive.
type reading struct {
	sink   sink
	header Header
	seen   []Member
}

// read passes the members of an archive to s in their order and checks them
// against the manifest. When it returns nil, every byte was as it was written.
func read(ctx context.Context, in io.Reader, identities []age.Identity, s sink) (Manifest, error) {
	z, err := open(in, identities)
	if err != nil {
		return Manifest{}, err
	}
	defer z.Close()
	g := &reading{sink: s}
	m, err := g.members(ctx, tar.NewReader(z))
	if err != nil {
		return Manifest{}, err
	}
	// The sums of compression and encryption stand at the very end.
	if n, err := io.Copy(io.Discard, z); err != nil || n > maxSmall {
		return Manifest{}, broken("after the manifest: %d bytes, %v", n, err)
	}
	return m, nil
}

// members reads all members up to the manifest.
func (g *reading) members(ctx context.Context, t *tar.Reader) (Manifest, error) {
	for {
		if err := ctx.Err(); err != nil {
			return Manifest{}, err
		}
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return Manifest{}, broken("it ends before the manifest")
		}
		if err != nil {
			return Manifest{}, broken("member %d: %v", len(g.seen)+1, err)
		}
		if h.Typeflag != tar.TypeReg {
			return Manifest{}, broken("%s is not a file", h.Name)
		}
		if h.Name == manifestName {
			return g.manifest(t, h.Size)
		}
		if err := g.member(ctx, h, t); err != nil {
			return Manifest{}, fmt.Errorf("%s: %w", h.Name, err)
		}
	}
}

// manifest reads the last member and compares it with all before it.
func (g *reading) manifest(t *tar.Reader, size int64) (Manifest, error) {
	data, err := all(t, size, maxList)
	if err != nil {
		return Manifest{}, err
	}
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return Manifest{}, broken("%s: %v", manifestName, err)
	}
	if err := m.check(g.header, g.seen); err != nil {
		return Manifest{}, err
	}
	if _, err := t.Next(); !errors.Is(err, io.EOF) {
		return Manifest{}, broken("something stands after the manifest")
	}
	return m, nil
}

// member reads one file and notes its sum.
func (g *reading) member(ctx context.Context, h *tar.Header, t io.Reader) error {
	if len(g.seen) == 0 && h.Name != headerName {
		return broken("the first member is not %s", headerName)
	}
	sum := sha256.New()
	body := io.TeeReader(t, sum)
	if err := g.pass(ctx, h, body); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, body); err != nil {
		return broken("%v", err)
	}
	g.seen = append(g.seen, Member{Name: h.Name, Size: h.Size, SHA256: hex.EncodeToString(sum.Sum(nil))})
	return nil
}

// pass hands one file to the sink.
func (g *reading) pass(ctx context.Context, h *tar.Header, body io.Reader) error {
	if m := blobMember.FindStringSubmatch(h.Name); m != nil {
		return g.sink.blob(ctx, Blob{SHA256: m[1], Size: h.Size}, body)
	}
	limit := int64(maxSmall)
	if h.Name == jobsName || tableMember.MatchString(h.Name) {
		limit = maxChunk
	}
	data, err := all(body, h.Size, limit)
	if err != nil {
		return err
	}
	switch {
	case h.Name == headerName:
		return g.first(data)
	case h.Name == jobsName:
		return g.jobs(data)
	case h.Name == checkpointName, h.Name == keyName, h.Name == configName:
		return g.sink.small(h.Name, data)
	case tableMember.MatchString(h.Name):
		return g.table(ctx, tableMember.FindStringSubmatch(h.Name)[1], data)
	}
	return broken("this version knows no such member")
}

// first reads the header.
func (g *reading) first(data []byte) error {
	if len(g.seen) > 0 {
		return broken("a second header")
	}
	if err := json.Unmarshal(data, &g.header); err != nil {
		return broken("%v", err)
	}
	if g.header.Form != Form {
		return fmt.Errorf("the archive has form %d, this version reads form %d", g.header.Form, Form)
	}
	return g.sink.header(g.header)
}

func (g *reading) jobs(data []byte) error {
	for dec := json.NewDecoder(bytes.NewReader(data)); ; {
		var j jobs.Saved
		if err := dec.Decode(&j); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return broken("%v", err)
		}
		if err := g.sink.job(j); err != nil {
			return err
		}
	}
}

// table reads one member of rows.
func (g *reading) table(ctx context.Context, name string, data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	var t Table
	if err := dec.Decode(&t); err != nil || t.Name != name || len(t.Columns) == 0 {
		return broken("the first line does not describe the table")
	}
	row := make([]any, len(t.Columns))
	return g.sink.rows(ctx, t, func(yield func([]any, error) bool) {
		for line := 2; ; line++ {
			err := decodeRow(dec, t, row)
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(nil, broken("line %d: %v", line, err))
				return
			}
			if !yield(row, nil) {
				return
			}
		}
	})
}

// decodeRow reads the next row; io.EOF after the last one.
func decodeRow(dec *json.Decoder, t Table, row []any) error {
	var cells []json.RawMessage
	if err := dec.Decode(&cells); err != nil {
		return err
	}
	if len(cells) != len(t.Columns) {
		return fmt.Errorf("%d values for %d columns", len(cells), len(t.Columns))
	}
	for i, c := range t.Columns {
		v, err := decode(c.Kind, cells[i])
		if err != nil {
			return fmt.Errorf("column %s: %w", c.Name, err)
		}
		row[i] = v
	}
	return nil
}

// all reads a member of a stated size into memory.
func all(r io.Reader, size, limit int64) ([]byte, error) {
	if size > limit {
		return nil, broken("%d bytes, at most %d", size, limit)
	}
	data, err := io.ReadAll(io.LimitReader(r, size))
	if err == nil && int64(len(data)) != size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, broken("%v", err)
	}
	return data, nil
}

// nothing is a sink that only lets the reader check everything.
type nothing struct{}

func (nothing) header(Header) error { return nil }

func (nothing) rows(_ context.Context, _ Table, rows func(yield func([]any, error) bool)) error {
	for _, err := range rows {
		if err != nil {
			return err
		}
	}
	return nil
}

func (nothing) job(jobs.Saved) error { return nil }

func (nothing) blob(_ context.Context, b Blob, r io.Reader) error {
	sum := sha256.New()
	if _, err := io.Copy(sum, r); err != nil {
		return broken("%v", err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != b.SHA256 {
		return broken("the content has SHA-256 %s", got)
	}
	return nil
}

func (nothing) small(string, []byte) error { return nil }

// Check reads an archive to its end and compares every member with the
// manifest. It changes nothing.
func Check(ctx context.Context, in io.Reader, identities []age.Identity) (Manifest, error) {
	m, err := read(ctx, in, identities, nothing{})
	if err != nil {
		return Manifest{}, fmt.Errorf("backup: check: %w", err)
	}
	return m, nil
}
