package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"strings"
	"time"
)

// tempLife is how long a file that is being written may lie; older ones are left
// over from a crash.
const tempLife = 24 * time.Hour

const tempPrefix = ".tmp-"

// dir is a folder; os.Root keeps every path inside of it.
type dir struct{ root *os.Root }

// Dir opens the store in a folder, makes the folder if it is missing, and sweeps
// what a crash left behind. now is the present time.
func Dir(folder string, c Config, now time.Time) (*Store, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("blob: folder: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("blob: folder: %w", err)
	}
	d := dir{root}
	if err := d.sweep(now); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return newStore(d, c), nil
}

// sweep removes old temporary files.
func (d dir) sweep(now time.Time) error {
	entries, err := fs.ReadDir(d.root.FS(), ".")
	if err != nil {
		return fmt.Errorf("blob: sweep: %w", err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), tempPrefix) {
			continue
		}
		info, err := e.Info()
		if err != nil || now.Sub(info.ModTime()) < tempLife {
			continue
		}
		if err := d.root.Remove(e.Name()); err != nil {
			return fmt.Errorf("blob: sweep: %w", err)
		}
	}
	return nil
}

func (d dir) get(_ context.Context, key string) (io.ReadCloser, error) {
	f, err := d.root.Open(key)
	if err != nil {
		return nil, notFound(err, path.Base(key))
	}
	return f, nil
}

func (d dir) has(_ context.Context, key string) (bool, error) {
	_, err := d.root.Stat(key)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func (d dir) remove(_ context.Context, key string) error {
	err := d.root.Remove(key)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

func (d dir) keys(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		stop := errors.New("stop")
		err := fs.WalkDir(d.root.FS(), ".", func(p string, e fs.DirEntry, err error) error {
			if err = errors.Join(err, ctx.Err()); err != nil {
				return err
			}
			if e.Type().IsRegular() && !strings.HasPrefix(e.Name(), tempPrefix) && !yield(p, nil) {
				return stop
			}
			return nil
		})
		if err != nil && !errors.Is(err, stop) {
			yield("", fmt.Errorf("blob: walk: %w", err))
		}
	}
}
