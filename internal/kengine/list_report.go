package kengine

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/search"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/filter"
	"noroshi.dev/internal/kengine/intake"
)

func reportOrders() []order {
	texts := []bool{false, true}
	return []order{
		{name: "updated", columns: []string{"r.updated", "r.id"}, texts: texts, down: true},
		{name: "published", columns: []string{"r.published", "r.id"}, texts: texts, down: true},
		{name: "cvss", columns: []string{"r.cvss", "r.id"}, texts: texts, down: true},
	}
}

// ReportSorts returns the orders of the report list, each the greatest first.
func ReportSorts() []string { return sortNames(reportOrders()) }

// ReportFields returns the fields that the filter of the report list understands.
func ReportFields() []string { return reportGrammar(storage.SQLite, time.Time{}).names() }

func reportGrammar(d storage.Dialect, now time.Time) *grammar {
	g := &grammar{fields: map[string]term{
		"is": oneOf(map[string]func(*storage.Where){
			"published": fixed("r.state = 'published'"), "rejected": fixed("r.state = 'rejected'"), "all": fixed("1 = 1"),
			"kev": fixed("r.kev"), "conflict": fixed("r.conflicts > 0"), "scored": fixed("r.cvss >= 0"),
		}),
		"kind":     equals("r.kind", same),
		"updated":  moment("r.updated", 0, now),
		"received": moment("r.received", 0, now),
	}}
	reportFields(g, "r.id", d, now)
	return g
}

// reportFields adds the fields about reports, and words, to the filter of a list whose column id
// names a report.
func reportFields(g *grammar, id string, d storage.Dialect, now time.Time) {
	for name, t := range map[string]term{
		"key":       key,
		"cve":       key,
		"cvss":      number("r.cvss", readScore),
		"severity":  severity,
		"published": moment("r.published", 0, now),
		"fact":      fact,
		"kev":       oneOf(map[string]func(*storage.Where){"yes": fixed("r.kev"), "no": fixed("NOT r.kev")}),
	} {
		g.fields[name] = about(id, d, t)
	}
	for field, t := range shortFacts() {
		g.fields[field] = about(id, d, t)
	}
	g.fields["product"] = affectedBy("product", probed(id, d), d)
	g.fields["vendor"] = affectedBy("vendor", probed(id, d), d)
	g.word = func(w *storage.Where, e filter.Expr) error {
		text := e.Value
		if e.Quoted {
			text = `"` + text + `"`
		}
		q, err := search.Parse(text)
		if err != nil {
			return fmt.Errorf("kengine: filter: %w", err)
		}
		index().MatchQuery(w, probed(id, d), d, q)
		return nil
	}
}

// about turns a condition on a report into one on a column that names it.
func about(id string, d storage.Dialect, t term) term {
	if id == "r.id" {
		return t
	}
	return func(w *storage.Where, e filter.Expr) error {
		var inner storage.Where
		if err := t(&inner, e); err != nil {
			return err
		}
		w.And(probed(id, d)+" IN (SELECT r.id FROM kengine_report r"+inner.SQL()+")", inner.Args()...)
		return nil
	}
}

// probed writes the column of a membership test. SQLite, which does not know how many rows the
// other side has, would go through these and sort all that it finds; with the sign it walks the
// list in order and asks for each row, which is fast however many there are.
func probed(id string, d storage.Dialect) string {
	if d == storage.SQLite {
		return "+" + id
	}
	return id
}

// key understands ids of reports, their aliases, and beginnings such as CVE-2024-*.
func key(w *storage.Where, e filter.Expr) error {
	if e.Op != filter.Is {
		return filter.NoValue(e.Field, string(e.Op)+e.Value)
	}
	var parts []*storage.Where
	for _, v := range e.Values() {
		upper := strings.ToUpper(v) // most ids have capital letters alone; those of GHSA have not
		if start, ok := strings.CutSuffix(v, "*"); ok {
			part := &storage.Where{}
			part.And(`(r.key LIKE ? ESCAPE '\' OR r.key LIKE ? ESCAPE '\')`, literal(start)+"%", literal(strings.TrimSuffix(upper, "*"))+"%")
			parts = append(parts, part)
			continue
		}
		part := &storage.Where{}
		// Not OR between the two, which PostgreSQL answers by walking all reports.
		part.And("r.id IN (SELECT k.id FROM kengine_report k WHERE k.key IN (?, ?) UNION ALL SELECT report FROM kengine_alias WHERE alias IN (?, ?))", v, upper, v, upper)
		parts = append(parts, part)
	}
	w.Or(parts...)
	return nil
}

// affectedBy understands names of products or vendors as records write them, without case, and
// beginnings such as open*.
func affectedBy(column, id string, d storage.Dialect) term {
	from := id + " IN (SELECT report FROM kengine_affected WHERE "
	return func(w *storage.Where, e filter.Expr) error {
		if e.Op == filter.Has {
			w.And(from + column + " <> '')")
			return nil
		}
		if e.Op != filter.Is {
			return filter.NoValue(e.Field, string(e.Op)+e.Value)
		}
		var parts []*storage.Where
		for _, v := range e.Values() {
			part := &storage.Where{}
			start, ok := strings.CutSuffix(v, "*")
			switch {
			case !ok:
				part.And(from+column+" = ?)", name(v))
			case d == storage.SQLite: // LIKE would not use the index
				part.And(from+column+" >= ? AND "+column+" < ?)", name(start), name(start)+"\U0010FFFF")
			default:
				part.And(from+column+` LIKE ? ESCAPE '\')`, literal(name(start))+"%")
			}
			parts = append(parts, part)
		}
		w.Or(parts...)
		return nil
	}
}

