package kengine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/decide"
)

// ModelImpact says what putting a version into force would change.
type ModelImpact struct {
	From      *ModelRow // the version in force of the same model; nil: there is none
	Reports   int
	Decisions []DecisionImpact
}

// DecisionImpact is the effect on one decision.
type DecisionImpact struct {
	Decision string
	Name     decide.Text
	Changed  int // reports whose possible outcomes would change; all of them for a new decision
	Shifts   []OutcomeShift
	After    []OutcomeCount // how the version would decide, most urgent first
}

// OutcomeShift counts reports that go from one set of outcomes to another.
type OutcomeShift struct {
	From, To []Outcome // empty From: decided by outcomes that the new version does not have
	Count    int
	Examples []string // keys of reports, at most 20
}

// OutcomeCount counts reports by their possible outcomes.
type OutcomeCount struct {
	Outcomes []Outcome
	Count    int
}

// Impact decides every stored report by a version and by the version in force, as the actor's
// organisation knows them, and counts what would change. It writes nothing. It needs PermModelRead.
func (s *Service) Impact(ctx context.Context, a identity.Actor, id string) (ModelImpact, error) {
	if err := s.may(a, PermModelRead()); err != nil {
		return ModelImpact{}, err
	}
	var out ModelImpact
	err := s.DB.InRead(ctx, func(ctx context.Context, r storage.Runner) error {
		m, err := readModel(ctx, r, a.Organisation, id)
		if err != nil {
			return err
		}
		to, err := s.compile(m.Digest, m.source)
		if err != nil {
			return err
		}
		from, err := s.inForce(ctx, r, a.Organisation, m.Key, &out)
		if err != nil {
			return err
		}
		h, err := s.history(ctx, r, a.Organisation, from, to, time.Time{})
		if err != nil {
			return err
		}
		out.Reports = len(h.keys)
		out.Decisions = h.compare()
		return nil
	})
	if err != nil {
		return ModelImpact{}, fmt.Errorf("kengine: impact of model %s: %w", id, err)
	}
	return out, nil
}

// inForce returns the version in force of a model; nil when there is none.
func (s *Service) inForce(ctx context.Context, r storage.Runner, organisation, key string, out *ModelImpact) (*loaded, error) {
	rows, err := storage.List(ctx, r, scanStored,
		`SELECT `+modelFields+`, source FROM kengine_model WHERE organisation = ? AND key = ? AND status = 'active'`, organisation, key)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	out.From = &rows[0].ModelRow
	return s.compile(rows[0].Digest, rows[0].source)
}

// replay is what an organisation knows of all reports, as inputs of two versions of a model.
type replay struct {
	from, to *loaded
	keys     []string
	received []int64        // when the reports came in, in microseconds
	idle     []bool         // reports about products that the organisation does not use: no work
	before   [][]decide.Set // columns of from
	after    [][]decide.Set // columns of to
}

// history reads what an organisation knows of all published reports that came in since a time.
func (s *Service) history(ctx context.Context, r storage.Runner, organisation string, from, to *loaded, since time.Time) (*replay, error) {
	t, err := s.loadTenant(ctx, r, organisation)
	if err != nil {
		return nil, err
	}
	own, err := s.ownValues(ctx, r, t)
	if err != nil {
		return nil, err
	}
	type row struct {
		id, key  string
		facts    []byte
		received int64
	}
	rows, err := storage.List(ctx, r, func(scan func(...any) error) (row, error) {
		var v row
		err := scan(&v.id, &v.key, &v.facts, &v.received)
		return v, err
	}, `SELECT id, key, facts, received FROM kengine_report WHERE state = 'published' AND received >= ? ORDER BY id`, max(since.UnixMicro(), 0))
	if err != nil {
		return nil, fmt.Errorf("read reports: %w", err)
	}
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].id
	}
	matches, err := readMatches(ctx, r, organisation, ids)
	if err != nil {
		return nil, err
	}
	h := &replay{from: from, to: to, after: make([][]decide.Set, len(to.inputs))}
	if from != nil {
		h.before = make([][]decide.Set, len(from.inputs))
	}
	for _, v := range rows {
		values, ok := own[v.id]
		if !ok {
			if values, err = parseFacts(v.facts); err != nil {
				return nil, err
			}
		}
		h.received, h.idle = append(h.received, v.received), append(h.idle, t.assetless(matches[v.id]))
		h.add(v.key, values, t.filled(matches[v.id]))
	}
	return h, nil
}

