package dtree

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
)

// named are n different names.
func named(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprint("n", i)
	}
	return out
}

// TestLimitsOfASchema takes what is just within each limit and refuses what is just beyond.
func TestLimitsOfASchema(t *testing.T) {
	ordered := func(monotone int) Schema {
		return Schema{Classes: named(2), ClassesOrdered: true, Attributes: []Attribute{{Name: "a", Values: named(2), Ordinal: true, Monotone: monotone}}}
	}
	attributes := func(n int) []Attribute {
		out := make([]Attribute, n)
		for i := range out {
			out[i] = Attribute{Name: fmt.Sprint(i), Values: named(1)}
		}
		return out
	}
	for name, c := range map[string]struct {
		s    Schema
		want string // empty: it is taken
	}{
		"one class":            {Schema{Classes: named(1)}, ""},
		"no class":             {Schema{}, "no classes"},
		"most classes":         {Schema{Classes: named(MaxClasses)}, ""},
		"too many classes":     {Schema{Classes: named(MaxClasses + 1)}, "256 classes, at most 255"},
		"most attributes":      {Schema{Classes: named(2), Attributes: attributes(MaxAttributes)}, ""},
		"too many attributes":  {Schema{Classes: named(2), Attributes: attributes(MaxAttributes + 1)}, "4097 attributes, at most 4096"},
		"most values":          {Schema{Classes: named(2), Attributes: []Attribute{{Name: "a", Values: named(MaxValues)}}}, ""},
		"too many values":      {Schema{Classes: named(2), Attributes: []Attribute{{Name: "b"}, {Name: "a", Values: named(MaxValues + 1)}}}, `attribute 2 "a": 65 values, at most 64`},
		"no values":            {Schema{Classes: named(2), Attributes: []Attribute{{Name: "a"}}}, ""},
		"a class twice":        {Schema{Classes: []string{"x", "y", "x"}}, `class "x" twice`},
		"a value twice":        {Schema{Classes: named(2), Attributes: []Attribute{{Name: "a", Values: []string{"x", "x"}}}}, `value "x" twice`},
		"rising":               {ordered(1), ""},
		"falling":              {ordered(-1), ""},
		"a demand of 2":        {ordered(2), "not 2"},
		"values without order": {Schema{Classes: named(2), ClassesOrdered: true, Attributes: []Attribute{{Values: named(2), Monotone: 1}}}, "needs ordered values"},
		"classes without":      {Schema{Classes: named(2), Attributes: []Attribute{{Values: named(2), Ordinal: true, Monotone: 1}}}, "ordered classes"},
	} {
		err := c.s.Check()
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if !errors.Is(err, ErrSchema) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if _, err := FromFunc(c.s, func([]int) int { return 0 }); !errors.Is(err, ErrSchema) {
			t.Errorf("%s: FromFunc = %v", name, err)
		}
	}
}

