package filter

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/core/fault"
)

func TestParse(t *testing.T) {
	t.Parallel()
	term := func(f string, op Op, v string) Expr { return Expr{Kind: Term, Field: f, Op: op, Value: v} }
	word := func(v string) Expr { return Expr{Kind: Word, Value: v} }
	for _, tt := range []struct {
		text string
		want []Expr
	}{
		{"", nil},
		{"is:open assignee:*", []Expr{term("is", Is, "open"), term("assignee", Has, "")}},
		{"severity:>=high due:<2026-12-01", []Expr{term("severity", Ge, "high"), term("due", Lt, "2026-12-01")}},
		{`"exact phrase" -word`, []Expr{{Kind: Word, Value: "exact phrase", Quoted: true}, {Kind: Word, Value: "word", Not: true}}},
		{"(a OR b) c", []Expr{{Kind: Any, Nodes: []Expr{word("a"), word("b")}}, word("c")}},
		{"a OR b c", []Expr{{Kind: Any, Nodes: []Expr{word("a"), {Nodes: []Expr{word("b"), word("c")}}}}}},
		{"-(a b)", []Expr{{Not: true, Nodes: []Expr{word("a"), word("b")}}}},
		{"(a)", []Expr{word("a")}},
		{"ＩＳ：open　認証", []Expr{term("is", Is, "open"), word("認証")}},
		{`product:"a \"b\" c"`, []Expr{{Kind: Term, Field: "product", Value: `a "b" c`, Quoted: true}}},
		{"ＣＶＥ－２０２６－１", []Expr{word("CVE-2026-1")}},
		{"10.0.0.1:80", []Expr{word("10.0.0.1:80")}},
		{`x:"*"`, []Expr{{Kind: Term, Field: "x", Value: "*", Quoted: true}}},
		{"ORDER", []Expr{word("ORDER")}},
	} {
		got, err := Parse(tt.text)
		if err != nil {
			t.Errorf("Parse(%q) = %v", tt.text, err)
			continue
		}
		if diff := cmp.Diff(tt.want, got.Nodes); diff != "" {
			t.Errorf("Parse(%q) (-want +got):\n%s", tt.text, diff)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`"open`:                               "web.filter.quote",
		"(a":                                  "web.filter.parenthesis",
		"a)":                                  "web.filter.parenthesis",
		"()":                                  "web.filter.empty",
		`""`:                                  "web.filter.empty",
		"is:":                                 "web.filter.value_missing",
		"- a":                                 "web.filter.minus",
		"--a":                                 "web.filter.minus",
		"OR a":                                "web.filter.or",
		"a OR":                                "web.filter.or",
		"\xff":                                "web.filter.not_text",
		strings.Repeat("a", 1001):             "web.filter.too_long",
		strings.Repeat("ﷺ", 900):              "web.filter.too_long",
		strings.Repeat("a ", 65):              "web.filter.too_many",
		strings.Repeat("(", 9) + "a" + "))))": "web.filter.too_deep",
	} {
		_, err := Parse(text)
		f := fault.Of(err)
		if !errors.Is(err, fault.Invalid) || f.Fields[0].Name != "q" || f.Fields[0].Key != want {
			t.Errorf("Parse(%.20q) = %v, want %s", text, err, want)
		}
	}
}

func TestChips(t *testing.T) {
	t.Parallel()
	e, err := Parse(`is:open (a OR b) product:x,y`)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := e.Without(1).String(), "is:open product:x,y"; got != want {
		t.Errorf("Without(1) = %q, want %q", got, want)
	}
	if got, want := e.With("vendor", "みなと 電機").With("is", "open").String(), `is:open (a OR b) product:x,y vendor:"みなと 電機"`; got != want {
		t.Errorf("With() = %q, want %q", got, want)
	}
	p, ok := e.Find("product")
	if diff := cmp.Diff([]string{"x", "y"}, p.Values()); !ok || diff != "" {
		t.Errorf("Find(product) (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"is", "product"}, e.Fields()); diff != "" {
		t.Errorf("Fields() (-want +got):\n%s", diff)
	}
	if _, ok := e.Find("absent"); ok {
		t.Error("Find(absent) found something")
	}
	if len(Expr{}.Terms()) != 0 || !(Expr{}).Empty() {
		t.Error("the zero filter is not empty")
	}
}

func TestFaultsNameTheField(t *testing.T) {
	t.Parallel()
	f := fault.Of(Unknown("colour", "is", "product"))
	if f.Fields[0].Args["field"] != "colour" || f.Fields[0].Args["known"] != "is, product" {
		t.Errorf("Unknown() = %v %v", f, f.Fields[0].Args)
	}
	if f := fault.Of(NoValue("is", "blue")); f.Fields[0].Args["value"] != "blue" {
		t.Errorf("NoValue() = %v", f.Fields[0].Args)
	}
}

// FuzzParse holds that whatever Parse accepts has one canonical form.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`is:open assignee:* severity:>=high "p q" -w (a OR b)`, `-(-(a))`, `a:b:c`, `x:"*"`, `x:<"<="`, `"OR"`, `"a:b"`, `-"-"`, "a\u3000b", `((a b) OR c) OR d`, `x:>=`, `"\\"`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := Parse(s)
		if err != nil {
			if fault.Of(err) == nil {
				t.Fatalf("Parse(%q) = %v, not a fault", s, err)
			}
			return
		}
		once := e.String()
		again, err := Parse(once)
		if err != nil && len([]rune(once)) <= MaxLength {
			t.Fatalf("Parse(%q).String() = %q: %v", s, once, err)
		}
		if err == nil && again.String() != once {
			t.Fatalf("%q: %q then %q", s, once, again.String())
		}
	})
}
