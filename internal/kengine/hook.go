package kengine

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"noroshi.dev/format/cpe"
	"noroshi.dev/format/purl"
	"noroshi.dev/internal/core/storage"
)

// tagIndex finds the product tags of one organisation that a report matches.
//
// Every tag stands under the keys by which a product can find it: the stem of its CPE name, its
// package URL without the version, vendor and product. What holds a wildcard in both halves of a
// name stands in a list of its own, which every product is compared with.
type tagIndex struct {
	tags  map[string]*tagEntry // by id
	by    map[string][]string  // key -> ids
	loose []string             // ids of tags that no key finds
	purls bool                 // at least one tag names a package URL
}

// tagEntry is a tag as far as deciding needs it.
type tagEntry struct {
	id, name, vendor, product, cpe, purl, release string
	criticality, exposure                         string
	facts                                         []Claim

	cpeName cpe.Name
	pkg     purl.PURL
	weight  int // by which of several matching tags speaks first
}

// any reports whether the organisation has tags at all.
func (x *tagIndex) any() bool { return len(x.tags) > 0 }

// loadTags reads the active product tags of an organisation.
func loadTags(ctx context.Context, r storage.Runner, organisation string) (*tagIndex, error) {
	rows, err := storage.List(ctx, r, scanTagEntry,
		`SELECT id, name, vendor, product, cpe, purl, release, criticality, exposure, facts FROM kengine_tag WHERE organisation = ? AND active`, organisation)
	if err != nil {
		return nil, fmt.Errorf("kengine: tags: %w", err)
	}
	return indexTags(rows), nil
}

// indexTags makes tags findable.
func indexTags(rows []*tagEntry) *tagIndex {
	x := &tagIndex{tags: map[string]*tagEntry{}, by: map[string][]string{}}
	slices.SortFunc(rows, func(a, b *tagEntry) int { return strings.Compare(a.id, b.id) })
	for _, t := range rows {
		t.prepare()
		x.tags[t.id] = t
		x.purls = x.purls || t.purl != ""
		keys, loose := t.keys()
		for _, key := range keys {
			x.by[key] = append(x.by[key], t.id)
		}
		if loose {
			x.loose = append(x.loose, t.id)
		}
	}
	return x
}

func scanTagEntry(scan func(...any) error) (*tagEntry, error) {
	t := &tagEntry{}
	var facts storage.JSON[map[string]string]
	if err := scan(&t.id, &t.name, &t.vendor, &t.product, &t.cpe, &t.purl, &t.release, &t.criticality, &t.exposure, &facts); err != nil {
		return t, err
	}
	t.facts = usageFacts(t.criticality, t.exposure, claimsOf(facts.V))
	return t, nil
}

// claimsOf turns the stored form of facts that are given into claims, sorted by fact.
func claimsOf(facts map[string]string) []Claim {
	out := make([]Claim, 0, len(facts))
	for fact, values := range facts {
		out = append(out, Claim{Fact: fact, Values: strings.Fields(values)})
	}
	slices.SortFunc(out, func(a, b Claim) int { return strings.Compare(a.Fact, b.Fact) })
	return out
}

// factMap is the reverse of claimsOf.
func factMap(claims []Claim) map[string]string {
	out := make(map[string]string, len(claims))
	for _, c := range claims {
		out[c.Fact] = strings.Join(c.Values, " ")
	}
	return out
}

// values returns the facts that matching tags give: those of the most critical one first, then of
// the most exposed.
func (x *tagIndex) values(matches []TagMatch) []Value {
	order := make([]TagMatch, 0, len(matches))
	for _, m := range matches {
		if x.tags[m.Tag] != nil {
			order = append(order, m)
		}
	}
	slices.SortStableFunc(order, func(a, b TagMatch) int { return cmp.Compare(x.tags[b.Tag].weight, x.tags[a.Tag].weight) })
	var out []Value
	for _, m := range order {
		for _, c := range x.tags[m.Tag].facts {
			out = append(out, Value{Fact: c.Fact, Values: c.Values, Source: "tag:" + m.Name, Reason: m.Reason})
		}
	}
	return out
}
