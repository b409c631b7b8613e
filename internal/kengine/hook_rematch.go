package kengine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"noroshi.dev/format/cpe"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/intake"
)

// tagged returns the matches that are product tags.
func tagged(matches []TagMatch) []TagMatch {
	for i := range matches {
		if matches[i].Tag == "" {
			return slices.DeleteFunc(slices.Clone(matches), func(m TagMatch) bool { return m.Tag == "" })
		}
	}
	return matches
}

// matches returns the product tags and conditional default sets of a tenant that subjects match, by
// report. Those whose products changed are matched anew and the stored matches replaced.
func (s *Service) matches(ctx context.Context, tx *storage.Tx, t *tenant, subjects []*subject, ids []string) (map[string][]TagMatch, error) {
	out, err := readMatches(ctx, tx, t.organisation, ids)
	if err != nil {
		return nil, err
	}
	var again []*subject
	for _, sub := range subjects {
		if sub.rematch && (t.tags.any() || len(out[sub.id]) > 0) {
			again = append(again, sub)
		}
	}
	if len(again) == 0 {
		return out, nil
	}
	return out, s.rematch(ctx, tx, t, again, out)
}

// rematch matches subjects with the tags of a tenant by the products of all their documents, changes
// the stored matches where they differ, and puts them into all.
func (s *Service) rematch(ctx context.Context, tx *storage.Tx, t *tenant, subjects []*subject, all map[string][]TagMatch) error {
	likely, err := likelyReports(ctx, tx, t.tags, subjects)
	if err != nil {
		return err
	}
	var rows [][]any
	var stale []string
	for _, sub := range subjects {
		old, now := tagged(all[sub.id]), []TagMatch(nil)
		if likely[sub.id] {
			products, err := readProducts(ctx, tx, sub.id)
			if err != nil {
				return err
			}
			now = t.tags.match(products)
		}
		if slices.Equal(old, now) {
			continue
		}
		if len(old) > 0 {
			stale = append(stale, sub.id)
		}
		for _, m := range now {
			rows = append(rows, []any{m.Tag, sub.id, m.Reason})
		}
		all[sub.id] = append(now, all[sub.id][len(old):]...)
	}
	err = inParts(stale, func(part []any) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM kengine_tag_match WHERE tag IN (SELECT id FROM kengine_tag WHERE organisation = ?)
			AND report IN (`+storage.Marks(len(part))+`)`, append([]any{t.organisation}, part...)...)
		return err
	})
	if err == nil && len(rows) > 0 {
		_, err = tx.Bulk(ctx, "kengine_tag_match", []string{"tag", "report", "reason"}, slices.Values(rows))
	}
	if err != nil {
		return fmt.Errorf("kengine: match tags: %w", err)
	}
	return nil
}

// likelyReports returns those subjects that name a product under which some tag stands: only their
// documents need to be read.
func likelyReports(ctx context.Context, r storage.Runner, x *tagIndex, subjects []*subject) (map[string]bool, error) {
	out := map[string]bool{}
	if len(x.loose) > 0 {
		for _, sub := range subjects {
			out[sub.id] = true
		}
		return out, nil
	}
	ids := make([]string, len(subjects))
	for i, sub := range subjects {
		ids[i] = sub.id
	}
	rows, err := readAffected(ctx, r, ids)
	if err != nil {
		return nil, err
	}
	for report, list := range rows {
		out[report] = slices.ContainsFunc(list, func(a affected) bool { return x.likely(&a) })
	}
	return out, nil
}

// likely reports whether a tag stands under a key of a product, as far as its short row tells. Names
// that were cut for the row count as likely.
func (x *tagIndex) likely(a *affected) bool {
	if strings.ContainsAny(a.cpe, `\%`) { // the short form of a CPE name is not made for reading these
		return true
	}
	if len(a.vendor) >= maxName || len(a.product) >= maxName || len(a.cpe) >= maxName || len(a.purl) >= maxName {
		return true
	}
	p := intake.Product{Vendor: a.vendor, Product: a.product, PURL: a.purl}
	if a.cpe != "" {
		p.CPEs = []string{"cpe:2.3:" + a.cpe}
	}
	n := x.namesOf(&p)
	return len(x.candidates(&n)) > 0
}

// readAffected returns the short rows of the products of reports, by report.
func readAffected(ctx context.Context, r storage.Runner, reports []string) (map[string][]affected, error) {
	type row struct {
		report string
		a      affected
	}
	out := map[string][]affected{}
	err := inParts(reports, func(part []any) error {
		rows, err := storage.List(ctx, r, func(scan func(...any) error) (row, error) {
			var v row
			err := scan(&v.report, &v.a.vendor, &v.a.product, &v.a.cpe, &v.a.purl)
			return v, err
		}, `SELECT report, vendor, product, cpe, purl FROM kengine_affected WHERE report IN (`+storage.Marks(len(part))+`)`, part...)
		for _, v := range rows {
			out[v.report] = append(out[v.report], v.a)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("kengine: read products: %w", err)
	}
	return out, nil
}

// readMatches returns the stored matches of an organisation's tags, by report, and behind them the
// default sets whose condition the report meets.
func readMatches(ctx context.Context, r storage.Runner, organisation string, reports []string) (map[string][]TagMatch, error) {
	type row struct {
		report string
		m      TagMatch
	}
	out := map[string][]TagMatch{}
	err := inParts(reports, func(part []any) error {
		rows, err := storage.List(ctx, r, func(scan func(...any) error) (row, error) {
			var v row
			err := scan(&v.report, &v.m.Tag, &v.m.Name, &v.m.Reason)
			return v, err
		}, `SELECT m.report, m.tag, g.name, m.reason FROM kengine_tag_match m JOIN kengine_tag g ON g.id = m.tag
			WHERE g.organisation = ? AND g.active AND m.report IN (`+storage.Marks(len(part))+`) ORDER BY m.report, m.tag`,
			append([]any{organisation}, part...)...)
		for _, v := range rows {
			out[v.report] = append(out[v.report], v.m)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("kengine: read tag matches: %w", err)
	}
	return out, addSetMatches(ctx, r, organisation, reports, out)
}

// readProducts returns the affected products that all documents of a report name.
func readProducts(ctx context.Context, r storage.Runner, report string) ([]intake.Product, error) {
	bodies, err := storage.List(ctx, r, storage.Scalar[[]byte], `SELECT body FROM kengine_origin WHERE report = ? ORDER BY kind`, report)
	if err != nil {
		return nil, fmt.Errorf("kengine: read products: %w", err)
	}
	var out []intake.Product
	for _, stored := range bodies {
		var b struct{ Products []intake.Product }
		if err := json.Unmarshal(stored, &b); err != nil {
			return nil, fmt.Errorf("kengine: read products: %w", err)
		}
		out = append(out, b.Products...)
	}
	return out, nil
}

// stemOf returns vendor and product of a stored stem of a CPE name.
func stemOf(stem string) (vendor, product string) {
	c, err := cpe.Parse("cpe:2.3:" + stem)
	if err != nil {
		return "", ""
	}
	return fold(c.Text(cpe.Vendor)), fold(c.Text(cpe.Product))
}
