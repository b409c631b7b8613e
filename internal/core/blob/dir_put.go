package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path"
)

func (d dir) put(ctx context.Context, r io.Reader, name func() string) error {
	temp := tempPrefix + rand.Text()
	f, err := d.root.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = d.root.Remove(temp) }() // gone already after the rename
	_, err = io.Copy(f, cancellable{ctx, r})
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	to := name()
	if ok, err := d.has(ctx, to); ok || err != nil {
		return err // equal content is there, durable since it was put
	}
	if err := d.root.MkdirAll(path.Dir(to), 0o700); err != nil {
		return err
	}
	if err := d.root.Rename(temp, to); err != nil {
		return err
	}
	for at := path.Dir(to); ; at = path.Dir(at) {
		if err := d.sync(at); err != nil {
			return err
		}
		if at == "." {
			return nil
		}
	}
}

// sync makes the names in a folder durable.
func (d dir) sync(at string) error {
	f, err := d.root.Open(at)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// cancellable ends a copy when the context ends.
type cancellable struct {
	ctx context.Context // of the copy that reads from r
	r   io.Reader
}

// Read reads unless the context has ended.
func (c cancellable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
