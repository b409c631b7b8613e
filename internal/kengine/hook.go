package kengine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"noroshi.dev/internal/core/storage"
)

// tagIndex finds the product tags of one organisation that a report matches.
type tagIndex struct {
	tags map[string]tagEntry // by id
	by   map[string][]string // vendor, product and CPE stem -> ids
}

// tagEntry is a tag as far as deciding needs it.
type tagEntry struct {
	id, name, vendor, product, cpe, purl, release string
	facts                                         []Claim
}

// any reports whether the organisation has tags at all.
func (x *tagIndex) any() bool { return len(x.tags) > 0 }

// loadTags reads the active product tags of an organisation.
func loadTags(ctx context.Context, r storage.Runner, organisation string) (*tagIndex, error) {
	rows, err := storage.List(ctx, r, scanTagEntry,
		`SELECT id, name, vendor, product, cpe, purl, release, facts FROM kengine_tag WHERE organisation = ? AND active`, organisation)
	if err != nil {
		return nil, fmt.Errorf("kengine: tags: %w", err)
	}
	x := &tagIndex{tags: map[string]tagEntry{}, by: map[string][]string{}}
	slices.SortFunc(rows, func(a, b tagEntry) int { return strings.Compare(a.id, b.id) })
	for _, t := range rows {
		x.tags[t.id] = t
		x.by[t.index()] = append(x.by[t.index()], t.id)
	}
	return x, nil
}

func scanTagEntry(scan func(...any) error) (tagEntry, error) {
	var t tagEntry
	var facts storage.JSON[map[string]string]
	if err := scan(&t.id, &t.name, &t.vendor, &t.product, &t.cpe, &t.purl, &t.release, &facts); err != nil {
		return t, err
	}
	for fact, values := range facts.V {
		t.facts = append(t.facts, Claim{Fact: fact, Values: strings.Fields(values)})
	}
	slices.SortFunc(t.facts, func(a, b Claim) int { return strings.Compare(a.Fact, b.Fact) })
	return t, nil
}

// values returns the facts that matching tags give, in the order of the matches.
func (x *tagIndex) values(matches []TagMatch) []Value {
	var out []Value
	for _, m := range matches {
		for _, c := range x.tags[m.Tag].facts {
			out = append(out, Value{Fact: c.Fact, Values: c.Values, Source: "tag:" + m.Name, Reason: m.Reason})
		}
	}
	return out
}

// loadSets reads the default set of an organisation: facts that hold where nobody says anything,
// those of the first set first.
func loadSets(ctx context.Context, r storage.Runner, organisation string) ([]Value, error) {
	type set struct {
		name, why string
		facts     map[string]string
	}
	rows, err := storage.List(ctx, r, func(scan func(...any) error) (set, error) {
		var v set
		var facts storage.JSON[map[string]string]
		err := scan(&v.name, &v.why, &facts)
		v.facts = facts.V
		return v, err
	}, `SELECT name, justification, facts FROM kengine_set WHERE organisation = ? AND condition = '' ORDER BY position, id`, organisation)
	if err != nil {
		return nil, fmt.Errorf("kengine: default sets: %w", err)
	}
	var out []Value
	for _, row := range rows {
		start := len(out)
		for fact, values := range row.facts {
			out = append(out, Value{Fact: fact, Values: strings.Fields(values), Source: "set:" + row.name, Reason: row.why})
		}
		slices.SortFunc(out[start:], func(a, b Value) int { return strings.Compare(a.Fact, b.Fact) })
	}
	return out, nil
}
