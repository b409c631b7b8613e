package jvn

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"noroshi.dev/format/internal/markup"
)

const (
	namespaceXSI = "http://www.w3.org/2001/XMLSchema-instance"
	namespaceXML = "http://www.w3.org/XML/1998/namespace"
	namespaceTLP = "http://data-marking.mitre.org/extensions/MarkingStructure#TLP-1"
)

// VersionVuldef is the version of the schema that WriteDetail follows.
const VersionVuldef = "3.2"

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

// WriteDetail writes d as VULDEF 3.2, in the order that its schema demands. A published note has
// the restriction "public"; the schema reads a missing one as private.
func WriteDetail(w io.Writer, d *Detail) error {
	if len(d.Vulinfos) == 0 {
		return errors.New("jvn: write detail: VULDEF demands at least one vulnerability")
	}
	root := element(NamespaceVuldef, "VULDEF-Document", "").With("version", VersionVuldef)
	language(&root, d.Lang)
	for i := range d.Vulinfos {
		v, err := d.Vulinfos[i].element()
		if err != nil {
			return fmt.Errorf("jvn: write detail: vulnerability %d: %w", i+1, err)
		}
		root.Add(v)
	}
	if err := addHandling(&root, d.Handling); err != nil {
		return fmt.Errorf("jvn: write detail: %w", err)
	}
	addStatus(&root, d.Status)
	return markup.Write(w, root, append([]markup.Prefix{{Prefix: "", Namespace: NamespaceVuldef}}, commonPrefixes()...))
}

func commonPrefixes() []markup.Prefix {
	return []markup.Prefix{
		{Prefix: "xsi", Namespace: namespaceXSI},
		{Prefix: "sec", Namespace: NamespaceSec},
		{Prefix: "marking", Namespace: namespaceMarking},
		{Prefix: "tlpMarking", Namespace: namespaceTLP},
		{Prefix: "status", Namespace: NamespaceStatus},
	}
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

func addHandling(parent *markup.Element, h Handling) error {
	color := h.TLP()
	switch color {
	case "":
		return nil
	case "CLEAR":
		// The schema is older than TLP 2.0, which renamed this label.
		color = "WHITE"
	case "WHITE", "GREEN", "AMBER", "RED":
	default:
		return fmt.Errorf("TLP:%s cannot be written; the schema knows WHITE, GREEN, AMBER and RED", color)
	}
	structure := element(namespaceMarking, "Marking_Structure", "")
	structure.Attrs = []xml.Attr{{Name: xml.Name{Space: namespaceXSI, Local: "type"}, Value: "tlpMarking:TLPMarkingStructureType"}}
	structure = structure.With("marking_model_name", "TLP").With("marking_model_ref", "http://www.us-cert.gov/tlp/").With("color", color)
	marking, handling := element(namespaceMarking, "Marking", ""), sec("handling", "")
	parent.Add(*handling.Add(*marking.Add(structure)))
	return nil
}

// addStatus writes the status of an answer, if it names a method. Parameters are written in the
// order of their names.
func addStatus(parent *markup.Element, s Status) {
	if s.Method == "" {
		return
	}
	e := element(NamespaceStatus, "Status", "")
	set := func(name, value string) {
		e.Attrs = append(e.Attrs, xml.Attr{Name: xml.Name{Local: name}, Value: value})
	}
	set("version", "3.3")
	set("method", s.Method)
	e = e.With("lang", s.Lang)
	set("retCd", s.ReturnCode)
	set("retMax", count(s.Max))
	set("errCd", s.ErrorCode)
	set("errMsg", s.ErrorMessage)
	set("totalRes", count(s.Total))
	set("totalResRet", count(s.Returned))
	set("firstRes", count(s.First))
	names := make([]string, 0, len(s.Parameters))
	for name := range s.Parameters {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		set(name, s.Parameters[name])
	}
	parent.Add(e)
}

// count writes a number, or nothing where there is none.
func count(n int) string {
	if n < 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func about(e markup.Element, address string) markup.Element {
	e.Attrs = append(e.Attrs, xml.Attr{Name: xml.Name{Space: NamespaceRDF, Local: "about"}, Value: address})
	return e
}

func language(e *markup.Element, tag string) {
	if tag != "" {
		e.Attrs = append(e.Attrs, xml.Attr{Name: xml.Name{Space: namespaceXML, Local: "lang"}, Value: tag})
	}
}

func element(namespace, local, text string) markup.Element {
	return markup.New(namespace, local, text)
}

func rss(local, text string) markup.Element { return element(NamespaceRSS, local, text) }

func sec(local, text string) markup.Element { return element(NamespaceSec, local, text) }

func optional(parent *markup.Element, namespace, local, text string) {
	if text != "" {
		parent.Add(element(namespace, local, text))
	}
}

// addDate writes an instant in Japanese time as it was read; what is no date is left out, because
// the schemas demand one.
func addDate(parent *markup.Element, namespace, local string, d Date) {
	if d.Time.IsZero() {
		return
	}
	text := d.Text
	// Go reads a comma before fractions, xs:dateTime has none.
	if _, err := time.Parse(time.RFC3339, text); err != nil || strings.Contains(text, ",") {
		text = NewDate(d.Time).Text
	}
	optional(parent, namespace, local, text)
}
