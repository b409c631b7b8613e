package decide_test

import (
	"strings"
	"testing"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/kengine/decide"
)

// published holds the small tables as their publishers print them: one line per
// combination of the first facts, one column per value of the last.
func published() map[string]struct{ facts, last, rows string } {
	return map[string]struct{ facts, last, rows string }{
		"cisa-bod-26-04": {
			"cisa:PE:1.0.0 cisa:KEV:1.0.0 ssvc:A:2.0.0", "ssvc:TI:1.0.0",
			`N N N: FSU FSU
			N N Y: 60D 60D
			N Y N: 14D 14D
			N Y Y: 14D 3DF
			Y N N: 60D 14D
			Y N Y: 14D 3D
			Y Y N: 14D 3DF
			Y Y Y: 3D 3DF`,
		},
		"cisa-coordinator": {
			"ssvc:E:1.1.0 ssvc:A:2.0.0 ssvc:TI:1.0.0", "ssvc:MWI:1.0.0",
			`N N P: T T T
			N N T: T T T*
			N Y P: T T AT
			N Y T: T T AT
			P N P: T T T*
			P N T: T T* AT
			P Y P: T T AT
			P Y T: T T* AT
			A N P: T T AT
			A N T: T AT AC
			A Y P: AT AT AC
			A Y T: AT AC AC`,
		},
		"coordinator-publish": {
			"ssvc:SINV:1.0.0 ssvc:E:1.1.0", "ssvc:PVA:1.0.0",
			`FR N: N N P
			FR P: N N P
			FR A: N P P
			C N: N N P
			C P: N N P
			C A: N P P
			UU N: N N P
			UU P: N P P
			UU A: P P P`,
		},
	}
}

// TestPublishedTables holds the built-in models against the tables as printed.
func TestPublishedTables(t *testing.T) {
	t.Parallel()
	for key, p := range published() {
		c := compiled(t, key)
		last := c.Model.Facts[c.Model.Fact(parseID(t, p.last))]
		rows := 0
		for line := range strings.Lines(p.rows) {
			when, then, _ := strings.Cut(strings.TrimSpace(line), ":")
			sets := keyed(t, c.Model, strings.Fields(p.facts), strings.Fields(when))
			for v, want := range strings.Fields(then) {
				rows++
				sets[last.ID] = decide.Of(v)
				if got := outcomeKey(c, sets); got != want {
					t.Errorf("%s %s %s: %s, want %s", key, when, last.Values[v].Key, got, want)
				}
			}
		}
		if rows != len(c.Model.Nodes[0].Table.Rows) {
			t.Errorf("%s: %d combinations of %d", key, rows, len(c.Model.Nodes[0].Table.Rows))
		}
	}
}

func parseID(tb testing.TB, s string) ssvc.ID {
	tb.Helper()
	id, err := ssvc.ParseID(s)
	if err != nil {
		tb.Fatal(err)
	}
	return id
}

func keyed(tb testing.TB, m decide.Model, facts, keys []string) map[ssvc.ID]decide.Set {
	tb.Helper()
	sets := map[ssvc.ID]decide.Set{}
	for i, s := range facts {
		f := m.Facts[m.Fact(parseID(tb, s))]
		set, ok := f.Set(keys[i])
		if !ok {
			tb.Fatalf("%s has no value %s", f.ID, keys[i])
		}
		sets[f.ID] = set
	}
	return sets
}

func outcomeKey(c *decide.Compiled, sets map[ssvc.ID]decide.Set) string {
	return strings.Join(c.OutcomeFact(0).Keys(c.Decide(c.Sets(sets))[0].Set), "|")
}

// TestDeployerChain holds the deployer model, whose human impact follows from
// safety and mission, against the printed table of priorities.
func TestDeployerChain(t *testing.T) {
	t.Parallel()
	c := compiled(t, "deployer")
	human := map[string]string{ // safety: columns mission D MSC MEF MF
		"N": "L L M VH", "M": "L L M VH", "R": "M H H VH", "C": "VH VH VH VH",
	}
	priority := map[string]string{ // E EXP A: columns human L M H VH
		"N S N": "D D S S", "N S Y": "D S S S", "N C N": "D S S S", "N C Y": "S S S S", "N O N": "D S S S", "N O Y": "S S S O",
		"P S N": "D S S S", "P S Y": "S S S S", "P C N": "D S S S", "P C Y": "S S S O", "P O N": "S S S O", "P O Y": "S S O O",
		"A S N": "S S O O", "A S Y": "S O O O", "A C N": "S S O O", "A C Y": "O O O O", "A O N": "S O O I", "A O Y": "O O I I",
	}
	facts := []string{"ssvc:E:1.1.0", "ssvc:EXP:1.0.1", "ssvc:A:2.0.0", "ssvc:SI:2.0.1", "ssvc:MI:2.0.0"}
	level := map[string]int{"L": 0, "M": 1, "H": 2, "VH": 3}
	n := 0
	for when, columns := range priority {
		for safety, impacts := range human {
			for m, mission := range []string{"D", "MSC", "MEF", "MF"} {
				n++
				want := strings.Fields(columns)[level[strings.Fields(impacts)[m]]]
				got := outcomeKey(c, keyed(t, c.Model, facts, append(strings.Fields(when), safety, mission)))
				if got != want {
					t.Errorf("%s, safety %s, mission %s: %s, want %s", when, safety, mission, got, want)
				}
			}
		}
	}
	if n != 288 {
		t.Errorf("%d combinations, want 288", n)
	}
}

