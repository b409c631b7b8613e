package guard

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

func limits() Limits { return Limits{Bytes: 1 << 16, Depth: 4} }

func TestReaderWalksChildren(t *testing.T) {
	t.Parallel()
	g := XML(strings.NewReader(`<?xml version="1.0"?><a xmlns="https://x/"><b k="1"/>text<c><d/></c></a><!-- end -->`), limits(), map[string]string{"https://x/": "http://x/"})
	root, err := g.Root()
	if err != nil || root.Name != (xml.Name{Space: "http://x/", Local: "a"}) {
		t.Fatalf("root %v, %v", root.Name, err)
	}
	var names []string
	for {
		start, err := g.Start()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, start.Name.Space+start.Name.Local)
		if err := g.Skip(); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Join(names, " "); got != "http://x/b http://x/c" {
		t.Errorf("children %s", got)
	}
	if err := g.Finish(); err != nil {
		t.Error(err)
	}
}

// Namespaces must be resolved once only, also where a prefix looks like a resolved name and where
// an inner element undeclares the default.
func TestNamespacesAreResolvedOnce(t *testing.T) {
	t.Parallel()
	g := XML(strings.NewReader(`<p:a xmlns:p="q" xmlns:q="r" p:k="v"><b xmlns="urn:d"><c xmlns=""/></b></p:a>`), limits(), nil)
	root, err := g.Root()
	if err != nil || root.Name.Space != "q" || root.Attr[0].Name.Space != "q" {
		t.Fatalf("root %+v, %v", root, err)
	}
	b, errB := g.Start()
	c, errC := g.Start()
	if errB != nil || errC != nil || b.Name.Space != "urn:d" || c.Name.Space != "" {
		t.Errorf("inner elements %v, %v", b.Name, c.Name)
	}
}

func TestErrorsHavePlaces(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		doc  string
		line int
		want error
	}{
		"doctype":  {"<?xml version='1.0'?>\n<!DOCTYPE a>\n<a/>", 2, nil},
		"mismatch": {"<a>\n<b>\n</a>", 3, nil},
		"entity":   {"<a>\n&b;</a>", 2, nil},
		"deep":     {"<a><b>\n<c><d>\n<e/></d></c></b></a>", 3, ErrLimit},
		"cut":      {"<a>\n<b>\n", 3, nil},
	} {
		g := XML(strings.NewReader(tt.doc), limits(), nil)
		var err error
		for err == nil {
			_, err = g.Token()
		}
		var placed *Error
		if err = g.At(err); !errors.As(err, &placed) || placed.Line != tt.line || tt.want != nil && !errors.Is(err, tt.want) {
			t.Errorf("%s: err = %v, want line %d, %v", name, err, tt.line, tt.want)
		}
	}
}

func TestMarkRenewsTheBudget(t *testing.T) {
	t.Parallel()
	record := "<r>" + strings.Repeat("x", 40_000) + "</r>"
	doc := "<a>" + strings.Repeat(record, 5) + "</a>"
	read := func(mark bool) error {
		g := XML(strings.NewReader(doc), limits(), nil)
		for {
			if mark {
				g.Mark()
			}
			if _, err := g.Token(); err != nil {
				return err
			}
		}
	}
	if err := read(true); !errors.Is(err, io.EOF) {
		t.Errorf("with marks: %v", err)
	}
	if err := read(false); !errors.Is(err, ErrLimit) {
		t.Errorf("without marks: %v, want ErrLimit", err)
	}
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	for label, text := range map[string]string{"Shift_JIS": "\x90\xc6", "EUC-JP": "\xc0\xc8", "UTF-8": "脆", "windows-31j": "\x90\xc6", "ISO-2022-JP": "\x1b$B@H\x1b(B"} {
		g := XML(strings.NewReader(`<?xml version="1.0" encoding="`+label+`"?><a>`+text+`</a>`), limits(), nil)
		var a string
		if err := g.Decode(&a); err != nil || a != "脆" {
			t.Errorf("%s: %q, %v", label, a, err)
		}
	}
	for label, want := range map[string]bool{"US-ASCII": true, "latin1": true, "utf-7": false, "UTF-32": false} {
		g := XML(strings.NewReader(`<?xml version="1.0" encoding="`+label+`"?><a>x</a>`), limits(), nil)
		var a string
		if err := g.Decode(&a); (err == nil) != want {
			t.Errorf("%s: %v, want accepted = %v", label, err, want)
		}
	}
}

func FuzzXML(f *testing.F) {
	f.Add([]byte(`<a xmlns:b="c"><b:d e="f">g</b:d></a>`))
	f.Add([]byte("\xef\xbb\xbf<a>&lt;<![CDATA[x]]></a>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		g := XML(strings.NewReader(string(data)), limits(), nil)
		depth := 0
		for range 1 << 16 {
			token, err := g.Token()
			if err != nil {
				if depth != 0 && errors.Is(err, io.EOF) {
					t.Fatalf("a clean end at depth %d", depth)
				}
				return
			}
			switch token.(type) {
			case xml.StartElement:
				depth++
			case xml.EndElement:
				depth--
			}
		}
	})
}
