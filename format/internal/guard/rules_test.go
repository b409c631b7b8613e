package guard

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// The column is that of the wrong byte; it was one behind it.
func TestPlacesOfJSON(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ doc, want string }{
		"the first byte":             {"?", "line 1, column 1: invalid character '?'"},
		"behind a line end":          {"{\n?}", "line 2, column 1: invalid character '?'"},
		"behind several":             {"{\r\n\r\n  ?}", "line 3, column 3: invalid character '?'"},
		"bytes count, not letters":   {`{"日": ?}`, "line 1, column 9: invalid character '?'"},
		"a line end within a text":   {"[\"a\nb\"]", `line 1, column 4: invalid character '\n' in string`},
		"the byte order mark is not": {"\xef\xbb\xbf?", "line 1, column 1: invalid character '?'"},
		"cut behind a line end":      {"[\n", "line 2, column 1: unexpected end of JSON input"},
		"nothing":                    {"", "line 1, column 1: unexpected end of JSON input"},
		"one level too deep":         {"[[[[[", "line 1, column 5: values nested deeper than 4: limit exceeded"},
		"deep in a later line":       {"{\"a\": 1,\n\"b\": [{\"c\": [{", "line 2, column 14: values nested deeper than 4"},
		"a wrong type":               {`{"A": ["x"]}`, "A: string where int is expected"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var v struct{ A []int }
			if err := JSON(strings.NewReader(tt.doc), limits(), &v); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("JSON() = %v, want %s", err, tt.want)
			}
		})
	}
}

func TestLimitsOfJSON(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		doc  string
		want error
	}{
		"as many bytes as allowed":  {strings.Repeat(" ", 1<<16-1) + "1", nil},
		"one byte more":             {strings.Repeat(" ", 1<<16) + "1", ErrLimit},
		"as deep as allowed":        {"[[[[1]]]]", nil},
		"deep again and again":      {"[[[[1]]],[[[2]]],[[[3]]]]", nil},
		"one level more":            {"[[[[[1]]]]]", ErrLimit},
		"brackets that are escaped": {`["\"[[[[[[["]`, nil},
		"more shut than opened":     {"]]]]", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var v any
			if err := JSON(strings.NewReader(tt.doc), limits(), &v); tt.want != nil && !errors.Is(err, tt.want) || tt.want == nil && errors.Is(err, ErrLimit) {
				t.Errorf("JSON() = %v, want %v", err, tt.want)
			}
		})
	}
	boom := errors.New("boom")
	if err := JSON(iotest.ErrReader(boom), limits(), new(any)); !errors.Is(err, boom) {
		t.Errorf("JSON() = %v, want the error of the reader", err)
	}
}

// readAll walks over a document with Root, Skip and Finish as the formats do.
func readAll(doc string) error {
	g := XML(strings.NewReader(doc), limits(), nil)
	if _, err := g.Root(); err != nil {
		return err
	}
	if err := g.Skip(); err != nil {
		return g.At(err)
	}
	return g.Finish()
}

