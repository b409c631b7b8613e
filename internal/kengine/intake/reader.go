package intake

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// reader is the goroutine that opens the input, takes containers apart and fills chunks with
// documents.
type reader struct {
	ctx     context.Context
	p       *pipeline
	opt     Options
	current *chunk
	bytes   int64 // of all documents so far
	members int
	probe   [1]byte
}

// input is something to be taken apart: a stream with its name.
type input struct {
	name       string
	r          io.Reader
	file       *os.File // the same as r where it is a whole file, for zip
	depth      int      // containers around it
	compressed bool     // it comes straight out of a decompressor
}

func newReader(ctx context.Context, p *pipeline) *reader {
	return &reader{ctx: ctx, p: p, opt: p.opt, current: p.newChunk()}
}

// read reads the whole source. What was read before an error is sent.
func (r *reader) read(src Source) error {
	err := r.source(src)
	if flushErr := r.flush(); err == nil {
		err = flushErr
	}
	return err
}

func (r *reader) source(src Source) error {
	if src.R != nil {
		return r.open(input{name: src.Name, r: src.R})
	}
	info, err := os.Stat(src.Name)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return r.directory(src.Name)
	}
	return r.path(src.Name, func() (*os.File, error) { return os.Open(src.Name) })
}

// directory reads the regular files below dir in the order of their names. Symbolic links are
// not followed, so that a tree of a stranger cannot show files from elsewhere.
func (r *reader) directory(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err != nil {
			return r.part(full, err)
		}
		if !entry.Type().IsRegular() {
			return nil
		}
		return r.part(full, r.path(full, func() (*os.File, error) { return root.Open(name) }))
	})
}

// path reads one file of the file system.
func (r *reader) path(name string, open func() (*os.File, error)) error {
	f, err := open()
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil && info.Mode().IsRegular() && info.Size() <= chunkSize {
		return r.small(input{name: name, r: f, file: f}, info.Size())
	}
	return r.open(input{name: name, r: f, file: f})
}

// part turns an error of one part into a refusal; an error that concerns the whole comes back.
func (r *reader) part(name string, err error) error {
	if err == nil {
		return nil
	}
	if r.ctx.Err() != nil {
		return r.ctx.Err()
	}
	if errors.Is(err, ErrLimit) {
		return err
	}
	return r.refuse(name, reason(err), err)
}

// reason returns the message key of an error of the reader.
func reason(err error) string {
	switch {
	case errors.Is(err, ErrTruncated), errors.Is(err, io.ErrUnexpectedEOF):
		return ReasonTruncated
	case errors.Is(err, ErrDamaged):
		return ReasonDamaged
	case errors.Is(err, ErrRatio):
		return ReasonRatio
	case errors.Is(err, ErrDepth):
		return ReasonTooDeep
	case errors.Is(err, ErrTooLarge):
		return ReasonTooLarge
	}
	return ReasonUnreadable
}

// refuse puts a refusal in the place of a document.
func (r *reader) refuse(name, why string, cause error) error {
	ref := &Refusal{Member: name, Offset: -1, Reason: why, Cause: cause, Args: map[string]any{"detail": cause.Error()}}
	switch why {
	case ReasonTooLarge:
		ref.Args["limit"] = r.opt.MaxMember
	case ReasonTooDeep:
		ref.Args["limit"] = max(r.opt.MaxDepth, 0)
	case ReasonRatio:
		ref.Args["limit"] = r.opt.MaxRatio
	}
	if err := r.room(0); err != nil {
		return err
	}
	r.current.docs = append(r.current.docs, document{member: name, refusal: ref})
	return r.counted()
}

// open looks at the first bytes and takes a container apart or stores a document.
func (r *reader) open(in input) error {
	size := 64 << 10
	if in.compressed {
		size = sniffSize // a decompressor has its own buffer: one copy less
	}
	buffered := bufio.NewReaderSize(in.r, size)
	head, err := buffered.Peek(sniffSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return truncated(err)
	}
	in.r = buffered
	if kind := sniff(head); kind != plain {
		return r.container(in, kind)
	}
	return r.large(in)
}

// small stores a document of a known size that fits into a chunk.
func (r *reader) small(in input, size int64) error {
	if len(r.current.buf)+int(size) > cap(r.current.buf) {
		if err := r.flush(); err != nil {
			return err
		}
	}
	from := len(r.current.buf)
	room := r.current.buf[from : from+int(size)]
	if _, err := io.ReadFull(in.r, room); err != nil {
		return truncated(err)
	}
	// The end must come now; asking for it also lets a zip check its sum.
	if n, err := in.r.Read(r.probe[:]); n != 0 {
		return fmt.Errorf("longer than it claims: %w", ErrDamaged)
	} else if err != nil && !errors.Is(err, io.EOF) {
		return truncated(err)
	}
	if kind := sniff(room); kind != plain {
		in.r, in.file = bytes.NewReader(bytes.Clone(room)), nil
		return r.container(in, kind)
	}
	if size > r.opt.MaxMember {
		return ErrTooLarge
	}
	if err := r.room(size); err != nil {
		return err
	}
	r.current.buf = r.current.buf[:from+int(size)]
	r.current.docs = append(r.current.docs, document{member: in.name, from: from, to: from + int(size)})
	return r.counted()
}

// large stores a document of unknown size in a chunk of its own.
func (r *reader) large(in input) error {
	if err := r.flush(); err != nil {
		return err
	}
	buf := bytes.NewBuffer(r.current.buf)
	n, err := buf.ReadFrom(io.LimitReader(in.r, r.opt.MaxMember+1))
	if err != nil {
		return truncated(err)
	}
	if n > r.opt.MaxMember {
		return ErrTooLarge
	}
	if err := r.room(n); err != nil {
		return err
	}
	r.current.buf = buf.Bytes()
	r.current.docs = append(r.current.docs, document{member: in.name, to: int(n)})
	return r.counted()
}

// room counts a document before it is stored, and refuses it beyond the limits of the whole input.
func (r *reader) room(size int64) error {
	if r.bytes += size; r.bytes > r.opt.MaxBytes {
		return fmt.Errorf("%d bytes: %w", r.opt.MaxBytes, ErrLimit)
	}
	if r.members++; r.members > r.opt.MaxMembers {
		return fmt.Errorf("%d documents: %w", r.opt.MaxMembers, ErrLimit)
	}
	return nil
}

// counted sends the chunk if it is full.
func (r *reader) counted() error {
	if len(r.current.buf) >= chunkSize-chunkSize/8 || len(r.current.docs) >= 256 {
		return r.flush()
	}
	return nil
}

// flush sends the chunk, if anything is in it, and begins a new one.
func (r *reader) flush() error {
	if len(r.current.docs) == 0 {
		return nil
	}
	full := r.current
	r.current = r.p.newChunk()
	return r.p.send(r.ctx, full)
}

// truncated marks an unexpected end, and leaves other errors as they are.
func truncated(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: %w", ErrTruncated, err)
	}
	return err
}
