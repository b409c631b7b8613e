package search

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/core/fault"
)

func TestParse(t *testing.T) {
	t.Parallel()
	w := func(s string) Term { return Term{Text: s} }
	for _, tc := range []struct {
		text string
		want Query
	}{
		{"", nil},
		{"   ", nil},
		{"a b", Query{{w("a")}, {w("b")}}},
		{`"a b" c`, Query{{{Text: "a b", Phrase: true}}, {w("c")}}},
		{`"not closed`, Query{{{Text: "not closed", Phrase: true}}}},
		{`a -b -"c d"`, Query{{w("a")}, {{Text: "b", Not: true}}, {{Text: "c d", Phrase: true, Not: true}}}},
		{"a OR b c", Query{{w("a"), w("b")}, {w("c")}}},
		{"a OR b OR -c", Query{{w("a"), w("b"), {Text: "c", Not: true}}}},
		{"OR a OR", Query{{w("a")}}},
		{"a OR OR b", Query{{w("a"), w("b")}}},
		{"a or b", Query{{w("a")}, {w("or")}, {w("b")}}},
		{`"OR"`, Query{{{Text: "OR", Phrase: true}}}},
		{"log4*", Query{{{Text: "log4", Prefix: true}}}},
		{"* - \"\" a", Query{{w("-")}, {w("a")}}},
		{"脆弱性　情報", Query{{w("脆弱性")}, {w("情報")}}},
		{`a"b c"`, Query{{w("a")}, {{Text: "b c", Phrase: true}}}},
		{"CVE-2021-44228", Query{{w("CVE-2021-44228")}}},
	} {
		got, err := Parse(tc.text)
		if err != nil {
			t.Errorf("Parse(%q): %v", tc.text, err)
		}
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("Parse(%q): %s", tc.text, d)
		}
	}
}

func TestParseRefusesWhatIsTooLong(t *testing.T) {
	t.Parallel()
	for _, text := range []string{strings.Repeat("a ", 51), strings.Repeat("x", 1001)} {
		if _, err := Parse(text); !errors.Is(err, fault.Invalid) {
			t.Errorf("Parse(%d bytes) = %v, want invalid", len(text), err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`a "b c" -d OR e*`, `"`, `-"`, `OR`, `--*`, "脆弱性　情報"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := Parse(text)
		if err != nil {
			return
		}
		for _, group := range q {
			for _, term := range group {
				if strings.TrimSpace(term.Text) == "" || len(term.Text) > len(text) {
					t.Fatalf("Parse(%q) has %+v", text, term)
				}
			}
		}
	})
}
