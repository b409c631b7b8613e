package intake

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"noroshi.dev/format/cvss"
)

// vectorFact is one value that follows from a vector.
type vectorFact struct {
	fact   string
	values []string // one key, shared by every claim of it
	raw    string   // "AV:N"
}

// readVector is a vector with everything that follows from it.
type readVector struct {
	cvss.Vector
	facts []vectorFact
	err   error
}

// vectorCache keeps vectors that came before: a year of records has 48,000 vectors and a few
// thousand different ones. It is emptied when it has grown to vectorsKept.
type vectorCache struct {
	seen   map[string]*readVector
	points map[cvss.Version]map[string]*metricPoint
}

const vectorsKept = 1 << 13

// read returns the vector with its facts, or with err set.
func (c *vectorCache) read(text string) *readVector {
	if v := c.seen[text]; v != nil {
		return v
	}
	if c.points == nil {
		c.points = metricPoints()
	}
	if c.seen == nil || len(c.seen) >= vectorsKept {
		c.seen = make(map[string]*readVector, 1<<10)
	}
	v := &readVector{}
	if v.Vector, v.err = cvss.Parse(text); v.err == nil {
		v.facts = c.facts(&v.Vector)
	}
	if len(text) <= cvss.MaxVector { // a longer one is no vector, and may be of any length
		c.seen[strings.Clone(text)] = v
	}
	return v
}

// facts lists what a vector says, in the order of its metrics.
func (c *vectorCache) facts(v *cvss.Vector) []vectorFact {
	points := c.points[v.Version]
	facts := make([]vectorFact, 0, len(v.Metrics)+8)
	for _, m := range v.Metrics {
		if p := points[m.Key]; p != nil {
			if value, ok := p.value(m.Value); ok {
				facts = append(facts, vectorFact{p.fact, []string{value}, m.Key + ":" + m.Value})
			}
		}
	}
	if v.Version == cvss.V4 {
		facts = append(facts, withoutX(v)...)
	}
	if v.Version != cvss.V2 {
		facts = append(facts, vectorFact{FactRating, []string{strings.ToUpper(v.Severity[:1])}, v.Severity})
	}
	return facts
}

// withoutX gives the points of CVSS 4.0 that have no "not defined" their values: the worst case
// for the threat and the requirements, and the base metric for the two modified ones
// (specification 4.0, sections 3.1, 4.1 and 4.2).
func withoutX(v *cvss.Vector) []vectorFact {
	facts := make([]vectorFact, 0, 6)
	for _, p := range [...]struct{ metric, fact, base, fallback string }{
		{"E", "cvss:E_NoX:2.0.0", "", "A"},
		{"CR", "cvss:CR_NoX:1.1.1", "", "H"},
		{"IR", "cvss:IR_NoX:1.1.1", "", "H"},
		{"AR", "cvss:AR_NoX:1.1.1", "", "H"},
		{"MSI", "cvss:MSI_NoX:1.0.1", "SI", ""},
		{"MSA", "cvss:MSA_NoX:1.0.1", "SA", ""},
	} {
		value, given := v.Get(p.metric)
		if !given || value == "X" {
			value = p.fallback
			if p.base != "" {
				value, _ = v.Get(p.base)
			}
		}
		facts = append(facts, vectorFact{p.fact, []string{value}, p.metric + ":" + value})
	}
	return facts
}

// claim is a vector with its source, as a record states it.
type claim struct {
	source, evidence string
	at               time.Time
	vector           *readVector
}

// addScore adds a vector of the source to the record's scores and, if it is valid, to claims.
func (c *vectorCache) addScore(r *Record, claims []claim, source, text string, at time.Time, evidence string) []claim {
	v := c.read(text)
	if v.err != nil {
		r.Unmapped = append(r.Unmapped, Unmapped{Source: source, Name: "CVSS", Value: clip(text), Reason: ReasonVector, Detail: clip(v.err.Error())})
		return claims
	}
	r.Scores = append(r.Scores, Score{Source: source, Version: string(v.Version), Vector: v.Text, Value: v.Base, Severity: v.Severity})
	return append(claims, claim{source, evidence, at, v})
}

// addClaims turns claims into observations. For each source and fact the newest version of CVSS
// speaks; vectors of the same version that differ make a set, because the source then holds
// several values for possible (one for each product, say).
func addClaims(r *Record, claims []claim) {
	if len(claims) > 1 {
		slices.SortStableFunc(claims, func(a, b claim) int {
			return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(b.vector.Version, a.vector.Version))
		})
	}
	from := len(r.Observations)
	for i, cl := range claims {
		if i > 0 && claims[i-1].source != cl.source {
			from = len(r.Observations)
		}
		if i > 0 && claims[i-1].source == cl.source && claims[i-1].vector == cl.vector {
			continue
		}
		for _, f := range cl.vector.facts {
			addFact(r, from, cl, f, cl.vector.Version)
		}
	}
}

// addFact adds one value, or widens or keeps what the same source said before (from from on).
func addFact(r *Record, from int, cl claim, f vectorFact, by cvss.Version) {
	for i := from; i < len(r.Observations); i++ {
		o := &r.Observations[i]
		if o.Fact != f.fact {
			continue
		}
		if o.rank == by && !slices.Contains(o.Values, f.values[0]) {
			o.Values = append(slices.Clone(o.Values), f.values[0])
			o.Raw += " " + f.raw
		}
		return
	}
	r.Observations = append(r.Observations, Observation{
		Fact: f.fact, Values: f.values, Source: cl.source, Evidence: cl.evidence,
		ObservedAt: cl.at, Raw: f.raw, Rule: RuleCVSS, rank: by,
	})
}
