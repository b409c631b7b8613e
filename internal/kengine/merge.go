package kengine

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"

	"noroshi.dev/internal/core/search"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/intake"
)

// index is the search index of reports.
func index() search.Index { return search.Table("kengine_report_fts") }

// index writes the search rows of new reports.
func (w *writer) index(ctx context.Context, tx *storage.Tx, fresh []found) error {
	err := index().PutAll(ctx, tx, func(yield func(string, string) bool) {
		for i := range fresh {
			if !yield(fresh[i].report, fresh[i].text) {
				return
			}
		}
	})
	if err != nil {
		return fmt.Errorf("kengine: index reports: %w", err)
	}
	return nil
}

// kindOrder is the order in which documents give the row of a report its texts: the record of the
// naming authority first, then databases, then lists.
func kindOrder(k intake.Kind) int {
	order := []intake.Kind{
		intake.KindCVE, intake.KindNVD, intake.KindJVNDetail, intake.KindJVNOverview, intake.KindOSV, intake.KindCSAF,
		intake.KindVRDA, intake.KindKEV, intake.KindEPSS,
	}
	if i := slices.Index(order, k); i >= 0 {
		return i
	}
	return len(order)
}

// origin is a stored document without its body.
type origin struct {
	report string
	kind   intake.Kind
	digest string
	head   head
}

func scanOrigin(scan func(...any) error) (origin, error) {
	var o origin
	var kind string
	var stored []byte
	if err := scan(&o.report, &kind, &o.digest, &stored); err != nil {
		return o, err
	}
	o.kind = intake.Kind(kind)
	if err := json.Unmarshal(stored, &o.head); err != nil {
		return o, fmt.Errorf("kengine: read head: %w", err)
	}
	return o, nil
}

// merge writes what records add to reports that are there already.
func (w *writer) merge(ctx context.Context, tx *storage.Tx, old []found, reports map[string]string, counts *Counts) error {
	if len(old) == 0 {
		return nil
	}
	ids := make([]string, len(old))
	for i := range old {
		ids[i] = old[i].report
	}
	origins, err := readOrigins(ctx, tx, ids)
	if err != nil {
		return err
	}
	var changed []found
	for _, f := range old {
		if news(&f, origins[f.report]) {
			changed = append(changed, f)
		} else {
			counts.Same++
		}
	}
	if len(changed) == 0 {
		return nil
	}
	counts.Changed += int64(len(changed))
	return w.change(ctx, tx, changed, origins, reports)
}

// news reports whether a record says something that its report does not hold: another text than
// the stored one of its kind, unless it is older than that.
func news(f *found, origins []origin) bool {
	for i := range origins {
		o := &origins[i]
		if o.kind == f.kind {
			return o.digest != f.digest && !f.modified.Before(o.head.Modified)
		}
	}
	return true
}

