package sbom

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"noroshi.dev/format/internal/guard"
)

// rawComponent is a component of CycloneDX in both encodings.
type rawComponent struct {
	Type         string         `json:"type" xml:"type,attr"`
	Group        string         `json:"group" xml:"group"`
	Name         string         `json:"name" xml:"name"`
	Version      string         `json:"version" xml:"version"`
	Publisher    string         `json:"publisher" xml:"publisher"`
	Supplier     *organization  `json:"supplier" xml:"supplier"`
	Manufacturer *organization  `json:"manufacturer" xml:"manufacturer"`
	PURL         string         `json:"purl" xml:"purl"`
	CPE          string         `json:"cpe" xml:"cpe"`
	Components   []rawComponent `json:"components" xml:"components>component"`
}

func (r *rawJSON) cyclone() (*Document, error) {
	d := &Document{Format: CycloneDX, Version: r.SpecVersion}
	if c := r.Metadata.Component; c != nil {
		d.Name = c.Name
		if err := c.collect(d); err != nil {
			return nil, err
		}
	}
	for i := range r.Components {
		if err := r.Components[i].collect(d); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// collect adds the component and those within it.
func (c *rawComponent) collect(d *Document) error {
	out := Component{
		Type: c.Type, Group: strings.TrimSpace(c.Group), Name: strings.TrimSpace(c.Name), Version: strings.TrimSpace(c.Version),
		Vendor: first(name(c.Supplier), name(c.Manufacturer), strings.TrimSpace(c.Publisher)), PURL: strings.TrimSpace(c.PURL),
	}
	if cpe := strings.TrimSpace(c.CPE); cpe != "" {
		out.CPEs = []string{cpe}
	}
	if err := d.add(out); err != nil {
		return err
	}
	for i := range c.Components {
		if err := c.Components[i].collect(d); err != nil {
			return err
		}
	}
	return nil
}

func name(o *organization) string {
	if o == nil {
		return ""
	}
	return strings.TrimSpace(o.Name)
}

// namespacePrefix is followed by the version in the namespace of CycloneDX in XML.
const namespacePrefix = "http://cyclonedx.org/schema/bom/"

// readXML reads CycloneDX in XML component by component.
func readXML(r io.Reader) (*Document, error) {
	g := guard.XML(r, limits(), nil)
	root, err := g.Root()
	if err != nil {
		return nil, err
	}
	version, ok := strings.CutPrefix(root.Name.Space, namespacePrefix)
	if !ok || root.Name.Local != "bom" {
		return nil, g.At(fmt.Errorf("root element %s: %w", root.Name.Local, ErrFormat))
	}
	d := &Document{Format: CycloneDX, Version: version}
	for {
		start, err := g.Start()
		if errors.Is(err, io.EOF) {
			return d, g.Finish()
		}
		if err == nil {
			err = d.part(g, start)
		}
		if err != nil {
			return nil, g.At(err)
		}
	}
}

func (d *Document) part(g *guard.Reader, start xml.StartElement) error {
	switch start.Name.Local {
	case "metadata":
		var m struct {
			Component *rawComponent `xml:"component"`
		}
		if err := g.DecodeElement(&m, &start); err != nil || m.Component == nil {
			return err
		}
		d.Name = strings.TrimSpace(m.Component.Name)
		return m.Component.collect(d)
	case "components":
		var list struct {
			Components []rawComponent `xml:"component"`
		}
		if err := g.DecodeElement(&list, &start); err != nil {
			return err
		}
		for i := range list.Components {
			if err := list.Components[i].collect(d); err != nil {
				return err
			}
		}
		return nil
	default:
		return g.Skip()
	}
}
