package kengine

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/trust"
)

// TrustRuling is a ruling as the proof of recommendations sees it.
type TrustRuling struct {
	ID          string
	Task        string
	Report      string // key
	Decision    string // MODEL/DECISION
	Model       string // id of the version that recommended
	Recommended []Outcome
	Ruled       Outcome
	Reason      Reason
	Analyst     string // id of a person
	At          time.Time
	Facts       []RowFact // what the decision looked at and was known at that time
}

// ruledRow is a ruling as it is stored, with what is known of its task now.
type ruledRow struct {
	id, task, report, decision, model, recommended, outcome, inputs, actor, nowInputs, nowModel string

	reason Reason
	at     storage.Time
}

// readRulings returns the rulings of an organisation that were not undone, in the order of time; of
// those on one task and the same facts the last.
func readRulings(ctx context.Context, r storage.Runner, organisation string) ([]ruledRow, error) {
	rows, err := storage.List(ctx, r, func(scan func(...any) error) (ruledRow, error) {
		var v ruledRow
		err := scan(&v.id, &v.task, &v.report, &v.decision, &v.model, &v.recommended, &v.outcome, &v.reason, &v.inputs, &v.actor, &v.at, &v.nowInputs, &v.nowModel)
		return v, err
	}, `SELECT u.id, u.task, r.key, u.decision, u.model, u.recommended, u.outcome, u.reason, u.inputs, u.actor, u.at, t.inputs, t.model
		FROM kengine_ruling u JOIN kengine_task t ON t.id = u.task JOIN kengine_report r ON r.id = u.report
		WHERE u.organisation = ? AND u.undone IS NULL ORDER BY u.at, u.id`, organisation)
	if err != nil {
		return nil, fmt.Errorf("kengine: rulings: %w", err)
	}
	last := map[[3]string]int{}
	for i, v := range rows {
		last[[3]string{v.task, v.model, v.inputs}] = i
	}
	out := rows[:0]
	for i, v := range rows {
		if last[[3]string{v.task, v.model, v.inputs}] == i {
			out = append(out, v)
		}
	}
	return out, nil
}

// judged are rulings as cases, beside what a person sees of each.
type judged struct {
	cases   []trust.Case
	rulings []TrustRuling
}

// judge turns rulings into cases. What no model can be found for any more is left out.
func (s *Service) judge(ctx context.Context, r storage.Runner, organisation string, rows []ruledRow) (judged, error) {
	j := judging{parsed: map[string]map[string]string{}, facts: map[[3]string]seenFacts{}}
	for i := range rows {
		v := &rows[i]
		m, err := s.model(ctx, r, organisation, v.model)
		if err != nil {
			return judged{}, err
		}
		if m == nil {
			continue
		}
		_, key, _ := strings.Cut(v.decision, "/")
		d := m.Model.Decision(key)
		if d < 0 {
			continue
		}
		if err := j.take(m, d, v); err != nil {
			return judged{}, err
		}
	}
	return j.judged, nil
}

// judging remembers what it has read: rulings are many, distinct facts few.
type judging struct {
	judged
	parsed map[string]map[string]string
	facts  map[[3]string]seenFacts
}

// seenFacts are the facts of a decision as text and as rows.
type seenFacts struct {
	text string
	rows []RowFact
}

func (j *judging) take(m *loaded, d int, v *ruledRow) error {
	fact := m.OutcomeFact(d)
	ruled := fact.Index(v.outcome)
	if ruled < 0 {
		return nil
	}
	in, err := j.read(v.inputs)
	if err != nil {
		return err
	}
	at := [3]string{v.decision, v.model, v.inputs}
	facts, ok := j.facts[at]
	if !ok {
		facts = m.factsOf(d, in)
		j.facts[at] = facts
	}
	set := outcomeSet(&fact, strings.Fields(v.recommended))
	c := caseOf(set, ruled)
	c.At, c.Analyst, c.Facts, c.Stated = v.at.Time, v.actor, facts.text, causeOf(v.reason)
	u := TrustRuling{
		ID: v.id, Task: v.task, Report: v.report, Decision: v.decision, Model: v.model, Ruled: m.outcome(d, fact.Values[ruled]),
		Reason: v.reason, Analyst: v.actor, At: v.at.Time, Facts: facts.rows,
	}
	u.Recommended = m.outcomesOf(d, set)
	if v.nowInputs != v.inputs {
		now, err := j.read(v.nowInputs)
		if err != nil {
			return err
		}
		c.Changed = m.changed(d, in, now, v.model == v.nowModel)
	}
	j.cases, j.rulings = append(j.cases, c), append(j.rulings, u)
	return nil
}

func (j *judging) read(text string) (map[string]string, error) {
	in, ok := j.parsed[text]
	if ok {
		return in, nil
	}
	if err := json.Unmarshal([]byte(text), &in); err != nil {
		return nil, fmt.Errorf("kengine: inputs of a ruling: %w", err)
	}
	j.parsed[text] = in
	return in, nil
}

// factsOf writes what is known of the facts that a decision looks at.
func (l *loaded) factsOf(d int, in map[string]string) seenFacts {
	var out seenFacts
	parts := []string{l.OutcomeFact(d).ID.String()}
	for _, col := range l.Relevant(d) {
		x := &l.inputs[col]
		set, ok := x.set(strings.Fields(in[x.id]))
		if !ok {
			continue
		}
		parts = append(parts, x.id+"="+strings.Join(x.fact.Keys(set), "+"))
		out.rows = append(out.rows, RowFact{Fact: x.fact, Set: set})
	}
	slices.Sort(parts[1:])
	out.text = strings.Join(parts, " ")
	return out
}

// changed reports whether a fact that a decision looks at has another value now. A version that decides
// now may look at other facts; then only those count that both have.
func (l *loaded) changed(d int, then, now map[string]string, same bool) bool {
	for _, col := range l.Relevant(d) {
		id := l.inputs[col].id
		a, known := then[id]
		b, still := now[id]
		if a != b && (same || known && still) {
			return true
		}
	}
	return false
}

// causeOf is the cause that a reason states.
func causeOf(r Reason) trust.Cause {
	switch r {
	case DataMissing:
		return trust.Data
	case LogicWrong:
		return trust.Logic
	case Judgement:
		return trust.Analyst
	case Exception:
		return trust.Exception
	case Confirmed:
	}
	return ""
}
