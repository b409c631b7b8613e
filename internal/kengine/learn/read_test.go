package learn

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/kengine/decide"
)

// refusals writes what was refused as LINE REASON TEXT.
func refusals(f *File) []string {
	var out []string
	for _, r := range f.Refusals {
		out = append(out, fmt.Sprintf("%d %s %s", r.Line, r.Reason, r.Text))
	}
	return out
}

// TestEveryRefusalOfARow has one wrong row each between two good ones, which are read.
func TestEveryRefusalOfARow(t *testing.T) {
	t.Parallel()
	s := smallSubject(t, nil)
	reg := registry(t)
	const head, good = "report,analyst,at,REACH,KIND,USE,outcome\n", "r,a,2026-01-02,far,os,often,now\n"
	for name, c := range map[string]struct{ row, want string }{
		"too short":         {"r,a\n", "3 width 2/7"},
		"too long":          {"r,a,,far,os,often,now,more\n", "3 width 8/7"},
		"a fact":            {"r,a,,away,os,often,now\n", "3 value ssvc:REACH:1.0.0 = away"},
		"one of two values": {"r,a,,far away,os,often,now\n", "3 value ssvc:REACH:1.0.0 = far away"},
		"another case":      {"r,a,,FAR,os,often,now\n", "3 value ssvc:REACH:1.0.0 = FAR"},
		"a day of none":     {"r,a,2026-02-30,far,os,often,now\n", "3 time 2026-02-30"},
		"a time in words":   {"r,a,yesterday,far,os,often,now\n", "3 time yesterday"},
		"a local time":      {"r,a,2026-01-02T03:04:05,far,os,often,now\n", "3 time 2026-01-02T03:04:05"},
		"no outcome":        {"r,a,,far,os,often,\n", "3 outcome "},
		"unknown outcome":   {"r,a,,far,os,often,?\n", "3 outcome ?"},
		"two outcomes":      {"r,a,,far,os,often,plan now\n", "3 outcome plan now"},
		"another outcome":   {"r,a,,far,os,often,never\n", "3 outcome never"},
		"a long word":       {"r,a,,far,os,often," + strings.Repeat("あ", 100) + "\n", "3 outcome " + strings.Repeat("あ", 66)},
		"the first fault":   {"r,a,never,away,os,often,none\n", "3 time never"},
	} {
		f, err := s.Read(strings.NewReader(head+good+c.row+good), reg)
		if err != nil {
			t.Fatal(err)
		}
		if got := refusals(f); !cmp.Equal(got, []string{c.want}) || f.Refused != 1 {
			t.Errorf("%s: refused %q, want %q", name, got, c.want)
		}
		if len(f.Cases) != 2 || !cmp.Equal(f.Lines, []int{2, 4}) {
			t.Errorf("%s: %d cases of the lines %v, want the two around it", name, len(f.Cases), f.Lines)
		}
	}
}

// TestEveryWayToNameAFact reads one ruling under other words for columns and values.
func TestEveryWayToNameAFact(t *testing.T) {
	t.Parallel()
	s := smallSubject(t, nil)
	reg := registry(t)
	for name, text := range map[string]string{
		"ids":        "ssvc:REACH:1.0.0,ssvc:KIND:1.0.0,ssvc:USE:1.0.0,x\nfar,os,often,now\n",
		"no version": "ssvc:REACH,ssvc:KIND,ssvc:USE,x\nfar,os,often,now\n",
		"keys":       "REACH,KIND,USE,x\nfar,os,often,now\n",
		"English":    "The reach,THE KIND,the USE,x\nIS FAR,is os,is often,is now\n",
		"Japanese":   "そのREACH,そのKIND,そのUSE,x\n値far,値os,値often,値now\n",
		"turned":     "USE,KIND,REACH,x\noften,os,far,now\n",
		"blanks":     " REACH , KIND ,USE, x \n far , os,often , now \n",
		"quotes":     "\"REACH\",KIND,USE,x\r\n\"far\",\"os\",often,\"now\"\r\n",
		"twice said": "REACH,KIND,USE,x\nfar far,os,often,now now\n",
	} {
		f, err := s.Read(strings.NewReader(text), reg)
		if err != nil || f.Refused > 0 || len(f.Cases) != 1 {
			t.Errorf("%s: %d cases, %v, refused %v", name, len(f.Cases), err, refusals(f))
			continue
		}
		if c := f.Cases[0]; !cmp.Equal(c.Inputs, []decide.Set{decide.Of(2), decide.Of(2), decide.Of(1)}) || c.Outcome != 2 || !c.At.IsZero() {
			t.Errorf("%s: %+v", name, c)
		}
		if len(f.Ignored) > 0 {
			t.Errorf("%s: ignored %v", name, f.Ignored)
		}
	}
	f, err := s.Read(strings.NewReader("id,REACH,KIND,x\nr1,near mid,?,later\nr2,,app os,plan\n"), reg)
	if err != nil || len(f.Cases) != 2 {
		t.Fatalf("%v, refused %v", err, refusals(f))
	}
	want := []Case{{ID: "r1", Inputs: []decide.Set{decide.Of(0, 1), 0, 0}}, {ID: "r2", Inputs: []decide.Set{0, decide.Of(1, 2), 0}, Outcome: 1}}
	if diff := cmp.Diff(want, f.Cases); diff != "" {
		t.Errorf("known in part:\n%s", diff)
	}
}

