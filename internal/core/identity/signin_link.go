package identity

import (
	"context"
	"slices"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

// useLink ends a link in tx; of two requests only one gets it.
func (s *Service) useLink(ctx context.Context, tx *storage.Tx, secret string, kinds ...LinkKind) (Link, error) {
	l, err := s.link(ctx, tx, secret)
	if err != nil {
		return Link{}, err
	}
	if !slices.Contains(kinds, l.Kind) {
		return Link{}, fault.New(fault.NotFound, "identity.link")
	}
	res, err := tx.ExecContext(ctx, `DELETE FROM identity_link WHERE hash = ?`, secretHash("link", secret))
	return l, gone(res, err, "identity.link", "")
}

// SignInByLink uses a sign-in link. Faults: NotFound, Limit.
func (s *Service) SignInByLink(ctx context.Context, v Visit, secret string) (Door, error) {
	if err := s.limiter.allow(s.clock.Now(), "", v.Address); err != nil {
		return Door{}, err
	}
	l, err := s.Link(ctx, secret)
	if err != nil {
		return Door{}, err
	}
	if l.Kind != LinkSignIn {
		return Door{}, fault.New(fault.NotFound, "identity.link")
	}
	p, err := loadPerson(ctx, s.db.Read(), l.Person)
	if err != nil || !p.DisabledAt.IsZero() {
		return Door{}, fault.New(fault.NotFound, "identity.link").Because(err)
	}
	second, err := hasSecond(ctx, s.db.Read(), l.Person)
	if err != nil {
		return Door{}, err
	}
	s.limiter.forgive("", v.Address)
	return s.enter(ctx, v, l.Person, "link", second, func(ctx context.Context, tx *storage.Tx) error {
		_, err := s.useLink(ctx, tx, secret, LinkSignIn)
		return err
	})
}
