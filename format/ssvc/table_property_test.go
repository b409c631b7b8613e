package ssvc_test

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/ssvc"
)

// randomTable makes a table with up to four inputs, the outcome at a random
// place, and rows that may lack, repeat or contradict combinations.
func randomTable(r *rand.Rand) ssvc.DecisionTable {
	t := ssvc.DecisionTable{ID: ssvc.ID{Namespace: "x_example.test#a", Key: "DT", Version: "1.0.0"}, Name: "t", Definition: "d"}
	for i := range 2 + r.IntN(4) {
		p := samplePoint("P"+strconv.Itoa(i), 1+r.IntN(4))
		t.Columns = append(t.Columns, ssvc.Column{Ref: p.ID.String(), Point: p})
	}
	t.Outcome = r.IntN(len(t.Columns))
	t.Rows = [][]int{}
	for range r.IntN(2*t.Cells() + 1) {
		row := make([]int, len(t.Columns))
		for c := range row {
			row[c] = r.IntN(len(t.Columns[c].Point.Values))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// eachCombination visits all combinations of the inputs, the last one fastest.
func eachCombination(t ssvc.DecisionTable, visit func([]int)) {
	in := t.Inputs()
	values := make([]int, len(in))
	var walk func(int)
	walk = func(i int) {
		if i == len(in) {
			visit(values)
			return
		}
		for v := range t.Columns[in[i]].Point.Values {
			values[i] = v
			walk(i + 1)
		}
	}
	walk(0)
}

// firstRow gives the outcome of the first row of a combination, or -1.
func firstRow(t ssvc.DecisionTable, values []int) int {
	for _, row := range t.Rows {
		same := true
		for i, c := range t.Inputs() {
			same = same && row[c] == values[i]
		}
		if same {
			return row[t.Outcome]
		}
	}
	return -1
}

// TestIndexAgainstSearch: Outcome and Evaluate give what a search through the
// rows gives.
func TestIndexAgainstSearch(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(31, 32))
	for range 300 {
		table := randomTable(r)
		x, err := table.Index()
		if err != nil {
			t.Fatal(err)
		}
		eachCombination(table, func(values []int) {
			want := firstRow(table, values)
			if got := x.Outcome(values); got != want {
				t.Fatalf("Outcome(%v) = %d, want %d of %v", values, got, want, table.Rows)
			}
			keys := map[ssvc.ID]string{}
			for i, c := range table.Inputs() {
				keys[table.Columns[c].Point.ID] = table.Columns[c].Point.Values[values[i]].Key
			}
			key, ok := table.Evaluate(x, keys)
			if ok != (want >= 0) || ok && key != table.OutcomePoint().Values[want].Key {
				t.Fatalf("Evaluate(%v) = %q, %v, want position %d", keys, key, ok, want)
			}
		})
	}
}

// checkSlowly is Check by definition: every combination, every pair of
// neighbours, every row against those before it.
func checkSlowly(t ssvc.DecisionTable) ssvc.Findings {
	var f ssvc.Findings
	in := t.Inputs()
	eachCombination(t, func(values []int) {
		f.Cells++
		low := firstRow(t, values)
		if low < 0 {
			f.Missing++
			f.MissingRows = append(f.MissingRows, slices.Clone(values))
			return
		}
		for i, c := range in {
			up := slices.Clone(values)
			if up[i]++; up[i] == len(t.Columns[c].Point.Values) {
				continue
			}
			if high := firstRow(t, up); high >= 0 && high < low {
				f.Violations++
				f.ViolationPairs = append(f.ViolationPairs, ssvc.Order{Low: slices.Clone(values), High: up, LowOutcome: low, HighOutcome: high})
			}
		}
	})
	for i, row := range t.Rows {
		first := slices.IndexFunc(t.Rows, func(other []int) bool {
			return !slices.ContainsFunc(in, func(c int) bool { return other[c] != row[c] })
		})
		switch {
		case first == i:
		case t.Rows[first][t.Outcome] == row[t.Outcome]:
			f.Duplicates++
		default:
			f.Contradictions++
			f.ContradictionRows = append(f.ContradictionRows, i)
		}
	}
	for v, value := range t.OutcomePoint().Values {
		if !slices.ContainsFunc(t.Rows, func(row []int) bool { return row[t.Outcome] == v }) {
			f.Unreachable = append(f.Unreachable, value.Key)
		}
	}
	return f
}

// TestCheckAgainstDefinition: counts and lists are those of the definition,
// and a limit cuts the lists and not the counts.
func TestCheckAgainstDefinition(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(33, 34))
	for range 300 {
		table := randomTable(r)
		want := checkSlowly(table)
		got, err := table.Check(1 << 30)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("Check() (-want +got):\n%s\n%v", d, table.Rows)
		}
		if got.Complete() != (want.Missing+want.Duplicates+want.Contradictions == 0) || got.Monotone() != (want.Violations == 0) {
			t.Fatalf("Complete() %v, Monotone() %v of %+v", got.Complete(), got.Monotone(), got)
		}
		cut, err := table.Check(1)
		if err != nil || cut.Missing != want.Missing || cut.Violations != want.Violations || cut.Contradictions != want.Contradictions {
			t.Fatalf("counts with a limit: %+v, %v", cut, err)
		}
		if len(cut.MissingRows) > 1 || len(cut.ViolationPairs) > 1 || len(cut.ContradictionRows) > 1 {
			t.Fatalf("lists with a limit of 1: %+v", cut)
		}
	}
}

