package kengine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/intake"
)

// tenant is everything by which one organisation decides, as of one stamp.
type tenant struct {
	organisation string
	stamp        int64
	policy       Policy
	models       []Active
	tags         *tagIndex
	sets         defaultSets // what holds where nobody says anything
}

// lockTenants returns the organisations that have models in force, and keeps models, policies,
// tags and sets from changing until the transaction ends. Contexts are kept between calls and
// loaded again when their stamp grew.
func (s *Service) lockTenants(ctx context.Context, tx *storage.Tx) ([]*tenant, error) {
	type stamped struct {
		organisation string
		n            int64
	}
	stamps, err := storage.List(ctx, tx, func(scan func(...any) error) (stamped, error) {
		var v stamped
		err := scan(&v.organisation, &v.n)
		return v, err
	}, `UPDATE kengine_stamp SET n = n RETURNING organisation, n`)
	if err != nil {
		return nil, fmt.Errorf("kengine: lock models: %w", err)
	}
	slices.SortFunc(stamps, func(a, b stamped) int { return strings.Compare(a.organisation, b.organisation) })
	var out []*tenant
	for _, st := range stamps {
		if st.organisation == "" {
			continue
		}
		t, err := s.tenant(ctx, tx, st.organisation, st.n)
		if err != nil {
			return nil, err
		}
		if len(t.models) > 0 {
			out = append(out, t)
		}
	}
	return out, nil
}

// lockTenant is lockTenants for a single organisation.
func (s *Service) lockTenant(ctx context.Context, tx *storage.Tx, organisation string) (*tenant, error) {
	n, err := storage.One(ctx, tx, "kengine.organisation", organisation, storage.Scalar[int64],
		`INSERT INTO kengine_stamp (organisation, n) VALUES (?, 1) ON CONFLICT (organisation) DO UPDATE SET n = kengine_stamp.n RETURNING n`,
		organisation)
	if err != nil {
		return nil, fmt.Errorf("kengine: lock models: %w", err)
	}
	return s.tenant(ctx, tx, organisation, n)
}

// tenant returns the context of an organisation as of a stamp. A context read inside a
// transaction that is later rolled back must not be kept, so keeping waits for the commit.
func (s *Service) tenant(ctx context.Context, tx *storage.Tx, organisation string, stamp int64) (*tenant, error) {
	s.mu.Lock()
	t := s.tenants[organisation]
	s.mu.Unlock()
	if t != nil && t.stamp == stamp {
		return t, nil
	}
	t, err := s.loadTenant(ctx, tx, organisation)
	if err != nil {
		return nil, err
	}
	t.stamp = stamp
	tx.AfterCommit(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.tenants[organisation] = t
	})
	return t, nil
}

// loadTenant reads the context of an organisation.
func (s *Service) loadTenant(ctx context.Context, r storage.Runner, organisation string) (*tenant, error) {
	t := &tenant{organisation: organisation}
	var err error
	if t.policy, err = readPolicy(ctx, r, organisation); err != nil {
		return nil, err
	}
	if t.models, err = s.ActiveModels(ctx, r, organisation); err != nil {
		return nil, err
	}
	if t.tags, err = loadTags(ctx, r, organisation); err != nil {
		return nil, err
	}
	if t.sets, err = loadSets(ctx, r, organisation); err != nil {
		return nil, err
	}
	return t, nil
}

// touch says that models, policy, tags or sets of an organisation changed: call it in the
// transaction that changes them.
func touch(ctx context.Context, tx *storage.Tx, organisation string) error {
	_, err := tx.ExecContext(ctx,
		`INSERT INTO kengine_stamp (organisation, n) VALUES (?, 1) ON CONFLICT (organisation) DO UPDATE SET n = kengine_stamp.n + 1`,
		organisation)
	if err != nil {
		return fmt.Errorf("kengine: touch: %w", err)
	}
	return nil
}

// readPolicy returns the policy of an organisation, the default one where it has set none.
func readPolicy(ctx context.Context, r storage.Runner, organisation string) (Policy, error) {
	rows, err := storage.List(ctx, r, storage.Scalar[storage.JSON[Policy]],
		`SELECT policy FROM kengine_policy WHERE organisation = ?`, organisation)
	if err != nil {
		return Policy{}, fmt.Errorf("kengine: policy: %w", err)
	}
	if len(rows) == 0 {
		return DefaultPolicy(), nil
	}
	return rows[0].V, nil
}

// subject is a report as far as deciding needs it.
type subject struct {
	id         string
	key        string
	rejected   bool
	fresh      bool        // new in this transaction: it has no tasks and no words of an organisation
	world      []Value     // by the default policy; computed from assertions where nil
	assertions []Assertion // all that count, those of organisations included
	matches    map[string][]TagMatch
	rematch    bool // its products changed: product tags are matched anew
	products   []intake.Product
	affected   []affected
	kind       string // of its document, where it is fresh
	words      string // its weaknesses, where it is fresh
}

// values returns the current values of a subject for an organisation.
func (t *tenant) values(sub *subject, s *Service) []Value {
	now := s.Clock.Now()
	if sub.fresh && t.policy.isDefault() {
		return sub.world
	}
	values, _ := resolve(ofOrganisation(sub.assertions, t.organisation), &t.policy, now)
	return values
}

// filled returns what product tags and default sets give, the strongest first.
func (t *tenant) filled(matches []TagMatch) []Value {
	if len(matches) == 0 {
		return t.sets.always
	}
	return append(t.tags.values(matches), t.sets.values(matches)...)
}

// assetless reports whether the policy closes what matches no product tag, and none matches.
func (t *tenant) assetless(matches []TagMatch) bool {
	return t.policy.Unmatched == UnmatchedClose && t.tags.any() && len(tagged(matches)) == 0
}
