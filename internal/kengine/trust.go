package kengine

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/decide"
	"noroshi.dev/internal/kengine/trust"
)

// TrustQuery says of what the proof of recommendations tells.
type TrustQuery struct {
	Decision string         // MODEL/DECISION; empty: the one with most rulings
	Model    string         // id of a version; empty: all versions
	Unit     trust.Unit     // of the course; empty: trust.Week
	Zone     *time.Location // in which units begin; nil: UTC
}

// Trust says how far recommendations can be trusted, by the rulings that hold.
type Trust struct {
	Query TrustQuery
	Rows  []TrustRow  // every decision with rulings, all versions first, then each
	Of    *TrustProof // of Query; nil: there is no ruling
}

// TrustRow is the accuracy of a decision, over all versions of its model or of one.
type TrustRow struct {
	Decision     string
	DecisionName decide.Text
	Model        string // id; empty: all versions
	Version      int64
	Status       decide.Status
	Drift        bool // the alarm lasts; of all versions
	trust.Accuracy
}

// TrustProof is everything about one decision.
type TrustProof struct {
	TrustRow
	Costs       trust.Costs
	Course      []trust.Point
	Drifting    trust.Drift
	Agreement   trust.Agreement
	Deviations  []trust.Deviation
	Calibration trust.Calibration
	Rulings     []TrustRuling // those that the positions in Agreement and Deviations mean
}

// Trust measures the recommendations of the actor's organisation on the rulings that people made. It
// needs PermStatisticsRead.
func (s *Service) Trust(ctx context.Context, a identity.Actor, q TrustQuery) (Trust, error) {
	if err := s.may(a, PermStatisticsRead()); err != nil {
		return Trust{}, err
	}
	q.Unit = cmp.Or(q.Unit, trust.Week)
	if q.Zone == nil {
		q.Zone = time.UTC
	}
	if q.Unit != trust.Week && q.Unit != trust.Month {
		return Trust{}, fault.New(fault.Invalid, "kengine.proof").Field("unit", "not_choice")
	}
	out := Trust{Query: q}
	err := s.DB.InRead(ctx, func(ctx context.Context, r storage.Runner) error {
		rows, err := readRulings(ctx, r, a.Organisation)
		if err != nil {
			return err
		}
		all, err := s.judge(ctx, r, a.Organisation, rows)
		if err != nil {
			return err
		}
		weights, err := readWeights(ctx, r, a.Organisation)
		if err != nil {
			return err
		}
		names, err := s.trustNames(ctx, r, a.Organisation)
		if err != nil {
			return err
		}
		return out.measure(all, weights, names)
	})
	if err != nil {
		return out, fmt.Errorf("kengine: trust: %w", err)
	}
	return out, nil
}

// trustNames names decisions and versions.
type trustNames struct {
	namer
	versions map[string]ModelRow
}

func (s *Service) trustNames(ctx context.Context, r storage.Runner, organisation string) (*trustNames, error) {
	out := &trustNames{versions: map[string]ModelRow{}}
	var err error
	if out.models, err = s.ActiveModels(ctx, r, organisation); err != nil {
		return nil, err
	}
	rows, err := storage.List(ctx, r, scanModel, `SELECT `+modelFields+` FROM kengine_model WHERE organisation = ?`, organisation)
	if err != nil {
		return nil, err
	}
	for _, m := range rows {
		out.versions[m.ID] = m
	}
	return out, nil
}

// only returns the rulings of a decision, by one version or by all.
func (j *judged) only(decision, model string) judged {
	var out judged
	for i, r := range j.rulings {
		if r.Decision == decision && (model == "" || r.Model == model) {
			out.cases, out.rulings = append(out.cases, j.cases[i]), append(out.rulings, r)
		}
	}
	return out
}

// measure fills the overview and the proof that is asked for.
func (t *Trust) measure(all judged, weights *Weights, names *trustNames) error {
	versions := map[string][]string{} // of models, by decision
	var decisions []string
	for _, r := range all.rulings {
		if versions[r.Decision] == nil {
			decisions = append(decisions, r.Decision)
		}
		if !slices.Contains(versions[r.Decision], r.Model) {
			versions[r.Decision] = append(versions[r.Decision], r.Model)
		}
	}
	slices.Sort(decisions)
	most := 0
	for _, decision := range decisions {
		costs := weights.CostsOf(decision)
		slices.SortFunc(versions[decision], func(a, b string) int { return cmp.Compare(names.versions[b].Version, names.versions[a].Version) })
		for _, model := range append([]string{""}, versions[decision]...) {
			part := all.only(decision, model)
			row := TrustRow{Decision: decision, Model: model, Version: names.versions[model].Version, Status: names.versions[model].Status, Accuracy: trust.Measure(part.cases, costs)}
			row.DecisionName, _, _ = names.decision(decision)
			row.Drift = model == "" && trust.DefaultTest().Detect(part.cases).Active
			t.Rows = append(t.Rows, row)
			if model == "" && t.Query.Decision == "" && row.Rulings > most {
				most = row.Rulings
				t.Of = &TrustProof{TrustRow: row}
			}
			if decision == t.Query.Decision && model == t.Query.Model {
				t.Of = &TrustProof{TrustRow: row}
			}
		}
	}
	if t.Of == nil {
		if t.Query.Decision != "" || t.Query.Model != "" {
			return fault.New(fault.NotFound, "kengine.proof", t.Query.Decision)
		}
		return nil
	}
	part := all.only(t.Of.Decision, t.Of.Model)
	t.Of.prove(part, weights.CostsOf(t.Of.Decision), &t.Query)
	return nil
}

// prove fills everything about one decision.
func (p *TrustProof) prove(j judged, costs trust.Costs, q *TrustQuery) {
	p.Costs, p.Rulings = costs, j.rulings
	p.Course = trust.Course(j.cases, q.Unit, q.Zone, costs)
	p.Drifting = trust.DefaultTest().Detect(j.cases)
	p.Agreement = trust.Agree(j.cases)
	p.Deviations = trust.Deviations(j.cases)
	p.Calibration = trust.Calibrate(j.cases, trust.EqualFacts)
}

// Causes counts the deviations by what was said (rows) and by what the record shows (columns), both in
// the order of trust.CauseOrder; the last row is of those for which nothing was said.
func (p *TrustProof) Causes() [][]int {
	order := trust.CauseOrder()
	out := make([][]int, len(order)+1)
	for i := range out {
		out[i] = make([]int, len(order))
	}
	for _, d := range p.Deviations {
		stated, shown := slices.Index(order, d.Stated), slices.Index(order, d.Shown)
		if stated < 0 {
			stated = len(order)
		}
		out[stated][shown]++
	}
	return out
}

// factsText writes facts as one word each, for machines.
func factsText(facts []RowFact) string {
	out := make([]string, len(facts))
	for i, f := range facts {
		out[i] = f.Fact.ID.String() + "=" + strings.Join(f.Fact.Keys(f.Set), "+")
	}
	return strings.Join(out, " ")
}
