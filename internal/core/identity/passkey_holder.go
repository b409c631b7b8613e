package identity

import (
	"context"

	"github.com/go-webauthn/webauthn/webauthn"

	"noroshi.dev/internal/core/storage"
)

// holder is a person as the protocol wants it; the handle is the person's id.
type holder struct {
	person Account
	keys   []webauthn.Credential
}

// WebAuthnID returns the person's id.
func (h holder) WebAuthnID() []byte { return []byte(h.person.ID) }

// WebAuthnName returns the sign-in name.
func (h holder) WebAuthnName() string { return h.person.Login }

// WebAuthnDisplayName returns the displayed name.
func (h holder) WebAuthnDisplayName() string { return h.person.Name }

// WebAuthnCredentials returns the registered keys.
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

func loadHolder(ctx context.Context, r storage.Runner, person string) (holder, error) {
	p, err := loadPerson(ctx, r, person)
	if err != nil {
		return holder{}, err
	}
	keys, err := storage.List(ctx, r, func(scan func(...any) error) (webauthn.Credential, error) {
		var c storage.JSON[webauthn.Credential]
		err := scan(&c)
		return c.V, err
	}, `SELECT credential FROM identity_passkey WHERE person = ? ORDER BY id`, person)
	return holder{person: p, keys: keys}, err
}
