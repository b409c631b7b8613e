package kengine

import (
	"context"
	"fmt"
	"strings"

	"noroshi.dev/format/cpe"
	"noroshi.dev/format/purl"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
)

// Bounds of a preview.
const (
	previewCandidates = 2000 // reports that are looked at, the newest first
	previewRows       = 50   // reports that are shown
)

// TagPreview is what a product tag would match.
type TagPreview struct {
	Reports []TagReport // at most 50, the newest first
	Total   int         // all that match among those looked at
	More    bool        // there are older reports about such products that were not looked at
}

// PreviewTag tells which reports a product tag would match, and why, before it is saved. It needs
// PermTagEdit.
func (s *Service) PreviewTag(ctx context.Context, a identity.Actor, in TagInput) (TagPreview, error) {
	var out TagPreview
	if err := s.may(a, PermTagEdit()); err != nil {
		return out, err
	}
	in.tidy()
	err := s.DB.InRead(ctx, func(ctx context.Context, r storage.Runner) error {
		t, err := s.loadTenant(ctx, r, a.Organisation)
		if err != nil {
			return err
		}
		if err := s.checkTag(t, &in); err != nil {
			return err
		}
		reports, err := readCandidates(ctx, r, &in)
		if err != nil {
			return err
		}
		if out.More = len(reports) > previewCandidates; out.More {
			reports = reports[:previewCandidates]
		}
		x := indexTags([]*tagEntry{in.entry("preview")})
		for i := range reports {
			products, err := readProducts(ctx, r, reports[i].ID)
			if err != nil {
				return err
			}
			for _, m := range x.match(products) {
				if out.Total++; len(out.Reports) < previewRows {
					why, _ := ReadWhy(m.Reason)
					out.Reports = append(out.Reports, TagReport{ReportRow: reports[i], Why: why})
				}
			}
		}
		return nil
	})
	return out, err
}

// entry is the input as matching sees it.
func (t *TagInput) entry(id string) *tagEntry {
	return &tagEntry{
		id: id, name: t.Name, vendor: t.Vendor, product: t.Product, cpe: t.CPE, purl: t.PURL, release: t.Release,
		criticality: t.Criticality, exposure: t.Exposure, facts: t.Gives(),
	}
}

// readCandidates returns the newest reports that name a product like this one, some too many.
func readCandidates(ctx context.Context, r storage.Runner, in *TagInput) ([]ReportRow, error) {
	var parts []*storage.Where
	like := func(conds ...[2]string) {
		part := &storage.Where{}
		for _, c := range conds {
			part.And(c[0]+" LIKE ?", c[1])
		}
		parts = append(parts, part)
	}
	names := func(vendor, product string) {
		like([2]string{"vendor", loosely(vendor)}, [2]string{"product", loosely(product)})
		like([2]string{"cpe", "%:" + loosely(vendor) + ":" + loosely(product)})
	}
	if c, err := cpe.Parse(in.CPE); err == nil {
		names(textOr(c, cpe.Vendor), textOr(c, cpe.Product))
	}
	if p, err := purl.Parse(in.PURL); err == nil {
		like([2]string{"LOWER(purl)", "%" + loosely(p.Name) + "%"})
	}
	if in.Vendor != "" || in.Product != "" {
		names(in.Vendor, in.Product)
	}
	w := &storage.Where{}
	w.Or(parts...)
	rows, err := storage.List(ctx, r, scanReport, `SELECT `+reportFieldsSQL+` FROM kengine_report r
		WHERE r.id IN (SELECT report FROM kengine_affected`+w.SQL()+`) ORDER BY r.updated DESC, r.id DESC LIMIT ?`,
		append(w.Args(), previewCandidates+1)...)
	if err != nil {
		return nil, fmt.Errorf("kengine: preview of a tag: %w", err)
	}
	return rows, nil
}

func textOr(c cpe.Name, attribute int) string {
	if !plain(c[attribute]) {
		return "*"
	}
	return c.Text(attribute)
}

// loosely makes a pattern of LIKE that finds every way to write a name, and some others.
func loosely(name string) string {
	if name == "" {
		return "%"
	}
	var b strings.Builder
	for _, r := range fold(name) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > 127 {
			b.WriteRune(r)
		} else {
			b.WriteByte('%')
		}
	}
	return b.String()
}
