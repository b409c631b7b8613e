package decide_test

import (
	"fmt"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/kengine/decide"
)

// deployer gives the compiled deployer model and what is known of a report:
// exploited, on an open system, the rest unknown.
func deployer() (*decide.Compiled, []decide.Set) {
	reg, err := ssvc.Builtin()
	if err != nil {
		panic(err)
	}
	model, err := decide.Builtin(reg, "deployer")
	if err != nil {
		panic(err)
	}
	c, err := decide.Compile(model)
	if err != nil {
		panic(err)
	}
	return c, c.Sets(map[ssvc.ID]decide.Set{
		{Namespace: "ssvc", Key: "E", Version: "1.1.0"}:   decide.Of(2),
		{Namespace: "ssvc", Key: "EXP", Version: "1.0.1"}: decide.Of(2),
	})
}

// What is not known leaves several outcomes possible, and no more than that.
func ExampleCompiled_Decide() {
	c, in := deployer()
	o := c.Decide(in)[0]
	fmt.Println(c.OutcomeFact(0).Words(o.Set, "en"), o.Exact)
	// Output: Scheduled or Out-of-Cycle or Immediate true
}

// The next question is the one whose answer tells most.
func ExampleCompiled_Questions() {
	c, in := deployer()
	for _, q := range c.Questions(in, nil) {
		fmt.Printf("%s %.2f bits\n", q.Fact.Key, q.Gain)
	}
	// Output:
	// SI 0.41 bits
	// MI 0.40 bits
	// A 0.14 bits
}

// Which single answers would alter the outcome.
func ExampleCompiled_Changes() {
	c, in := deployer()
	in[c.Column(ssvc.ID{Namespace: "ssvc", Key: "A", Version: "2.0.0"})] = decide.Of(1)
	in[c.Column(ssvc.ID{Namespace: "ssvc", Key: "SI", Version: "2.0.1"})] = decide.Of(0)
	in[c.Column(ssvc.ID{Namespace: "ssvc", Key: "MI", Version: "2.0.0"})] = decide.Of(0)
	for _, ch := range c.Changes(0, in, 3) {
		fmt.Println(c.Words(0, ch, "en"))
	}
	// Output:
	// Exploitation: Public PoC → Scheduled
	// Automatable: No → Scheduled
	// Exploitation: None → Scheduled
}

func ExampleCompiled_Explain() {
	c, in := deployer()
	for _, line := range c.Lines(c.Explain(0, in), "en") {
		fmt.Println(line)
	}
	// Output:
	// Safety Impact: unknown
	// Mission Impact: unknown
	// → Human Impact: unknown
	// Exploitation: Active
	// System Exposure: Open
	// Automatable: unknown
	// → Defer, Scheduled, Out-of-Cycle, Immediate: Scheduled or Out-of-Cycle or Immediate
}

// A model says itself what is wrong with it.
func ExampleCheck() {
	m := tableOf(2, 2, 2, odd)
	m.Nodes[0].Table.Rows = m.Nodes[0].Table.Rows[1:]
	for _, f := range decide.Check(m) {
		fmt.Println(f.Severity, f)
	}
	// Output:
	// gap decision d has no action for V0
	// gap decision d has no action for V1
	// gap x_example.test#facts:OUT:1.0.0 lacks 1 combinations, such as I0=V0 I1=V0
	// warning x_example.test#facts:OUT:1.0.0 is out of order at 2 places: I0=V0 I1=V1 gives V1, but I0=V1 I1=V1 gives V0
}

// What a new version changes, in the model and in reports that it would decide.
func ExampleCompare() {
	from, to := tableOf(1, 2, 2, odd), tableOf(1, 2, 2, odd)
	to.Nodes[0].Table.Rows[1].Then = "V0"
	d, err := decide.Compare(from, to)
	if err != nil {
		panic(err)
	}
	fmt.Println(d.Nodes[0].Kind, d.Nodes[0].Rows)
	a, err := decide.Compile(from)
	if err != nil {
		panic(err)
	}
	b, err := decide.Compile(to)
	if err != nil {
		panic(err)
	}
	reports := decide.Columns{id("I0"): {decide.Of(0), decide.Of(1), 0}}
	for _, s := range decide.CompareOn(a, b, reports, 3)[0].Shifts {
		fmt.Println(s.From, "to", s.To, "in", s.Count, "report, as", s.Examples)
	}
	// Output:
	// rows [{[x_example.test#facts:I0:1.0.0=V1] V1 V0}]
	// {1} to {0} in 1 report, as [1]
	// {0 1} to {0} in 1 report, as [2]
}

func ExampleParseDue() {
	for _, text := range []string{"3d", "72h", "5h", "next upgrade", "soon"} {
		due, err := decide.ParseDue(text)
		fmt.Println(due.Hours, due, err)
	}
	// Output:
	// 72 3d <nil>
	// 72 3d <nil>
	// 5 5h <nil>
	// 0 next upgrade <nil>
	// 0  decide: due "soon"; write none, next upgrade, hours like 72h or days like 3d
}

func ExampleModel_Grow() {
	m := tableOf(2, 2, 2, func(at []int) string { return fmt.Sprintf("V%d", at[0]*at[1]) })
	tree, err := m.Grow(m.Nodes[0])
	if err != nil {
		panic(err)
	}
	fmt.Println(tree.Ask.Key)
	for _, a := range tree.Answers {
		fmt.Println(a.Values, a.Then.Ask.Key+a.Then.Outcome)
	}
	// Output:
	// I0
	// [V0] V0
	// [V1] I1
}
