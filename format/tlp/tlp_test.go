package tlp

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Label{
		"TLP:CLEAR": Clear, "clear": Clear, "TLP:WHITE": Clear, " White ": Clear, "tlp:green": Green, "TLP: AMBER": Amber,
		"TLP:AMBER+STRICT": AmberStrict, "amber-strict": AmberStrict, "Amber Strict": AmberStrict, "AMBER_STRICT": AmberStrict,
		"ＴＬＰ：ＲＥＤ": Red, "tlp red": Red, "ＡＭＢＥＲ＋ＳＴＲＩＣＴ": AmberStrict,
	} {
		if got, err := Parse(text); got != want || err != nil {
			t.Errorf("Parse(%q) = %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "TLP", "TLP:", "AMBER+", "AMBER++STRICT", "STRICT", "TLP:BLUE", "RED.", "TLP:TLP:RED", strings.Repeat("R", 1<<20)} {
		if got, err := Parse(text); got != None || !errors.Is(err, ErrLabel) || len(err.Error()) > 200 {
			t.Errorf("Parse(%.20q) = %v, %v", text, got, err)
		}
	}
}

// TestOrder: who may see a label may see every wider one, what has no label only who may see all.
func TestOrder(t *testing.T) {
	t.Parallel()
	labels := Labels()
	for i, a := range labels {
		if a.Covers(None) != (a == Red) || None.Covers(a) || Strictest(None, a) != a {
			t.Errorf("%v and none", a)
		}
		for j, b := range labels {
			if got := a.Covers(b); got != (j <= i) {
				t.Errorf("%v covers %v: %v", a, b, got)
			}
			if got := Strictest(a, b); got != labels[max(i, j)] || !got.Covers(a) || !got.Covers(b) {
				t.Errorf("strictest of %v and %v is %v", a, b, got)
			}
		}
	}
	if None.Covers(None) || Strictest() != None {
		t.Error("none covers none")
	}
}

func TestWrittenAndReadAgain(t *testing.T) {
	t.Parallel()
	for _, l := range append(Labels(), None) {
		data, err := json.Marshal(struct{ L Label }{l})
		if err != nil {
			t.Fatal(err)
		}
		var back struct{ L Label }
		if err := json.Unmarshal(data, &back); err != nil || back.L != l {
			t.Errorf("%s read as %v, %v", data, back.L, err)
		}
	}
	var l Label
	if err := json.Unmarshal([]byte(`"TLP:PINK"`), &l); !errors.Is(err, ErrLabel) {
		t.Errorf("read as %v, %v", l, err)
	}
	if None.String() != "" || Label(99).String() != "" {
		t.Error("what is no label has a name")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"TLP:AMBER+STRICT", "white", "ＴＬＰ：ＲＥＤ", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := Parse(text)
		if (err == nil) == (l == None) {
			t.Fatalf("Parse(%q) = %v, %v", text, l, err)
		}
		if err == nil {
			if again, err := Parse(l.String()); again != l || err != nil {
				t.Errorf("%v read as %v, %v", l, again, err)
			}
		}
	})
}

func ExampleStrictest() {
	fmt.Println(Strictest(Green, AmberStrict, Clear))
	// Output: TLP:AMBER+STRICT
}
