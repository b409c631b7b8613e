package jvn

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"

	"noroshi.dev/format/internal/markup"
)

// WriteOverview writes o as JVNRSS 3.2, in the order that its schema demands. Every item needs an
// address and a title; dates that are no dates are left out.
func WriteOverview(w io.Writer, o *Overview) error {
	root := element(NamespaceRDF, "RDF", "")
	language(&root, o.Lang)
	channel, err := o.channel()
	if err != nil {
		return fmt.Errorf("jvn: write overview: %w", err)
	}
	root.Add(channel)
	for i := range o.Items {
		item, err := o.Items[i].element()
		if err != nil {
			return fmt.Errorf("jvn: write overview: item %d: %w", i+1, err)
		}
		root.Add(item)
	}
	addStatus(&root, o.Status)
	return markup.Write(w, root, append([]markup.Prefix{
		{Prefix: "", Namespace: NamespaceRSS},
		{Prefix: "rdf", Namespace: NamespaceRDF},
		{Prefix: "dc", Namespace: namespaceDC},
		{Prefix: "dcterms", Namespace: namespaceTerms},
	}, commonPrefixes()...))
}

func (o *Overview) channel() (markup.Element, error) {
	c := &o.Channel
	e := about(element(NamespaceRSS, "channel", ""), c.About)
	e.Add(rss("title", c.Title), rss("link", c.Link), rss("description", c.Description))
	optional(&e, namespaceDC, "creator", c.Creator)
	addDate(&e, namespaceDC, "date", c.Date)
	addDate(&e, namespaceTerms, "issued", c.Issued)
	addDate(&e, namespaceTerms, "modified", c.Modified)
	if err := addHandling(&e, c.Handling); err != nil {
		return e, err
	}
	items, seq := rss("items", ""), element(NamespaceRDF, "Seq", "")
	for i := range o.Items {
		li := element(NamespaceRDF, "li", "")
		li.Attrs = append(li.Attrs, xml.Attr{Name: xml.Name{Space: NamespaceRDF, Local: "resource"}, Value: o.Items[i].About})
		seq.Add(li)
	}
	e.Add(*items.Add(seq))
	return e, nil
}

func (i *Item) element() (markup.Element, error) {
	e := about(element(NamespaceRSS, "item", ""), i.About)
	if i.About == "" || i.Title == "" {
		return e, errors.New("no address or no title")
	}
	e.Add(rss("title", i.Title), rss("link", i.Link))
	optional(&e, NamespaceRSS, "description", i.Description)
	optional(&e, namespaceDC, "creator", i.Creator)
	optional(&e, NamespaceSec, "identifier", i.Identifier)
	for _, r := range i.References {
		e.Add(sec("references", r.URL).With("source", r.Source).With("id", r.ID).With("title", r.Title))
	}
	for _, c := range i.CPEs {
		cpe := sec("cpe", c.Name).With("version", c.Version)
		// The schema demands the vendor, even an empty one.
		cpe.Attrs = append(cpe.Attrs, xml.Attr{Name: xml.Name{Local: "vendor"}, Value: c.Vendor})
		e.Add(cpe.With("product", c.Product).With("impact", c.Impact))
	}
	for _, s := range i.CVSS {
		e.Add(sec("cvss", "").With("score", s.Score).With("severity", s.Severity).With("vector", s.Vector).With("version", s.Version).With("type", s.Type))
	}
	addDate(&e, namespaceDC, "date", i.Date)
	addDate(&e, namespaceTerms, "issued", i.Issued)
	addDate(&e, namespaceTerms, "modified", i.Modified)
	return e, nil
}
