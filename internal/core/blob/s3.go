package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"os"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"noroshi.dev/internal/core/fault"
)

// Bucket is where an S3 store lies.
type Bucket struct {
	Endpoint  string // host:port
	Region    string
	Name      string
	Prefix    string // of every key; may be empty
	AccessKey string
	SecretKey string
	PlainHTTP bool
	Temp      string // folder for what is being written; "" is the system's
}

type s3 struct {
	client *minio.Client
	at     Bucket
}

// S3 opens the store in a bucket that exists. The content is gathered in a
// temporary file first: its name is known only after the last byte.
func S3(b Bucket, c Config) (*Store, error) {
	client, err := minio.New(b.Endpoint, &minio.Options{
		Creds: credentials.NewStaticV4(b.AccessKey, b.SecretKey, ""), Secure: !b.PlainHTTP, Region: b.Region, BucketLookup: minio.BucketLookupPath,
	})
	if err != nil {
		return nil, fmt.Errorf("blob: bucket %s: %w", b.Name, err)
	}
	if b.Prefix != "" && !strings.HasSuffix(b.Prefix, "/") {
		b.Prefix += "/"
	}
	return newStore(s3{client, b}, c), nil
}

func (s s3) put(ctx context.Context, r io.Reader, name func() string) error {
	f, err := os.CreateTemp(s.at.Temp, "noroshi-blob-*")
	if err != nil {
		return err
	}
	defer func() { _ = errors.Join(f.Close(), os.Remove(f.Name())) }()
	n, err := io.Copy(f, cancellable{ctx, r})
	if err != nil {
		return err
	}
	to := name()
	if ok, err := s.has(ctx, to); ok || err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err = s.client.PutObject(ctx, s.at.Name, s.at.Prefix+to, f, n, minio.PutObjectOptions{ContentType: "application/octet-stream"})
	return silent(err)
}

func (s s3) get(ctx context.Context, key string) (io.ReadCloser, error) {
	o, err := s.client.GetObject(ctx, s.at.Name, s.at.Prefix+key, minio.GetObjectOptions{})
	if err != nil {
		return nil, silent(err)
	}
	if _, err := o.Stat(); err != nil { // GetObject asks only when it is read
		_ = o.Close()
		if absent(err) {
			return nil, fault.New(fault.NotFound, "blob.blob", key)
		}
		return nil, silent(err)
	}
	return o, nil
}

func (s s3) has(ctx context.Context, key string) (bool, error) {
	_, err := s.client.StatObject(ctx, s.at.Name, s.at.Prefix+key, minio.StatObjectOptions{})
	if absent(err) {
		return false, nil
	}
	return err == nil, silent(err)
}

func (s s3) remove(ctx context.Context, key string) error {
	return silent(s.client.RemoveObject(ctx, s.at.Name, s.at.Prefix+key, minio.RemoveObjectOptions{}))
}

func (s s3) keys(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel() // ends the listing if the caller stops early
		for o := range s.client.ListObjects(ctx, s.at.Name, minio.ListObjectsOptions{Prefix: s.at.Prefix, Recursive: true}) {
			if !yield(strings.TrimPrefix(o.Key, s.at.Prefix), silent(o.Err)) || o.Err != nil {
				return
			}
		}
	}
}

// absent reports whether the bucket answered that there is no such key.
func absent(err error) bool {
	return err != nil && minio.ToErrorResponse(err).StatusCode == http.StatusNotFound
}

// silent makes an error of the bucket a fault that may be tried again.
func silent(err error) error {
	if err == nil {
		return nil
	}
	return fault.New(fault.Unavailable, "blob.bucket").Because(err)
}
