package ssvc

import (
	"strconv"
	"strings"
)

// LegacyConversion says how a legacy tree becomes v2 tables.
type LegacyConversion struct {
	// Namespace of the new objects, such as x_example.org#trees.
	Namespace string
	// Key of the new table, such as DT_MINE.
	Key string
	// Version of the new objects; empty means 1.0.0.
	Version string
	// Missing is the label of the outcome of combinations without a row; empty
	// leaves them missing. The published triage tree means decline.
	Missing string
}

// Tables converts the tree: the first table is the tree's own, one more
// follows for every complex point, so that the outcome of that table is an input
// of the first. Keys come from the tree where valid and unique, else from the
// labels; values keep the order of the file, which need not be ascending.
func (t LegacyTree) Tables(c LegacyConversion) ([]DecisionTable, error) {
	if c.Version == "" {
		c.Version = "1.0.0"
	}
	points := make([]DecisionPoint, len(t.Points))
	used := map[string]bool{}
	for i, p := range t.Points {
		points[i] = p.convert(ID{c.Namespace, uniqueKey(p.Key, p.Label, used), c.Version})
		if err := points[i].Validate(); err != nil {
			return nil, err
		}
	}
	title := t.Title
	if title == "" {
		title = c.Key
	}
	main := DecisionTable{ID: ID{c.Namespace, c.Key, c.Version}, Name: title, Definition: title, Outcome: len(t.Columns) - 1}
	for _, p := range t.Columns {
		main.Columns = append(main.Columns, Column{Ref: points[p].ID.String(), Point: points[p]})
	}
	for _, row := range t.Rows {
		main.Rows = append(main.Rows, append([]int(nil), row...))
	}
	if err := main.Validate(); err != nil {
		return nil, err
	}
	if c.Missing != "" {
		o := t.Outcome().Option(c.Missing)
		if o < 0 {
			return nil, fail("legacy tree", quote(c.Missing)+" is not an outcome", "name the outcome of missing rows by its label")
		}
		if err := main.fill(o); err != nil {
			return nil, err
		}
	}
	tables := []DecisionTable{main}
	for i, p := range t.Points {
		if p.Type != LegacyComplex {
			continue
		}
		sub, err := t.subTable(p, points, i, c)
		if err != nil {
			return nil, err
		}
		tables = append(tables, sub)
	}
	return tables, nil
}

func (p LegacyPoint) convert(id ID) DecisionPoint {
	d := DecisionPoint{ID: id, Name: p.Label, Definition: p.Label}
	used := map[string]bool{}
	for _, o := range p.Options {
		def := o.Description
		if def == "" {
			def = o.Label
		}
		d.Values = append(d.Values, Value{Key: uniqueKey(o.Key, o.Label, used), Name: o.Label, Definition: def})
	}
	return d
}

// uniqueKey takes the given key, else the initials of the label, else the
// initials with a number.
func uniqueKey(key, label string, used map[string]bool) string {
	if !ValidKey(key) || used[key] {
		key = initials(label)
	}
	base := key
	for n := 2; used[key]; n++ {
		key = base + strconv.Itoa(n)
	}
	used[key] = true
	return key
}

func initials(label string) string {
	var b strings.Builder
	fresh := true
	for _, r := range label {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		if letter && fresh {
			b.WriteString(strings.ToUpper(string(r)))
		}
		fresh = !letter
	}
	if b.Len() == 0 {
		return "X"
	}
	return b.String()
}
