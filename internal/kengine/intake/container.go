package intake

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// sniffSize is the number of bytes that tell a container: a tar header.
const sniffSize = 512

// ratioFrom is the number of bytes from which the ratio counts: small things may be very regular.
const ratioFrom = 64 << 20

// packing is the kind of a container.
type packing int

const (
	plain packing = iota
	packGzip
	packZstd
	packTar
	packZip
)

// sniff tells a container by its first bytes.
func sniff(head []byte) packing {
	switch {
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return packGzip
	case bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd")):
		return packZstd
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return packZip
	case len(head) >= 262 && string(head[257:262]) == "ustar":
		return packTar
	}
	return plain
}

// container takes one container apart. A compressed tar counts as one container.
func (r *reader) container(in input, kind packing) error {
	if in.depth > max(r.opt.MaxDepth, 0) || in.compressed && kind != packTar {
		return ErrDepth
	}
	switch kind {
	case packGzip:
		return r.gzip(in)
	case packZstd:
		return r.zstd(in)
	case packTar:
		return r.tar(in)
	default:
		return r.zip(in)
	}
}

func (r *reader) gzip(in input) error {
	packed := &counter{r: in.r}
	z, err := gzip.NewReader(packed)
	if err != nil {
		return damaged(err)
	}
	defer func() { _ = z.Close() }() // it only frees; damage is an error of reading
	in.r, in.file, in.compressed = r.guard(z, packed), nil, true
	return damaged(r.open(in))
}

func (r *reader) zstd(in input) error {
	packed := &counter{r: in.r}
	z, err := zstd.NewReader(packed, zstd.WithDecoderMaxWindow(128<<20))
	if err != nil {
		return damaged(err)
	}
	defer z.Close()
	in.r, in.file, in.compressed = r.guard(z, packed), nil, true
	return damaged(r.open(in))
}

func (r *reader) tar(in input) error {
	t := &tarReader{r: in.r}
	failing := &failure{r: t}
	for {
		name, size, err := t.next()
		if errors.Is(err, io.EOF) {
			if !t.ended() {
				return fmt.Errorf("tar without its end: %w", ErrTruncated)
			}
			return r.rest(in.r)
		}
		if err != nil {
			return damaged(err)
		}
		name = in.name + "!" + name
		err = r.member(input{name: name, r: failing, depth: in.depth + 1}, size)
		if failing.err != nil {
			return damaged(failing.err) // the container, not the member, is at fault
		}
		if err := r.part(name, err); err != nil {
			return err
		}
	}
}

// rest reads what follows the end of a tar, so that a checksum behind it is checked.
func (r *reader) rest(from io.Reader) error {
	_, err := io.Copy(io.Discard, from)
	return damaged(err)
}

// member stores a member of a container, whose size is what the container claims.
func (r *reader) member(in input, size int64) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	if size <= chunkSize {
		return r.small(in, size)
	}
	return r.open(in)
}

func (r *reader) zip(in input) error {
	file := in.file
	if file == nil {
		spooled, err := r.spool(in.r)
		if err != nil {
			return err
		}
		defer spooled.Close()
		file = spooled
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	z, err := zip.NewReader(file, info.Size())
	if err != nil {
		return damaged(err)
	}
	z.RegisterDecompressor(zip.Deflate, flate.NewReader)
	for _, f := range z.File {
		if !f.Mode().IsRegular() {
			continue
		}
		name := in.name + "!" + f.Name
		if err := r.part(name, r.zipMember(name, f, in.depth+1)); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) zipMember(name string, f *zip.File, depth int) error {
	body, err := f.Open()
	if err != nil {
		return damaged(err)
	}
	defer body.Close()
	packed := counted(int64(min(f.CompressedSize64, 1<<62)))
	size := int64(min(f.UncompressedSize64, 1<<62))
	return damaged(r.member(input{name: name, r: r.guard(body, packed), depth: depth}, size))
}

// spool writes a stream to a file without a name, because zip has its index at the end.
func (r *reader) spool(from io.Reader) (*os.File, error) {
	f, err := os.CreateTemp("", "noroshi-intake-*.zip")
	if err != nil {
		return nil, err
	}
	err = os.Remove(f.Name())
	if err == nil {
		var n int64
		n, err = io.Copy(f, io.LimitReader(from, r.opt.MaxBytes+1))
		if err == nil && n > r.opt.MaxBytes {
			err = fmt.Errorf("%d bytes: %w", r.opt.MaxBytes, ErrLimit)
		}
	}
	if err != nil {
		_ = f.Close()
		return nil, truncated(err)
	}
	return f, nil
}

// damaged marks an error of a decompressor or of a container's structure.
func damaged(err error) error {
	if err == nil || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		if err != nil {
			return truncated(err)
		}
		return nil
	}
	for _, own := range []error{ErrLimit, ErrRatio, ErrDepth, ErrTooLarge, ErrTruncated, ErrDamaged} {
		if errors.Is(err, own) {
			return err
		}
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}

// counter counts the bytes read through it. A decompressor may read ahead in a goroutine of its
// own while the count is asked for.
type counter struct {
	r io.Reader
	n atomic.Int64
}

// counted returns a counter that stands at n already.
func counted(n int64) *counter {
	c := &counter{}
	c.n.Store(n)
	return c
}

// Read reads and counts.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// tail remembers the last block read through it: a tar that was cut between two members looks like
// a whole one except that the blocks of zeros at its end are missing.
type tail struct {
	r    io.Reader
	last [512]byte
}

// Read reads and remembers.
func (t *tail) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	if n < len(t.last) {
		copy(t.last[:], t.last[n:])
		copy(t.last[len(t.last)-n:], p[:n])
	} else {
		copy(t.last[:], p[n-len(t.last):n])
	}
	return n, err
}

func (t *tail) zero() bool { return t.last == [512]byte{} }

// failure remembers the error of the reader below it, other than its end.
type failure struct {
	r   io.Reader
	err error
}

// Read reads and remembers.
func (f *failure) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		f.err = err
	}
	return n, err
}

// guard reads what comes out of a decompressor and refuses a bomb.
type guard struct {
	r      io.Reader
	packed *counter
	out    int64
	opt    *Options
}

func (r *reader) guard(from io.Reader, packed *counter) io.Reader {
	return &guard{r: from, packed: packed, opt: &r.opt}
}

// Read reads and compares what came out with what went in.
func (g *guard) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	g.out += int64(n)
	if g.out > g.opt.MaxBytes {
		return 0, fmt.Errorf("%d bytes: %w", g.opt.MaxBytes, ErrLimit)
	}
	if g.out > ratioFrom && g.out/max(g.packed.n.Load(), 1) > g.opt.MaxRatio {
		return 0, fmt.Errorf("more than %d times: %w", g.opt.MaxRatio, ErrRatio)
	}
	return n, err
}