func TestDocumentsAreReadToTheirEnd(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ doc, want string }{
		"a document":                   {"<a><b/></a>", ""},
		"a byte order mark":            {"\xef\xbb\xbf<a/>", ""},
		"comments and instructions":    {"<?xml version=\"1.0\"?><!-- c --><a/><!-- d --><?x y?>\n", ""},
		"CDATA":                        {"<a><![CDATA[<b>]]></a>", ""},
		"a second document":            {"<a/>\n<b/>", "line 2, column 5: element b after the end of the document"},
		"text behind":                  {"<a/>x", "text after the end of the document"},
		"nothing":                      {"", "no element found; is this an XML file?"},
		"text only":                    {"hello", "no element found"},
		"an end without a begin":       {"</a>", "line 1, column 5: unexpected end element"},
		"another end":                  {"<a></b>", "line 1, column 8: element <a> closed by </b>"},
		"cut":                          {"<a>", "line 1, column 4: unexpected EOF"},
		"an entity of its own":         {"<a>&x;</a>", "invalid character entity &x;"},
		"a DOCTYPE":                    {"<!DOCTYPE a SYSTEM \"http://x\"><a/>", "remove the DOCTYPE"},
		"a DOCTYPE inside":             {"<a><!DOCTYPE a></a>", "remove the DOCTYPE"},
		"as deep as allowed":           {"<a><b><c><d/></c></b></a>", ""},
		"one level more":               {"<a><b><c><d><e/></d></c></b></a>", "line 1, column 17: elements nested deeper than 4: limit exceeded"},
		"deep again and again":         {"<a><b><c><d/></c></b><b><c><d/></c></b></a>", ""},
		"an encoding that is unknown":  {"<?xml version=\"1.0\" encoding=\"ebcdic\"?><a/>", `encoding "ebcdic" is not accepted; use UTF-8`},
		"bytes that are no UTF-8":      {"<a>\xff</a>", "invalid UTF-8"},
		"a control character":          {"<a>\x01</a>", "illegal character code"},
		"an attribute without quotes":  {"<a b=c/>", "unquoted or missing attribute value"},
		"a namespace on start and end": {`<x:a xmlns:x="urn:x"></x:a>`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := readAll(tt.doc)
			if tt.want == "" && err != nil {
				t.Errorf("refused: %v", err)
			}
			if tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("err = %v, want a text with %q", err, tt.want)
			}
		})
	}
}

func TestNamespacesAreRenamed(t *testing.T) {
	t.Parallel()
	rename := map[string]string{"urn:old": "urn:new"}
	for name, doc := range map[string]string{
		"as default":       `<a xmlns="urn:old" b="1"><c/></a>`,
		"by prefix":        `<x:a xmlns:x="urn:old" b="1"><x:c/></x:a>`,
		"the new one":      `<a xmlns="urn:new" b="1"><c/></a>`,
		"declared inside":  `<x:a xmlns:x="urn:new" b="1"><c xmlns="urn:old"/></x:a>`,
		"under two names":  `<x:a xmlns:x="urn:old" xmlns:y="urn:old" b="1"><y:c/></x:a>`,
		"bound twice over": `<x:a xmlns:x="urn:old" b="1"><x:c xmlns:x="urn:new"/></x:a>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var v struct {
				XMLName xml.Name  `xml:"urn:new a"`
				B       string    `xml:"b,attr"`
				C       *struct{} `xml:"urn:new c"`
			}
			g := XML(strings.NewReader(doc), limits(), rename)
			root, err := g.Root()
			if err != nil {
				t.Fatal(err)
			}
			if err := g.DecodeElement(&v, &root); err != nil || v.B != "1" || v.C == nil {
				t.Errorf("decoded %+v, %v", v, err)
			}
			if err := g.Finish(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAtKeepsTheFirstPlace(t *testing.T) {
	t.Parallel()
	g := XML(strings.NewReader("<a>\n<b/></a>"), limits(), nil)
	if g.At(nil) != nil {
		t.Error("At(nil) is an error")
	}
	first := &Error{Line: 7, Column: 8, Err: io.ErrUnexpectedEOF}
	if err := g.At(fmt.Errorf("wrapped: %w", first)); !strings.Contains(err.Error(), "line 7, column 8") || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("At() = %v", err)
	}
	if offset, line := first.Place(); offset != -1 || line != 7 {
		t.Errorf("Place() = %d, %d", offset, line)
	}
}

func TestEndOfReaderIsNotTheEndOfTheDocument(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	g := XML(io.MultiReader(strings.NewReader("<a><b>"), iotest.ErrReader(boom)), limits(), nil)
	if _, err := g.Root(); err != nil {
		t.Fatal(err)
	}
	if err := g.Skip(); !errors.Is(err, boom) {
		t.Errorf("Skip() = %v, want boom", err)
	}
}
