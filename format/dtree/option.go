package dtree

import (
	"errors"
	"fmt"
)

// Criterion measures how mixed a node is.
type Criterion uint8

// The criteria.
const (
	Gini Criterion = iota
	Entropy
)

// Rule chooses one of the pruned trees by their cross-validated costs.
type Rule uint8

// The rules.
const (
	// RuleShort takes the shortest tree whose cost is within one standard error of the difference between two
	// measurements like that of the best one (the root of 2 times its standard error).
	RuleShort Rule = iota
	// RuleOneSE takes the shortest tree within one standard error of the least cost.
	RuleOneSE
	// RuleMin takes the tree of least cost, the shortest of equals.
	RuleMin
	// RulePaired takes the shortest tree that is not worse than the best one by more than a standard error of
	// the difference between the two, case by case: the spread that both trees share cancels out. It is
	// longer than that of RuleOneSE where small differences are certain.
	RulePaired
	// RuleNone does not prune, beyond what changes no answer.
	RuleNone
)

// Missing says how unknown facts are used in training.
type Missing uint8

// The ways.
const (
	// MissingGain lets the gain choose between a branch of its own for unknown and a side for it.
	MissingGain Missing = iota
	// MissingSide sends unknown facts to the side that gains more, never to a branch of their own.
	MissingSide
	// MissingBranch separates unknown from known first, before it asks for a value.
	MissingBranch
)

// Unknown says how an unknown fact is answered.
type Unknown uint8

// The ways.
const (
	// UnknownLearnt follows the side that training saw unknown facts on, and both where it saw none.
	UnknownLearnt Unknown = iota
	// UnknownBoth always follows both branches, weighted by the history behind them.
	UnknownBoth
)

// Options are the choices of training; the zero value is a good one.
type Options struct {
	Criterion Criterion
	Rule      Rule
	Missing   Missing
	Unknown   Unknown
	// Folds of cross-validation; 0 means 10. Fewer are used when there are fewer cases.
	Folds int
	// Repeats of cross-validation with other folds; 0 means as many as give about 2,000 predicted cases, at most 10.
	Repeats int
	// Seed of the assignment to folds. Equal seeds give equal trees.
	Seed uint64
	// MinLeaf is the least weight of a leaf; 0 means that anything is enough.
	MinLeaf float64
	// MaxDepth is the longest path in questions; 0 means any.
	MaxDepth int
	// Cost[actual][answer] is what a wrong answer costs; nil means one each. The diagonal must be 0.
	Cost [][]float64
	// HalfLife is the age at which a row counts half, in the unit of Data.Age; 0 means that age does not count.
	HalfLife float64
	// Confidence with which the tree must beat the majority, one-sided; 0 means 0.9.
	Confidence float64
	// NeverAbstain gives the pruned tree even when it is not shown to beat the majority.
	NeverAbstain bool
	// Evidence is the level of chance below which Revise believes the history; 0 means 0.05.
	Evidence float64
}

// ErrOptions is wrapped by every error about options.
var ErrOptions = errors.New("options")

// Check says which option cannot be obeyed for the schema.
func (o Options) Check(s Schema) error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("dtree: %w: "+format, append([]any{ErrOptions}, args...)...)
	}
	switch {
	case o.Criterion > Entropy:
		return bad("criterion %d", o.Criterion)
	case o.Rule > RuleNone:
		return bad("rule %d", o.Rule)
	case o.Missing > MissingBranch:
		return bad("missing %d", o.Missing)
	case o.Unknown > UnknownBoth:
		return bad("unknown %d", o.Unknown)
	case o.Folds < 0 || o.Folds == 1 || o.Folds > 100:
		return bad("%d folds, between 2 and 100 are possible", o.Folds)
	case o.Repeats < 0 || o.Repeats > 100:
		return bad("%d repeats, at most 100 are possible", o.Repeats)
	case !(o.MinLeaf >= 0), o.MaxDepth < 0, !(o.HalfLife >= 0):
		return bad("a size below zero")
	case !(o.Confidence >= 0 && o.Confidence < 1):
		return bad("confidence %g is not between 0 and 1", o.Confidence)
	case !(o.Evidence >= 0 && o.Evidence < 1):
		return bad("evidence %g is not between 0 and 1", o.Evidence)
	case o.Cost != nil && len(o.Cost) != len(s.Classes):
		return bad("%d rows of costs for %d classes", len(o.Cost), len(s.Classes))
	}
	for i, row := range o.Cost {
		if len(row) != len(s.Classes) {
			return bad("cost row %d has %d entries for %d classes", i+1, len(row), len(s.Classes))
		}
		for j, c := range row {
			if !(c >= 0 && c <= maxWeight) || i == j && c != 0 {
				return bad("cost of answering %q for %q is %g", s.Classes[j], s.Classes[i], c)
			}
		}
	}
	return nil
}

func (o Options) confidence() float64 {
	if o.Confidence == 0 {
		return 0.9
	}
	return o.Confidence
}

func (o Options) evidence() float64 {
	if o.Evidence == 0 {
		return 0.05
	}
	return o.Evidence
}

// costs is the cost matrix with its default.
func (o Options) costs(classes int) [][]float64 {
	if o.Cost != nil {
		return o.Cost
	}
	m := make([][]float64, classes)
	for i := range m {
		m[i] = make([]float64, classes)
		for j := range m[i] {
			if i != j {
				m[i][j] = 1
			}
		}
	}
	return m
}
