package dtree

import (
	"bytes"
	"strings"
	"testing"
)

// FuzzTrain makes a history and rows to predict of any bytes.
func FuzzTrain(f *testing.F) {
	f.Add([]byte{2, 3, 2, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
	f.Add([]byte{3, 64, 9, 0, 4, 255, 1, 128, 7, 7, 7, 3, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < 5 || len(b) > 4000 {
			return
		}
		facts, values, classes, flags, how := int(b[0]%5), int(b[1]%65), 1+int(b[2]%12), b[3], b[4]
		d := Data{Columns: make([][]uint64, facts)}
		d.Schema.Classes = strings.Split("abcdefghijkl", "")[:classes]
		d.Schema.ClassesOrdered = flags&1 != 0
		for range facts {
			a := Attribute{Ordinal: flags&2 != 0}
			if a.Ordinal && d.Schema.ClassesOrdered && flags&4 != 0 {
				a.Monotone = 1
			}
			for v := range values {
				a.Values = append(a.Values, string(rune('A'+v)))
			}
			d.Schema.Attributes = append(d.Schema.Attributes, a)
		}
		for rest := b[5:]; len(rest) >= facts+2; rest = rest[facts+2:] {
			for a := range facts {
				mask := uint64(rest[a]) << (rest[a+1] % 60) & allOf(values)
				d.Columns[a] = append(d.Columns[a], mask)
			}
			d.Class = append(d.Class, rest[facts]%uint8(classes))
			d.Weight = append(d.Weight, float64(rest[facts+1])/16)
		}
		o := Options{
			Criterion: Criterion(how & 1), Rule: Rule(how >> 1 & 3), Missing: Missing(how >> 3 % 3), Unknown: Unknown(how >> 5 & 1),
			MinLeaf: float64(how >> 6), NeverAbstain: flags&8 != 0, Repeats: 1,
		}
		m, err := Train(d, o)
		if err != nil {
			t.Fatal(err)
		}
		if m.Report.Leaves > m.Report.GrownLeaves {
			t.Fatal("the pruned tree is larger")
		}
		for i := range min(d.Rows(), 50) {
			checkPrediction(t, m.Candidate, d.Row(i))
			m.Candidate.Explain(d.Row(i))
			m.Candidate.Change(d.Row(i))
		}
		out, err := m.Candidate.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Decode(out); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if _, _, err := Revise(m.Candidate, d, o); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzDecode reads any bytes as a tree; what is read answers, and is written the same again.
func FuzzDecode(f *testing.F) {
	for _, m := range manyMade()[:3] {
		f.Add(encode(f, train(f, m.data(), Options{NeverAbstain: true, Repeats: 1}).Tree))
	}
	f.Add([]byte(`{"format":"noroshi-dtree-1","schema":{"attributes":null,"classes":["a"]},"nodes":[{"attribute":-1,"threshold":-1,"left_child":-1,"right_child":-1,"parent":-1,"class":0,"counts":[0],"weight":0,"depth":0}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		tree, err := Decode(b)
		if err != nil {
			return
		}
		tree.Predict(nil)
		tree.Predict([]uint64{1, 2, 3})
		tree.Explain([]uint64{1, 2, 3})
		_ = tree.Text()
		out, err := tree.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := Decode(out)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := back.Encode(); err != nil || !bytes.Equal(again, out) {
			t.Fatal("written differently")
		}
	})
}

// FuzzReadCSV reads any text as a history, and learns from what is read.
func FuzzReadCSV(f *testing.F) {
	f.Add("a,b,class\nx,?,yes\ny,z,no\n", true)
	f.Add("class\n1\n2\n", false)
	f.Fuzz(func(t *testing.T, text string, group bool) {
		table, err := ReadCSV(strings.NewReader(text), CSVOptions{GroupRare: group, MaxRows: 500, MaxColumns: 50})
		if err != nil {
			return
		}
		if len(table.Rows) != table.Data.Rows() || table.Total != table.Unruled+len(table.Rows) {
			t.Fatalf("%d rows, %d unruled, %d kept", table.Total, table.Unruled, len(table.Rows))
		}
		if err := table.Data.Check(); err != nil {
			return // names that occur twice
		}
		if _, err := Train(table.Data, Options{Repeats: 1}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestDecodeRefuses(t *testing.T) {
	good := string(encode(t, priorTree(t)))
	if _, err := Decode([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{
		{"noroshi-dtree-1", "noroshi-dtree-9"},
		{`"parent":-1`, `"parent":0`},
		{`"left_child":1,`, `"left_child":2,`},
		{`"left_child":1,`, `"left_child":0,`},
		{`"depth":1`, `"depth":7`},
		{`"class":0`, `"class":9`},
		{`"threshold":0`, `"threshold":1`},
		{`"attribute":0`, `"attribute":5`},
		{`"weight":27`, `"weight":28`},
		{`"left":`, `"lift":`},
		{`]}`, `]} {}`},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if change[0] == `]}` {
			bad = good + " {}"
		}
		if bad == good {
			t.Errorf("%v changes nothing", change)
		}
		if _, err := Decode([]byte(bad)); err == nil {
			t.Errorf("%v was taken", change)
		}
	}
}
