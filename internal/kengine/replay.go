package kengine

import (
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

// ReplayScope says of which reports the work is compared.
type ReplayScope struct {
	Days int // that came in within so many days; 0: all that are stored
}

// maxReplayDays bounds a scope.
const maxReplayDays = 3660

// Replay says what a version of a model would have recommended, and what work it would make.
type Replay struct {
	Model     ModelRow
	Against   *ModelRow // the version in force; nil: there is none, or it is Model itself
	Scope     ReplayScope
	Reports   int      // decided in the scope
	Idle      int      // of Reports: about products that are not used, no work
	Unseen    []string // ids of inputs of the version of which no ruling recorded a value
	Decisions []ReplayDecision
	Pace      Pace
	Before    *Workload // of the version in force; nil: none to compare with
	After     Workload
}

// ReplayDecision is the effect on one decision.
type ReplayDecision struct {
	Decision string // MODEL/DECISION
	Name     decide.Text
	Costs    trust.Costs
	Old, New trust.Accuracy // on the rulings; Old: by Against, else what was recommended at that time
	Skipped  int            // rulings for an outcome that the version does not have
	Flips    []Flip         // rulings of which the recommendation differs, the newest first
	Outcomes []WorkCount    // of the reports in the scope, the most urgent first; last what is undecided
}

// Flip is a ruling for which the version recommends otherwise.
type Flip struct {
	Task, Report, Analyst string
	At                    time.Time
	Ruled                 Outcome
	Old, New              []Outcome
	Better                int // 1: the version is right and was not before, -1: the other way round, 0: neither
}

// WorkCount is how many reports have an outcome, and their work.
type WorkCount struct {
	Outcome                 Outcome // zero: several are possible; their hours count as their mean
	Before, After           int
	HoursBefore, HoursAfter float64
}

// Replay decides the rulings of the actor's organisation, on what was known when they were made, and
// the reports of a scope by a version of a model, a draft, the one in force or a retired one, and
// compares with the version in force. It writes nothing. It needs PermModelRead.
func (s *Service) Replay(ctx context.Context, a identity.Actor, id string, scope ReplayScope) (Replay, error) {
	if err := s.may(a, PermModelRead()); err != nil {
		return Replay{}, err
	}
	if scope.Days < 0 || scope.Days > maxReplayDays {
		return Replay{}, fault.New(fault.Invalid, "kengine.replay").Field("days", "kengine.replay.days", "most", maxReplayDays)
	}
	out := Replay{Scope: scope}
	err := s.DB.InRead(ctx, func(ctx context.Context, r storage.Runner) error {
		m, err := readModel(ctx, r, a.Organisation, id)
		if err != nil {
			return err
		}
		to, err := s.compile(m.Digest, m.source)
		if err != nil {
			return err
		}
		var im ModelImpact
		from, err := s.inForce(ctx, r, a.Organisation, m.Key, &im)
		if err != nil {
			return err
		}
		out.Model, out.Against = m.ModelRow, im.From
		if im.From != nil && im.From.ID == id {
			out.Against, from = nil, nil
		}
		weights, err := readWeights(ctx, r, a.Organisation)
		if err != nil {
			return err
		}
		if err := s.replayRulings(ctx, r, a.Organisation, &out, from, to, weights); err != nil {
			return err
		}
		return s.replayReports(ctx, r, a.Organisation, &out, from, to, weights)
	})
	if err != nil {
		return Replay{}, fmt.Errorf("kengine: replay model %s: %w", id, err)
	}
	return out, nil
}

// replayRulings decides the rulings of each decision of the model.
func (s *Service) replayRulings(ctx context.Context, r storage.Runner, organisation string, out *Replay, from, to *loaded, weights *Weights) error {
	rows, err := readRulings(ctx, r, organisation)
	if err != nil {
		return err
	}
	j := judging{parsed: map[string]map[string]string{}}
	seen := map[string]bool{}
	for d := range to.Model.Decisions {
		decision := &to.Model.Decisions[d]
		key := out.Model.Key + "/" + decision.Key
		var of []ruledRow
		for i := range rows {
			if rows[i].decision == key {
				of = append(of, rows[i])
			}
		}
		p := ReplayDecision{Decision: key, Name: decision.Name, Costs: weights.CostsOf(key)}
		if err := p.decide(of, from, to, d, &j, seen); err != nil {
			return err
		}
		out.Decisions = append(out.Decisions, p)
	}
	for i := range to.inputs {
		if in := &to.inputs[i]; len(j.parsed) > 0 && !seen[family(in.id)] && in.assumed == in.full {
			out.Unseen = append(out.Unseen, in.id)
		}
	}
	return nil
}

// decide compares the recommendations for rulings of decision d.
func (p *ReplayDecision) decide(rows []ruledRow, from, to *loaded, d int, j *judging, seen map[string]bool) error {
	after, err := to.redecided(rows, d, j, seen)
	if err != nil {
		return err
	}
	var before []decide.Set
	old := -1
	if from != nil {
		if old = from.Model.Decision(to.Model.Decisions[d].Key); old >= 0 {
			if before, err = from.redecided(rows, old, j, seen); err != nil {
				return err
			}
		}
	}
	fact := to.OutcomeFact(d)
	for i := range rows {
		v := &rows[i]
		ruled := fact.Index(v.outcome)
		if ruled < 0 {
			p.Skipped++
			continue
		}
		recorded := strings.Fields(v.recommended)
		if old >= 0 {
			recorded = from.OutcomeFact(old).Keys(before[i])
		}
		was := outcomeSet(&fact, recorded)
		a, b := caseOf(was, ruled), caseOf(after[i], ruled)
		p.Old.Add(&a, p.Costs)
		p.New.Add(&b, p.Costs)
		if was == after[i] {
			continue
		}
		f := Flip{
			Task: v.task, Report: v.report, Analyst: v.actor, At: v.at.Time, Ruled: to.outcome(d, fact.Values[ruled]),
			Old: to.outcomesOf(d, was), New: to.outcomesOf(d, after[i]),
		}
		switch {
		case b.Exact() && !a.Exact():
			f.Better = 1
		case a.Exact() && !b.Exact():
			f.Better = -1
		}
		p.Flips = append(p.Flips, f)
	}
	slices.Reverse(p.Flips)
	return nil
}

// outcomeSet is the set of those keys that a fact has.
func outcomeSet(f *decide.Fact, keys []string) decide.Set {
	var set decide.Set
	for _, key := range keys {
		if i := f.Index(key); i >= 0 {
			set |= decide.Of(i)
		}
	}
	return set
}

func caseOf(set decide.Set, ruled int) trust.Case {
	c := trust.Case{Recommended: trust.Several, Ruled: ruled, Possible: set.Has(ruled)}
	if one, ok := set.Single(); ok {
		c.Recommended = one
	}
	return c
}

// redecided decides what was known at rulings by decision d of a model.
func (l *loaded) redecided(rows []ruledRow, d int, j *judging, seen map[string]bool) ([]decide.Set, error) {
	columns := make([][]decide.Set, len(l.inputs))
	for i := range columns {
		columns[i] = make([]decide.Set, len(rows))
	}
	known := map[string][]decide.Set{}
	for n := range rows {
		text := rows[n].inputs
		sets, ok := known[text]
		if !ok {
			in, err := j.read(text)
			if err != nil {
				return nil, err
			}
			values := make([]Value, 0, len(in))
			for id, keys := range in {
				seen[family(id)] = true
				values = append(values, Value{Fact: id, Values: strings.Fields(keys)})
			}
			k := l.know(values)
			l.fill(&k, nil)
			sets = k.sets
			known[text] = sets
		}
		for i := range columns {
			columns[i][n] = sets[i]
		}
	}
	out := make([][]decide.Set, len(l.Model.Decisions))
	out[d] = make([]decide.Set, len(rows))
	l.NewEvaluator().DecideAll(columns, len(rows), out)
	return out[d], nil
}
