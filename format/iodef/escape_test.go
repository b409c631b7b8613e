package iodef

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

// What a text holds is written so that it stays a text; what no form can carry becomes U+FFFD.
func TestEscapes(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ in, xml, attribute, json, back string }{
		"markup":              {`a<b>&c`, `a&lt;b&gt;&amp;c`, `a&lt;b&gt;&amp;c`, `a<b>&c`, ""},
		"quotes":              {`"'`, `&quot;'`, `&quot;'`, `\"'`, ""},
		"the end of CDATA":    {`]]>`, `]]&gt;`, `]]&gt;`, `]]>`, ""},
		"CDATA":               {`<![CDATA[x]]>`, `&lt;![CDATA[x]]&gt;`, `&lt;![CDATA[x]]&gt;`, `<![CDATA[x]]>`, ""},
		"a comment":           {`<!-- x -->`, `&lt;!-- x --&gt;`, `&lt;!-- x --&gt;`, `<!-- x -->`, ""},
		"a reference":         {`&#x41;`, `&amp;#x41;`, `&amp;#x41;`, `&#x41;`, ""},
		"an instruction":      {`<?x?>`, `&lt;?x?&gt;`, `&lt;?x?&gt;`, `<?x?>`, ""},
		"a line end":          {"a\nb", "a\nb", "a&#10;b", `a\nb`, ""},
		"a tab":               {"a\tb", "a\tb", "a&#9;b", `a\tb`, ""},
		"a return":            {"a\r\nb", "a&#13;\nb", "a&#13;&#10;b", `a\r\nb`, ""},
		"a backslash":         {`a\b`, `a\b`, `a\b`, `a\\b`, ""},
		"a character of 4":    {"𠮷野家", "𠮷野家", "𠮷野家", "𠮷野家", ""},
		"combining letters":   {"か\u3099", "か\u3099", "か\u3099", "か\u3099", ""},
		"a line separator":    {"a\u2028b", "a\u2028b", "a\u2028b", "a\u2028b", ""},
		"right to left":       {"a\u202eb", "a\u202eb", "a\u202eb", "a\u202eb", ""},
		"U+FFFD itself":       {"a\ufffdb", "a\ufffdb", "a\ufffdb", "a\ufffdb", ""},
		"the last legal":      {"a\U0010ffffb", "a\U0010ffffb", "a\U0010ffffb", "a\U0010ffffb", ""},
		"U+D7FF and U+E000":   {"\ud7ff\ue000", "\ud7ff\ue000", "\ud7ff\ue000", "\ud7ff\ue000", ""},
		"DEL":                 {"a\x7fb", "a\x7fb", "a\x7fb", "a\x7fb", ""},
		"invalid UTF-8":       {"a\xff\xfeb", "a\ufffd\ufffdb", "a\ufffd\ufffdb", "a\ufffd\ufffdb", "a\ufffd\ufffdb"},
		"a cut letter":        {"a\xe6\x97", "a\ufffd\ufffd", "a\ufffd\ufffd", "a\ufffd\ufffd", "a\ufffd\ufffd"},
		"an overlong slash":   {"a\xc0\xafb", "a\ufffd\ufffdb", "a\ufffd\ufffdb", "a\ufffd\ufffdb", "a\ufffd\ufffdb"},
		"a lone surrogate":    {"\xed\xa0\x80", "\ufffd\ufffd\ufffd", "\ufffd\ufffd\ufffd", "\ufffd\ufffd\ufffd", "\ufffd\ufffd\ufffd"},
		"a script for a page": {`</script><img onerror="x">`, `&lt;/script&gt;&lt;img onerror=&quot;x&quot;&gt;`, `&lt;/script&gt;&lt;img onerror=&quot;x&quot;&gt;`, `</script><img onerror=\"x\">`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			back := tt.back
			if back == "" {
				back = tt.in
			}
			change := func(i *Incident) {
				i.Description = Plain(tt.in)
				i.AdditionalData = []Extension{{DType: "string", Meaning: tt.in, Value: "v"}}
			}
			for form, want := range map[Form][]string{
				XML1: {"<Description>" + tt.xml + "</Description>", ` meaning="` + tt.attribute + `"`},
				XML2: {"<Description>" + tt.xml + "</Description>", ` meaning="` + tt.attribute + `"`},
				JSON: {`"Description":["` + tt.json + `"]`, `"meaning":"` + tt.json + `"`},
			} {
				doc, _ := part(t, form, change)
				for _, w := range want {
					if form != JSON && strings.Contains(w, "Description") {
						w = strings.ReplaceAll(w, "&quot;", `"`)
					}
					if !strings.Contains(doc, w) {
						t.Errorf("%v: no %s in\n%s", form, w, doc)
					}
				}
				d := parsed(t, []byte(doc))
				if got := d.Incidents[0].Description[0].Value; got != back {
					t.Errorf("%v: the text comes back as %q, want %q", form, got, back)
				}
				if got := d.Incidents[0].AdditionalData[0].Meaning; got != back {
					t.Errorf("%v: the attribute comes back as %q, want %q", form, got, back)
				}
			}
		})
	}
}