// TestLimitsOfOptions takes what is just within each limit and refuses what is just beyond, in every way to use them.
func TestLimitsOfOptions(t *testing.T) {
	d := made{rows: 20, facts: 2, classes: 2}.data()
	prior := train(t, d, Options{}).Tree
	for name, c := range map[string]struct {
		o    Options
		want string // empty: it is taken
	}{
		"criterion":               {Options{Criterion: Entropy + 1}, "criterion 2"},
		"rule":                    {Options{Rule: RuleNone + 1}, "rule 5"},
		"missing":                 {Options{Missing: MissingBranch + 1}, "missing 3"},
		"unknown":                 {Options{Unknown: UnknownBoth + 1}, "unknown 2"},
		"one fold":                {Options{Folds: 1}, "1 folds"},
		"two folds":               {Options{Folds: 2}, ""},
		"most folds":              {Options{Folds: 100}, ""},
		"too many folds":          {Options{Folds: 101}, "101 folds"},
		"fewer than no folds":     {Options{Folds: -2}, "-2 folds"},
		"most repeats":            {Options{Repeats: 100, Folds: 2}, ""},
		"too many repeats":        {Options{Repeats: 101}, "101 repeats"},
		"fewer than no repeats":   {Options{Repeats: -1}, "-1 repeats"},
		"leaf below nothing":      {Options{MinLeaf: -1}, "below zero"},
		"leaf of no number":       {Options{MinLeaf: math.NaN()}, "below zero"},
		"depth below nothing":     {Options{MaxDepth: -1}, "below zero"},
		"half-life below nothing": {Options{HalfLife: -1}, "below zero"},
		"half-life of no number":  {Options{HalfLife: math.NaN()}, "below zero"},
		"certain":                 {Options{Confidence: 1}, "confidence 1"},
		"nearly certain":          {Options{Confidence: .999}, ""},
		"confidence below":        {Options{Confidence: -.1}, "confidence -0.1"},
		"confidence of no number": {Options{Confidence: math.NaN()}, "confidence NaN"},
		"evidence of one":         {Options{Evidence: 1}, "evidence 1"},
		"evidence below":          {Options{Evidence: -.1}, "evidence -0.1"},
		"evidence nearly one":     {Options{Evidence: .999}, ""},
		"rows of costs":           {Options{Cost: [][]float64{{0, 1}}}, "1 rows of costs for 2 classes"},
		"entries of costs":        {Options{Cost: [][]float64{{0, 1}, {1}}}, "cost row 2 has 1 entries"},
		"a cost of the right one": {Options{Cost: [][]float64{{0, 1}, {1, 1}}}, `answering "c1" for "c1" is 1`},
		"a cost below nothing":    {Options{Cost: [][]float64{{0, -1}, {1, 0}}}, `answering "c1" for "c0" is -1`},
		"a cost of no number":     {Options{Cost: [][]float64{{0, 1}, {math.NaN(), 0}}}, `answering "c0" for "c1" is NaN`},
		"an endless cost":         {Options{Cost: [][]float64{{0, math.Inf(1)}, {1, 0}}}, "+Inf"},
		"nothing costs anything":  {Options{Cost: [][]float64{{0, 0}, {0, 0}}}, ""},
	} {
		calls := map[string]func() error{
			"Train":    func() error { _, err := Train(d, c.o); return err },
			"Grow":     func() error { _, err := Grow(d, c.o); return err },
			"Revise":   func() error { _, _, err := Revise(prior, d, c.o); return err },
			"Evaluate": func() error { _, err := Evaluate(d, make([]uint8, d.Rows()), c.o, nil); return err },
		}
		for what, call := range calls {
			err := call()
			if c.want == "" && err != nil {
				t.Errorf("%s: %s: %v", name, what, err)
			}
			if c.want != "" && (!errors.Is(err, ErrOptions) || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%s: %s: %v, want %q", name, what, err, c.want)
			}
		}
	}
}

