package jvn

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"noroshi.dev/format/internal/guard"
)

// Limits of what is read. The largest known data feed holds 250,000 entries; a single entry of
// some kilobytes is usual.
const (
	// MaxRecordBytes is the largest size of one item or Vulinfo in bytes.
	MaxRecordBytes = 16 << 20
	// MaxDepth is the deepest nesting of elements.
	MaxDepth = 32
	// MaxRecords is the largest number of records of one document.
	MaxRecords = 1_000_000
)

// Namespaces of the formats, in the spelling of their schemas.
const (
	NamespaceRSS     = "http://purl.org/rss/1.0/"
	NamespaceRDF     = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	NamespaceVuldef  = "http://jvn.jp/vuldef/"
	NamespaceSec     = "http://jvn.jp/rss/mod_sec/3.0/"
	NamespaceStatus  = "http://jvndb.jvn.jp/myjvn/Status"
	NamespaceResults = "http://jvndb.jvn.jp/myjvn/Results"
	namespaceDC      = "http://purl.org/dc/elements/1.1/"
	namespaceTerms   = "http://purl.org/dc/terms/"
	namespaceMarking = "http://data-marking.mitre.org/Marking-1"
)

// ErrKind is wrapped when a document is well-formed but of another kind than asked for.
var ErrKind = errors.New("not the expected kind of document")

// ReadOverview reads a JVNRSS document whole. A MyJVN answer without hits, whose root is Result
// and not rdf:RDF, gives an Overview without items and with its Status.
func ReadOverview(r io.Reader) (*Overview, error) {
	var items []Item
	o, err := EachOverview(r, func(i Item) error {
		items = append(items, i)
		return nil
	})
	if err != nil {
		return nil, err
	}
	o.Items = items
	return o, nil
}

// EachOverview reads a JVNRSS document as a stream and calls each for every item, in order. The
// Overview returned has no Items. An error of each ends the reading and is returned.
func EachOverview(r io.Reader, each func(Item) error) (*Overview, error) {
	g, root, err := open(r)
	if err != nil {
		return nil, fmt.Errorf("jvn: read overview: %w", err)
	}
	o := &Overview{Lang: attribute(root, "lang"), Status: noStatus()}
	p := parts{g: g, status: &o.Status, record: func(start xml.StartElement) error {
		var i Item
		if err := g.DecodeElement(&i, &start); err != nil {
			return err
		}
		i.clean()
		return each(i)
	}}
	switch root.Name {
	case xml.Name{Space: NamespaceRDF, Local: "RDF"}:
		p.recordName = xml.Name{Space: NamespaceRSS, Local: "item"}
		p.other = func(start xml.StartElement) error {
			if start.Name != (xml.Name{Space: NamespaceRSS, Local: "channel"}) {
				return g.Skip()
			}
			return g.DecodeElement(&o.Channel, &start)
		}
	case xml.Name{Space: NamespaceResults, Local: "Result"}:
		p.other = foreign
	default:
		return nil, fmt.Errorf("jvn: read overview: %w", wrongRoot(g, root, "rdf:RDF of JVNRSS"))
	}
	if err := p.read(); err != nil {
		return nil, fmt.Errorf("jvn: read overview: %w", err)
	}
	o.Channel.clean()
	return o, nil
}

// ReadDetail reads a VULDEF document whole. A MyJVN answer without hits gives a Detail without
// Vulinfos and with its Status.
func ReadDetail(r io.Reader) (*Detail, error) {
	var list []Vulinfo
	d, err := EachDetail(r, func(v Vulinfo) error {
		list = append(list, v)
		return nil
	})
	if err != nil {
		return nil, err
	}
	d.Vulinfos = list
	return d, nil
}

