package identity

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

// Kinds of challenges: something begun that one later request must finish.
const (
	challengeSecond  = "second"          // a first factor was right
	challengeSignIn  = "passkey_sign_in" // an assertion is awaited
	challengeAdd     = "passkey_add"     // a registration is awaited
	challengeProvide = "oidc"            // the person is at a provider
)

// challengeLife is how long a person has to finish.
const challengeLife = 10 * time.Minute

// challenge is a row of identity_challenge without its secret.
type challenge struct {
	hash   []byte
	kind   string
	person string
	data   json.RawMessage
}

// begin stores a challenge and returns its secret, which goes into a cookie.
func (s *Service) begin(ctx context.Context, tx *storage.Tx, kind, person string, data any) (string, error) {
	raw, err := json.Marshal(data)
	if err != nil {
		return "", fmt.Errorf("identity: begin %s: %w", kind, err)
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM identity_challenge WHERE expires_at < ?`, storage.At(tx.Now())); err != nil {
		return "", err
	}
	secret := s.ids.Token(20)
	_, err = tx.ExecContext(ctx, `INSERT INTO identity_challenge (hash, kind, person, data, expires_at) VALUES (?, ?, ?, ?, ?)`,
		secretHash("challenge", secret), kind, person, storage.JSON[json.RawMessage]{V: raw}, storage.At(tx.Now().Add(challengeLife)))
	return secret, err
}

// look returns a challenge that has not ended. Fault: Denied.
func (s *Service) look(ctx context.Context, r storage.Runner, kind, secret string, now time.Time) (challenge, error) {
	rows, err := storage.List(ctx, r, func(scan func(...any) error) (challenge, error) {
		var c challenge
		var data storage.JSON[json.RawMessage]
		err := scan(&c.hash, &c.kind, &c.person, &data)
		c.data = data.V
		return c, err
	}, `SELECT hash, kind, person, data FROM identity_challenge WHERE hash = ? AND kind = ? AND expires_at > ?`,
		secretHash("challenge", secret), kind, storage.At(now))
	if err != nil {
		return challenge{}, err
	}
	if len(rows) == 0 {
		return challenge{}, fault.New(fault.Denied, "identity.begin_again")
	}
	return rows[0], nil
}

// take ends a challenge; of two requests that finish it only one succeeds.
func take(ctx context.Context, tx *storage.Tx, c challenge) error {
	res, err := tx.ExecContext(ctx, `DELETE FROM identity_challenge WHERE hash = ?`, c.hash)
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err == nil && n != 1 {
		return fault.New(fault.Denied, "identity.begin_again")
	}
	return err
}