// fact understands fact:"ssvc:E:1.1.0=A": the current world value of a fact.
func fact(w *storage.Where, e filter.Expr) error {
	id, value, ok := strings.Cut(e.Value, "=")
	// Another text than an id would be read as a path into the document, and fail there.
	if !ok || e.Op != filter.Is || factID(id) == (ssvc.ID{}) || value == "" {
		return filter.NoValue(e.Field, e.Value)
	}
	w.And("r.facts ->> CAST(? AS TEXT) = ?", id, value)
	return nil
}

// shortFacts are fields for the facts that people ask for most, by the words of the values.
func shortFacts() map[string]term {
	short := func(id string, words map[string]string) term {
		conds := map[string]func(*storage.Where){}
		for word, key := range words {
			// The id is written out, as the index on it wants it.
			conds[word] = func(w *storage.Where) { w.And("r.facts ->> '"+id+"' = ?", key) }
		}
		return oneOf(conds)
	}
	return map[string]term{
		"exploitation": short(intake.FactExploitation, map[string]string{"none": "N", "poc": "P", "active": "A"}),
		"automatable":  short(intake.FactAutomatable, map[string]string{"no": "N", "yes": "Y"}),
		"impact":       short(intake.FactTechnicalImpact, map[string]string{"partial": "P", "total": "T"}),
	}
}

func readScore(s string) (int64, bool) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || !(f >= 0 && f <= 10) { // NaN is neither
		return 0, false
	}
	return int64(math.Round(f * 10)), true
}

// severity understands the words of the qualitative rating scale of CVSS and compares by them.
func severity(w *storage.Where, e filter.Expr) error {
	names := []string{"none", "low", "medium", "high", "critical"}
	from := []int64{0, 1, 40, 70, 90, 101}
	for i, n := range names {
		if n != e.Value {
			continue
		}
		switch e.Op {
		case filter.Ge:
			w.And("r.cvss >= ?", from[i])
		case filter.Gt:
			w.And("r.cvss >= ?", from[i+1])
		case filter.Le:
			w.And("r.cvss >= 0 AND r.cvss < ?", from[i+1])
		case filter.Lt:
			w.And("r.cvss >= 0 AND r.cvss < ?", from[i])
		case filter.Is, filter.Has:
			w.And("r.cvss >= ? AND r.cvss < ?", from[i], from[i+1])
		}
		return nil
	}
	return filter.NoValue(e.Field, e.Value)
}

const reportFieldsSQL = `r.id, r.key, r.kind, r.state, r.title, r.title_ja, r.summary, r.products, r.cvss, r.vector, r.kev, r.conflicts,
	r.published, r.modified, r.received, r.updated`

func scanReport(scan func(...any) error) (ReportRow, error) {
	var r ReportRow
	var kind string
	var cvss, published int64
	var modified, received, updated storage.Time
	err := scan(&r.ID, &r.Key, &kind, &r.State, &r.Title.EN, &r.Title.JA, &r.Summary, &r.Products, &cvss, &r.Vector, &r.KEV,
		&r.Conflicts, &published, &modified, &received, &updated)
	r.Kind, r.CVSS = intake.Kind(kind), score(cvss)
	if published != 0 {
		r.Published = time.UnixMicro(published).UTC()
	}
	r.Modified, r.Received, r.Updated = modified.Time, received.Time, updated.Time
	return r, err
}

// ListReports returns a part of the report list. Reports are the same for everybody who may read
// them. It needs PermReportRead.
func (s *Service) ListReports(ctx context.Context, a identity.Actor, q Query) (Page[ReportRow], error) {
	if err := s.may(a, PermReportRead()); err != nil {
		return Page[ReportRow]{}, err
	}
	q = limited(q)
	w := &storage.Where{}
	if err := reportGrammar(s.DB.Dialect(), s.Clock.Now()).where(w, q.Filter); err != nil {
		return Page[ReportRow]{}, err
	}
	o, tail, err := paged(&q, w, reportOrders())
	if err != nil {
		return Page[ReportRow]{}, err
	}
	rows, err := storage.List(ctx, s.DB.Read(), scanReport,
		`SELECT `+reportFieldsSQL+` FROM kengine_report r`+w.SQL()+tail, append(w.Args(), q.Limit+1)...)
	if err != nil {
		return Page[ReportRow]{}, fmt.Errorf("kengine: list reports: %w", err)
	}
	return web.Cut(q, rows, func(r ReportRow) web.Cursor { return r.cursor(o.name) }), nil
}

// cursor is the place of r in an order.
func (r *ReportRow) cursor(sort string) web.Cursor {
	switch sort {
	case "published":
		return web.Cursor{strconv.FormatInt(sortable(r.Published), 10), r.ID}
	case "cvss":
		return web.Cursor{strconv.FormatInt(int64(math.Round(max(r.CVSS, -0.1)*10)), 10), r.ID}
	}
	return web.Cursor{strconv.FormatInt(r.Updated.UnixMicro(), 10), r.ID}
}

// CountReports returns the number of reports that a filter finds. It needs PermReportRead.
func (s *Service) CountReports(ctx context.Context, a identity.Actor, e filter.Expr) (int64, error) {
	if err := s.may(a, PermReportRead()); err != nil {
		return 0, err
	}
	w := &storage.Where{}
	if err := reportGrammar(s.DB.Dialect(), s.Clock.Now()).where(w, e); err != nil {
		return 0, err
	}
	n, err := storage.One(ctx, s.DB.Read(), "kengine.report", "", storage.Scalar[int64], `SELECT COUNT(*) FROM kengine_report r`+w.SQL(), w.Args()...)
	if err != nil {
		return 0, fmt.Errorf("kengine: count reports: %w", err)
	}
	return n, nil
}