// EachDetail reads a VULDEF document as a stream and calls each for every Vulinfo, in order. The
// Detail returned has no Vulinfos. An error of each ends the reading and is returned.
func EachDetail(r io.Reader, each func(Vulinfo) error) (*Detail, error) {
	g, root, err := open(r)
	if err != nil {
		return nil, fmt.Errorf("jvn: read detail: %w", err)
	}
	d := &Detail{Lang: attribute(root, "lang"), Version: attribute(root, "version"), Status: noStatus()}
	p := parts{g: g, status: &d.Status, record: func(start xml.StartElement) error {
		var v Vulinfo
		if err := g.DecodeElement(&v, &start); err != nil {
			return err
		}
		v.clean()
		return each(v)
	}}
	switch root.Name {
	case xml.Name{Space: NamespaceVuldef, Local: "VULDEF-Document"}:
		p.recordName = xml.Name{Space: NamespaceVuldef, Local: "Vulinfo"}
		p.other = func(start xml.StartElement) error {
			if start.Name != (xml.Name{Space: NamespaceSec, Local: "handling"}) {
				return g.Skip()
			}
			return g.DecodeElement(&d.Handling, &start)
		}
	case xml.Name{Space: NamespaceResults, Local: "Result"}:
		p.other = foreign
	default:
		return nil, fmt.Errorf("jvn: read detail: %w", wrongRoot(g, root, "VULDEF-Document"))
	}
	if err := p.read(); err != nil {
		return nil, fmt.Errorf("jvn: read detail: %w", err)
	}
	return d, nil
}

// parts walks over the children of a document element.
type parts struct {
	g          *guard.Reader
	recordName xml.Name
	record     func(xml.StartElement) error
	other      func(xml.StartElement) error
	status     *Status
	count      int
}

func (p *parts) read() error {
	for {
		p.g.Mark()
		start, err := p.g.Start()
		if errors.Is(err, io.EOF) {
			return p.g.Finish()
		}
		if err == nil {
			err = p.child(start)
		}
		if err != nil {
			return p.g.At(err)
		}
	}
}

func (p *parts) child(start xml.StartElement) error {
	switch {
	case start.Name == p.recordName:
		if p.count++; p.count > MaxRecords {
			return fmt.Errorf("more than %d records: %w", MaxRecords, guard.ErrLimit)
		}
		return p.record(start)
	case start.Name.Space == NamespaceStatus && start.Name.Local == "Status":
		*p.status = newStatus(start)
		return p.g.Skip()
	case p.other != nil:
		return p.other(start)
	default:
		return p.g.Skip()
	}
}

func open(r io.Reader) (*guard.Reader, xml.StartElement, error) {
	g := guard.XML(r, guard.Limits{Bytes: MaxRecordBytes, Depth: MaxDepth}, map[string]string{
		"https://jvn.jp/vuldef/":                   NamespaceVuldef,
		"https://jvn.jp/rss/mod_sec/3.0/":          NamespaceSec,
		"https://jvndb.jvn.jp/myjvn/Status":        NamespaceStatus,
		"https://jvndb.jvn.jp/myjvn/Results":       NamespaceResults,
		"https://purl.org/rss/1.0/":                NamespaceRSS,
		"https://purl.org/dc/elements/1.1/":        namespaceDC,
		"https://purl.org/dc/terms/":               namespaceTerms,
		"https://data-marking.mitre.org/Marking-1": namespaceMarking,
	})
	root, err := g.Root()
	return g, root, err
}

// foreign refuses a Result that holds something, as vendors: the answer to another question.
func foreign(start xml.StartElement) error {
	return fmt.Errorf("element %s in a Result, which is the answer of another method: %w", start.Name.Local, ErrKind)
}

func wrongRoot(g *guard.Reader, root xml.StartElement, want string) error {
	return g.At(fmt.Errorf("root element %s in namespace %q where %s is expected: %w", root.Name.Local, root.Name.Space, want, ErrKind))
}

func attribute(e xml.StartElement, local string) string {
	for _, a := range e.Attr {
		if a.Name.Local == local {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}
