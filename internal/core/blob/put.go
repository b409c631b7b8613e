package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"

	"noroshi.dev/internal/core/fault"
)

// counter hashes and counts what passes and refuses more than max.
type counter struct {
	r   io.Reader
	sum hash.Hash
	n   int64
	max int64
}

// Read passes bytes on.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.sum.Write(p[:n])
	if c.n += int64(n); c.n > c.max {
		return n, fault.New(fault.Limit, "blob.size").With("max", c.max)
	}
	return n, err
}

func (c *counter) ref() Ref { return Ref{SHA256: hex.EncodeToString(c.sum.Sum(nil)), Size: c.n} }

// Put stores what r gives and returns its name. Durable when it returns nil; on an
// error nothing is stored. Fault: Limit.
func (s *Store) Put(ctx context.Context, r io.Reader) (Ref, error) {
	plain := &counter{r: r, sum: sha256.New(), max: s.config.Max}
	var in io.Reader = plain
	suffix := ""
	if len(s.config.Recipients) > 0 {
		suffix = encrypted
		sealed, stop := s.seal(plain)
		defer stop()
		in = sealed
	}
	if err := s.bucket.put(ctx, in, func() string { return key(plain.ref().SHA256, suffix) }); err != nil {
		return Ref{}, fmt.Errorf("blob: put: %w", err)
	}
	return plain.ref(), nil
}
