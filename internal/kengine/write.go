package kengine

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/intake"
)

// write stores one chunk in the caller's transaction.
func (im *importing) write(ctx context.Context, tx *storage.Tx, c *chunk) (Counts, error) {
	counts := Counts{Records: int64(len(c.records) + len(c.refusals)), Refused: int64(len(c.refusals))}
	tenants, err := im.s.lockTenants(ctx, tx)
	if err != nil {
		return counts, err
	}
	w := &writer{s: im.s, tenants: tenants}
	if err := w.store(ctx, tx, c.records, &counts); err != nil {
		return counts, err
	}
	if err := im.writeRefusals(ctx, tx, c.refusals); err != nil {
		return counts, err
	}
	if err := im.writeProgress(ctx, tx, counts); err != nil {
		return counts, err
	}
	return counts, im.s.record(ctx, tx, im.actor, "import.batch", im.view.ID)
}

func (im *importing) writeRefusals(ctx context.Context, tx *storage.Tx, refusals []intake.Refusal) error {
	rows := func(yield func([]any) bool) {
		for i := range refusals {
			r := &refusals[i]
			position := r.Offset
			subject := ""
			if r.Line > 0 {
				position, subject = int64(r.Line), "line"
			}
			args := storage.JSON[map[string]any]{V: r.Args}
			if !yield([]any{im.view.ID, im.refusals + int64(i) + 1, cut(r.Member, 500), position, subject, r.Reason, args}) {
				return
			}
		}
	}
	_, err := tx.Bulk(ctx, "kengine_refusal", []string{"import", "n", "member", "position", "subject", "reason", "args"}, rows)
	if err != nil {
		return fmt.Errorf("kengine: write refusals: %w", err)
	}
	return nil
}

func (im *importing) writeProgress(ctx context.Context, tx *storage.Tx, c Counts) error {
	_, err := tx.ExecContext(ctx, `UPDATE kengine_import SET records = records + ?, added = added + ?, changed = changed + ?,
		same = same + ?, skipped = skipped + ?, refused = refused + ? WHERE id = ?`,
		c.Records, c.Added, c.Changed, c.Same, c.Skipped, c.Refused, im.view.ID)
	if err != nil {
		return fmt.Errorf("kengine: write progress: %w", err)
	}
	return nil
}

// writer stores prepared records, none of two about the same report, in one transaction.
type writer struct {
	s       *Service
	tenants []*tenant
}

// found is a prepared record with the report that it is about.
type found struct {
	*prepared
	report string // id; empty: there is none yet
}

// store writes records and the decisions that follow from them.
func (w *writer) store(ctx context.Context, tx *storage.Tx, records []*prepared, counts *Counts) error {
	reports, err := lookup(ctx, tx, records)
	if err != nil {
		return err
	}
	var fresh, old []found
	for _, p := range records {
		f := found{prepared: p, report: p.find(reports)}
		switch {
		case f.report != "":
			old = append(old, f)
		case p.kind == intake.KindEPSS:
			counts.Skipped++
		default:
			f.report = w.s.IDs.UUID()
			fresh = append(fresh, f)
		}
	}
	counts.Added += int64(len(fresh))
	if err := w.insert(ctx, tx, fresh, reports); err != nil {
		return err
	}
	return w.merge(ctx, tx, old, reports, counts)
}

// find returns the report that p is about: known by its own id, by its key, and by nothing else,
// because an alias such as the number of an advisory may be shared by several reports.
func (p *prepared) find(reports map[string]string) string {
	if id := reports[p.ids[0]]; id != "" {
		return id
	}
	return reports[p.key]
}

// aliases returns the ids other than the key under which the report is known from now on.
func (p *prepared) aliases(key string, reports map[string]string) []string {
	var out []string
	for _, id := range p.ids {
		if id != key && reports[id] == "" && (id == p.ids[0] || !strings.HasPrefix(id, "CVE-")) {
			out = append(out, id)
		}
	}
	return out
}

