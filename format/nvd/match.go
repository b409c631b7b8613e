package nvd

import (
	"noroshi.dev/format/version"
)

// Configuration is a set of nodes, joined by Operator (AND or OR; empty is OR).
type Configuration struct {
	Operator string `json:"operator"`
	Negate   bool   `json:"negate"`
	Nodes    []Node `json:"nodes"`
}

// Node is a set of products, joined by Operator.
type Node struct {
	Operator string  `json:"operator"`
	Negate   bool    `json:"negate"`
	Matches  []Match `json:"cpeMatch"`
}

// Match is a product with a range of versions. Vulnerable is false for what the vulnerable product
// merely runs on.
type Match struct {
	Vulnerable     bool   `json:"vulnerable"`
	Criteria       string `json:"criteria"` // CPE 2.3 formatted string
	ID             string `json:"matchCriteriaId"`
	StartIncluding string `json:"versionStartIncluding"`
	StartExcluding string `json:"versionStartExcluding"`
	EndIncluding   string `json:"versionEndIncluding"`
	EndExcluding   string `json:"versionEndExcluding"`
}

// Range returns the bounds of m and whether it has any. Without them the version is the one of
// Criteria.
func (m *Match) Range() (version.Range, bool) {
	r := version.Range{Start: m.StartIncluding, End: m.EndIncluding}
	if m.StartExcluding != "" {
		r.Start, r.StartExcluded = m.StartExcluding, true
	}
	if m.EndExcluding != "" {
		r.End, r.EndExcluded = m.EndExcluding, true
	}
	return r, r.Start != "" || r.End != ""
}
