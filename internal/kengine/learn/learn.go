package learn

import (
	"fmt"
	"time"

	"noroshi.dev/format/dtree"
	"noroshi.dev/internal/kengine/decide"
	"noroshi.dev/internal/kengine/trust"
)

// Options are the choices of learning; the zero value is a good one.
type Options struct {
	// HalfLife is the age at which a ruling counts half; 0 means that age does not count.
	HalfLife time.Duration
	// Evidence is the chance below which the history is believed against the present tree; 0 means 0.05.
	Evidence float64
	// Folds of the cross-validation that measures; 0 means 5.
	Folds int
	// Costs of answers that are not the ruling; zero means trust.DefaultCosts.
	Costs trust.Costs
}

func (o Options) filled() Options {
	if o.Evidence <= 0 || o.Evidence >= 1 {
		o.Evidence = .05
	}
	if o.Folds < 2 {
		o.Folds = 5
	}
	if o.Costs == (trust.Costs{}) {
		o.Costs = trust.DefaultCosts()
	}
	return o
}

// training gives the options of the induction. A leaf alone has few cases: one round suffices.
func (o Options) training(leaf bool) dtree.Options {
	t := dtree.Options{Missing: dtree.MissingSide, HalfLife: o.HalfLife.Hours()}
	if leaf {
		t.Folds, t.Repeats = 5, 1
	}
	return t
}

// Way is how a candidate came to be.
type Way string

// The ways: leaves of the present tree were changed, or a new tree was learnt.
const (
	Revised Way = "revised"
	Fresh   Way = "new"
)

// Reason is why there is no candidate.
type Reason string

// The reasons.
const (
	// NoHistory: nothing was ruled.
	NoHistory Reason = "no_history"
	// Agrees: every ruling is what the present model says.
	Agrees Reason = "agrees"
	// TooLittle: the history has not enough evidence against the present model.
	TooLittle Reason = "too_little"
)

// Measure is how a model answers a history. Shares are between 0 and 1, by the weight of the cases.
type Measure struct {
	// Accuracy is the share of cases with a single outcome, which is the one ruled.
	Accuracy float64 `json:"accuracy"`
	// WithinOne also counts a single outcome next to the one ruled; only of ordered outcomes.
	WithinOne float64 `json:"within_one"`
	// Undecided is the share of cases with several outcomes.
	Undecided float64 `json:"undecided"`
	// Cost is the mean cost of an answer by Options.Costs; of several outcomes the dearest counts. Unordered
	// outcomes are one step apart, and cost as much as one step too high.
	Cost float64 `json:"cost"`
}

// Flip is a case of the history that a candidate answers otherwise than the present model.
type Flip struct {
	Case     *Case
	From, To decide.Set
}

// LeafChange is a way through the candidate at the end of which the present model says something else.
type LeafChange struct {
	// When is what the way demands, a set by the position of a fact in Subject.Facts.
	When []Condition
	// From is what the present model leaves possible there, To what the candidate says.
	From, To decide.Set
	// Cases is the number of cases that can come there.
	Cases int
}

// Condition is what is known of one fact.
type Condition struct {
	Fact   int
	Values decide.Set
}

// Result is what was learnt about one decision.
type Result struct {
	Subject *Subject
	// Cases is the number of cases learnt from, Against how many of them the present model answers otherwise.
	Cases, Against int
	Hash           string
	// Way is empty where there is no candidate; Reason then says why.
	Way    Way
	Reason Reason
	// Tree and Model are the candidate: the new tree and the whole model with it. Compiled is that model.
	Tree     *decide.Branch
	Model    decide.Model
	Compiled *decide.Compiled
	// Before and After measure the present model and the candidate on the history. Unseen measures models
	// made in the same way on cases that they were not made of, by cross-validation.
	Before, After, Unseen Measure
	// Sizes of the trees; those of the present one are 0 where it is too large for a tree.
	LeavesBefore, LeavesAfter, DepthBefore, DepthAfter int
	Leaves                                             []LeafChange
	Flips                                              []Flip
}

// Learn makes a candidate of a history, or says why there is none.
func (s *Subject) Learn(cases []Case, o Options) (*Result, error) {
	o = o.filled()
	h := s.history(cases)
	r := &Result{Subject: s, Cases: len(h.cases), Hash: Hash(h.cases)}
	r.LeavesBefore, r.DepthBefore = size(s.Present)
	now := s.decideAll(s.compiled, h)
	r.Before = s.measure(h, now, o.Costs)
	for i := range now {
		if now[i] != decide.Of(h.cases[i].Outcome) {
			r.Against++
		}
	}
	switch {
	case r.Cases == 0:
		r.Reason = NoHistory
		return r, nil
	case r.Against == 0:
		r.Reason = Agrees
		return r, nil
	}
	tree, way, err := s.choose(h, now, o, r)
	if err != nil || tree == nil {
		r.Reason = TooLittle
		return r, err
	}
	return r, r.fill(h, now, tree, way, o)
}

// fill describes a candidate.
func (r *Result) fill(h *history, now []decide.Set, tree *decide.Branch, way Way, o Options) error {
	s := r.Subject
	r.Way, r.Tree, r.Model = way, tree, s.with(*tree)
	var err error
	if r.Compiled, err = decide.Compile(r.Model); err != nil {
		return fmt.Errorf("learn: compile the candidate: %w", err)
	}
	then := s.decideAll(r.Compiled, h)
	r.After = s.measure(h, then, o.Costs)
	r.LeavesAfter, r.DepthAfter = size(tree)
	for i := range then {
		if then[i] != now[i] {
			r.Flips = append(r.Flips, Flip{Case: &h.cases[i], From: now[i], To: then[i]})
		}
	}
	r.Leaves = s.changes(h, tree)
	return nil
}

// choose gives the tree of the candidate, nil where there is none.
func (s *Subject) choose(h *history, now []decide.Set, o Options, r *Result) (*decide.Branch, Way, error) {
	made, err := s.make(h, o)
	if err != nil {
		return nil, "", err
	}
	if made.revised == nil && made.fresh == nil {
		return nil, "", nil
	}
	revised, fresh, err := s.cross(h, now, o)
	if err != nil {
		return nil, "", err
	}
	if made.fresh != nil {
		better, worse := 0.0, 0.0
		for i := range h.cases {
			right := decide.Of(h.cases[i].Outcome)
			switch a, b := revised[i] == right, fresh[i] == right; {
			case b && !a:
				better++
			case a && !b:
				worse++
			}
		}
		if dtree.SignTest(better, worse) <= o.Evidence {
			r.Unseen = s.measure(h, fresh, o.Costs)
			return made.fresh, Fresh, nil
		}
	}
	if made.revised == nil {
		return nil, "", nil
	}
	r.Unseen = s.measure(h, revised, o.Costs)
	return made.revised, Revised, nil
}

// trees are what both ways make of a history; nil where a way makes nothing.
type trees struct{ revised, fresh *decide.Branch }

func (s *Subject) make(h *history, o Options) (trees, error) {
	var t trees
	if s.Present != nil {
		b, n, err := s.revise(*s.Present, h, o)
		if err != nil {
			return t, err
		}
		if n > 0 {
			t.revised = &b
		}
	}
	m, err := dtree.Train(s.data(h, o.HalfLife), o.training(false))
	if err != nil {
		return t, fmt.Errorf("learn: %w", err)
	}
	if !m.Report.Abstained {
		b := s.branch(m.Tree)
		t.fresh = &b
	}
	return t, nil
}
