package audit

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// createKey writes a new key; the public half first, so that a crash between the
// two never leaves a key whose public half nobody knows.
func createKey(path string) (Key, error) {
	key, skey, err := NewKey(rand.Reader)
	if err != nil {
		return Key{}, err
	}
	if err := replaceFile(path+".pub", []byte(key.Public+"\n"), 0o644); err != nil {
		return Key{}, err
	}
	if err := replaceFile(path, []byte(skey+"\n"), 0o600); err != nil {
		return Key{}, err
	}
	return key, nil
}

// replaceFile writes data under a new name and renames it over path: durable
// when it returns, and a reader sees the old or the new content, never a part.
func replaceFile(path string, data []byte, mode fs.FileMode) error {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".audit-*")
	if err != nil {
		return fmt.Errorf("audit: write %s: %w", path, err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already after the rename
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err == nil {
		err = syncDir(dir)
	}
	if err != nil {
		return fmt.Errorf("audit: write %s: %w", path, err)
	}
	return nil
}

// syncDir makes a rename in dir durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
