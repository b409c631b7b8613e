package markup

import (
	"encoding/xml"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func attr(space, local, value string) xml.Attr {
	return xml.Attr{Name: xml.Name{Space: space, Local: local}, Value: value}
}

func TestWriteRefusesWhatIsNoXML(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		e        Element
		prefixes []Prefix
		want     string
	}{
		"no name":                       {Element{}, nil, `"" is no name`},
		"a name with a blank":           {New("", "a b", ""), nil, `"a b" is no name`},
		"a name with a colon":           {New("", "a:b", ""), nil, `"a:b" is no name`},
		"a name that begins as a digit": {New("", "1a", ""), nil, `"1a" is no name`},
		"a name with a bracket":         {New("", "a><b", ""), nil, "is no name"},
		"an attribute without name":     {Element{Name: xml.Name{Local: "a"}, Attrs: []xml.Attr{{}}}, nil, `"" is no name`},
		"an attribute twice":            {Element{Name: xml.Name{Local: "a"}, Attrs: []xml.Attr{attr("", "x", "1"), attr("", "x", "2")}}, nil, "element a has the attribute x twice"},
		"a child that is no XML":        {Element{Name: xml.Name{Local: "a"}, Children: []Element{New("", "b", ""), New("", "", "")}}, nil, `"" is no name`},
		"a prefix for two namespaces":   {New("", "a", ""), []Prefix{{"p", "urn:1"}, {"p", "urn:2"}}, `prefix "p" stands for urn:1 and for urn:2`},
		"two default namespaces":        {New("", "a", ""), []Prefix{{"", "urn:1"}, {"", "urn:2"}}, `prefix "" stands for`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			if err := Write(&b, tt.e, tt.prefixes); err == nil || !strings.Contains(err.Error(), tt.want) || b.Len() > 0 {
				t.Errorf("Write() = %v after %d bytes, want a text with %q", err, b.Len(), tt.want)
			}
		})
	}
}

func TestPrefixesThatAreMadeMeetNoOther(t *testing.T) {
	t.Parallel()
	e := New("urn:a", "a", "")
	e.Attrs = []xml.Attr{attr("urn:b", "x", "1"), attr("", "x", "2")}
	e.Add(New("urn:c", "c", "t"))
	text := write(t, e, Prefix{"ns1", "urn:taken"}, Prefix{"ns2", "urn:b"})
	if diff := cmp.Diff(e, read(t, text), attrsAsText()); diff != "" {
		t.Errorf("%s\n%s", diff, text)
	}
	if strings.Count(text, "xmlns:ns1=") != 1 || strings.Count(text, "xmlns:ns2=") != 1 {
		t.Errorf("a prefix is declared twice:\n%s", text)
	}
}

func TestSamePrefixMayBeNamedTwice(t *testing.T) {
	t.Parallel()
	p := Prefix{"p", "urn:p"}
	text := write(t, New("urn:p", "a", ""), p, p)
	if strings.Count(text, "xmlns:p=") != 1 {
		t.Errorf("declared twice:\n%s", text)
	}
}

func TestCharactersThatXMLCannotCarry(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a\x00b": "a\ufffdb", "\x1f": "\ufffd", "\xff": "\ufffd", "\ufffe": "\ufffd", "\ufffd": "\ufffd", "𠮷": "𠮷",
		"a\rb": "a\rb", "a\r\nb": "a\r\nb", "a\tb\nc": "a\tb\nc", "]]>": "]]>", `<&>"'`: `<&>"'`, "\u0085": "\u0085",
	} {
		e := New("", "a", in).With("x", in)
		got := read(t, write(t, e))
		if got.Text != want || got.Attrs[0].Value != want {
			t.Errorf("%q comes back as %q and, in an attribute, as %q, want %q", in, got.Text, got.Attrs[0].Value, want)
		}
	}
}

func TestElementLooksUpWithoutCase(t *testing.T) {
	t.Parallel()
	e := read(t, `<a X=" 1 " x="2"><B> b </B><b>c</b><n:C xmlns:n="urn:n">d</n:C></a>`)
	if e.Attr("x") != "1" || e.Attr("y") != "" {
		t.Errorf("Attr = %q, %q", e.Attr("x"), e.Attr("y"))
	}
	if e.Value("b") != "b" || e.Value("c") != "d" || e.Value("none") != "" {
		t.Errorf("Value = %q, %q, %q", e.Value("b"), e.Value("c"), e.Value("none"))
	}
	if c, ok := e.Child("C"); !ok || c.Name.Space != "urn:n" {
		t.Errorf("Child = %+v, %v", c, ok)
	}
	if _, ok := e.Child("none"); ok {
		t.Error("a child that is not there is found")
	}
}

func TestWithLeavesOutWhatIsEmpty(t *testing.T) {
	t.Parallel()
	if e := New("", "a", "").With("x", ""); len(e.Attrs) != 0 {
		t.Errorf("%+v", e.Attrs)
	}
}

// attrsAsText makes no attributes and an empty list of them the same.
func attrsAsText() cmp.Option {
	return cmp.Transformer("attrs", func(list []xml.Attr) string { return fmt.Sprint(list) })
}

// random returns a tree with names of three namespaces, at most three levels deep.
func random(r *rand.Rand, level int) Element {
	space := func() string { return []string{"", "urn:a", "urn:b"}[r.IntN(3)] }
	e := New(space(), fmt.Sprintf("e%d", r.IntN(5)), "")
	for i := range r.IntN(3) {
		e.Attrs = append(e.Attrs, attr(space(), fmt.Sprintf("x%d", i), []string{"1", "a b", "\n\t", `"&<`}[r.IntN(4)]))
	}
	if level == 3 || r.IntN(3) == 0 {
		e.Text = []string{"", "text", " <&> ", "日本"}[r.IntN(4)]
		return e
	}
	for range 1 + r.IntN(3) {
		e.Add(random(r, level+1))
	}
	return e
}

func TestRandomTreesComeBackAndGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(9, 9))
	prefixes := [][]Prefix{nil, {{"", "urn:a"}}, {{"a", "urn:a"}, {"", "urn:b"}}, {{"ns1", "urn:c"}}}
	for range 1000 {
		e := random(r, 0)
		p := prefixes[r.IntN(len(prefixes))]
		text := write(t, e, p...)
		if diff := cmp.Diff(e, read(t, text), attrsAsText()); diff != "" {
			t.Fatalf("%s\n%s", diff, text)
		}
		if again := write(t, e, p...); again != text {
			t.Fatalf("another writing differs:\n%s\n%s", text, again)
		}
		if err := Write(io.Discard, read(t, text), p); err != nil {
			t.Fatal(err)
		}
	}
}
