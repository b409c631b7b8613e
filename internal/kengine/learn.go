package kengine

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/learn"
	"noroshi.dev/internal/kengine/trust"
)

// maxLearned is from how many own rulings of one decision is learnt at most, the newest ones, and how many
// imported ones it may have.
const maxLearned = 100_000

// maxLooks is how often one learns again because the history changed meanwhile.
const maxLooks = 5

// learnJob makes a candidate for a decision.
type learnJob struct {
	Organisation string
	Decision     string // key of the model, a slash, key of the decision
}

// Kind implements jobs.Args.
func (learnJob) Kind() string { return "kengine.learn" }

func (s *Service) registerLearn(r *jobs.Registry) {
	jobs.Register(r, jobs.Options{Unique: true, Queue: "kengine", Workers: 1}, func(ctx context.Context, j learnJob) error {
		_, err := s.learn(ctx, identity.System("kengine.learn").In(j.Organisation), j.Decision)
		return err
	})
}

// learnLater has a decision learnt again in the background, after the transaction of the caller.
func (s *Service) learnLater(ctx context.Context, tx *storage.Tx, organisation, decision string) error {
	if s.Jobs == nil {
		return nil
	}
	return s.Jobs.Enqueue(ctx, tx, learnJob{Organisation: organisation, Decision: decision})
}

