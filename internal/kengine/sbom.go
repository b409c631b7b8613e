package kengine

import (
	"context"
	"errors"
	"io"
	"strings"

	"noroshi.dev/format/cpe"
	"noroshi.dev/format/purl"
	"noroshi.dev/format/sbom"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
)

// OriginSBOM begins the origin of tags that a bill of materials lists.
const OriginSBOM = "sbom:"

// ImportSBOM makes product tags of a software bill of materials (CycloneDX or SPDX). name is the name
// under which the organisation keeps the document: the same name again brings the tags in line, adds
// what is new, follows upgrades, and switches off and marks what the document does not list any more.
// Criticality, exposure, owner and facts of defaults are given to what is new; what people said
// about a known product stays. A component without package URL and CPE name is taken by vendor and
// product where it names a vendor. It needs PermTagEdit. The faults are fault.Invalid
// "kengine.sbom" and fault.Limit "kengine.tag".
func (s *Service) ImportSBOM(ctx context.Context, a identity.Actor, name string, r io.Reader, defaults TagInput) (TagImport, error) {
	out := TagImport{Origin: OriginSBOM + cut(oneLine(name), maxName)}
	if err := s.may(a, PermTagEdit()); err != nil {
		return TagImport{}, err
	}
	if strings.TrimSpace(name) == "" {
		return out, fault.New(fault.Invalid, "kengine.sbom").Field("name", "required")
	}
	defaults.tidy()
	if err := s.checkDefaults(ctx, a, defaults); err != nil {
		return out, err
	}
	doc, err := sbom.Read(r)
	if err != nil {
		return out, sbomFault(err)
	}
	out.Format, out.Read = doc.Format+" "+doc.Version, len(doc.Components)
	inputs := out.components(doc.Components, &defaults)
	if len(inputs) > maxTags {
		return out, fault.New(fault.Limit, "kengine.tag").With("max", maxTags)
	}
	err = s.mergeTags(ctx, a, "tag.import", merging{origin: out.Origin, whole: true, keep: true, report: &out}, inputs)
	return out, err
}

// checkDefaults names what is wrong with what new tags are to be given.
func (s *Service) checkDefaults(ctx context.Context, a identity.Actor, defaults TagInput) error {
	defaults.Name, defaults.Product = "defaults", "defaults"
	return s.DB.InRead(ctx, func(ctx context.Context, r storage.Runner) error {
		t, err := s.loadTenant(ctx, r, a.Organisation)
		if err != nil {
			return err
		}
		return s.checkTag(t, &defaults)
	})
}

func sbomFault(err error) error {
	if errors.Is(err, sbom.ErrFormat) {
		return fault.New(fault.Invalid, "kengine.sbom").Because(err).Field("file", "kengine.sbom.format")
	}
	return fault.New(fault.Invalid, "kengine.sbom").Because(err).Field("file", "kengine.sbom.unreadable", "detail", cut(err.Error(), maxName))
}

// components turns components into tags, each product once.
func (r *TagImport) components(list []sbom.Component, defaults *TagInput) []TagInput {
	var out []TagInput
	seen := map[string]bool{}
	for i := range list {
		c := &list[i]
		in, reason := component(c)
		if reason == "" && seen[in.identity()] {
			reason = "kengine.sbom.twice"
		}
		if reason != "" {
			r.skip(i+1, strings.TrimSpace(c.Name+" "+c.Version), reason, nil)
			continue
		}
		seen[in.identity()] = true
		in.Criticality, in.Exposure, in.Owner, in.Facts, in.Active = defaults.Criticality, defaults.Exposure, defaults.Owner, defaults.Facts, true
		in.tidy()
		out = append(out, in)
	}
	return out
}

// component returns the tag of a component, or the message key of why there is none.
func component(c *sbom.Component) (TagInput, string) {
	in := TagInput{Name: strings.TrimSpace(c.Name + " " + c.Version), Release: c.Version}
	if c.Name == "" {
		return in, "kengine.sbom.nameless"
	}
	if p, err := purl.Parse(c.PURL); err == nil {
		in.PURL = p.String()
	}
	for _, text := range c.CPEs {
		if n, err := cpe.Parse(text); err == nil {
			in.CPE = n.String()
			break
		}
	}
	if in.PURL != "" || in.CPE != "" {
		return in, ""
	}
	vendor := c.Vendor
	if vendor == "" {
		vendor = c.Group
	}
	switch {
	case c.PURL != "" || len(c.CPEs) > 0:
		return in, "kengine.sbom.names"
	case vendor == "":
		return in, "kengine.sbom.vendorless"
	}
	// A star in the name of a component is no pattern.
	in.Vendor, in.Product = strings.ReplaceAll(vendor, "*", ""), strings.ReplaceAll(c.Name, "*", "")
	return in, ""
}