// TestTablesSurviveWriting: JSON keeps a table with order and references, CSV
// keeps rows and columns.
func TestTablesSurviveWriting(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(35, 36))
	for range 200 {
		table := randomTable(r)
		text, err := table.JSON()
		if err != nil {
			t.Fatal(err)
		}
		back, err := ssvc.ParseDecisionTable(text)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(table, back); d != "" {
			t.Fatalf("JSON (-want +got):\n%s", d)
		}
		reg := &ssvc.Registry{}
		for _, c := range table.Columns {
			reg.Points = append(reg.Points, c.Point)
		}
		sheet, err := table.CSV()
		if err != nil {
			t.Fatal(err)
		}
		read, err := ssvc.ReadCSV(sheet, table.ID, reg)
		if err != nil {
			t.Fatal(err)
		}
		read.Name, read.Definition = table.Name, table.Definition
		if !ssvc.SemanticallyEqual(table, read) || len(read.Rows) != len(table.Rows) {
			t.Fatalf("CSV changed the table:\n%s", sheet)
		}
	}
}

// TestSemanticallyEqualShuffled: another order of columns and rows is the same
// table; one row more or another outcome is not.
func TestSemanticallyEqualShuffled(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(37, 38))
	for range 300 {
		a := randomTable(r)
		order := r.Perm(len(a.Columns))
		b := a
		b.Columns, b.Rows = make([]ssvc.Column, len(order)), make([][]int, len(a.Rows))
		for to, from := range order {
			b.Columns[to] = a.Columns[from]
			if from == a.Outcome {
				b.Outcome = to
			}
		}
		for i, at := range r.Perm(len(a.Rows)) {
			row := make([]int, len(order))
			for to, from := range order {
				row[to] = a.Rows[at][from]
			}
			b.Rows[i] = row
		}
		if !ssvc.SemanticallyEqual(a, b) || !ssvc.SemanticallyEqual(b, a) {
			t.Fatalf("order %v makes another table", order)
		}
		if len(b.Rows) == 0 {
			continue
		}
		more := b
		more.Rows = append(slices.Clone(b.Rows), b.Rows[0])
		if ssvc.SemanticallyEqual(a, more) {
			t.Fatal("a repeated row is not noticed")
		}
		if n := len(b.OutcomePoint().Values); n > 1 {
			b.Rows[0][b.Outcome] = (b.Rows[0][b.Outcome] + 1) % n
			if ssvc.SemanticallyEqual(a, b) {
				t.Fatal("another outcome is not noticed")
			}
		}
	}
}

// TestCSVColumnsInAnyOrder: a sheet whose columns were moved, the outcome
// staying last, means the same table, because columns are found by header.
func TestCSVColumnsInAnyOrder(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(39, 40))
	reg := builtin(t)
	for _, table := range reg.Tables {
		sheet, err := table.CSV()
		if err != nil {
			t.Fatal(err)
		}
		records, err := csv.NewReader(strings.NewReader(string(sheet))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		order := r.Perm(len(records[0]) - 2)
		var moved strings.Builder
		w := csv.NewWriter(&moved)
		for _, record := range records {
			line := []string{record[0]}
			for _, c := range order {
				line = append(line, strings.ToUpper(record[c+1]))
			}
			if record[0] == "row" {
				line = line[:1]
				for _, c := range order {
					line = append(line, record[c+1])
				}
			}
			_ = w.Write(append(line, record[len(record)-1]))
		}
		w.Flush()
		read, err := ssvc.ReadCSV([]byte("\xef\xbb\xbf"+moved.String()), table.ID, reg)
		if err != nil {
			t.Fatalf("%s: %v", table.ID, err)
		}
		read.Name, read.Definition = table.Name, table.Definition
		if !ssvc.SemanticallyEqual(table, read) {
			t.Errorf("%s: columns in order %v make another table", table.ID, order)
		}
	}
}