// TestSupplierChain holds the supplier model, with utility from automation and
// density and public safety from safety impact, against the printed table.
func TestSupplierChain(t *testing.T) {
	t.Parallel()
	c := compiled(t, "supplier")
	utility := map[string]string{"N D": "L", "N C": "E", "Y D": "E", "Y C": "S"}
	public := map[string]int{"N": 0, "M": 1, "R": 1, "C": 1}
	priority := map[string]string{ // E U TI: columns public safety M S
		"N L P": "D S", "N L T": "S O", "N E P": "S O", "N E T": "S O", "N S P": "S O", "N S T": "O O",
		"P L P": "S O", "P L T": "S I", "P E P": "S I", "P E T": "O I", "P S P": "O I", "P S T": "O I",
		"A L P": "O I", "A L T": "O I", "A E P": "O I", "A E T": "O I", "A S P": "I I", "A S T": "I I",
	}
	facts := []string{"ssvc:E:1.1.0", "ssvc:TI:1.0.0", "ssvc:A:2.0.0", "ssvc:VD:1.0.0", "ssvc:SI:2.0.1"}
	for _, e := range []string{"N", "P", "A"} {
		for _, ti := range []string{"P", "T"} {
			for spread, u := range utility {
				for safety, column := range public {
					want := strings.Fields(priority[e+" "+u+" "+ti])[column]
					keys := append(append([]string{e, ti}, strings.Fields(spread)...), safety)
					if got := outcomeKey(c, keyed(t, c.Model, facts, keys)); got != want {
						t.Errorf("%v: %s, want %s", keys, got, want)
					}
				}
			}
		}
	}
}

// triage says in words what the coordinator triage table decides; the first
// condition that holds wins.
func triage(public, contacted, credible, several, unresponsive bool, utility int, significant bool) string {
	laborious := utility == 0
	switch {
	case several && utility == 2 && significant:
		return "C"
	case public || !contacted:
		return "D"
	case credible && unresponsive:
		if !several && laborious && !significant {
			return "T"
		}
		return "C"
	case credible && several && utility == 2:
		return "C"
	case credible && significant:
		if !several && laborious {
			return "D"
		}
		return "T"
	case credible:
		return "D"
	case several:
		if significant || utility == 2 {
			return "T"
		}
		return "D"
	case significant && !laborious:
		return "T"
	}
	return "D"
}

// TestTriageInWords: the words give all 192 combinations, and the model gives
// them through its chain.
func TestTriageInWords(t *testing.T) {
	t.Parallel()
	c := compiled(t, "coordinator-triage")
	facts := c.Inputs()
	n := 0
	completions(facts, c.Unknown(), func(values map[ssvc.ID]int) {
		n++
		v := map[string]int{}
		sets := map[ssvc.ID]decide.Set{}
		for id, at := range values {
			v[id.Key] = at
			sets[id] = decide.Of(at)
		}
		want := triage(v["RP"] == 0, v["SCON"] == 1, v["RC"] == 1, v["SC"] == 1, v["SE"] == 1, v["A"]+v["VD"], v["SI"] > 0)
		if got := outcomeKey(c, sets); got != want {
			t.Fatalf("%v: %s, want %s", v, got, want)
		}
	})
	if n != 512 {
		t.Errorf("%d combinations, want 32 x 2 x 2 x 4", n)
	}
}

// TestSeverityOfVectors holds the chained CVSS v4 tables against the qualitative
// severity of well-known vectors.
func TestSeverityOfVectors(t *testing.T) {
	t.Parallel()
	var tables []ssvc.DecisionTable
	for _, tab := range registry(t).Tables {
		if tab.ID.Namespace == "cvss" {
			tables = append(tables, tab)
		}
	}
	m, err := decide.FromTables("cvss", decide.Text{EN: "CVSS"}, tables, parseID(t, "cvss:CVSS:1.0.0"))
	if err != nil {
		t.Fatal(err)
	}
	c := compile(t, m)
	for vector, want := range map[string]string{
		"AV:N AC:L AT:N PR:N UI:N VC:H VI:H VA:H SC:H MSI_NoX:H MSA_NoX:H E_NoX:A CR_NoX:H IR_NoX:H AR_NoX:H": "C", // 10.0
		"AV:N AC:L AT:N PR:N UI:N VC:H VI:H VA:H SC:N MSI_NoX:N MSA_NoX:N E_NoX:A CR_NoX:H IR_NoX:H AR_NoX:H": "C", // 9.3
		"AV:P AC:H AT:P PR:H UI:A VC:N VI:N VA:N SC:N MSI_NoX:N MSA_NoX:N E_NoX:U CR_NoX:L IR_NoX:L AR_NoX:L": "L",
		"AV:L AC:L AT:N PR:L UI:N VC:H VI:H VA:H SC:N MSI_NoX:N MSA_NoX:N E_NoX:A CR_NoX:H IR_NoX:H AR_NoX:H": "H", // 8.5
	} {
		sets := map[ssvc.ID]decide.Set{}
		for _, pair := range strings.Fields(vector) {
			key, value, _ := strings.Cut(pair, ":")
			for _, f := range c.Inputs() {
				if f.ID.Key == key {
					sets[f.ID], _ = f.Set(value)
				}
			}
		}
		if len(sets) != len(c.Inputs()) {
			t.Fatalf("%d of %d metrics", len(sets), len(c.Inputs()))
		}
		if got := outcomeKey(c, sets); got != want {
			t.Errorf("%s: %s, want %s", vector, got, want)
		}
	}
}