// add appends one report to the columns.
func (h *replay) add(key string, values, filled []Value) {
	h.keys = append(h.keys, key)
	each := func(l *loaded, columns [][]decide.Set) {
		if l == nil {
			return
		}
		k := l.know(values)
		l.fill(&k, filled)
		for i := range columns {
			columns[i] = append(columns[i], k.sets[i])
		}
	}
	each(h.from, h.before)
	each(h.to, h.after)
}

// ownValues resolves the reports about which the stored world values are not what the
// organisation goes by: those with words of its own, and all of them under a policy of its own.
func (s *Service) ownValues(ctx context.Context, r storage.Runner, t *tenant) (map[string][]Value, error) {
	query, args := `SELECT DISTINCT report FROM kengine_assertion WHERE organisation = ?`, []any{t.organisation}
	if !t.policy.isDefault() {
		query, args = `SELECT id FROM kengine_report`, nil
	}
	ids, err := storage.List(ctx, r, storage.Scalar[string], query, args...)
	if err != nil {
		return nil, fmt.Errorf("read own assertions: %w", err)
	}
	out := make(map[string][]Value, len(ids))
	for part := range slices.Chunk(ids, decideChunk) {
		assertions, err := readAssertions(ctx, r, part)
		if err != nil {
			return nil, err
		}
		for id, list := range assertions {
			out[id] = t.values(&subject{id: id, assertions: list}, s)
		}
	}
	return out, nil
}

// compare decides all reports by both versions.
func (h *replay) compare() []DecisionImpact {
	after := h.to.decideColumns(h.after, len(h.keys))
	shifts := map[string]decide.Impact{}
	if h.from != nil {
		for _, im := range decide.CompareColumns(h.from.Compiled, h.to.Compiled, h.before, h.after, len(h.keys)) {
			shifts[im.Decision] = im
		}
	}
	out := make([]DecisionImpact, len(h.to.Model.Decisions))
	for d, decision := range h.to.Model.Decisions {
		im := DecisionImpact{Decision: decision.Key, Name: decision.Name, Changed: len(h.keys), After: h.to.counts(d, after[d])}
		if shift, ok := shifts[decision.Key]; ok {
			im.Changed, im.Shifts = shift.Changed, h.shifts(d, shift.Shifts)
		}
		out[d] = im
	}
	return out
}

func (h *replay) shifts(d int, shifts []decide.Shift) []OutcomeShift {
	out := make([]OutcomeShift, len(shifts))
	for i, s := range shifts {
		out[i] = OutcomeShift{From: h.to.outcomesOf(d, s.From&^decide.Gone), To: h.to.outcomesOf(d, s.To), Count: s.Count}
		for _, at := range s.Examples {
			out[i].Examples = append(out[i].Examples, h.keys[at])
		}
	}
	return out
}

// decideColumns decides n reports given by columns; the result is by decision.
func (l *loaded) decideColumns(columns [][]decide.Set, n int) [][]decide.Set {
	out := make([][]decide.Set, len(l.Model.Decisions))
	for d := range out {
		out[d] = make([]decide.Set, n)
	}
	l.NewEvaluator().DecideAll(columns, n, out)
	return out
}

// counts reports by their possible outcomes, the most urgent first.
func (l *loaded) counts(d int, sets []decide.Set) []OutcomeCount {
	n := map[decide.Set]int{}
	for _, set := range sets {
		n[set]++
	}
	keys := make([]decide.Set, 0, len(n))
	for set := range n {
		keys = append(keys, set)
	}
	slices.Sort(keys)
	slices.Reverse(keys)
	out := make([]OutcomeCount, len(keys))
	for i, set := range keys {
		out[i] = OutcomeCount{Outcomes: l.outcomesOf(d, set), Count: n[set]}
	}
	return out
}
