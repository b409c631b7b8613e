package kengine

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/decide"
	"noroshi.dev/internal/kengine/intake"
)

// Form is what is still worth asking about a report, and what is known already.
type Form struct {
	ReportID  string
	Report    string // key
	Questions []FormQuestion
	Known     []FactView // inputs of the models that have a value, with where it is from
	Decisions []FormDecision
}

// Done reports whether every completion gives the same outcomes: there is nothing left to ask.
func (f *Form) Done() bool { return len(f.Questions) == 0 }

// FormQuestion is a fact that can still change an open decision.
type FormQuestion struct {
	Fact      decide.Fact
	Possible  decide.Set    // values that are still possible
	Gain      float64       // information that the answer is expected to give, in bits, over all models
	Decisions []decide.Text // the open decisions that the answer can change
}

// FormDecision is a decision with the outcomes that are still possible.
type FormDecision struct {
	Decision string
	Name     decide.Text
	Possible []Outcome
}

// Form returns the questions about a report that can still change a decision of the actor's
// organisation, the most informative first. Facts that are derived are never asked. It needs
// PermReportRead.
func (s *Service) Form(ctx context.Context, a identity.Actor, key string) (*Form, error) {
	if err := s.may(a, PermReportRead()); err != nil {
		return nil, err
	}
	var f *Form
	err := s.DB.InRead(ctx, func(ctx context.Context, r storage.Runner) error {
		sub, err := readSubject(ctx, r, key)
		if err != nil {
			return err
		}
		t, err := s.loadTenant(ctx, r, a.Organisation)
		if err != nil {
			return err
		}
		matches, err := readMatches(ctx, r, a.Organisation, []string{sub.id})
		if err != nil {
			return err
		}
		f = s.ask(t, sub, matches[sub.id])
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("kengine: form %s: %w", key, err)
	}
	return f, nil
}

// readSubject reads one report, by its key or an alias, with all assertions about it.
func readSubject(ctx context.Context, r storage.Runner, key string) (*subject, error) {
	sub, err := storage.One(ctx, r, "kengine.report", key, func(scan func(...any) error) (*subject, error) {
		sub := &subject{}
		var state string
		err := scan(&sub.id, &sub.key, &state)
		sub.rejected = state == string(intake.Rejected)
		return sub, err
	}, `SELECT id, key, state FROM kengine_report WHERE key = ? OR id = (SELECT report FROM kengine_alias WHERE alias = ?)
	ORDER BY key = ? DESC LIMIT 1`, key, key, key)
	if err != nil {
		return nil, err
	}
	assertions, err := readAssertions(ctx, r, []string{sub.id})
	sub.assertions = assertions[sub.id]
	return sub, err
}

// ask joins the questions of all models of an organisation.
func (s *Service) ask(t *tenant, sub *subject, matches []TagMatch) *Form {
	f := &Form{ReportID: sub.id, Report: sub.key}
	values, filled := t.values(sub, s), t.filled(matches)
	for i := range t.models {
		m := &t.models[i]
		k := m.know(values)
		m.fill(&k, filled)
		f.addKnown(m.loaded, &k, sub.assertions)
		out := m.Decide(k.sets)
		for d := range m.Model.Decisions {
			f.Decisions = append(f.Decisions, FormDecision{
				Decision: m.decisionKey(d), Name: m.Model.Decisions[d].Name, Possible: m.outcomesOf(d, out[d].Set),
			})
		}
		for _, q := range m.Questions(k.sets, nil) {
			f.addQuestion(m.loaded, q)
		}
	}
	slices.SortStableFunc(f.Questions, func(a, b FormQuestion) int { return cmp.Compare(b.Gain, a.Gain) })
	return f
}

// addQuestion joins a question with the same one of another model.
func (f *Form) addQuestion(l *loaded, q decide.Question) {
	at := slices.IndexFunc(f.Questions, func(have FormQuestion) bool { return have.Fact.ID == q.Fact })
	if at < 0 {
		at = len(f.Questions)
		f.Questions = append(f.Questions, FormQuestion{Fact: l.inputs[q.Column].fact, Possible: q.Possible})
	}
	have := &f.Questions[at]
	have.Gain += q.Gain
	for _, key := range q.Decisions {
		if d := l.Model.Decision(key); d >= 0 {
			have.Decisions = append(have.Decisions, l.Model.Decisions[d].Name)
		}
	}
}

// addKnown lists the inputs of a model that have a value.
func (f *Form) addKnown(l *loaded, k *known, assertions []Assertion) {
	for i := range l.inputs {
		in := &l.inputs[i]
		if k.values[i] == nil || slices.ContainsFunc(f.Known, func(v FactView) bool { return v.ID == in.id }) {
			continue
		}
		v := FactView{Fact: in.fact, ID: in.id, Value: *k.values[i], Possible: k.sets[i], Assumed: k.values[i].Source == SourceDefault}
		if at := slices.IndexFunc(assertions, func(a Assertion) bool { return a.ID == k.values[i].Assertion }); at >= 0 {
			v.Assertion = &assertions[at]
		}
		f.Known = append(f.Known, v)
	}
}