// readOrigins returns the documents of reports, by report.
func readOrigins(ctx context.Context, tx *storage.Tx, reports []string) (map[string][]origin, error) {
	out := make(map[string][]origin, len(reports))
	err := inParts(reports, func(part []any) error {
		rows, err := storage.List(ctx, tx, scanOrigin,
			`SELECT report, kind, digest, head FROM kengine_origin WHERE report IN (`+storage.Marks(len(part))+`)`, part...)
		for _, o := range rows {
			out[o.report] = append(out[o.report], o)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("kengine: read documents: %w", err)
	}
	return out, nil
}

// inParts calls f with parts of ids that fit into one IN list.
func inParts(ids []string, f func(part []any) error) error {
	for part := range slices.Chunk(ids, maxNames) {
		args := make([]any, len(part))
		for i, id := range part {
			args[i] = id
		}
		if err := f(args); err != nil {
			return err
		}
	}
	return nil
}

// readAssertions returns the assertions of reports, by report.
func readAssertions(ctx context.Context, r storage.Runner, reports []string) (map[string][]Assertion, error) {
	type row struct {
		report string
		a      Assertion
	}
	out := make(map[string][]Assertion, len(reports))
	err := inParts(reports, func(part []any) error {
		rows, err := storage.List(ctx, r, func(scan func(...any) error) (row, error) {
			var v row
			var err error
			v.report, v.a, err = scanAssertion(scan)
			return v, err
		}, `SELECT report, id, organisation, source, rule, evidence, actor, claims, observed, recorded, expires
			FROM kengine_assertion WHERE report IN (`+storage.Marks(len(part))+`)`, part...)
		for _, v := range rows {
			out[v.report] = append(out[v.report], v.a)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("kengine: read assertions: %w", err)
	}
	return out, nil
}

func scanAssertion(scan func(...any) error) (string, Assertion, error) {
	var a Assertion
	var report string
	var claims []byte
	var observed, recorded, expires storage.Time
	err := scan(&report, &a.ID, &a.Organisation, &a.Source, &a.Rule, &a.Evidence, &a.Actor, &claims, &observed, &recorded, &expires)
	if err != nil {
		return "", a, err
	}
	a.Observed, a.Recorded, a.Expires = observed.Time, recorded.Time, expires.Time
	a.Claims, err = parseClaims(claims)
	return report, a, err
}

// change writes records that say something new about reports, and decides these again.
func (w *writer) change(ctx context.Context, tx *storage.Tx, changed []found, origins map[string][]origin, reports map[string]string) error {
	ids := make([]string, len(changed))
	for i := range changed {
		ids[i] = changed[i].report
	}
	keys, err := readKeys(ctx, tx, ids)
	if err != nil {
		return err
	}
	assertions, err := readAssertions(ctx, tx, ids)
	if err != nil {
		return err
	}
	subjects := make([]*subject, 0, len(changed))
	for i := range changed {
		f := &changed[i]
		sub, err := w.changeOne(ctx, tx, f, keys[f.report], origins[f.report], assertions[f.report], reports)
		if err != nil {
			return fmt.Errorf("kengine: change %s: %w", f.key, err)
		}
		subjects = append(subjects, sub)
	}
	return w.s.redecide(ctx, tx, w.tenants, subjects)
}

// readKeys returns the keys of reports by id.
func readKeys(ctx context.Context, r storage.Runner, ids []string) (map[string]string, error) {
	out := make(map[string]string, len(ids))
	err := inParts(ids, func(part []any) error {
		pairs, err := storage.List(ctx, r, scanPair, `SELECT id, key FROM kengine_report WHERE id IN (`+storage.Marks(len(part))+`)`, part...)
		for _, p := range pairs {
			out[p[0]] = p[1]
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("kengine: read keys: %w", err)
	}
	return out, nil
}

// changeOne writes one record over what is stored of its report.
func (w *writer) changeOne(ctx context.Context, tx *storage.Tx, f *found, key string, origins []origin, stored []Assertion, reports map[string]string) (*subject, error) {
	if err := replaceOrigin(ctx, tx, f); err != nil {
		return nil, err
	}
	for _, alias := range f.aliases(key, reports) {
		reports[alias] = f.report
		if _, err := tx.ExecContext(ctx, `INSERT INTO kengine_alias (alias, report) VALUES (?, ?)`, alias, f.report); err != nil {
			return nil, err
		}
	}
	all, err := addAssertions(ctx, tx, f, stored)
	if err != nil {
		return nil, err
	}
	kept := slices.DeleteFunc(slices.Clone(origins), func(o origin) bool { return o.kind == f.kind })
	kept = append(kept, origin{report: f.report, kind: f.kind, head: f.head()})
	leadingFirst(kept)
	row := mergeHeads(kept)
	if err := updateReport(ctx, tx, f.report, kept[0].kind, row); err != nil {
		return nil, err
	}
	if err := refreshFacts(ctx, tx, f.report, all); err != nil {
		return nil, err
	}
	for _, t := range w.tenants {
		if err := refreshOwnConflicts(ctx, tx, f.report, t, all); err != nil {
			return nil, err
		}
	}
	names, err := readAliases(ctx, tx, []string{f.report})
	if err != nil {
		return nil, err
	}
	if err := index().Put(ctx, tx, f.report, searchText(append([]string{key}, names[f.report]...), heads(kept)...)); err != nil {
		return nil, err
	}
	sub := f.subject()
	sub.fresh, sub.key, sub.rejected, sub.assertions = false, key, row.State == string(intake.Rejected), all
	sub.rematch = true
	return sub, nil
}

// leadingFirst sorts documents by kindOrder.
func leadingFirst(origins []origin) {
	slices.SortFunc(origins, func(a, b origin) int { return cmp.Compare(kindOrder(a.kind), kindOrder(b.kind)) })
}

// heads returns the short forms of documents, the leading one first.
func heads(origins []origin) []head {
	leadingFirst(origins)
	out := make([]head, len(origins))
	for i := range origins {
		out[i] = origins[i].head
	}
	return out
}

// mergeHeads gives the row of a report: each field from the first document that has it.
func mergeHeads(kept []origin) head {
	row := kept[0].head
	for _, o := range kept[1:] {
		h := o.head
		row.Title = cmp.Or(row.Title, h.Title)
		row.TitleJA = cmp.Or(row.TitleJA, h.TitleJA)
		if row.Summary == "" {
			row.Summary, row.Lang = h.Summary, h.Lang
		}
		row.Products = cmp.Or(row.Products, h.Products)
		if row.Published.IsZero() {
			row.Published = h.Published
		}
		if h.Modified.After(row.Modified) {
			row.Modified = h.Modified
		}
		if row.CVSS < 0 {
			row.CVSS, row.Vector = h.CVSS, h.Vector
		}
	}
	return row
}

func replaceOrigin(ctx context.Context, tx *storage.Tx, f *found) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO kengine_origin (report, kind, digest, modified, head, body) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (report, kind) DO UPDATE SET digest = excluded.digest, modified = excluded.modified, head = excluded.head, body = excluded.body`,
		f.report, string(f.kind), f.digest, micro(f.modified), string(f.headJSON), string(f.body))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM kengine_affected WHERE report = ? AND kind = ?`, f.report, string(f.kind))
	if err != nil || len(f.affected) == 0 {
		return err
	}
	_, err = tx.Bulk(ctx, "kengine_affected", affectedColumns(), affectedRows([]found{*f}))
	return err
}

// addAssertions writes those assertions of f that are not stored and returns all.
func addAssertions(ctx context.Context, tx *storage.Tx, f *found, stored []Assertion) ([]Assertion, error) {
	all := slices.Clone(stored)
	var rows [][]any
	for i := range f.assertions {
		a := &f.assertions[i]
		if slices.ContainsFunc(all, func(b Assertion) bool { return b.ID == a.ID }) {
			continue
		}
		a.Recorded = tx.Now()
		all = append(all, *a)
		rows = append(rows, a.row(f.report, f.claims[i], tx.Now().UnixMicro()))
	}
	if len(rows) == 0 {
		return all, nil
	}
	_, err := tx.Bulk(ctx, "kengine_assertion", assertionColumns(), slices.Values(rows))
	return all, err
}

func updateReport(ctx context.Context, tx *storage.Tx, report string, kind intake.Kind, h head) error {
	_, err := tx.ExecContext(ctx, `UPDATE kengine_report SET kind = ?, state = ?, title = ?, title_ja = ?, summary = ?, lang = ?,
		products = ?, published = ?, modified = ?, updated = ?, cvss = ?, vector = ? WHERE id = ?`,
		string(kind), h.State, h.Title, h.TitleJA, h.Summary, h.Lang, h.Products, sortable(h.Published), micro(h.Modified),
		storage.At(tx.Now()), h.CVSS, h.Vector, report)
	return err
}

// refreshFacts computes the current world values of a report anew and brings its contradictions
// up to date: new ones are opened, gone ones removed, and an accepted one stays accepted as long
// as the same sources say the same.
func refreshFacts(ctx context.Context, tx *storage.Tx, report string, all []Assertion) error {
	world := slices.DeleteFunc(slices.Clone(all), func(a Assertion) bool { return a.Organisation != "" })
	policy := DefaultPolicy()
	values, clashes := resolve(world, &policy, tx.Now())
	if err := refreshConflicts(ctx, tx, report, "", clashes); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `UPDATE kengine_report SET facts = ?, kev = ?, conflicts =
		(SELECT COUNT(*) FROM kengine_conflict c WHERE c.report = kengine_report.id AND c.organisation = '' AND c.state = 'open') WHERE id = ?`,
		string(encodeFacts(values)), isKEV(values), report)
	return err
}

func refreshConflicts(ctx context.Context, tx *storage.Tx, report, organisation string, clashes []Clash) error {
	var w storage.Where
	w.And("report = ?", report)
	w.And("organisation = ?", organisation)
	if len(clashes) > 0 {
		facts := make([]any, len(clashes))
		for i := range clashes {
			facts[i] = clashes[i].Fact
		}
		w.And("fact NOT IN ("+storage.Marks(len(facts))+")", facts...)
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM kengine_conflict`+w.SQL(), w.Args()...); err != nil {
		return err
	}
	for i := range clashes {
		detail := storage.JSON[[]side]{V: clashes[i].sides()}
		_, err := tx.ExecContext(ctx, `INSERT INTO kengine_conflict (report, fact, organisation, detail, state, updated) VALUES (?, ?, ?, ?, 'open', ?)
			ON CONFLICT (report, fact, organisation) DO UPDATE SET detail = excluded.detail, state = 'open', updated = excluded.updated, version = kengine_conflict.version + 1
			WHERE kengine_conflict.detail <> excluded.detail`,
			report, clashes[i].Fact, organisation, detail, storage.At(tx.Now()))
		if err != nil {
			return err
		}
	}
	return nil
}

// refreshOwnConflicts brings the contradictions between the words of an organisation's own people
// and the feeds up to date.
func refreshOwnConflicts(ctx context.Context, tx *storage.Tx, report string, t *tenant, all []Assertion) error {
	if !slices.ContainsFunc(all, func(a Assertion) bool { return a.Organisation == t.organisation }) {
		return nil
	}
	_, clashes := resolve(ofOrganisation(all, t.organisation), &t.policy, tx.Now())
	clashes = slices.DeleteFunc(clashes, func(c Clash) bool {
		return !slices.ContainsFunc(c.Sides, func(v Value) bool { return v.Source == SourceAnalyst })
	})
	return refreshConflicts(ctx, tx, report, t.organisation, clashes)
}

// ofOrganisation returns the assertions that count for an organisation.
func ofOrganisation(all []Assertion, organisation string) []Assertion {
	own := make([]Assertion, 0, len(all))
	for i := range all {
		if o := all[i].Organisation; o == "" || o == organisation {
			own = append(own, all[i])
		}
	}
	return own
}
