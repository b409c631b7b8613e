package jvn

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"noroshi.dev/format/internal/guard"
)

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
