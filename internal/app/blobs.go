package app

import (
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"

	"noroshi.dev/internal/app/backup"
	"noroshi.dev/internal/core/blob"
)

// blobFolder is where blobs lie without a bucket.
func blobFolder(c Config) string { return filepath.Join(c.Data, "blob") }

// openBlobs opens the store that the settings name.
func openBlobs(c Config) (*blob.Store, error) {
	var identities io.Reader
	if c.Blob.IdentitiesFile != "" {
		f, err := os.Open(c.Blob.IdentitiesFile)
		if err != nil {
			return nil, fmt.Errorf("app: blob identities: %w", err)
		}
		defer f.Close()
		identities = io.LimitReader(f, 1<<20)
	}
	keys, err := blob.ParseKeys(c.Blob.Recipients, identities)
	if err != nil {
		return nil, err
	}
	if s := c.Blob.S3; s.Endpoint != "" {
		return blob.S3(blob.Bucket{
			Endpoint: s.Endpoint, Region: s.Region, Name: s.Bucket, Prefix: s.Prefix,
			AccessKey: s.AccessKey, SecretKey: s.SecretKey.Reveal(), PlainHTTP: s.PlainHTTP,
		}, keys)
	}
	return blob.Dir(blobFolder(c), keys, c.Clock.Now())
}

// blobSource lets a backup read every blob; reading one for its size checks it.
func (h *House) blobSource(s *backup.Source) {
	s.Blobs = func(ctx context.Context) iter.Seq2[backup.Blob, error] {
		return func(yield func(backup.Blob, error) bool) {
			for sum, err := range h.blobs.Walk(ctx) {
				b := backup.Blob{SHA256: sum}
				if err == nil {
					b.Size, err = h.blobs.Verify(ctx, sum)
				}
				if !yield(b, err) || err != nil {
					return
				}
			}
		}
	}
	s.OpenBlob = func(ctx context.Context, b backup.Blob) (io.ReadCloser, error) { return h.blobs.Open(ctx, blob.Ref(b)) }
}

// blobTarget lets a restore store every blob.
func (h *House) blobTarget(t *backup.Target) {
	t.PutBlob = func(ctx context.Context, r io.Reader) (backup.Blob, error) {
		ref, err := h.blobs.Put(ctx, r)
		return backup.Blob(ref), err
	}
}

// verifyBlobs reads every blob again and compares their number.
func (h *House) verifyBlobs(ctx context.Context, want int64) error {
	n := int64(0)
	for sum, err := range h.blobs.Walk(ctx) {
		if err != nil {
			return err
		}
		if _, err := h.blobs.Verify(ctx, sum); err != nil {
			return err
		}
		n++
	}
	if n < want {
		return fmt.Errorf("blobs: %d are there, the backup has %d", n, want)
	}
	return nil
}