// Characters that XML forbids are U+FFFD there; JSON carries them.
func TestForbiddenCharacters(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ in, json string }{
		"NUL":          {"\x00", `\u0000`},
		"bell":         {"\x07", `\u0007`},
		"backspace":    {"\x08", `\u0008`},
		"form feed":    {"\x0c", `\u000c`},
		"escape":       {"\x1b", `\u001b`},
		"the last one": {"\x1f", `\u001f`},
		"U+FFFE":       {"\ufffe", "\ufffe"},
		"U+FFFF":       {"\uffff", "\uffff"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			change := func(i *Incident) { i.Description = Plain("a" + tt.in + "b") }
			for form, want := range map[Form]struct{ written, back string }{
				XML1: {"<Description>a\ufffdb</Description>", "a\ufffdb"},
				XML2: {"<Description>a\ufffdb</Description>", "a\ufffdb"},
				JSON: {`"Description":["a` + tt.json + `b"]`, "a" + tt.in + "b"},
			} {
				doc, _ := part(t, form, change)
				if !strings.Contains(doc, want.written) {
					t.Errorf("%v: no %q in\n%s", form, want.written, doc)
				}
				if got := parsed(t, []byte(doc)).Incidents[0].Description[0].Value; got != want.back {
					t.Errorf("%v: comes back as %q, want %q", form, got, want.back)
				}
			}
		})
	}
}

// Every way in which XML writes a text is read as the text.
func TestTextsOfXML(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ in, want string }{
		"CDATA":                       {"<![CDATA[a<b>&c]]>", "a<b>&c"},
		"CDATA in the middle":         {"a<![CDATA[<]]>b", "a<b"},
		"two CDATA":                   {"<![CDATA[a]]><![CDATA[b]]>", "ab"},
		"the end of CDATA, split":     {"<![CDATA[a]]]]><![CDATA[>b]]>", "a]]>b"},
		"an empty CDATA":              {"<![CDATA[]]>", ""},
		"a comment":                   {"a<!-- <b> -->c", "ac"},
		"an instruction":              {"a<?b c?>d", "ad"},
		"entities":                    {"&lt;&gt;&amp;&quot;&apos;", `<>&"'`},
		"a decimal reference":         {"&#26085;", "日"},
		"a hexadecimal reference":     {"&#x65E5;&#x20bb7;", "日𠮷"},
		"a return by reference":       {"a&#13;&#10;b", "a\r\nb"},
		"line ends":                   {"a\r\nb\rc\nd", "a\nb\nc\nd"},
		"blanks":                      {"  a  ", "  a  "},
		"what would be an entity":     {"&amp;lt;", "&lt;"},
		"text, comment, CDATA, again": {"1<!--x-->2<![CDATA[3]]>4<!--y-->5", "12345"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := parsed(t, []byte(in2("<Description>"+tt.in+"</Description>", "")))
			if got := d.Incidents[0].Description[0].Value; got != tt.want || len(d.Notes) > 0 {
				t.Errorf("read %q, notes %v, want %q", got, d.Notes, tt.want)
			}
		})
	}
}

