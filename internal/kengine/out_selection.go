package kengine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/decide"
)

// DecisionSelections is what is known about one decision of one report, in the exchange format of
// SSVC 2.0.0: every input that is known at least in part, and the outcomes that are still possible.
type DecisionSelections struct {
	Decision     string // key
	DecisionName decide.Text
	List         ssvc.SelectionList
}

// SelectionLists returns a SelectionList for every decision of the actor's organisation about a
// report, with the organisation's own facts: it is for its members alone. It needs PermTaskRead.
func (s *Service) SelectionLists(ctx context.Context, a identity.Actor, key string) ([]DecisionSelections, error) {
	if err := s.may(a, PermTaskRead()); err != nil {
		return nil, err
	}
	v, err := s.Report(ctx, a, key)
	if err != nil {
		return nil, err
	}
	var out []DecisionSelections
	err = s.DB.InRead(ctx, func(ctx context.Context, r storage.Runner) error {
		t, err := s.loadTenant(ctx, r, a.Organisation)
		if err != nil {
			return err
		}
		matches, err := readMatches(ctx, r, a.Organisation, []string{v.ID})
		if err != nil {
			return err
		}
		values, _ := resolve(v.Assertions, &t.policy, s.Clock.Now())
		filled := t.filled(matches[v.ID])
		for i := range t.models {
			m := &t.models[i]
			k := m.know(values)
			m.fill(&k, filled)
			for d := range m.Model.Decisions {
				out = append(out, m.selections(d, &k, &v))
			}
		}
		return nil
	})
	return out, err
}

// selections writes one decision.
func (a *Active) selections(d int, k *known, v *ReportView) DecisionSelections {
	out := DecisionSelections{Decision: a.decisionKey(d), DecisionName: a.Model.Decisions[d].Name, List: ssvc.SelectionList{
		TargetIDs: []string{v.Key}, Timestamp: stampOf(v.Updated),
	}}
	for _, col := range a.Relevant(d) {
		in := &a.inputs[col]
		if k.sets[col] == 0 || k.sets[col] == in.full {
			continue
		}
		out.List.Selections = append(out.List.Selections, ssvc.Select(in.fact.Point(), k.sets[col].Positions()...))
		if val := k.values[col]; val != nil {
			out.List.References = addEvidence(out.List.References, val)
		}
	}
	if set := a.Decide(k.sets)[d].Set; set != 0 {
		out.List.Selections = append(out.List.Selections, ssvc.Select(a.OutcomeFact(d).Point(), set.Positions()...))
	}
	return out
}

// stampOf is the time of a report as documents give it: whole seconds in UTC.
func stampOf(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// addEvidence adds the address where a value can be read, once.
func addEvidence(refs []ssvc.Reference, v *Value) []ssvc.Reference {
	if !isWebAddress(v.Evidence) || slices.ContainsFunc(refs, func(r ssvc.Reference) bool { return r.URI == v.Evidence }) {
		return refs
	}
	return append(refs, ssvc.Reference{URI: v.Evidence, Summary: v.Source})
}

// WorldSelectionList returns what is known about a report by sources that everybody may read; it
// holds nothing of any organisation. Reports that a person wrote here are fault.NotFound. Anybody
// may ask.
func (s *Service) WorldSelectionList(ctx context.Context, key string) (ssvc.SelectionList, error) {
	row, err := storage.One(ctx, s.DB.Read(), "kengine.report", key, scanWorld, `SELECT `+worldColumns+` FROM kengine_report r WHERE r.key = ? AND `+worldOnly, key)
	if err != nil {
		return ssvc.SelectionList{}, fmt.Errorf("kengine: selections of %s: %w", key, err)
	}
	out := ssvc.SelectionList{TargetIDs: []string{row.Key}, Timestamp: stampOf(row.Updated)}
	for i := range row.values {
		v := &row.values[i]
		def, ok := s.fact(v.Fact)
		if !ok {
			continue
		}
		if set, ok := def.Set(v.Values...); ok && set != 0 && set != def.All() {
			out.Selections = append(out.Selections, ssvc.Select(def.Point(), set.Positions()...))
		}
	}
	return out, nil
}
