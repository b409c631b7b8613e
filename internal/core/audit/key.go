package audit

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Key is the key pair that signs checkpoints. Its name is the log's origin.
type Key struct {
	Signer note.Signer
	Public string // verifier key: give it to those who verify; retired ones follow, one a line
}

// NewKey makes a key pair with a random name; skey is what a file keeps.
func NewKey(random io.Reader) (key Key, skey string, err error) {
	var name [6]byte
	if _, err := io.ReadFull(random, name[:]); err != nil {
		return Key{}, "", fmt.Errorf("audit: new key: %w", err)
	}
	skey, public, err := note.GenerateKey(random, "noroshi-audit-"+hex.EncodeToString(name[:]))
	if err != nil {
		return Key{}, "", fmt.Errorf("audit: new key: %w", err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		return Key{}, "", fmt.Errorf("audit: new key: %w", err)
	}
	return Key{Signer: signer, Public: public}, skey, nil
}

// LoadKey reads the key file at path, or makes it (mode 0600) with the public
// key beside it (path + ".pub") where there is none yet. A key file that others
// can read is refused: whoever has the key can forge checkpoints.
func LoadKey(path string) (Key, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return createKey(path)
	}
	if err != nil {
		return Key{}, fmt.Errorf("audit: key file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return Key{}, fmt.Errorf("audit: key file %s has mode %o: run chmod 600 on it", path, info.Mode().Perm())
	}
	skey, err := os.ReadFile(path)
	if err != nil {
		return Key{}, fmt.Errorf("audit: key file: %w", err)
	}
	signer, err := note.NewSigner(strings.TrimSpace(string(skey)))
	if err != nil {
		return Key{}, fmt.Errorf("audit: key file %s: %w", path, err)
	}
	public, err := os.ReadFile(path + ".pub")
	if err != nil {
		return Key{}, fmt.Errorf("audit: public key: %w", err)
	}
	own, _, _ := strings.Cut(strings.TrimSpace(string(public)), "\n")
	verifier, err := note.NewVerifier(own)
	if err != nil {
		return Key{}, fmt.Errorf("audit: public key %s.pub: %w", path, err)
	}
	if verifier.KeyHash() != signer.KeyHash() || verifier.Name() != signer.Name() {
		return Key{}, fmt.Errorf("audit: %s.pub is not the public key of %s", path, path)
	}
	return Key{Signer: signer, Public: strings.TrimSpace(string(public))}, nil
}

// Retire adds a public key to those that the log of the key file at path trusts
// for checkpoints of the past: after a restore under a new key, or when a key is
// replaced. One that is there already is not added again. Durable when it returns.
func Retire(path, public string) error {
	old, err := os.ReadFile(path + ".pub")
	if err != nil {
		return fmt.Errorf("audit: retire key: %w", err)
	}
	known := strings.Fields(string(old))
	for line := range strings.FieldsSeq(public) {
		if _, err := note.NewVerifier(line); err != nil {
			return fmt.Errorf("audit: retire key: %w", err)
		}
		if !slices.Contains(known, line) {
			known = append(known, line)
		}
	}
	return replaceFile(path+".pub", []byte(strings.Join(known, "\n")+"\n"), 0o644)
}

// verifiers returns the keys of a text with one a line.
func verifiers(public string) (note.Verifiers, error) {
	var list []note.Verifier
	for line := range strings.FieldsSeq(public) {
		v, err := note.NewVerifier(line)
		if err != nil {
			return nil, fmt.Errorf("audit: public key: %w", err)
		}
		list = append(list, v)
	}
	if len(list) == 0 || len(list) > maxKeys {
		return nil, fmt.Errorf("audit: public key: %d keys, want 1 to %d", len(list), maxKeys)
	}
	return note.VerifierList(list...), nil
}

// maxKeys bounds the keys that are tried for a signature.
const maxKeys = 64