// TestAmbiguousNames: a table whose names do not tell values or columns apart
// is not written by name and not read by name.
func TestAmbiguousNames(t *testing.T) {
	t.Parallel()
	values := sampleTable()
	values.Columns[0].Point.Values[1].Name = "Value-0" // folds like "value 0"
	if _, err := values.CSV(); err == nil || !strings.Contains(err.Error(), `two values are named "Value-0"`) {
		t.Errorf("CSV() = %v, want an error about the values", err)
	}
	reg := &ssvc.Registry{Points: []ssvc.DecisionPoint{values.Columns[0].Point, values.Columns[1].Point}}
	sheet := "row,Point IN v1.0.0 (x_example.test#a),Point OUT v1.0.0 (x_example.test#a)\n0,value 0,value 0\n"
	if _, err := ssvc.ReadCSV([]byte(sheet), values.ID, reg); err == nil || !strings.Contains(err.Error(), "two values are named") {
		t.Errorf("ReadCSV() = %v, want an error about the values", err)
	}
	columns := sampleTable()
	columns.Columns[1].Point.Name = "point in"
	if _, err := columns.CSV(); err == nil || !strings.Contains(err.Error(), "two columns are named") {
		t.Errorf("CSV() = %v, want an error about the columns", err)
	}
}

// TestWritersRefuseInvalid: what breaks the rules is refused with its place and
// not written half, nor does it panic.
func TestWritersRefuseInvalid(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*ssvc.DecisionTable){
		"outcome":        func(x *ssvc.DecisionTable) { x.Outcome = -1 },
		"row":            func(x *ssvc.DecisionTable) { x.Rows[0] = []int{0, 9} },
		"short row":      func(x *ssvc.DecisionTable) { x.Rows[0] = []int{0} },
		"no columns":     func(x *ssvc.DecisionTable) { x.Columns = nil },
		"reference":      func(x *ssvc.DecisionTable) { x.Columns[1].Ref = x.Columns[0].Ref },
		"no reference":   func(x *ssvc.DecisionTable) { x.Columns[1].Ref = "" },
		"no value texts": func(x *ssvc.DecisionTable) { x.Columns[0].Point.Values[0].Definition = "" },
	} {
		x := sampleTable()
		spoil(&x)
		if out, err := x.JSON(); err == nil {
			t.Errorf("%s: JSON() = %.60s, want an error", name, out)
		}
		if out, err := x.CSV(); err == nil {
			t.Errorf("%s: CSV() = %.60s, want an error", name, out)
		}
	}
}

// TestCells: the number of combinations, cut above MaxRows and never negative
// by overflow.
func TestCells(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		inputs, values, want int
	}{{1, 2, 2}, {20, 2, ssvc.MaxRows}, {21, 2, ssvc.MaxRows + 1}, {127, 64, ssvc.MaxRows + 1}, {3, 1, 1}} {
		x := ssvc.DecisionTable{Columns: []ssvc.Column{{Point: samplePoint("OUT", 2)}}}
		for i := range tc.inputs {
			x.Columns = append(x.Columns, ssvc.Column{Point: samplePoint(fmt.Sprint("IN", i), tc.values)})
		}
		if got := x.Cells(); got != tc.want {
			t.Errorf("%d inputs of %d values: %d cells, want %d", tc.inputs, tc.values, got, tc.want)
		}
	}
}

// TestCSVTakesLinearTime: eight million cells of a decision point with 64 long
// names are read in a second or two, not in minutes; the bound is generous.
func TestCSVTakesLinearTime(t *testing.T) {
	t.Parallel()
	in, out := samplePoint("IN", 64), samplePoint("OUT", 64)
	for i := range in.Values {
		in.Values[i].Name = strings.Repeat("n", 100) + strconv.Itoa(i)
		out.Values[i].Name = strconv.Itoa(i)
	}
	var b strings.Builder
	b.WriteString("row,Point IN v1.0.0 (x_example.test#a),Point OUT v1.0.0 (x_example.test#a)\n")
	line := "0," + in.Values[63].Name + ",63\n"
	rows := (4<<20)/len(line) - 2
	b.WriteString(strings.Repeat(line, rows))
	begin := time.Now()
	table, err := ssvc.ReadCSV([]byte(b.String()), ssvc.ID{Namespace: "x_example.test#a", Key: "DT", Version: "1.0.0"}, &ssvc.Registry{Points: []ssvc.DecisionPoint{in, out}})
	if err != nil || len(table.Rows) != rows || table.Rows[rows-1][0] != 63 {
		t.Fatalf("%d rows, %v", len(table.Rows), err)
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("%d rows took %v", rows, took)
	}
}
