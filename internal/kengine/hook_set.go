package kengine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/web/filter"
)

// defaultSets are the default fact sets of an organisation in their order.
type defaultSets struct {
	list   []setEntry
	always []Value // what those without a condition give
}

// setEntry is a default set as far as deciding needs it.
type setEntry struct {
	id, name string
	text     string // the condition as it was written
	when     filter.Expr
	gives    []Value
}

// loadSets reads the default sets of an organisation.
func loadSets(ctx context.Context, r storage.Runner, organisation string) (defaultSets, error) {
	var out defaultSets
	rows, err := storage.List(ctx, r, func(scan func(...any) error) (setEntry, error) {
		var e setEntry
		var why string
		var facts storage.JSON[map[string]string]
		if err := scan(&e.id, &e.name, &why, &facts, &e.text); err != nil {
			return e, err
		}
		for _, c := range claimsOf(facts.V) {
			e.gives = append(e.gives, Value{Fact: c.Fact, Values: c.Values, Source: "set:" + e.name, Reason: why})
		}
		var err error
		e.when, err = filter.Parse(e.text)
		return e, err
	}, `SELECT id, name, justification, facts, condition FROM kengine_set WHERE organisation = ? ORDER BY position, id`, organisation)
	if err != nil {
		return out, fmt.Errorf("kengine: default sets: %w", err)
	}
	out.list = rows
	for i := range rows {
		if rows[i].text == "" {
			out.always = append(out.always, rows[i].gives...)
		}
	}
	return out, nil
}

// conditional reports whether a set has a condition.
func (d *defaultSets) conditional() bool {
	return slices.ContainsFunc(d.list, func(e setEntry) bool { return e.text != "" })
}

// values returns what sets without a condition and those among the matches give, the first set first.
func (d *defaultSets) values(matches []TagMatch) []Value {
	if len(tagged(matches)) == len(matches) {
		return d.always
	}
	var out []Value
	for i := range d.list {
		e := &d.list[i]
		if e.text == "" || slices.ContainsFunc(matches, func(m TagMatch) bool { return m.Set == e.id }) {
			out = append(out, e.gives...)
		}
	}
	return out
}

// match returns the sets whose condition a report meets.
func (d *defaultSets) match(of *traits) []TagMatch {
	var out []TagMatch
	for i := range d.list {
		if e := &d.list[i]; e.text != "" && of.meets(e.when) {
			out = append(out, TagMatch{Set: e.id, Name: e.name, Reason: e.text})
		}
	}
	return out
}

// traits are what conditions of default sets ask about a report.
type traits struct {
	kinds, cwes       []string
	vendors, products []string
}

func (r *traits) addProduct(vendor, product string) {
	r.vendors, r.products = append(r.vendors, vendor), append(r.products, product)
}

// traits returns those of a report that is being added.
func (sub *subject) traits() *traits {
	out := &traits{kinds: []string{sub.kind}, cwes: strings.Fields(sub.words)}
	for i := range sub.affected {
		out.addAffected(&sub.affected[i])
	}
	return out
}

// addAffected adds a product by its names, or by those in its CPE name.
func (r *traits) addAffected(a *affected) {
	if a.vendor == "" && a.product == "" && a.cpe != "" {
		r.addProduct(stemOf(a.cpe))
		return
	}
	r.addProduct(fold(a.vendor), fold(a.product))
}

// SetFields returns the fields that the condition of a default set understands: kind (of a document,
// as cve or csaf), vendor and product (with * for any text), cwe (as CWE-79).
func SetFields() []string { return []string{"cwe", "kind", "product", "vendor"} }

// checkCondition names what is wrong with a condition: words and fields that it does not understand.
func checkCondition(e filter.Expr) error {
	switch e.Kind {
	case filter.Term:
		if !slices.Contains(SetFields(), e.Field) {
			return filter.Unknown(e.Field, SetFields()...)
		}
		if e.Op != filter.Is && e.Op != filter.Has {
			return filter.NoValue(e.Field, string(e.Op)+e.Value)
		}
	case filter.Word:
		return fault.New(fault.Invalid, "kengine.set").Field("condition", "kengine.set.word", "word", e.Value)
	case filter.All, filter.Any:
	}
	for _, n := range e.Nodes {
		if err := checkCondition(n); err != nil {
			return err
		}
	}
	return nil
}

// meets reports whether a report meets a condition that was checked.
func (r *traits) meets(e filter.Expr) bool {
	yes := false
	switch e.Kind {
	case filter.All:
		yes = !slices.ContainsFunc(e.Nodes, func(n filter.Expr) bool { return !r.meets(n) })
	case filter.Any:
		yes = slices.ContainsFunc(e.Nodes, r.meets)
	case filter.Term:
		yes = r.has(e)
	case filter.Word:
	}
	return yes != e.Not
}

func (r *traits) has(e filter.Expr) bool {
	var of []string
	switch e.Field {
	case "kind":
		of = r.kinds
	case "cwe":
		of = r.cwes
	case "vendor":
		of = r.vendors
	case "product":
		of = r.products
	}
	return slices.ContainsFunc(of, func(s string) bool {
		if e.Op == filter.Has {
			return s != ""
		}
		return slices.ContainsFunc(e.Values(), func(v string) bool { return v != "" && glob(v, strings.ToLower(s)) })
	})
}

// addSetMatches adds the default sets of an organisation whose condition reports meet, behind the
// matches that are there.
func addSetMatches(ctx context.Context, r storage.Runner, organisation string, reports []string, to map[string][]TagMatch) error {
	sets, err := loadSets(ctx, r, organisation)
	if err != nil || !sets.conditional() {
		return err
	}
	all, err := readTraits(ctx, r, reports)
	if err != nil {
		return err
	}
	for id, of := range all {
		to[id] = append(to[id], sets.match(of)...)
	}
	return nil
}

// readTraits returns what conditions ask about reports, by report.
func readTraits(ctx context.Context, r storage.Runner, reports []string) (map[string]*traits, error) {
	out := make(map[string]*traits, len(reports))
	for _, id := range reports {
		out[id] = &traits{}
	}
	products, err := readAffected(ctx, r, reports)
	if err != nil {
		return nil, err
	}
	for id, list := range products {
		for i := range list {
			out[id].addAffected(&list[i])
		}
	}
	err = inParts(reports, func(part []any) error {
		rows, err := storage.List(ctx, r, func(scan func(...any) error) ([3]string, error) {
			var v [3]string
			err := scan(&v[0], &v[1], &v[2])
			return v, err
		}, `SELECT report, kind, COALESCE(head ->> 'words', '') FROM kengine_origin WHERE report IN (`+storage.Marks(len(part))+`)`, part...)
		for _, v := range rows {
			out[v[0]].kinds = append(out[v[0]].kinds, v[1])
			out[v[0]].cwes = append(out[v[0]].cwes, strings.Fields(v[2])...)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("kengine: read reports for default sets: %w", err)
	}
	return out, nil
}
