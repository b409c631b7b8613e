package markup

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAppend(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][2]string{
		"plain 日本":       {"plain 日本", "plain 日本"},
		`<a b="c">&`:     {`&lt;a b="c"&gt;&amp;`, `&lt;a b=&quot;c&quot;&gt;&amp;`},
		"\t\n\r":         {"\t\n&#13;", "&#9;&#10;&#13;"},
		"\x00\xff\ufffe": {"\ufffd\ufffd\ufffd", "\ufffd\ufffd\ufffd"},
		"\ufffd𠮷":        {"\ufffd𠮷", "\ufffd𠮷"},
	} {
		if got := string(Append([]byte("x"), in, false)); got != "x"+want[0] {
			t.Errorf("text %q is written %q, want %q", in, got, want[0])
		}
		if got := string(Append(nil, in, true)); got != want[1] {
			t.Errorf("attribute %q is written %q, want %q", in, got, want[1])
		}
	}
}

// An element in a document of another default namespace reads back as it was.
func TestAppendElement(t *testing.T) {
	t.Parallel()
	e := tree()
	e.Attrs = append(e.Attrs, attr("urn:attr", "z", "1"), attr(xmlNamespace, "lang", "ja"))
	b, err := AppendElement([]byte(`<out xmlns="urn:scope">`), e, "urn:scope")
	if err != nil {
		t.Fatal(err)
	}
	want := e
	want.Children = []Element{New("urn:b", "child", "text <&> \r\n\ufffd"), e.Children[1]}
	got := read(t, string(b)+"</out>")
	if diff := cmp.Diff([]Element{want}, got.Children, attrsAsText()); diff != "" {
		t.Errorf("%s\n%s", diff, b)
	}
	for text, bad := range map[string]Element{
		"no name of an element":     New("", "a b", ""),
		"no name of an attribute":   {Name: xml.Name{Local: "a"}, Attrs: []xml.Attr{attr("", "", "1")}},
		"has the attribute x twice": {Name: xml.Name{Local: "a"}, Attrs: []xml.Attr{attr("", "x", "1"), attr("", "x", "2")}},
	} {
		outer := New("", "outer", "")
		if _, err := AppendElement(nil, *outer.Add(bad), ""); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("AppendElement() = %v, want %s", err, text)
		}
	}
}
