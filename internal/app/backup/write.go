package backup

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"slices"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"

	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/progress"
	"noroshi.dev/internal/core/storage"
)

// Blob names one blob by its content.
type Blob struct {
	SHA256 string // lower-case hexadecimal
	Size   int64  // bytes
}

// Source is the house that is written.
type Source struct {
	DB          *storage.DB
	Version     string
	Parts       []string // names under which tables were migrated
	Blobs       func(ctx context.Context) iter.Seq2[Blob, error]
	OpenBlob    func(ctx context.Context, b Blob) (io.ReadCloser, error)
	Checkpoint  []byte                                               // signed state of the audit record
	Key         []byte                                               // public keys that vouch for it
	Config      []byte                                               // settings without secrets
	Fingerprint func(ctx context.Context) (map[string]string, error) // of each room; nil: none are kept
	Recipients  []age.Recipient                                      // whom the archive is encrypted to; empty: nobody
	Bar         *progress.Bar
}

// writer writes members and remembers their sums.
type writer struct {
	tar     *tar.Writer
	at      time.Time
	members []Member
}

// Write writes the state of s to out and returns what it wrote. It has written
// everything when it returns; making it durable is the caller's.
func Write(ctx context.Context, out io.Writer, s Source) (Manifest, error) {
	closers := []io.Closer{}
	if len(s.Recipients) > 0 {
		sealed, err := age.Encrypt(out, s.Recipients...)
		if err != nil {
			return Manifest{}, fmt.Errorf("backup: encrypt: %w", err)
		}
		out, closers = sealed, append(closers, sealed)
	}
	packed, err := zstd.NewWriter(out, zstd.WithEncoderLevel(zstd.SpeedDefault))
	if err != nil {
		return Manifest{}, fmt.Errorf("backup: compress: %w", err)
	}
	closers = append(closers, packed)
	w := &writer{tar: tar.NewWriter(packed), at: s.DB.Now()}
	m, err := w.house(ctx, s)
	if err != nil {
		return Manifest{}, err
	}
	closers = append(closers, w.tar)
	for _, c := range slices.Backward(closers) {
		if err := c.Close(); err != nil {
			return Manifest{}, fmt.Errorf("backup: write: %w", err)
		}
	}
	return m, nil
}

// house writes all members; the manifest is the last of them.
func (w *writer) house(ctx context.Context, s Source) (Manifest, error) {
	m := Manifest{Header: Header{Form: Form, Version: s.Version, At: w.at, Dialect: s.DB.Dialect().String(), Schemas: map[string]int64{}}}
	for _, part := range s.Parts {
		version, err := s.DB.Version(ctx, part)
		if err != nil {
			return Manifest{}, err
		}
		m.Schemas[part] = version
	}
	if err := w.json(headerName, m.Header); err != nil {
		return Manifest{}, err
	}
	before, err := fingerprint(ctx, s)
	if err != nil {
		return Manifest{}, err
	}
	if err := s.DB.InRead(ctx, func(ctx context.Context, r storage.Runner) error { return w.tables(ctx, r, s, &m) }); err != nil {
		return Manifest{}, err
	}
	// A fingerprint is taken outside of the snapshot; it counts only if nothing changed around it.
	after, err := fingerprint(ctx, s)
	if err != nil {
		return Manifest{}, err
	}
	if fmt.Sprint(before) == fmt.Sprint(after) {
		m.Fingerprints = after
	}
	if m.Blobs, err = w.blobs(ctx, s); err != nil {
		return Manifest{}, err
	}
	for _, small := range []struct {
		name string
		data []byte
	}{{checkpointName, s.Checkpoint}, {keyName, s.Key}, {configName, s.Config}} {
		if err := w.bytes(small.name, small.data); err != nil {
			return Manifest{}, err
		}
	}
	m.Members = w.members
	return m, w.json(manifestName, m)
}

func fingerprint(ctx context.Context, s Source) (map[string]string, error) {
	if s.Fingerprint == nil {
		return nil, nil //nolint:nilnil // no fingerprint is asked for
	}
	return s.Fingerprint(ctx)
}

