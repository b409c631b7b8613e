package view

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"noroshi.dev/internal/core/fault"
)

// TestNamesAndPathsAreText: what no database keeps, or no page can show in a tab, is refused by its field.
func TestNamesAndPathsAreText(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		view  View
		field string
	}{
		"a zero in the name":          {View{Path: list1, Name: "a\x00"}, "name"},
		"a line end in the name":      {View{Path: list1, Name: "a\nb"}, "name"},
		"half a letter in the name":   {View{Path: list1, Name: "a\xff"}, "name"},
		"blanks of full width":        {View{Path: list1, Name: "\u3000"}, "name"},
		"a zero in the path":          {View{Path: list1 + "\x00", Name: "a"}, "path"},
		"half a letter in the path":   {View{Path: list1 + "\xff", Name: "a"}, "path"},
		"a path of nothing":           {View{Name: "a"}, "path"},
		"a path outside the console":  {View{Path: "/consoles/x", Name: "a"}, "path"},
		"a path to another host":      {View{Path: "//evil.example/console/", Name: "a"}, "path"},
		"a path with a fragment":      {View{Path: list1 + "#x", Name: "a"}, "path"},
		"a path with a backslash":     {View{Path: `/console/\evil`, Name: "a"}, "path"},
		"a path too long":             {View{Path: "/console/" + strings.Repeat("a", 200), Name: "a"}, "path"},
		"a query with a semicolon":    {View{Path: list1, Name: "a", Query: "q=a;b=c"}, "query"},
		"a query with a broken sign":  {View{Path: list1, Name: "a", Query: "q=%g1"}, "query"},
		"a query longer than allowed": {View{Path: list1, Name: "a", Query: "q=" + strings.Repeat("a", maxQuery)}, "query"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := c.view.check()
			if fl := fault.Of(err); !errors.Is(err, fault.Invalid) || len(fl.Fields) != 1 || fl.Fields[0].Name != c.field {
				t.Errorf("check() = %v, want the field %s refused", err, c.field)
			}
		})
	}
}

// TestPlacesAreNoPartOfAView: a saved view begins at its beginning, in one form.
func TestPlacesAreNoPartOfAView(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "?": "", "?q=a": "q=a", "sort=due&q=a": "q=a&sort=due", "after=x&before=y&view=z&format=csv&bom=1&q=a": "q=a", "q=a+b": "q=a+b", "q=%61": "q=a", "q=a&q=b": "q=a&q=b",
	} {
		got, err := View{Path: list1, Name: " n ", Query: in}.check()
		if err != nil || got.Query != want || got.Name != "n" {
			t.Errorf("check(%q) = %q, %q, %v; want %q", in, got.Query, got.Name, err, want)
		}
	}
}

// TestSignaturesBindTimeAndBody: another time, body or key is another signature, and no bytes of one
// can be moved into the other.
func TestSignaturesBindTimeAndBody(t *testing.T) {
	t.Parallel()
	good := Signature([]byte("key"), "12", []byte("3.body"))
	if !strings.HasPrefix(good, "v1=") || len(good) != 3+64 {
		t.Errorf("Signature() = %q", good)
	}
	for name, other := range map[string]string{
		"another key":  Signature([]byte("kez"), "12", []byte("3.body")),
		"another time": Signature([]byte("key"), "13", []byte("3.body")),
		"another body": Signature([]byte("key"), "12", []byte("3.bodz")),
		"no body":      Signature([]byte("key"), "12", nil),
		"moved bytes":  Signature([]byte("key"), "123", []byte(".body")),
	} {
		if other == good {
			t.Errorf("%s has the same signature", name)
		}
	}
}

func TestFeedPathsAreOneSegment(t *testing.T) {
	t.Parallel()
	if got := FeedPath("abc234"); got != "/feed/abc234" || url.PathEscape("abc234") != "abc234" {
		t.Errorf("FeedPath() = %q", got)
	}
}
