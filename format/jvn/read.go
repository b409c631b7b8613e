package jvn

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
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