// tables writes the rows of every table and the waiting jobs from one snapshot.
func (w *writer) tables(ctx context.Context, r storage.Runner, s Source, m *Manifest) error {
	tables, err := Tables(ctx, s.DB, r)
	if err != nil {
		return err
	}
	for _, t := range tables {
		if t, err = w.table(ctx, r, t, s.Bar); err != nil {
			return err
		}
		m.Tables = append(m.Tables, t)
	}
	var b bytes.Buffer
	for job, err := range jobs.Save(ctx, r) {
		if err != nil {
			return fmt.Errorf("backup: jobs: %w", err)
		}
		if err := encodeJSON(&b, job); err != nil {
			return fmt.Errorf("backup: jobs: %w", err)
		}
		b.WriteByte('\n')
		m.Jobs++
	}
	return w.bytes(jobsName, b.Bytes())
}

// table writes the rows of one table in members of about chunkSize, each of
// which begins with a line that names table and columns.
func (w *writer) table(ctx context.Context, r storage.Runner, t Table, bar *progress.Bar) (Table, error) {
	var chunk, scratch bytes.Buffer
	var sum digest
	part := 0
	flush := func() error {
		part++
		err := w.bytes(fmt.Sprintf("table/%s/%04d.jsonl", t.Name, part), chunk.Bytes())
		chunk.Reset()
		return err
	}
	for row, err := range t.Rows(ctx, r) {
		if err != nil {
			return Table{}, err
		}
		if chunk.Len() == 0 {
			if err := encodeJSON(&chunk, Table{Name: t.Name, Columns: t.Columns}); err != nil {
				return Table{}, err
			}
			chunk.WriteByte('\n')
		}
		if err := encodeRow(&chunk, row); err != nil {
			return Table{}, fmt.Errorf("backup: table %s: %w", t.Name, err)
		}
		if err := sum.add(t, row, &scratch); err != nil {
			return Table{}, err
		}
		t.Count++
		bar.Add(1)
		if chunk.Len() >= chunkSize {
			if err := flush(); err != nil {
				return Table{}, err
			}
		}
	}
	if t.Digest = sum.String(); chunk.Len() == 0 {
		return t, nil
	}
	return t, flush()
}

func encodeRow(b *bytes.Buffer, row []any) error {
	b.WriteByte('[')
	for i, v := range row {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := encode(b, v); err != nil {
			return err
		}
	}
	b.WriteString("]\n")
	return nil
}

// blobs writes every blob and returns their number.
func (w *writer) blobs(ctx context.Context, s Source) (int64, error) {
	if s.Blobs == nil {
		return 0, nil
	}
	var n int64
	for b, err := range s.Blobs(ctx) {
		if err == nil {
			err = w.blob(ctx, s, b)
		}
		if err != nil {
			return n, fmt.Errorf("backup: blob %s: %w", b.SHA256, err)
		}
		n++
		s.Bar.Add(1)
	}
	return n, nil
}

func (w *writer) blob(ctx context.Context, s Source, b Blob) error {
	r, err := s.OpenBlob(ctx, b)
	if err != nil {
		return err
	}
	defer r.Close()
	m, err := w.member("blob/"+b.SHA256, b.Size, r)
	if err == nil && m.SHA256 != b.SHA256 {
		return fmt.Errorf("its content has SHA-256 %s: the blob store is damaged", m.SHA256)
	}
	return err
}

func (w *writer) json(name string, v any) error {
	data, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return fmt.Errorf("backup: %s: %w", name, err)
	}
	return w.bytes(name, append(data, '\n'))
}

func (w *writer) bytes(name string, data []byte) error {
	_, err := w.member(name, int64(len(data)), bytes.NewReader(data))
	return err
}

// member writes one file of the archive.
func (w *writer) member(name string, size int64, r io.Reader) (Member, error) {
	err := w.tar.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o600, ModTime: w.at, Format: tar.FormatPAX})
	if err != nil {
		return Member{}, fmt.Errorf("backup: write %s: %w", name, err)
	}
	sum := sha256.New()
	n, err := io.Copy(w.tar, io.TeeReader(io.LimitReader(r, size+1), sum))
	if err == nil && n != size {
		err = fmt.Errorf("has %d bytes, not %d", n, size)
	}
	if err != nil {
		return Member{}, fmt.Errorf("backup: write %s: %w", name, err)
	}
	m := Member{Name: name, Size: size, SHA256: hex.EncodeToString(sum.Sum(nil))}
	w.members = append(w.members, m)
	return m, nil
}
