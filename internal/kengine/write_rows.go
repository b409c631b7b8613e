package kengine

import (
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/intake"
)

// head is the short form of a document, from which the row of a report is merged.
type head struct {
	State     string    `json:"state"`
	Title     string    `json:"title,omitempty"`
	TitleJA   string    `json:"title_ja,omitempty"`
	Summary   string    `json:"summary,omitempty"`
	Lang      string    `json:"lang,omitempty"`
	Products  string    `json:"products,omitempty"`
	Published time.Time `json:"published,omitzero"`
	Modified  time.Time `json:"modified,omitzero"`
	CVSS      int64     `json:"cvss"`
	Vector    string    `json:"vector,omitempty"`
	Words     string    `json:"words,omitempty"` // further words of the search index
}

// head returns the short form of p.
func (p *prepared) head() head {
	return head{
		State: p.state, Title: p.title, TitleJA: p.titleJA, Summary: p.summary, Lang: p.lang, Products: p.products,
		Published: p.published, Modified: p.modified, CVSS: p.cvss, Vector: p.vector, Words: p.words,
	}
}

// encode writes h for its column.
func (h *head) encode() []byte {
	out, err := json.Marshal(h, allowInvalidUTF8())
	if err != nil {
		panic("kengine: head of a record: " + err.Error()) // only plain values inside
	}
	return withoutZero(out)
}

// micro returns t as a column value without a detour over a Valuer: imports write many.
func micro(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// sortable is micro for a column that lists are sorted by: 0 where there is no time, because a
// comparison with NULL would end a list early.
func sortable(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func reportColumns() []string {
	return []string{
		"id", "key", "kind", "state", "title", "title_ja", "summary", "lang", "products", "published", "modified",
		"received", "updated", "cvss", "vector", "kev", "conflicts", "facts",
	}
}

func reportRows(fresh []found, now int64) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for i := range fresh {
			p := &fresh[i]
			if !yield([]any{
				p.report, p.key, string(p.kind), p.state, p.title, p.titleJA, p.summary, p.lang, p.products,
				sortable(p.published), micro(p.modified), now, now, p.cvss, p.vector, p.kev, len(p.clashes), string(p.facts),
			}) {
				return
			}
		}
	}
}

func originColumns() []string {
	return []string{"report", "kind", "digest", "modified", "head", "body"}
}

func originRows(fresh []found) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for i := range fresh {
			p := &fresh[i]
			if !yield([]any{p.report, string(p.kind), p.digest, micro(p.modified), string(p.headJSON), string(p.body)}) {
				return
			}
		}
	}
}

func aliasRows(fresh []found, reports map[string]string) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for i := range fresh {
			for _, alias := range fresh[i].aliases(fresh[i].key, reports) {
				reports[alias] = fresh[i].report
				if !yield([]any{alias, fresh[i].report}) {
					return
				}
			}
		}
	}
}

func affectedColumns() []string {
	return []string{"report", "kind", "n", "vendor", "product", "cpe", "purl"}
}

func affectedRows(fresh []found) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for i := range fresh {
			for n, a := range fresh[i].affected {
				if !yield([]any{fresh[i].report, string(fresh[i].kind), n, a.vendor, a.product, a.cpe, a.purl}) {
					return
				}
			}
		}
	}
}

func assertionColumns() []string {
	return []string{
		"report", "id", "organisation", "source", "rule", "evidence", "actor", "claims", "observed", "recorded", "expires",
	}
}

func assertionRows(fresh []found, now int64) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for i := range fresh {
			for j := range fresh[i].assertions {
				if !yield(fresh[i].assertions[j].row(fresh[i].report, fresh[i].claims[j], now)) {
					return
				}
			}
		}
	}
}

func (a *Assertion) row(report string, claims []byte, now int64) []any {
	return []any{
		report, a.ID, a.Organisation, a.Source, a.Rule, clean(a.Evidence), a.Actor, string(claims),
		micro(a.Observed), now, micro(a.Expires),
	}
}

func conflictColumns() []string {
	return []string{"report", "fact", "organisation", "detail", "state", "updated"}
}

func conflictRows(fresh []found, now int64) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for i := range fresh {
			for j := range fresh[i].clashes {
				c := &fresh[i].clashes[j]
				if !yield([]any{fresh[i].report, c.Fact, "", storage.JSON[[]side]{V: c.sides()}, "open", now}) {
					return
				}
			}
		}
	}
}

// side is the stored form of one side of a clash.
type side struct {
	Source string    `json:"source"`
	Values string    `json:"values"`
	Raw    string    `json:"raw,omitempty"`
	ID     string    `json:"id,omitempty"`
	At     time.Time `json:"at,omitzero"`
}

func (c *Clash) sides() []side {
	out := make([]side, len(c.Sides))
	for i := range c.Sides {
		v := &c.Sides[i]
		out[i] = side{Source: v.Source, Values: strings.Join(v.Values, " "), Raw: clean(v.Raw), ID: v.Assertion, At: v.Observed}
	}
	return out
}

// encodeFacts writes the current world values for kengine_report.facts: {"fact":"values"}.
func encodeFacts(values []Value) []byte {
	b := make([]byte, 0, 32*len(values))
	b = append(b, '{')
	for i := range values {
		if i > 0 {
			b = append(b, ',')
		}
		b = quote(b, values[i].Fact)
		b = append(b, ':')
		b = quote(b, strings.Join(values[i].Values, " "))
	}
	return append(b, '}')
}

// parseFacts reads what encodeFacts or encodeInputs wrote.
func parseFacts(stored []byte) ([]Value, error) {
	var m map[string]string
	if err := json.Unmarshal(stored, &m); err != nil {
		return nil, fmt.Errorf("kengine: read facts: %w", err)
	}
	out := make([]Value, 0, len(m))
	for fact, values := range m {
		out = append(out, Value{Fact: fact, Values: strings.Fields(values)})
	}
	return out, nil
}

// isKEV reports whether the current values say that the vulnerability is known to be exploited.
func isKEV(values []Value) bool {
	for i := range values {
		if values[i].Fact == intake.FactKEV {
			return len(values[i].Values) == 1 && values[i].Values[0] == "Y"
		}
	}
	return false
}
