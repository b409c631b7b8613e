package identity

import (
	"context"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

// NewPerson is what somebody fills in to accept an invitation.
type NewPerson struct {
	Login, Name, Lang, Password string
}

// Accept uses the first-run link or an invitation to make an account and signs
// it in. Faults: NotFound, Invalid, Limit.
func (s *Service) Accept(ctx context.Context, v Visit, secret string, in NewPerson) (Door, error) {
	if err := s.limiter.allow(s.clock.Now(), "", v.Address); err != nil {
		return Door{}, err
	}
	if _, err := s.Link(ctx, secret); err != nil {
		return Door{}, err
	}
	f := fault.New(fault.Invalid, "identity.person")
	checkLogin(f, "login", in.Login)
	checkName(f, "name", in.Name)
	checkPassword(f, "password", in.Password, in.Login, in.Name)
	if in.Lang != "ja" && in.Lang != "en" {
		f.Field("lang", "identity.choice")
	}
	if err := f.OrNil(); err != nil {
		return Door{}, err
	}
	hash, err := s.hasher.hash(ctx, in.Password)
	if err != nil {
		return Door{}, err
	}
	var d Door
	err = s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		l, err := s.useLink(ctx, tx, secret, LinkFirst, LinkInvitation)
		if err != nil {
			return err
		}
		p := Account{ID: s.ids.UUID(), Login: in.Login, Name: in.Name, Lang: in.Lang, InstanceRoles: l.InstanceRoles, CreatedAt: tx.Now()}
		if err := s.insertNew(ctx, tx, p); err != nil {
			return err
		}
		if err := putPassword(ctx, tx, p.ID, hash); err != nil {
			return err
		}
		if err := joinByLink(ctx, tx, l, p.ID); err != nil {
			return err
		}
		if d, err = s.open(ctx, tx, p.ID, v, "password"); err != nil {
			return err
		}
		return s.record(ctx, tx, p.actor(), "accept_"+string(l.Kind), p.ID, "",
			map[string]string{"login": in.Login, "organisation": l.Organisation, "address": v.Address})
	})
	if err == nil {
		s.limiter.forgive("", v.Address)
	}
	return d, err
}

// Join uses an invitation for the account of the actor, who is signed in.
// Instance roles of the invitation are not given this way.
func (s *Service) Join(ctx context.Context, a Actor, secret string) error {
	if a.Kind != KindPerson {
		return fault.New(fault.Denied, "identity.sign_in_first")
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		l, err := s.useLink(ctx, tx, secret, LinkInvitation)
		if err != nil {
			return err
		}
		if l.Organisation == "" {
			return fault.New(fault.NotFound, "identity.link")
		}
		if err := joinByLink(ctx, tx, l, a.ID); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "join", l.Organisation, "", map[string]string{"roles": joinRoles(l.Roles)})
	})
}

// joinByLink makes the membership that a link promises; an older one stays.
func joinByLink(ctx context.Context, tx *storage.Tx, l Link, person string) error {
	if l.Organisation == "" {
		return nil
	}
	o, err := loadOrganisation(ctx, tx, l.Organisation)
	if err != nil {
		return err
	}
	if !o.ClosedAt.IsZero() {
		return fault.New(fault.NotFound, "identity.link") // it works again if the organisation is reopened in time
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO identity_member (person, organisation, roles, created_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (person, organisation) DO NOTHING`, person, l.Organisation, storage.JSON[[]Role]{V: l.Roles}, storage.At(tx.Now()))
	return err
}
