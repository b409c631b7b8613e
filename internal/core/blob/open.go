package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"filippo.io/age"

	"noroshi.dev/internal/core/fault"
)

// Open reads a blob. The reader ends with an error if the content is not what
// its name says. Faults: NotFound, Unavailable where no identity opens it.
func (s *Store) Open(ctx context.Context, ref Ref) (io.ReadCloser, error) {
	if !valid(ref.SHA256) {
		return nil, fault.New(fault.NotFound, "blob.blob", ref.SHA256)
	}
	f, err := s.bucket.get(ctx, key(ref.SHA256, ""))
	if err == nil {
		return &checked{Reader: f, close: f.Close, sum: sha256.New(), want: ref}, nil
	}
	if !errors.Is(err, fault.NotFound) {
		return nil, fmt.Errorf("blob: open %s: %w", ref.SHA256, err)
	}
	if f, err = s.bucket.get(ctx, key(ref.SHA256, encrypted)); err != nil {
		return nil, fmt.Errorf("blob: open %s: %w", ref.SHA256, err)
	}
	plain, err := age.Decrypt(f, s.config.Identities...)
	if err != nil {
		return nil, errors.Join(fault.New(fault.Unavailable, "blob.sealed", ref.SHA256).Because(err), f.Close())
	}
	return &checked{Reader: plain, close: f.Close, sum: sha256.New(), want: ref}, nil
}

// checked compares what was read with the name at the end.
type checked struct {
	io.Reader
	close func() error
	sum   hash.Hash
	n     int64
	want  Ref
}

// Read passes bytes on; the end only if all were right.
func (c *checked) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.sum.Write(p[:n])
	c.n += int64(n)
	if !errors.Is(err, io.EOF) {
		return n, err
	}
	sizeDiffers := c.want.Size > 0 && c.want.Size != c.n
	if sizeDiffers || hex.EncodeToString(c.sum.Sum(nil)) != c.want.SHA256 {
		return n, fault.New(fault.Unavailable, "blob.damaged", c.want.SHA256)
	}
	return n, err
}

// Close closes the blob.
func (c *checked) Close() error { return c.close() }
