package blob

import (
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
)

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
