package identity

import (
	"context"
	"slices"
	"strings"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

// Profile is what people set themselves.
type Profile struct {
	Name, Lang, Zone, Theme string
	Compact, NoKeys         bool
}

// check returns what is wrong with a profile.
func (p Profile) check() error {
	f := fault.New(fault.Invalid, "identity.profile")
	checkName(f, "name", p.Name)
	if !slices.Contains([]string{"", "ja", "en"}, p.Lang) {
		f.Field("lang", "identity.choice")
	}
	if !slices.Contains([]string{"", "light", "dark"}, p.Theme) {
		f.Field("theme", "identity.choice")
	}
	if _, err := time.LoadLocation(p.Zone); err != nil || p.Zone == "Local" || len(p.Zone) > 64 {
		f.Field("zone", "identity.zone_unknown")
	}
	return f.OrNil()
}

// SetProfile changes the actor's own settings.
func (s *Service) SetProfile(ctx context.Context, a Actor, p Profile) error {
	if a.Kind != KindPerson {
		return fault.New(fault.Denied, "identity.sign_in_first")
	}
	if err := p.check(); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE identity_person SET name = ?, lang = ?, zone = ?, theme = ?, compact = ?, no_keys = ?,
			version = version + 1 WHERE id = ?`, strings.TrimSpace(p.Name), p.Lang, p.Zone, p.Theme, p.Compact, p.NoKeys, a.ID); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "profile", a.ID, "", nil)
	})
}
