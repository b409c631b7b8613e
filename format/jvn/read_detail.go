package jvn

import (
	"encoding/xml"
	"fmt"
	"io"
)

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
