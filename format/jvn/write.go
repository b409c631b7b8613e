package jvn

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
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
