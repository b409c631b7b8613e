package kengine

import (
	"context"
	"slices"
	"strings"

	"noroshi.dev/format/cpe"
	"noroshi.dev/format/purl"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
)

// TagImport tells what became of a document of products.
type TagImport struct {
	Origin  string
	Format  string // CycloneDX, SPDX or CSV, with its version
	Read    int    // products in the document
	Added   int
	Updated int // known products with other names or another release
	Same    int
	Gone    int // were in the document before and are not any more: switched off and marked
	Skipped []TagSkip
	More    int // further ones that were skipped
}

// TagSkip is a product of a document that was not taken, and why.
type TagSkip struct {
	Line   int // from 1: the line of a CSV file, the number of the component of a bill of materials
	Name   string
	Reason string         // message key
	Args   map[string]any // of the message
}

// maxSkips bounds the list of what was skipped.
const maxSkips = 200

func (r *TagImport) skip(line int, name, reason string, args map[string]any) {
	if len(r.Skipped) >= maxSkips {
		r.More++
		return
	}
	r.Skipped = append(r.Skipped, TagSkip{Line: line, Name: cut(oneLine(name), maxName), Reason: reason, Args: args})
}

// identity names the product of a tag with its release, to know it again.
func (t *TagInput) identity() string { return t.bare() + "\x00" + t.release() }

// bare names the product of a tag whatever its release.
func (t *TagInput) bare() string {
	if p, err := purl.Parse(t.PURL); err == nil {
		return p.Coordinates().String()
	}
	if c, err := cpe.Parse(t.CPE); err == nil {
		return c.WithoutVersion().String()
	}
	return nameKey(t.Vendor, t.Product)
}

// release returns the release that the tag stands for.
func (t *TagInput) release() string {
	e := t.entry("")
	e.prepare()
	return e.release
}

// merging brings tags in line with a document.
type merging struct {
	tx           *storage.Tx
	organisation string
	origin       string
	whole        bool // what the document does not list any more is gone
	keep         bool // what people said about a known product stays as it is
	report       *TagImport
	s            *Service
	rows         [][]any
}

// mergeTags writes the products of a document as tags. Products are known again by their names and
// release, else, so that an upgrade keeps what people said, by their names alone.
func (s *Service) mergeTags(ctx context.Context, a identity.Actor, op string, m merging, inputs []TagInput) error {
	return s.editTags(ctx, a, op, m.origin, func(ctx context.Context, tx *storage.Tx, _ *tenant) error {
		m.tx, m.organisation, m.s, m.rows = tx, a.Organisation, s, nil
		m.report.Added, m.report.Updated, m.report.Same, m.report.Gone = 0, 0, 0, 0
		old, err := m.known(ctx)
		if err != nil {
			return err
		}
		if err := m.merge(ctx, inputs, old); err != nil {
			return err
		}
		if err := roomForTags(ctx, tx, a.Organisation, len(m.rows)); err != nil {
			return err
		}
		_, err = tx.Bulk(ctx, "kengine_tag", tagInsertColumns(), slices.Values(m.rows))
		return err
	})
}

// known returns the tags that the document may speak about: those of the same document, or all.
func (m *merging) known(ctx context.Context) ([]Tag, error) {
	var w storage.Where
	w.And("g.organisation = ?", m.organisation)
	if m.whole {
		w.And("g.origin = ?", m.origin)
	}
	return storage.List(ctx, m.tx, scanTag, `SELECT `+tagColumns+`, 0 FROM kengine_tag g`+w.SQL()+` ORDER BY g.id`, w.Args()...)
}

func (m *merging) merge(ctx context.Context, inputs []TagInput, old []Tag) error {
	exact, alike := map[string][]int{}, map[string][]int{}
	for i := range old {
		exact[old[i].identity()] = append(exact[old[i].identity()], i)
	}
	used := make([]bool, len(old))
	pairs := make([]int, len(inputs))
	for i := range inputs {
		pairs[i] = take(exact, inputs[i].identity(), used)
	}
	for i := range old {
		if !used[i] {
			alike[old[i].bare()] = append(alike[old[i].bare()], i)
		}
	}
	for i := range inputs {
		if pairs[i] < 0 && m.whole {
			pairs[i] = take(alike, inputs[i].bare(), used)
		}
		if pairs[i] < 0 {
			m.report.Added++
			m.rows = append(m.rows, inputs[i].row(m.s.IDs.UUID(), m.organisation, m.origin, m.tx))
			continue
		}
		if err := m.update(ctx, &old[pairs[i]], &inputs[i]); err != nil {
			return err
		}
	}
	for i := range old {
		if used[i] || !m.whole || !old[i].Gone.IsZero() {
			continue
		}
		m.report.Gone++
		in := old[i].TagInput
		in.Active = false
		if err := in.save(ctx, m.tx, old[i].ID, false); err != nil {
			return err
		}
	}
	return nil
}

// take returns the first unused place under a key and uses it, -1 where there is none.
func take(by map[string][]int, key string, used []bool) int {
	for _, i := range by[key] {
		if !used[i] {
			used[i] = true
			return i
		}
	}
	return -1
}

// update gives a known tag the names of the document.
func (m *merging) update(ctx context.Context, old *Tag, in *TagInput) error {
	next := *in
	if m.keep {
		next.Criticality, next.Exposure, next.Owner, next.Facts = old.Criticality, old.Exposure, old.Owner, old.Facts
		next.Active = old.Active || !old.Gone.IsZero()
	}
	if old.Gone.IsZero() && sameTag(&old.TagInput, &next) {
		m.report.Same++
		return nil
	}
	m.report.Updated++
	return next.save(ctx, m.tx, old.ID, true)
}

func sameTag(a, b *TagInput) bool {
	return a.Name == b.Name && a.Vendor == b.Vendor && a.Product == b.Product && a.CPE == b.CPE && a.PURL == b.PURL &&
		a.Release == b.Release && a.Criticality == b.Criticality && a.Exposure == b.Exposure && a.Owner == b.Owner &&
		a.Active == b.Active && slices.EqualFunc(a.Facts, b.Facts, func(x, y Claim) bool {
		return x.Fact == y.Fact && strings.Join(x.Values, " ") == strings.Join(y.Values, " ")
	})
}
