package blob

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"iter"
	"os"
	"strings"

	"filippo.io/age"

	"noroshi.dev/internal/core/fault"
)

// Ref names a blob.
type Ref struct {
	SHA256 string // lower-case hexadecimal, of the plain content
	Size   int64  // bytes of the plain content
}

// valid reports whether sum is 64 lower-case hexadecimal digits: the only text
// that becomes part of a path.
func valid(sum string) bool {
	return len(sum) == 2*sha256.Size && strings.Trim(sum, "0123456789abcdef") == ""
}

// bucket is where blobs lie: a folder or an S3 bucket. Keys are made by the store.
type bucket interface {
	// put stores what r gives under the key that name returns after the last
	// byte; durable when it returns. An existing key keeps its content.
	put(ctx context.Context, r io.Reader, name func() string) error
	// get opens a key; fault.NotFound if there is none.
	get(ctx context.Context, key string) (io.ReadCloser, error)
	// has reports whether there is a key.
	has(ctx context.Context, key string) (bool, error)
	// keys lists all keys in order.
	keys(ctx context.Context) iter.Seq2[string, error]
	// remove deletes a key; a missing one is no error.
	remove(ctx context.Context, key string) error
}

// Config says how blobs are kept.
type Config struct {
	Max        int64 // largest blob in bytes; 0 means DefaultMax
	Recipients []age.Recipient
	Identities []age.Identity // that open encrypted blobs
}

// DefaultMax is the largest blob unless Config says otherwise: 4 GiB.
const DefaultMax = 4 << 30

// Store keeps blobs. It is safe for concurrent use.
type Store struct {
	config Config
	bucket bucket
}

func newStore(b bucket, c Config) *Store {
	if c.Max <= 0 {
		c.Max = DefaultMax
	}
	return &Store{config: c, bucket: b}
}

// Has reports whether a blob is stored.
func (s *Store) Has(ctx context.Context, ref Ref) (bool, error) {
	if !valid(ref.SHA256) {
		return false, nil
	}
	for _, suffix := range []string{"", encrypted} {
		if ok, err := s.bucket.has(ctx, key(ref.SHA256, suffix)); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// Walk lists the names of all blobs, sorted; sizes are known only by reading.
func (s *Store) Walk(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for k, err := range s.bucket.keys(ctx) {
			sum := strings.TrimSuffix(k[strings.LastIndex(k, "/")+1:], encrypted)
			if err == nil && !valid(sum) {
				continue
			}
			if !yield(sum, err) || err != nil {
				return
			}
		}
	}
}

// Remove deletes a blob that nothing refers to any more.
func (s *Store) Remove(ctx context.Context, ref Ref) error {
	if !valid(ref.SHA256) {
		return nil
	}
	return errors.Join(s.bucket.remove(ctx, key(ref.SHA256, "")), s.bucket.remove(ctx, key(ref.SHA256, encrypted)))
}

// Verify reads a blob whole and returns its size.
func (s *Store) Verify(ctx context.Context, sum string) (int64, error) {
	r, err := s.Open(ctx, Ref{SHA256: sum})
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(io.Discard, r)
	return n, errors.Join(err, r.Close())
}

// notFound maps a missing file to the fault.
func notFound(err error, key string) error {
	if errors.Is(err, os.ErrNotExist) {
		return fault.New(fault.NotFound, "blob.blob", key)
	}
	return err
}