// lookup returns the ids of the reports that records name, by key and alias.
func lookup(ctx context.Context, tx *storage.Tx, records []*prepared) (map[string]string, error) {
	names := make([]any, 0, 2*len(records))
	for _, p := range records {
		names = append(names, p.key)
		for _, id := range p.ids {
			if id != p.key {
				names = append(names, id)
			}
		}
	}
	out := make(map[string]string, len(names))
	for part := range slices.Chunk(names, maxNames) {
		for _, query := range []string{
			`SELECT key, id FROM kengine_report WHERE key IN (`,
			`SELECT alias, report FROM kengine_alias WHERE alias IN (`,
		} {
			pairs, err := storage.List(ctx, tx, scanPair, query+storage.Marks(len(part))+`)`, part...)
			if err != nil {
				return nil, fmt.Errorf("kengine: look reports up: %w", err)
			}
			for _, p := range pairs {
				out[p[0]] = p[1]
			}
		}
	}
	return out, nil
}

// maxNames bounds the arguments of one IN list.
const maxNames = 4000

func scanPair(scan func(...any) error) ([2]string, error) {
	var p [2]string
	err := scan(&p[0], &p[1])
	return p, err
}

// insert writes reports that were not there, with everything that hangs on them.
func (w *writer) insert(ctx context.Context, tx *storage.Tx, fresh []found, reports map[string]string) error {
	if len(fresh) == 0 {
		return nil
	}
	now := tx.Now().UnixMicro()
	subjects := make([]*subject, len(fresh))
	for i := range fresh {
		subjects[i] = fresh[i].subject()
	}
	for _, t := range []struct {
		table   string
		columns []string
		rows    iter.Seq[[]any]
	}{
		{"kengine_report", reportColumns(), reportRows(fresh, now)},
		{"kengine_origin", originColumns(), originRows(fresh)},
		{"kengine_alias", []string{"alias", "report"}, aliasRows(fresh, reports)},
		{"kengine_affected", affectedColumns(), affectedRows(fresh)},
		{"kengine_assertion", assertionColumns(), assertionRows(fresh, now)},
		{"kengine_conflict", conflictColumns(), conflictRows(fresh, now)},
	} {
		if _, err := tx.Bulk(ctx, t.table, t.columns, t.rows); err != nil {
			return fmt.Errorf("kengine: write reports: %w", err)
		}
	}
	if err := w.index(ctx, tx, fresh); err != nil {
		return err
	}
	if err := w.matchTags(ctx, tx, subjects); err != nil {
		return err
	}
	for _, t := range w.tenants {
		if err := w.s.insertTasks(ctx, tx, t, subjects); err != nil {
			return err
		}
	}
	return nil
}

func (f *found) subject() *subject {
	return &subject{
		id: f.report, key: f.key, rejected: f.state == string(intake.Rejected), fresh: true,
		world: f.values, assertions: f.assertions, products: f.matchable, affected: f.affected,
		kind: string(f.kind), words: f.words,
	}
}

// matchTags finds the product tags that subjects with new products match, and stores why.
func (w *writer) matchTags(ctx context.Context, tx *storage.Tx, subjects []*subject) error {
	var rows [][]any
	for _, t := range w.tenants {
		if !t.tags.any() && !t.sets.conditional() {
			continue
		}
		for _, sub := range subjects {
			matches := t.tags.match(sub.products)
			tags := len(matches)
			matches = append(matches, t.sets.match(sub.traits())...)
			if len(matches) == 0 {
				continue
			}
			if sub.matches == nil {
				sub.matches = map[string][]TagMatch{}
			}
			sub.matches[t.organisation] = matches
			for _, m := range matches[:tags] {
				rows = append(rows, []any{m.Tag, sub.id, m.Reason})
			}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if _, err := tx.Bulk(ctx, "kengine_tag_match", []string{"tag", "report", "reason"}, slices.Values(rows)); err != nil {
		return fmt.Errorf("kengine: write tag matches: %w", err)
	}
	return nil
}
