package identity

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
)

// Sealer encrypts what must be read again (one-time code seeds, keys of webhooks), so that the
// database alone is not enough: AES-256-GCM, bound to an owner.
type Sealer struct{ aead cipher.AEAD }

// NewSealer returns a sealer over a key of 32 bytes, see LoadKey.
func NewSealer(key []byte) (Sealer, error) {
	if len(key) != 32 {
		return Sealer{}, fmt.Errorf("identity: key has %d bytes, want 32", len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return Sealer{}, fmt.Errorf("identity: key: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return Sealer{}, fmt.Errorf("identity: key: %w", err)
	}
	return Sealer{aead}, nil
}

// Seal encrypts for an owner, whose id must be given again to open.
func (s Sealer) Seal(plain []byte, owner string) []byte {
	nonce := make([]byte, s.aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails (crypto/rand since Go 1.24)
	return s.aead.Seal(nonce, nonce, plain, []byte(owner))
}

// Open decrypts what Seal made for the same owner.
func (s Sealer) Open(sealed []byte, owner string) ([]byte, error) {
	n := s.aead.NonceSize()
	if len(sealed) < n {
		return nil, errors.New("identity: sealed value is cut")
	}
	plain, err := s.aead.Open(nil, sealed[:n], sealed[n:], []byte(owner))
	if err != nil {
		return nil, fmt.Errorf("identity: open sealed value: %w", err)
	}
	return plain, nil
}

// secretHash is how secrets of 160 random bits (sessions, tokens, links) are
// stored. The purpose keeps a hash of one table from working in another.
func secretHash(purpose, secret string) []byte {
	sum := sha256.Sum256([]byte(purpose + ":" + secret))
	return sum[:]
}