// TestRowsThatDoNotFit names the row, from 1, and is refused in every way to use it.
func TestRowsThatDoNotFit(t *testing.T) {
	prior := priorTree(t)
	for name, c := range map[string]struct {
		edit func(*Data)
		want string
	}{
		"a value":           {func(d *Data) { d.Columns[1][2] = 1 << 3 }, `row 3: attribute "exposed" holds a value that it does not have (mask 0x8)`},
		"a class":           {func(d *Data) { d.Class[0] = 4 }, "row 1: class 4 of 4"},
		"a column less":     {func(d *Data) { d.Columns = d.Columns[:2] }, "2 columns for 3 attributes"},
		"a column more":     {func(d *Data) { d.Columns = append(d.Columns, d.Columns[0]) }, "4 columns for 3 attributes"},
		"a short column":    {func(d *Data) { d.Columns[2] = d.Columns[2][:3] }, `attribute "important" has 3 rows, the classes have 4`},
		"a weight below":    {func(d *Data) { d.Weight = []float64{1, -1, 1, 1} }, "row 2: weight -1"},
		"too great weight":  {func(d *Data) { d.Weight = []float64{1, 1, 1, 1e13} }, "row 4: weight 1e+13"},
		"weight no number":  {func(d *Data) { d.Weight = []float64{math.NaN(), 1, 1, 1} }, "row 1: weight NaN"},
		"weights of others": {func(d *Data) { d.Weight = make([]float64, 5) }, "5 weights for 4 rows"},
		"an age below":      {func(d *Data) { d.Age = []float64{0, 0, -2, 0} }, "row 3: age -2"},
		"an endless age":    {func(d *Data) { d.Age = []float64{0, 0, math.Inf(1), 0} }, "row 3: age +Inf"},
		"ages of others":    {func(d *Data) { d.Age = []float64{} }, "0 ages for 4 rows"},
	} {
		d := ruled(prior.Schema, 4, func(int, []int) int { return 0 }, []int{0, 0, 0})
		c.edit(&d)
		for what, call := range map[string]func() error{
			"Check":  d.Check,
			"Train":  func() error { _, err := Train(d, Options{}); return err },
			"Grow":   func() error { _, err := Grow(d, Options{}); return err },
			"Revise": func() error { _, _, err := Revise(prior, d, Options{}); return err },
			"Curve":  func() error { _, err := Curve(d, CurveOptions{}, Options{}); return err },
		} {
			if err := call(); !errors.Is(err, ErrData) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %s: %v, want %q", name, what, err, c.want)
			}
		}
	}
	d := ruled(prior.Schema, 4, func(int, []int) int { return 0 }, []int{0, 0, 0})
	d.Columns[0][1], d.Columns[0][2] = math.MaxUint64, 0
	if err := d.Check(); err != nil {
		t.Errorf("all bits and no bit are unknown: %v", err)
	}
}

