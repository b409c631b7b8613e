package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
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

// ParseKeys reads age recipients and identities as configuration has them.
func ParseKeys(recipients []string, identities io.Reader) (Config, error) {
	var c Config
	for _, r := range recipients {
		x, err := age.ParseX25519Recipient(strings.TrimSpace(r))
		if err != nil {
			return Config{}, fmt.Errorf("blob: recipient: %w", err)
		}
		c.Recipients = append(c.Recipients, x)
	}
	if identities != nil {
		all, err := age.ParseIdentities(identities)
		if err != nil {
			return Config{}, fmt.Errorf("blob: identities: %w", err)
		}
		c.Identities = all
	}
	return c, nil
}

const encrypted = ".age"

// key is the place of a blob.
func key(sum, suffix string) string { return sum[:2] + "/" + sum[2:4] + "/" + sum + suffix }

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

// seal encrypts a stream; stop ends the encrypting goroutine and waits for it.
func (s *Store) seal(plain io.Reader) (out io.Reader, stop func()) {
	pr, pw := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		w, err := age.Encrypt(pw, s.config.Recipients...)
		if err == nil {
			_, err = io.Copy(w, plain)
		}
		if err == nil {
			err = w.Close()
		}
		pw.CloseWithError(err) // nil is the end of the stream
	}()
	return pr, func() {
		_ = pr.Close()
		<-done
	}
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