// TestTwoFactsOfOneKey: a key that two facts have names neither; their ids do.
func TestTwoFactsOfOneKey(t *testing.T) {
	t.Parallel()
	s := smallSubject(t, func(m *decide.Model) {
		other := ssvc.ID{Namespace: "cisa", Key: "REACH", Version: "1.0.0"}
		m.Facts[inKind].ID = other
		m.Nodes[1].Tree.Answers[1].Then.Ask = other
	})
	reg := registry(t)
	f, err := s.Read(strings.NewReader("REACH,USE,x\nfar,often,now\n"), reg)
	if err != nil || !cmp.Equal(f.Ignored, []string{"REACH"}) || f.Cases[0].Inputs[inReach] != 0 {
		t.Errorf("ignored %v, %v", f.Ignored, err)
	}
	f, err = s.Read(strings.NewReader("ssvc:REACH:1.0.0,cisa:REACH,x\nfar,os,now\n"), reg)
	if err != nil || f.Refused > 0 || len(f.Ignored) > 0 || f.Cases[0].Inputs[inReach] != decide.Of(2) || f.Cases[0].Inputs[inKind] != decide.Of(2) {
		t.Errorf("by their ids: %+v, %v", f, err)
	}
}

func TestFilesThatCannotBeReadAtAll(t *testing.T) {
	t.Parallel()
	s := smallSubject(t, nil)
	reg := registry(t)
	for name, c := range map[string]struct {
		text string
		want string
	}{
		"nothing":          {"", "no header line"},
		"a mark alone":     {"\ufeff", "no header line"},
		"one column":       {"REACH\nfar\n", "the header has 1 columns"},
		"too many columns": {"REACH" + strings.Repeat(",x", maxColumns) + "\n", "the header has 1001 columns"},
		"no fact":          {"colour,outcome\nred,now\n", "no column names a fact"},
		"a fact twice":     {"REACH,at,REACH,outcome\nfar,,near,now\n", `column 3, "REACH", says again`},
		"a time twice":     {"at,REACH,at,outcome\n,far,,now\n", `column 3, "at", says again`},
		"only the outcome": {"report,at,REACH\nr,,far\n", "no column names a fact"},
	} {
		if _, err := s.Read(strings.NewReader(c.text), reg); !errors.Is(err, ErrFile) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	broken := errors.New("the line was cut")
	if _, err := s.Read(iotest.ErrReader(broken), reg); !errors.Is(err, broken) || errors.Is(err, ErrFile) {
		t.Errorf("a reader that fails: %v", err)
	}
	if _, err := s.Read(io.LimitReader(blanks{}, MaxFile+1), reg); !errors.Is(err, ErrFile) || !strings.Contains(err.Error(), "larger than 64 MB") {
		t.Errorf("a byte too many: %v", err)
	}
	rows := append([]byte("REACH,x\n"), bytes.Repeat([]byte("far,now\n"), MaxRows)...)
	if f, err := s.Read(bytes.NewReader(rows), reg); err != nil || len(f.Cases) != MaxRows {
		t.Errorf("as many rows as there may be: %v", err)
	}
	if _, err := s.Read(bytes.NewReader(append(rows, "nonsense\n"...)), reg); !errors.Is(err, ErrFile) || !strings.Contains(err.Error(), "more than 200000 rows") {
		t.Errorf("a row too many: %v", err)
	}
}

// blanks never ends.
type blanks struct{}

func (blanks) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// TestRefusalsAreCountedBeyondTheirList: the list of refusals and of ignored names ends, the count does not.
func TestRefusalsAreCountedBeyondTheirList(t *testing.T) {
	t.Parallel()
	s := smallSubject(t, nil)
	reg := registry(t)
	head := "REACH"
	for i := range 2 * maxRefusals {
		head += fmt.Sprintf(",colour%d", i%150)
	}
	f, err := s.Read(strings.NewReader(head+",x\n"+strings.Repeat("far,now\n", 3*maxRefusals)), reg)
	if err != nil || f.Refused != 3*maxRefusals || len(f.Refusals) != maxRefusals || len(f.Ignored) != maxRefusals || len(f.Cases) != 0 {
		t.Fatalf("%d refused, %d listed, %d ignored, %v", f.Refused, len(f.Refusals), len(f.Ignored), err)
	}
	if last := f.Refusals[maxRefusals-1]; last.Line != maxRefusals+1 || last.Reason != "width" {
		t.Errorf("the last one listed: %+v", last)
	}
}

// TestEveryRefusalOfAList has one wrong list each between two good ones, on lines of their own.
func TestEveryRefusalOfAList(t *testing.T) {
	t.Parallel()
	s := builtin(t, "cisa-coordinator")
	reg := registry(t)
	one := drawn(s, 1, 3, 0, obey)[0]
	good := strings.ReplaceAll(selections(t, s, one), "\n", " ")
	in := s.compiled.Inputs()[0]
	without := func(list string, id ssvc.ID) string {
		return strings.Replace(list, `"key": "`+id.Key+`"`, `"key": "ELSE"`, 1)
	}
	for name, c := range map[string]struct {
		list, want string
	}{
		"no list":         {`{"x": 1}`, "2 json"},
		"a number":        {`7`, "2 json"},
		"no outcome":      {without(good, s.Outcome.ID), "2 outcome " + s.Outcome.ID.String()},
		"a value of none": {strings.Replace(good, `"key": "`+in.Values[one.Inputs[0].Lowest()].Key+`"`, `"key": "QQ"`, 1), "2 value " + in.ID.String()},
	} {
		f, err := s.Read(strings.NewReader(good+"\n"+c.list+"\n"+good+"\n"), reg)
		if err != nil {
			t.Fatal(err)
		}
		if got := refusals(f); len(got) != 1 || !strings.HasPrefix(got[0], c.want) || f.Refused != 1 {
			t.Errorf("%s: refused %q, want %q", name, got, c.want)
		}
		if !cmp.Equal(f.Lines, []int{1, 3}) {
			t.Errorf("%s: the lines of the others are %v", name, f.Lines)
		}
	}
	f, err := s.Read(strings.NewReader(without(good, in.ID)), reg)
	if err != nil || len(f.Cases) != 1 || f.Cases[0].Inputs[0] != 0 || len(f.Ignored) != 1 || !strings.Contains(f.Ignored[0], "ELSE") {
		t.Errorf("a point of no fact: %+v, ignored %v, %v", f.Cases, f.Ignored, err)
	}
}

// TestListsThatDoNotEnd: a file that was cut off, or goes on with something else, says so.
func TestListsThatDoNotEnd(t *testing.T) {
	t.Parallel()
	s := builtin(t, "cisa-coordinator")
	reg := registry(t)
	one := strings.ReplaceAll(selections(t, s, drawn(s, 1, 3, 0, obey)[0]), "\n", " ")
	for name, c := range map[string]struct {
		text string
		line int // 0: nothing is refused
		want int // cases
	}{
		"an array":               {"[" + one + ",\n" + one + "]\n", 0, 2},
		"lines":                  {one + "\n\n" + one + "\n", 0, 2},
		"an empty array":         {" [\n] ", 0, 0},
		"the array is cut":       {"[" + one + "\n", 1, 1},
		"cut behind a comma":     {"[" + one + ",\n", 1, 1},
		"cut in the middle":      {"[\n" + one + ",\n" + one[:40], 2, 1},
		"lists behind the array": {"[" + one + "]\n" + one, 2, 1},
		"a bracket too many":     {one + "\n]\n" + one, 2, 1},
		"a brace too many":       {one + "\n}", 2, 1},
	} {
		f, err := s.Read(strings.NewReader(c.text), reg)
		if err != nil || len(f.Cases) != c.want {
			t.Errorf("%s: %d cases, want %d, %v", name, len(f.Cases), c.want, err)
			continue
		}
		if (f.Refused > 0) != (c.line > 0) || f.Refused > 1 || c.line > 0 && f.Refusals[0].Reason != "json" {
			t.Errorf("%s: refused %q", name, refusals(f))
		} else if c.line > 0 && f.Refusals[0].Line != c.line {
			t.Errorf("%s: line %d, want %d", name, f.Refusals[0].Line, c.line)
		}
	}
}