func TestGridsThatAreTooLarge(t *testing.T) {
	wide := func(facts, values int) Schema {
		s := Schema{Classes: named(2)}
		for a := range facts {
			s.Attributes = append(s.Attributes, Attribute{Name: fmt.Sprint("f", a), Values: named(values)})
		}
		return s
	}
	first := func([]int) int { return 0 }
	for name, c := range map[string]struct {
		s    Schema
		want string
	}{
		"too many combinations": {wide(21, 2), `attribute "f20" goes beyond`},
		"many that overflow":    {wide(64, 2), `attribute "f20" goes beyond`},
		"a fact without values": {wide(1, 0), `attribute "f0" goes beyond`},
	} {
		if _, err := FromFunc(c.s, first); !errors.Is(err, ErrSchema) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if err := wide(21, 2).Each(func([]int, []uint64) bool { t.Error("was asked for"); return false }); !errors.Is(err, ErrSchema) {
		t.Errorf("Each: %v", err)
	}
	n := 0
	if err := wide(20, 2).Each(func([]int, []uint64) bool { n++; return n < 5 }); err != nil || n != 5 {
		t.Errorf("Each that stops: %d rows, %v", n, err)
	}
	if _, err := FromFunc(wide(1, 2), func([]int) int { return 2 }); !errors.Is(err, ErrData) {
		t.Errorf("a class of none: %v", err)
	}
	if _, err := FromFunc(wide(1, 2), func([]int) int { return -1 }); !errors.Is(err, ErrData) {
		t.Errorf("a class below nothing: %v", err)
	}
	one, err := FromFunc(Schema{Classes: named(3)}, func([]int) int { return 2 })
	if err != nil || one.Leaves() != 1 || one.Class(nil) != 2 {
		t.Errorf("a table of no facts: %v", err)
	}
}

// TestTreesThatAreUnsound changes one thing of a good tree at a time; neither Decode nor Revise takes what comes of it.
func TestTreesThatAreUnsound(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(*Tree)
		want string
	}{
		"no nodes":             {func(t *Tree) { t.Nodes = nil }, "0 nodes"},
		"a node too many":      {func(t *Tree) { t.Nodes = append(t.Nodes, t.Nodes[len(t.Nodes)-1]) }, "belongs to nothing"},
		"a node too few":       {func(t *Tree) { t.Nodes = t.Nodes[:len(t.Nodes)-1] }, "missing"},
		"another parent":       {func(t *Tree) { t.Nodes[1].Parent = 2 }, "node 1: out of place"},
		"another depth":        {func(t *Tree) { t.Nodes[1].Depth = 3 }, "node 1: out of place"},
		"a class":              {func(t *Tree) { t.Nodes[0].Class = 4 }, "a class that the schema does not have"},
		"a class below":        {func(t *Tree) { t.Nodes[0].Class = -1 }, "a class that the schema does not have"},
		"counts of others":     {func(t *Tree) { t.Nodes[0].Counts = make([]float64, 3) }, "a class that the schema does not have"},
		"another weight":       {func(t *Tree) { t.Nodes[0].Weight++ }, "counts and weight disagree"},
		"a count below":        {func(t *Tree) { t.Nodes[0].Counts[0] -= 100; t.Nodes[0].Weight -= 100 }, "counts and weight disagree"},
		"a prior below":        {func(t *Tree) { t.Nodes[0].Prior = -1 }, "counts and weight disagree"},
		"a fact":               {func(t *Tree) { t.Nodes[0].Attribute = 3 }, "a fact that the schema does not have"},
		"a fact below":         {func(t *Tree) { t.Nodes[0].Attribute = -2 }, "a fact that the schema does not have"},
		"a leaf with a way":    {func(t *Tree) { t.Nodes[len(t.Nodes)-1].Left = 1 }, "a leaf with branches"},
		"a leaf with a side":   {func(t *Tree) { t.Nodes[len(t.Nodes)-1].Missing = SideLeft }, "a leaf with branches"},
		"a value lost":         {func(t *Tree) { t.Nodes[0].Right = 0 }, "branches that share or lose a value"},
		"a value on both":      {func(t *Tree) { t.Nodes[0].Left |= t.Nodes[0].Right }, "branches that share or lose a value"},
		"a side of none":       {func(t *Tree) { t.Nodes[0].Missing = SideRight + 1 }, "a threshold or a side that cannot be"},
		"a threshold beyond":   {func(t *Tree) { t.Nodes[0].Threshold = 3 }, "a threshold or a side that cannot be"},
		"a threshold below":    {func(t *Tree) { t.Nodes[0].Threshold = -2 }, "a threshold or a side that cannot be"},
		"another threshold":    {func(t *Tree) { t.Nodes[0].Threshold = 1 - t.Nodes[0].Threshold }, "a threshold that does not fit its values"},
		"nominal, a threshold": {func(t *Tree) { t.Schema.Attributes[t.Nodes[0].Attribute].Ordinal = false }, "a threshold or a side that cannot be"},
		"another left child":   {func(t *Tree) { t.Nodes[0].LeftChild = 2 }, "the left child is not the next node"},
		"another right child":  {func(t *Tree) { t.Nodes[0].RightChild-- }, "the right child is not behind the left branch"},
		"a schema":             {func(t *Tree) { t.Schema.Classes[1] = t.Schema.Classes[0] }, "twice"},
		"costs":                {func(t *Tree) { t.Cost = [][]float64{{0}} }, "rows of costs"},
		"a way of unknown":     {func(t *Tree) { t.Unknown = 9 }, "unknown 9"},
	} {
		tree := priorTree(t)
		d := ruled(tree.Schema, 1, func(int, []int) int { return 0 }, []int{0, 0, 0})
		c.edit(tree)
		if _, err := Decode(encode(t, tree)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: Decode = %v, want %q", name, err, c.want)
		}
		if _, _, err := Revise(tree, d, Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: Revise = %v, want %q", name, err, c.want)
		}
	}
	if _, err := Decode(make([]byte, MaxEncoded+1)); !errors.Is(err, ErrTree) || !strings.Contains(err.Error(), "at most") {
		t.Errorf("a byte too many: %v", err)
	}
}