// Learn makes a candidate for each decision of the models in force, or for the one named by its key,
// alone or after the key of its model and a slash. What comes of it is returned, one candidate a decision;
// nothing goes into force. It needs PermModelEdit.
func (s *Service) Learn(ctx context.Context, a identity.Actor, decision string) ([]Candidate, error) {
	if err := s.may(a, PermModelEdit()); err != nil {
		return nil, err
	}
	keys, err := s.learnable(ctx, a.Organisation, decision)
	if err != nil {
		return nil, err
	}
	var out []Candidate
	for _, key := range keys {
		id, err := s.learn(ctx, a, key)
		if err != nil {
			return nil, err
		}
		c, err := s.candidate(ctx, a.Organisation, id)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// learnable returns the decisions in force that a name means.
func (s *Service) learnable(ctx context.Context, organisation, name string) ([]string, error) {
	models, err := s.ActiveModels(ctx, s.DB.Read(), organisation)
	if err != nil {
		return nil, err
	}
	var out []string
	for i := range models {
		for d, decision := range models[i].Model.Decisions {
			if key := models[i].decisionKey(d); name == "" || name == key || name == decision.Key {
				out = append(out, key)
			}
		}
	}
	if len(out) == 0 {
		return nil, fault.New(fault.NotFound, "kengine.decision", name).Hinted("kengine.learn.no_decision")
	}
	return out, nil
}

// lesson is what is learnt from: a decision of the model in force with its history.
type lesson struct {
	model    storedModel
	loaded   *loaded
	decision int
	subject  *learn.Subject
	costs    trust.Costs
	cases    []learn.Case
	origins  map[string]pastFrom // by id of the case
}

// pastFrom is where a case is from.
type pastFrom struct{ report, task, name string }

// lesson reads what there is to learn from; nil when no model in force has the decision.
func (s *Service) lesson(ctx context.Context, r storage.Runner, organisation, decision string) (*lesson, error) {
	key, name, _ := strings.Cut(decision, "/")
	rows, err := storage.List(ctx, r, scanStored,
		`SELECT `+modelFields+`, source FROM kengine_model WHERE organisation = ? AND key = ? AND status = 'active'`, organisation, key)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	l := &lesson{model: rows[0], origins: map[string]pastFrom{}}
	if l.loaded, err = s.compile(l.model.Digest, l.model.source); err != nil {
		return nil, err
	}
	if l.decision = l.loaded.Model.Decision(name); l.decision < 0 {
		return nil, nil //nolint:nilnil // the decision is gone, there is nothing to learn
	}
	if l.subject, err = learn.NewSubject(l.loaded.Compiled, l.decision); err != nil {
		return nil, err
	}
	weights, err := readWeights(ctx, r, organisation)
	if err != nil {
		return nil, err
	}
	l.costs = weights.CostsOf(decision)
	if err := l.rulings(ctx, r, organisation, decision); err != nil {
		return nil, err
	}
	return l, l.imported(ctx, r, organisation, decision)
}

// pastRow is a ruling as it is stored.
type pastRow struct {
	id, task, report, outcome, analyst string
	inputs                             []byte
	at                                 storage.Time
}

func scanPastRow(scan func(...any) error) (pastRow, error) {
	var v pastRow
	err := scan(&v.id, &v.task, &v.report, &v.inputs, &v.outcome, &v.analyst, &v.at)
	return v, err
}

// rulings adds the rulings of the organisation that were not taken back: of several about the same facts of
// one task the newest. What was marked as an exception is no rule to learn.
func (l *lesson) rulings(ctx context.Context, r storage.Runner, organisation, decision string) error {
	rows, err := storage.List(ctx, r, scanPastRow, `SELECT u.id, u.task, COALESCE(p.key, ''), u.inputs, u.outcome, u.actor, u.at
		FROM kengine_ruling u LEFT JOIN kengine_report p ON p.id = u.report
		WHERE u.organisation = ? AND u.decision = ? AND u.undone IS NULL AND u.reason <> ? ORDER BY u.at DESC, u.id DESC LIMIT ?`,
		organisation, decision, string(Exception), maxLearned)
	if err != nil {
		return fmt.Errorf("kengine: rulings to learn from: %w", err)
	}
	seen := map[[2]string]bool{}
	for _, v := range rows {
		if same := [2]string{v.task, string(v.inputs)}; !seen[same] {
			seen[same] = true
			if err := l.add(v, pastFrom{report: v.report, task: v.task, name: v.report}); err != nil {
				return err
			}
		}
	}
	return nil
}

// imported adds the rulings that came from elsewhere.
func (l *lesson) imported(ctx context.Context, r storage.Runner, organisation, decision string) error {
	rows, err := storage.List(ctx, r, scanPastRow, `SELECT digest, '', name, inputs, outcome, analyst, at FROM kengine_learned_case
		WHERE organisation = ? AND decision = ? ORDER BY digest LIMIT ?`, organisation, decision, maxLearned)
	if err != nil {
		return fmt.Errorf("kengine: imported rulings: %w", err)
	}
	for _, v := range rows {
		if err := l.add(v, pastFrom{name: v.report}); err != nil {
			return err
		}
	}
	return nil
}

// add appends a case, unless the decision no longer has its outcome.
func (l *lesson) add(v pastRow, from pastFrom) error {
	at := l.subject.Outcome.Index(v.outcome)
	if at < 0 {
		return nil
	}
	var facts map[string]string
	if err := json.Unmarshal(v.inputs, &facts); err != nil {
		return fmt.Errorf("kengine: inputs of ruling %s: %w", v.id, err)
	}
	l.cases = append(l.cases, learn.Case{ID: v.id, Inputs: l.loaded.setsOf(facts), Outcome: at, Analyst: v.analyst, At: v.at.Time})
	l.origins[v.id] = from
	return nil
}

// learn makes a candidate for a decision and returns its id, "" when no model in force has the decision.
// When rulings were added while it learnt it looks again; where they never stop it is fault.Unavailable, and
// a job is run again later.
func (s *Service) learn(ctx context.Context, a identity.Actor, decision string) (string, error) {
	for range maxLooks {
		var l *lesson
		err := s.DB.InRead(ctx, func(ctx context.Context, r storage.Runner) error {
			var err error
			l, err = s.lesson(ctx, r, a.Organisation, decision)
			return err
		})
		if err != nil || l == nil {
			return "", err
		}
		res, err := l.subject.Learn(l.cases, learn.Options{Costs: l.costs})
		if err != nil {
			return "", fmt.Errorf("kengine: learn %s: %w", decision, err)
		}
		id, again, err := s.storeCandidate(ctx, a, decision, l, res)
		if err != nil || !again {
			return id, err
		}
	}
	return "", fault.New(fault.Unavailable, "kengine.learn.restless")
}
