package identity

import (
	"context"

	"noroshi.dev/internal/core/storage"
)

// credential is what signing in by password needs to know of a person.
type credential struct {
	person Account
	hash   string
	second bool // one-time codes are set up
}

// loadCredential reads the credentials of a canonical login; a name that does
// not exist is an empty credential, so that the caller does the same work.
func loadCredential(ctx context.Context, r storage.Runner, name string) (credential, error) {
	rows, err := storage.List(ctx, r, func(scan func(...any) error) (credential, error) {
		var c credential
		err := scan(&c.person.ID, &c.hash, &c.second)
		return c, err
	}, `SELECT p.id, COALESCE(w.hash, ''), COALESCE(t.confirmed, FALSE) FROM identity_person p
		LEFT JOIN identity_password w ON w.person = p.id
		LEFT JOIN identity_totp t ON t.person = p.id
		WHERE p.canonical = ? AND p.disabled_at IS NULL`, name)
	if err != nil || len(rows) == 0 {
		return credential{}, err
	}
	return rows[0], nil
}

// hasSecond reports whether a person has one-time codes set up.
func hasSecond(ctx context.Context, r storage.Runner, person string) (bool, error) {
	rows, err := storage.List(ctx, r, storage.Scalar[bool], `SELECT confirmed FROM identity_totp WHERE person = ?`, person)
	return len(rows) == 1 && rows[0], err
}

// passwordHash returns the stored hash of a person, "" if there is none.
func passwordHash(ctx context.Context, r storage.Runner, person string) (string, error) {
	rows, err := storage.List(ctx, r, storage.Scalar[string], `SELECT hash FROM identity_password WHERE person = ?`, person)
	if err != nil || len(rows) == 0 {
		return "", err
	}
	return rows[0], nil
}

func putPassword(ctx context.Context, tx *storage.Tx, person, hash string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO identity_password (person, hash, at) VALUES (?, ?, ?)
		ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, at = excluded.at`, person, hash, storage.At(tx.Now()))
	return err
}