// What is no text of XML is refused at its line.
func TestRefusedTextsOfXML(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ in, want string }{
		"NUL":                       {"\x00", "illegal character code U+0000"},
		"escape":                    {"\x1b", "illegal character code U+001B"},
		"U+FFFE":                    {"\ufffe", "illegal character code U+FFFE"},
		"NUL by reference":          {"&#0;", "illegal character code U+0000"},
		"U+FFFF by reference":       {"&#xFFFF;", "illegal character code U+FFFF"},
		"a surrogate by reference":  {"&#xD800;", ""},
		"beyond Unicode":            {"&#x110000;", "invalid character entity"},
		"invalid UTF-8":             {"\xff", "invalid UTF-8"},
		"a cut letter":              {"\xe6\x97", "invalid UTF-8"},
		"an entity of HTML":         {"&nbsp;", "invalid character entity &nbsp;"},
		"an entity without its end": {"&lt", "invalid character entity"},
		"an ampersand":              {"a & b", "invalid character entity"},
		"the end of CDATA":          {"a]]>b", "unescaped ]]> not in CDATA"},
		"a CDATA without end":       {"<![CDATA[x", "unexpected EOF"},
		"a wrong end":               {"<b></c>", "element <b> closed by </c>"},
		"a second attribute":        {`<b a=1/>`, "unquoted or missing attribute value"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := Read(strings.NewReader(in2("<Description>\n\n"+tt.in+"</Description>", "")))
			if tt.want == "" { // the decoder of the standard library takes it as U+FFFD
				if err != nil || d.Incidents[0].Description[0].Value != "\n\n\ufffd" {
					t.Errorf("%v, read %+v", err, d.Incidents[0].Description)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "iodef: line 3, column ") {
				t.Errorf("Read() = %v, want line 3 and %s", err, tt.want)
			}
		})
	}
}

// Documents in the encodings of Japan are read if they declare it and refused with a reason else.
func TestEncodings(t *testing.T) {
	t.Parallel()
	const text = "日本語とカタカナ、①"
	encoded := func(e encoding.Encoding, doc string) string {
		s, err := e.NewEncoder().String(doc)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	utf16 := unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	for name, tt := range map[string]struct {
		e          encoding.Encoding
		label, doc string
		want       string // of the error
	}{
		"Shift_JIS":           {japanese.ShiftJIS, "Shift_JIS", text, ""},
		"as Windows names it": {japanese.ShiftJIS, "windows-31j", text, ""},
		"in small letters":    {japanese.ShiftJIS, "sjis", text, ""},
		"EUC-JP":              {japanese.EUCJP, "EUC-JP", text, ""},
		"ISO-2022-JP":         {japanese.ISO2022JP, "ISO-2022-JP", text, ""},
		"UTF-8":               {encoding.Nop, "UTF-8", text, ""},
		"utf8":                {encoding.Nop, "utf8", text, ""},
		"UTF-16":              {utf16, "UTF-16", text, "in UTF-16; use UTF-8"},
		"UTF-16LE":            {unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "UTF-16LE", text, "in UTF-16; use UTF-8"},
		"a label of UTF-16":   {encoding.Nop, "UTF-16", text, "use UTF-8"},
		"an unknown label":    {encoding.Nop, "x-user-defined", text, `"x-user-defined" is not accepted; use UTF-8`},
		"Shift_JIS as UTF-8":  {japanese.ShiftJIS, "UTF-8", text, "invalid UTF-8"},
		"EUC-JP as UTF-8":     {japanese.EUCJP, "UTF-8", text, "invalid UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := encoded(tt.e, `<?xml version="1.0" encoding="`+tt.label+`"?>`+in2("<Description>"+tt.doc+"</Description>", ""))
			d, err := Read(strings.NewReader(doc))
			if tt.want != "" {
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("Read() = %v, want %s", err, tt.want)
				}
				return
			}
			if err != nil || len(d.Notes) > 0 || d.Incidents[0].Description[0].Value != text {
				t.Errorf("%v, notes %v, read %+v", err, d.Notes, d.Incidents)
			}
		})
	}
}
