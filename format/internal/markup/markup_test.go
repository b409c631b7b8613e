package markup

import (
	"bytes"
	"encoding/xml"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/internal/guard"
)

func read(t *testing.T, doc string) Element {
	t.Helper()
	g := guard.XML(strings.NewReader(doc), guard.Limits{Bytes: 1 << 22, Depth: 64}, nil)
	root, err := g.Root()
	if err != nil {
		t.Fatal(err)
	}
	e, err := Parse(g, root)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func write(t *testing.T, e Element, prefixes ...Prefix) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, e, prefixes); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func tree() Element {
	root := New("urn:a", "root", "").With("k", "v\n\"&").With("empty", "")
	child := New("urn:b", "child", "text <&> \r\n\x00")
	inner := New("", "inner", "")
	return *root.Add(child, *inner.Add(New("urn:c", "leaf", "日本")))
}

func TestWrite(t *testing.T) {
	t.Parallel()
	want := `<?xml version="1.0" encoding="UTF-8"?>
<a:root xmlns:a="urn:a" xmlns:ns1="urn:b" xmlns:ns2="urn:c" k="v&#10;&quot;&amp;">
  <ns1:child>text &lt;&amp;&gt; &#13;
` + "\ufffd" + `</ns1:child>
  <inner>
    <ns2:leaf>日本</ns2:leaf>
  </inner>
</a:root>
`
	if diff := cmp.Diff(want, write(t, tree(), Prefix{"a", "urn:a"})); diff != "" {
		t.Error(diff)
	}
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	first := write(t, tree(), Prefix{"a", "urn:a"})
	again := read(t, first)
	if second := write(t, again, Prefix{"a", "urn:a"}); second != first {
		t.Errorf("%s\nbecame\n%s", first, second)
	}
	if again.Value("child") != "text <&> \r\n\ufffd" || again.Attr("K") != "v\n\"&" {
		t.Errorf("read %+v", again)
	}
	if _, ok := again.Child("nothing"); ok || again.Value("nothing") != "" || again.Attr("nothing") != "" {
		t.Error("something is found that is not there")
	}
}

func TestWithDoesNotShare(t *testing.T) {
	t.Parallel()
	base := New("", "a", "").With("x", "1")
	one, two := base.With("y", "1"), base.With("y", "2")
	if one.Attr("y") != "1" || two.Attr("y") != "2" || len(base.Attrs) != 1 {
		t.Errorf("attributes are shared: %v %v %v", base, one, two)
	}
}

func TestWriteRefusesNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "a b", "1a", "a>", "a:b", "-a"} {
		if err := Write(&bytes.Buffer{}, New("", name, ""), nil); err == nil {
			t.Errorf("element %q is accepted", name)
		}
		if err := Write(&bytes.Buffer{}, New("", "a", "").With(name, "x"), nil); err == nil {
			t.Errorf("attribute %q is accepted", name)
		}
	}
}

// An element without namespace must not fall into a default one.
func TestNoNamespaceUnderDefault(t *testing.T) {
	t.Parallel()
	got := read(t, write(t, tree(), Prefix{"", "urn:a"}))
	if inner, ok := got.Child("inner"); !ok || inner.Name.Space != "" {
		t.Errorf("inner element %+v", inner.Name)
	}
	if got.Name.Space != "urn:a" {
		t.Errorf("root %v", got.Name)
	}
}

// An attribute of the default namespace needs a prefix, or it would have no namespace.
func TestAttributeOfDefaultNamespace(t *testing.T) {
	t.Parallel()
	e := New("urn:a", "root", "")
	e.Attrs = []xml.Attr{{Name: xml.Name{Space: "urn:a", Local: "k"}, Value: "v"}}
	got := read(t, write(t, e, Prefix{"", "urn:a"}))
	if len(got.Attrs) != 1 || got.Attrs[0].Name.Space != "urn:a" {
		t.Errorf("attributes %+v", got.Attrs)
	}
}

func TestParseLimits(t *testing.T) {
	t.Parallel()
	g := guard.XML(strings.NewReader("<a>"+strings.Repeat("<b/>", maxElements)+"</a>"), guard.Limits{Bytes: 1 << 22, Depth: 4}, nil)
	root, err := g.Root()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Parse(g, root); !errors.Is(err, guard.ErrLimit) {
		t.Errorf("err = %v, want ErrLimit", err)
	}
}

func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte(`<a xmlns="urn:x" k="v"><b>t</b><c xmlns=""/></a>`))
	f.Add([]byte(`<p:a xmlns:p="urn:x" p:k=""><![CDATA[<]]></p:a>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		g := guard.XML(bytes.NewReader(data), guard.Limits{Bytes: 1 << 16, Depth: 16}, nil)
		root, err := g.Root()
		if err != nil {
			return
		}
		e, err := Parse(g, root)
		if err != nil {
			return
		}
		var b bytes.Buffer
		if Write(&b, e, nil) != nil {
			return
		}
		if second := write(t, read(t, b.String())); second != b.String() {
			t.Fatalf("%s\nbecame\n%s", b.String(), second)
		}
	})
}
