package learn

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/dtree"
	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/kengine/decide"
	"noroshi.dev/internal/kengine/trust"
)

// builtin prepares the first decision of a built-in model.
func builtin(tb testing.TB, key string) *Subject {
	tb.Helper()
	m, err := decide.Builtin(registry(tb), key)
	if err != nil {
		tb.Fatal(err)
	}
	c, err := decide.Compile(m)
	if err != nil {
		tb.Fatal(err)
	}
	s, err := NewSubject(c, 0)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func registry(tb testing.TB) *ssvc.Registry {
	tb.Helper()
	reg, err := ssvc.Builtin()
	if err != nil {
		tb.Fatal(err)
	}
	return reg
}

// drawn gives n cases with known facts, ruled by rule, which gets the values and what the model says.
func drawn(s *Subject, n int, seed uint64, unknown float64, rule func(in []decide.Set, says decide.Set) int) []Case {
	r := rand.New(rand.NewPCG(seed, 1))
	out := make([]Case, n)
	for i := range out {
		in := make([]decide.Set, len(s.compiled.Inputs()))
		for j, f := range s.compiled.Inputs() {
			in[j] = decide.Of(r.IntN(len(f.Values)))
		}
		says := s.compiled.Decide(in)[s.decision].Set
		out[i] = Case{ID: fmt.Sprintf("case-%04d", i), Outcome: rule(in, says), At: time.Unix(int64(i)*3600, 0).UTC()}
		for j := range in {
			if r.Float64() < unknown {
				in[j] = 0
			}
		}
		out[i].Inputs = in
	}
	return out
}

func obey(_ []decide.Set, says decide.Set) int { return says.Lowest() }

func learn(tb testing.TB, s *Subject, cases []Case) *Result {
	tb.Helper()
	r, err := s.Learn(cases, Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func text(tb testing.TB, m decide.Model) string {
	tb.Helper()
	b, err := decide.Format(m)
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

func TestNoCandidateWithoutEvidence(t *testing.T) {
	t.Parallel()
	s := builtin(t, "cisa-coordinator")
	top := len(s.Outcome.Values) - 1
	four := drawn(s, 1, 3, 0, func([]decide.Set, decide.Set) int { return top })
	for range 3 {
		four = append(four, four[0])
	}
	four[0].Outcome = 0
	for name, c := range map[string]struct {
		cases []Case
		want  Reason
	}{
		"nothing": {nil, NoHistory}, "agreement": {drawn(s, 60, 1, 0, obey), Agrees}, "too few": {four[:3], TooLittle},
	} {
		r := learn(t, s, c.cases)
		if r.Way != "" || r.Reason != c.want || r.Tree != nil || r.Cases != len(c.cases) {
			t.Errorf("%s: way %q, reason %q of %d cases, want %q of %d", name, r.Way, r.Reason, r.Cases, c.want, len(c.cases))
		}
	}
}

func TestFiveRulingsChangeTheirLeafAlone(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"cisa-coordinator", "starter"} {
		s := builtin(t, key)
		cases := drawn(s, 40, 1, 0, obey)
		one := cases[0]
		other := (one.Outcome + 1) % len(s.Outcome.Values)
		for i := range cases {
			if cmp.Equal(cases[i].Inputs, one.Inputs) {
				cases[i].Outcome = other
			}
		}
		for i := range 5 {
			c := one
			c.ID, c.Outcome = fmt.Sprintf("overruled-%d", i), other
			cases = append(cases, c)
		}
		r := learn(t, s, cases)
		if r.Way != Revised {
			t.Fatalf("%s: way %q (%s), want a revision", key, r.Way, r.Reason)
		}
		if got := r.Compiled.Decide(one.Inputs)[0].Set; got != decide.Of(other) {
			t.Errorf("%s: the five are decided %s, want %d", key, got, other)
		}
		if len(r.Flips) < 5 || len(r.Leaves) != 1 || r.Leaves[0].To != decide.Of(other) || r.Leaves[0].Cases < 5 {
			t.Errorf("%s: %d flips, leaves %+v", key, len(r.Flips), r.Leaves)
		}
		if r.After.Accuracy <= r.Before.Accuracy || r.LeavesBefore == 0 || r.LeavesAfter == 0 {
			t.Errorf("%s: accuracy %v -> %v, leaves %d -> %d", key, r.Before.Accuracy, r.After.Accuracy, r.LeavesBefore, r.LeavesAfter)
		}
		if !decide.Ready(decide.Check(r.Model)) {
			t.Errorf("%s: the candidate cannot be put into force: %v", key, decide.Check(r.Model))
		}
	}
}

func TestAnotherRuleIsLearntAnew(t *testing.T) {
	t.Parallel()
	s := builtin(t, "cisa-coordinator")
	top := len(s.Outcome.Values) - 1
	cases := drawn(s, 400, 7, .1, func(in []decide.Set, _ decide.Set) int {
		if in[0] == decide.Full(len(s.compiled.Inputs()[0].Values))&^(decide.Full(len(s.compiled.Inputs()[0].Values))>>1) {
			return top
		}
		return 0
	})
	r := learn(t, s, cases)
	if r.Way == "" || r.LeavesAfter > r.LeavesBefore {
		t.Fatalf("way %q (%s), %d leaves after %d", r.Way, r.Reason, r.LeavesAfter, r.LeavesBefore)
	}
	if r.Unseen.Accuracy < .85 || r.Before.Accuracy > .6 || r.After.Cost >= r.Before.Cost {
		t.Errorf("before %+v, after %+v, unseen %+v", r.Before, r.After, r.Unseen)
	}
	if !decide.Ready(decide.Check(r.Model)) {
		t.Errorf("the candidate cannot be put into force: %v", decide.Check(r.Model))
	}
}

func TestTheOrderOfCasesDoesNotMatter(t *testing.T) {
	t.Parallel()
	s := builtin(t, "cisa-coordinator")
	cases := drawn(s, 300, 11, .2, func(in []decide.Set, says decide.Set) int {
		if in[1].Has(0) {
			return 0
		}
		return says.Lowest()
	})
	first := learn(t, s, cases)
	if first.Way == "" {
		t.Fatalf("no candidate: %s", first.Reason)
	}
	want := text(t, first.Model)
	for seed := range uint64(3) {
		r := rand.New(rand.NewPCG(seed, 2))
		r.Shuffle(len(cases), func(i, j int) { cases[i], cases[j] = cases[j], cases[i] })
		again := learn(t, s, cases)
		if got := text(t, again.Model); got != want || again.Hash != first.Hash {
			t.Fatalf("another order gives another model or hash:\n%s", cmp.Diff(want, got))
		}
	}
	cases[0].Outcome = (cases[0].Outcome + 1) % len(s.Outcome.Values)
	if Hash(cases) == first.Hash {
		t.Error("another history has the same hash")
	}
}

// TestBranchesAnswerAsTheTree compares a learnt tree with its form in the engine on facts that are all known.
func TestBranchesAnswerAsTheTree(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"cisa-coordinator", "starter"} {
		s := builtin(t, key)
		for seed := range uint64(8) {
			r := rand.New(rand.NewPCG(seed, 9))
			cases := drawn(s, 120, seed, 0, func([]decide.Set, decide.Set) int { return r.IntN(len(s.Outcome.Values)) })
			h := s.history(cases)
			tree, err := dtree.Grow(s.data(h, 0), dtree.Options{Missing: dtree.MissingSide})
			if err != nil {
				t.Fatal(err)
			}
			b := s.branch(tree)
			if f := decide.Check(s.with(b)); !decide.Ready(f) {
				t.Fatalf("%s: %v", key, f)
			}
			for i, row := range h.rows {
				masks := make([]uint64, len(row))
				for j := range row {
					masks[j] = uint64(row[j])
				}
				if got := s.answer(&b, row); got != decide.Of(tree.Class(masks)) {
					t.Fatalf("%s: case %d is %s, the tree says %d", key, i, got, tree.Class(masks))
				}
			}
		}
	}
}

func TestCostIsThatOfTheDearestOutcome(t *testing.T) {
	t.Parallel()
	s := builtin(t, "cisa-coordinator")
	usual, own := trust.DefaultCosts(), trust.Costs{Little: 5, Much: 3}
	for _, c := range []struct {
		set   decide.Set
		ruled int
		costs trust.Costs
		want  float64
	}{
		{decide.Of(1), 1, usual, 0},
		{decide.Of(0), 1, usual, 2},
		{decide.Of(2), 1, usual, 1},
		{decide.Of(0, 3), 1, usual, 2},
		{decide.Of(3), 0, usual, 3},
		{decide.Of(1), 1, own, 0},
		{decide.Of(0), 1, own, 5},
		{decide.Of(2), 1, own, 3},
		{decide.Of(0, 3), 1, own, 6},
	} {
		if got := s.cost(c.set, c.ruled, c.costs); got != c.want {
			t.Errorf("cost(%s, %d, %+v) = %v, want %v", c.set, c.ruled, c.costs, got, c.want)
		}
	}
	s.Outcome.Scale = decide.Nominal
	for o, want := range []float64{3, 0, 3, 3} {
		if got := s.cost(decide.Of(o), 1, own); got != want {
			t.Errorf("without an order, cost(%d, 1) = %v, want %v", o, got, want)
		}
	}
}

func TestReadRulings(t *testing.T) {
	t.Parallel()
	s := builtin(t, "cisa-coordinator")
	in := s.compiled.Inputs()
	head := in[0].ID.String() + "," + in[1].ID.Key + ",analyst,at,colour,decision\n"
	v := func(f decide.Fact, i int) string { return f.Values[i].Key }
	good := v(in[0], 0) + "," + in[1].Values[1].Name.EN + ",tanaka,2026-01-02,red," + s.Outcome.Values[1].Key + "\n"
	rows := good + "?,,x,2026-01-03T04:05:06Z,," + s.Outcome.Values[0].Name.EN + "\n" + "nonsense,,,,," + s.Outcome.Values[0].Key + "\n" +
		v(in[0], 0) + ",?,,yesterday,," + s.Outcome.Values[0].Key + "\n" + "?,?\n" + "?,?,,,,?\n"
	f, err := s.Read(strings.NewReader("\ufeff"+head+rows), registry(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Cases) != 2 || f.Refused != 4 || !cmp.Equal(f.Ignored, []string{"colour"}) || !cmp.Equal(f.Lines, []int{2, 3}) {
		t.Fatalf("cases %+v, lines %v, refused %+v, ignored %v", f.Cases, f.Lines, f.Refusals, f.Ignored)
	}
	var got []string
	for _, r := range f.Refusals {
		got = append(got, fmt.Sprintf("%d %s", r.Line, r.Reason))
	}
	if want := []string{"4 value", "5 time", "6 width", "7 outcome"}; !cmp.Equal(got, want) {
		t.Errorf("refusals %v, want %v", got, want)
	}
	if c := f.Cases[0]; c.Inputs[0] != 1 || c.Inputs[1] != 2 || c.Outcome != 1 || c.Analyst != "tanaka" || c.At.Day() != 2 {
		t.Errorf("case = %+v", c)
	}
	for _, bad := range []string{"", "one\n", "a,b\n1,2\n"} {
		if _, err := s.Read(strings.NewReader(bad), registry(t)); !errors.Is(err, ErrFile) {
			t.Errorf("Read(%q) = %v, want ErrFile", bad, err)
		}
	}
}

// selections writes a SelectionList of a case.
func selections(tb testing.TB, s *Subject, c Case) string {
	tb.Helper()
	list := ssvc.SelectionList{TargetIDs: []string{c.ID}, Timestamp: c.At}
	for i, f := range s.compiled.Inputs() {
		if c.Inputs[i] != 0 {
			list.Selections = append(list.Selections, ssvc.Select(f.Point(), c.Inputs[i].Positions()...))
		}
	}
	list.Selections = append(list.Selections, ssvc.Select(s.Outcome.Point(), c.Outcome))
	b, err := list.JSON()
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

func TestReadSelectionLists(t *testing.T) {
	t.Parallel()
	s := builtin(t, "cisa-coordinator")
	cases := drawn(s, 12, 5, .2, obey)
	var lines, all []string
	for _, c := range cases {
		one := selections(t, s, c)
		all = append(all, one)
		lines = append(lines, strings.ReplaceAll(one, "\n", " "))
	}
	for name, data := range map[string]string{"lines": strings.Join(lines, "\n"), "array": "[" + strings.Join(all, ",\n") + "]"} {
		f, err := s.Read(strings.NewReader(data), registry(t))
		if err != nil || f.Refused > 0 {
			t.Fatalf("%s: %v, refused %+v", name, err, f.Refusals)
		}
		if d := cmp.Diff(cases, f.Cases); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	f, err := s.Read(strings.NewReader(lines[0]+"\n{\"x\": 1}\n"+lines[1]+"\n{\"broken"), registry(t))
	if err != nil || len(f.Cases) != 2 || f.Refused != 2 || f.Refusals[0].Line != 2 {
		t.Errorf("with broken lines: %d cases, %+v, %v", len(f.Cases), f.Refusals, err)
	}
}

func FuzzRead(f *testing.F) {
	s := builtin(f, "cisa-coordinator")
	reg := registry(f)
	f.Add([]byte("ssvc:E:1.1.0,outcome\nN,T\n"))
	f.Add([]byte(selections(f, s, drawn(s, 1, 1, 0, obey)[0])))
	f.Add([]byte("[{},"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := s.Read(bytes.NewReader(data), reg)
		if err != nil {
			return
		}
		for _, c := range file.Cases {
			if c.Outcome < 0 || c.Outcome >= len(s.Outcome.Values) || len(c.Inputs) != len(s.compiled.Inputs()) {
				t.Fatalf("case %+v", c)
			}
		}
		if _, err := s.Learn(file.Cases[:min(len(file.Cases), 50)], Options{}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestTenThousandRulingsWithinASecond(t *testing.T) {
	s := builtin(t, "cisa-coordinator")
	cases := drawn(s, 10_000, 4, .1, func(in []decide.Set, says decide.Set) int {
		if in[2].Has(0) {
			return 0
		}
		return says.Lowest()
	})
	begin := time.Now()
	r := learn(t, s, cases)
	took := time.Since(begin)
	t.Logf("%d rulings, %s, %d flips: %s", r.Cases, r.Way, len(r.Flips), took)
	if took > 10*time.Second {
		t.Errorf("took %s", took)
	}
}
