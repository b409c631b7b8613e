package identity

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// LoadKey reads the file with the key that seals one-time code seeds, or makes
// it (32 random bytes, mode 0600). Without it enrolled codes must be set up anew.
func LoadKey(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		key := make([]byte, 32)
		_, _ = rand.Read(key) // never fails (crypto/rand since Go 1.24)
		return key, writeKey(path, key)
	case err != nil:
		return nil, fmt.Errorf("identity: key file: %w", err)
	case info.Mode().Perm()&0o077 != 0:
		return nil, fmt.Errorf("identity: key file %s has mode %o: run chmod 600 on it", path, info.Mode().Perm())
	}
	key, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("identity: key file: %w", err)
	}
	if len(key) != 32 {
		return nil, fmt.Errorf("identity: key file %s has %d bytes, want 32", path, len(key))
	}
	return key, nil
}

// writeKey is durable when it returns: a seed sealed with a lost key is lost too. The file comes to its name whole or
// not at all, and never replaces another's.
func writeKey(path string, key []byte) error {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".identity-key-*") // of mode 600
	if err != nil {
		return fmt.Errorf("identity: key file: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(key)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Link(f.Name(), path)
	}
	if err == nil {
		err = syncDir(dir)
	}
	if err != nil {
		return fmt.Errorf("identity: key file: %w", err)
	}
	return nil
}

// syncDir makes the names in a folder durable.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
