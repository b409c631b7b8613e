package filter

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/core/fault"
)

// made is a random expression in the form that Parse gives.
func made(random *rand.Rand, depth int) Expr {
	values := []string{"a", "OR", "a:b", "x y", `q"\`, "-m", "*", "<=1", "(p)", "認証", "a,b", "10.0.0.1:80", "and"}
	v := values[random.IntN(len(values))]
	switch n := random.IntN(5); {
	case depth > 0 && n == 0:
		e := Expr{Kind: Any}
		for range 2 + random.IntN(2) {
			e.Nodes = append(e.Nodes, made(random, depth-1))
		}
		return e
	case depth > 0 && n == 1:
		e := Expr{Not: random.IntN(2) == 0}
		for range 2 + random.IntN(2) {
			e.Nodes = append(e.Nodes, made(random, depth-1))
		}
		return e
	case n == 2:
		return Expr{Kind: Term, Field: "is", Op: []Op{Is, Lt, Le, Gt, Ge}[random.IntN(5)], Value: v, Quoted: true, Not: random.IntN(2) == 0}
	case n == 3:
		return Expr{Kind: Term, Field: "assignee", Op: Has, Not: random.IntN(2) == 0}
	default:
		return Expr{Kind: Word, Value: v, Quoted: true, Not: random.IntN(2) == 0}
	}
}

// TestWhatIsWrittenIsReadAgain: an expression of any shape is the same after String and Parse.
func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(4, 2))
	for range 3000 {
		e := Expr{Nodes: []Expr{made(random, 3), made(random, 2)}}
		text := e.String()
		if len([]rune(text)) > MaxLength || strings.Count(text, " ") > MaxTerms {
			continue
		}
		got, err := Parse(text)
		if err != nil {
			t.Fatalf("Parse(%s) = %v", text, err)
		}
		if again := got.String(); again != text {
			t.Fatalf("%s is read as %s", text, again)
		}
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		key  string
	}{
		"as many terms as may be":      {strings.Repeat("a ", MaxTerms), ""},
		"one term too many":            {strings.Repeat("a ", MaxTerms+1), "too_many"},
		"as deep as may be":            {strings.Repeat("(", MaxDepth) + "a b" + strings.Repeat(")", MaxDepth), ""},
		"one level too deep":           {strings.Repeat("(", MaxDepth+1) + "a b" + strings.Repeat(")", MaxDepth+1), "too_deep"},
		"as long as may be":            {strings.Repeat("字", MaxLength), ""},
		"one character too long":       {strings.Repeat("字", MaxLength+1), "too_long"},
		"longer when it is folded":     {strings.Repeat("㌀", MaxLength/2), "too_long"},
		"a million parentheses":        {strings.Repeat("(", 1_000_000), "too_long"},
		"a thousand signs of negation": {strings.Repeat("-", MaxLength), "minus"},
		"a zero":                       {"a\x00", "not_text"},
		"a zero in quotes":             {`x:"a` + "\x00" + `"`, "not_text"},
		"half a letter":                {"a\xe3\x81", "not_text"},
		"other signs of control":       {"a\x01b\x7f\tc", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(c.text)
			if c.key == "" && err != nil {
				t.Fatalf("Parse() = %v", err)
			}
			if c.key != "" && (!errors.Is(err, fault.Invalid) || fault.Of(err).Fields[0].Key != "web.filter."+c.key) {
				t.Errorf("Parse() = %v, want %s", err, c.key)
			}
		})
	}
}

// TestPlacesOfMistakes: a message names the character where the reader has to mend.
func TestPlacesOfMistakes(t *testing.T) {
	t.Parallel()
	for text, at := range map[string]int{
		`is:open "x`: 9, "a (b": 3, "a b)": 4, "is:": 4, "a - b": 3, "認証 (": 4, "a OR": 5, "ab ()": 4,
	} {
		_, err := Parse(text)
		f := fault.Of(err)
		if f == nil || fmt.Sprint(f.Fields[0].Args["at"]) != fmt.Sprint(at) {
			t.Errorf("Parse(%q): %v, want the place %d", text, f.Fields[0].Args, at)
		}
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"x:a": {"a"}, "x:a,b": {"a", "b"}, "x:a,,b,": {"a", "b"}, `x:"a,b"`: {"a,b"}, "x:,": {}, "x:>=a,b": {"a", "b"},
	} {
		e, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := e.Nodes[0].Values(); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

// TestFolding: what a Japanese keyboard writes means the same.
func TestFolding(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"ｉｓ：ｏｐｅｎ": "is:open", "（ａ　ＯＲ　ｂ）": "(a OR b)", "－ｗｏｒｄ": "-word", "ｃｖｓｓ：＞＝９": "cvss:>=9", "＂ａ　ｂ＂": `"a b"`, "ＩＳ:x": "is:x", "ｶﾞ": "ガ", "ａ，ｂ": "a,b",
	} {
		e, err := Parse(text)
		if err != nil {
			t.Errorf("Parse(%s) = %v", text, err)
			continue
		}
		if got := e.String(); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

// TestChipsKeepTheRest: taking each part out and putting a term in leaves the others as they are.
func TestChipsKeepTheRest(t *testing.T) {
	t.Parallel()
	const text = `is:open -x (a OR b) "p q" due:<7d`
	e, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	for i := range e.Terms() {
		var want []string
		for j, term := range e.Terms() {
			if j != i {
				want = append(want, Expr{Nodes: []Expr{term}}.text(false))
			}
		}
		got := e.Without(i)
		if len(got.Nodes) != len(e.Nodes)-1 || e.String() != text {
			t.Errorf("Without(%d) = %s, of %s", i, got, e)
		}
		for _, w := range want {
			if !strings.Contains(got.String(), strings.Trim(w, "()")) {
				t.Errorf("Without(%d) = %s, lacks %s", i, got, w)
			}
		}
	}
	for value, want := range map[string]string{"plain": "f:plain", "a b": `f:"a b"`, "a,b": `f:"a,b"`, "*": `f:"*"`, ">1": `f:">1"`, `"`: `f:"\""`, "-x": `f:"-x"`} {
		got := Expr{}.With("f", value)
		again, err := Parse(got.String())
		if got.String() != want || err != nil || again.Nodes[0].Value != value || again.Nodes[0].Op != Is {
			t.Errorf("With(f, %q) = %s, want %s; read again %+v, %v", value, got, want, again, err)
		}
	}
	any := Expr{Kind: Any, Nodes: []Expr{{Kind: Word, Value: "a"}, {Kind: Word, Value: "b"}}}
	if diff := cmp.Diff([]Expr{any}, any.Terms()); diff != "" {
		t.Errorf("the parts of a choice (-want +got):\n%s", diff)
	}
}
