package intake

import (
	"errors"
	"slices"
	"strings"

	"noroshi.dev/format/cve"
	"noroshi.dev/format/epss"
	"noroshi.dev/format/kev"
	"noroshi.dev/format/nvd"
)

// errStop ends a reading whose context ended.
var errStop = errors.New("stopped")

// ended reports an error that ended the reading of a whole document.
func (d *decoder) ended(err error) {
	if err == nil || errors.Is(err, errStop) || d.dead {
		return
	}
	d.malformed(0, err)
}

// stop returns errStop once the context has ended.
func (d *decoder) stop() error {
	if d.dead {
		return errStop
	}
	return nil
}

func (d *decoder) kev(data []byte) {
	_, err := kev.Each(data, func(i *kev.Item) error {
		if i.Err != nil {
			d.refuse(i.Offset, i.Line, ReasonInvalid, i.Err)
			return d.stop()
		}
		r := d.add(KindKEV, i.Offset)
		r.Origin.Line = i.Line
		fromKEV(r, &i.Entry)
		return d.stop()
	})
	d.ended(err)
}

func fromKEV(r *Record, e *kev.Entry) {
	r.ID, r.Title = e.ID, e.Name
	for _, id := range e.CWEs {
		r.addCWE(id)
	}
	r.Descriptions = []Text{{"en", e.Description}}
	r.Published, _ = e.Added()
	r.Products = []Product{{Source: SourceKEV, Vendor: e.Vendor, Product: e.Product, DefaultStatus: cve.StatusUnknown}}
	for part := range strings.SplitSeq(e.Notes, ";") {
		if part = strings.TrimSpace(part); strings.HasPrefix(part, "https://") || strings.HasPrefix(part, "http://") {
			r.References = append(r.References, Reference{URL: part, Source: SourceKEV})
		}
	}
	page := "https://www.cisa.gov/known-exploited-vulnerabilities-catalog?search_api_fulltext=" + e.ID
	addListing(r, SourceKEV, page, e.DateAdded, r.Published)
}

func (d *decoder) epss(data []byte) {
	_, err := epss.Each(data, func(i *epss.Item) error {
		if i.Err != nil {
			d.refuse(i.Offset, i.Line, ReasonInvalid, i.Err)
			return d.stop()
		}
		r := d.add(KindEPSS, i.Offset)
		r.Origin.Line = i.Line
		r.ID = i.ID
		r.Modified = epss.Time(i.Date)
		r.Observations = []Observation{{
			Fact: FactEPSS, Values: epssValue(i.Probability), Source: SourceEPSS, Rule: RuleEPSS,
			Evidence: "https://api.first.org/data/v1/epss?cve=" + i.ID, ObservedAt: r.Modified, Raw: clip(i.Raw),
		}}
		return d.stop()
	})
	d.ended(err)
}

// EPSSBin is one value of the fact noroshi:EPSS:1.0.0: probabilities from From up to the next bin.
type EPSSBin struct {
	Key  string
	Name string
	From float64
}

// EPSSBins returns the values of noroshi:EPSS:1.0.0, low to high: low below 1 %, medium from 1 %,
// high from 10 %, very high from 50 %. About nine tenths of all vulnerabilities are low; the
// bounds are of this program and of no standard.
func EPSSBins() []EPSSBin {
	return []EPSSBin{{"L", "low", 0}, {"M", "medium", 0.01}, {"H", "high", 0.1}, {"VH", "very high", 0.5}}
}

func epssValue(p float64) []string {
	key := ""
	for _, bin := range EPSSBins() {
		if p >= bin.From {
			key = bin.Key
		}
	}
	return []string{key}
}

func (d *decoder) nvd(data []byte) {
	_, err := nvd.Each(data, func(i *nvd.Item) error {
		if i.Err != nil {
			d.refuse(i.Offset, 0, ReasonInvalid, i.Err)
			return d.stop()
		}
		fromNVD(d.add(KindNVD, i.Offset), &i.Vulnerability, &d.vectors)
		return d.stop()
	})
	d.ended(err)
}

// nvdSource names who scored: NVD itself, or another whose score it shows.
func nvdSource(s string) string {
	if s == nvd.Source || s == "" {
		return SourceNVD
	}
	return SourceNVD + ":" + s
}

func fromNVD(r *Record, v *nvd.Vulnerability, vectors *vectorCache) {
	r.ID, r.Published, r.Modified = v.ID, nvd.Time(v.Published), nvd.Time(v.LastModified)
	if v.Status == nvd.StatusRejected {
		r.State = Rejected
	}
	for _, t := range v.Descriptions {
		r.Descriptions = append(r.Descriptions, Text(t))
	}
	page := "https://nvd.nist.gov/vuln/detail/" + v.ID
	var claims []claim
	for _, m := range v.Metrics.All() {
		claims = vectors.addScore(r, claims, nvdSource(m.Source), m.CVSS.Vector, r.Modified, page)
	}
	for _, w := range v.Weaknesses {
		for _, t := range w.Descriptions {
			r.addCWE(t.Value)
		}
	}
	for _, l := range v.References {
		r.References = append(r.References, Reference{URL: l.URL, Source: SourceNVD, Tags: l.Tags})
	}
	for i := range v.Configurations {
		for _, n := range v.Configurations[i].Nodes {
			r.nvdProducts(n)
		}
	}
	if v.ExploitAdded != "" {
		addListing(r, SourceKEV, page, clip(v.ExploitAdded), nvd.Time(v.ExploitAdded))
	}
	addClaims(r, claims)
}

// nvdProducts adds the vulnerable products of a node. What they merely run on is no product that
// is affected, and a negated node names those that are not.
func (r *Record) nvdProducts(n nvd.Node) {
	for _, m := range n.Matches {
		if !m.Vulnerable || n.Negate {
			continue
		}
		p := Product{Source: SourceNVD, CPEs: []string{m.Criteria}, DefaultStatus: cve.StatusUnaffected}
		part := cpeParts(m.Criteria)
		p.Vendor, p.Product = part[0], part[1]
		if bounds, ok := m.Range(); ok {
			p.Versions = []cve.Entry{{Range: bounds, Status: cve.StatusAffected}}
		} else if part[2] == "*" || part[2] == "" {
			p.DefaultStatus = cve.StatusAffected
		} else if part[2] != "-" {
			p.Versions = []cve.Entry{{Range: exact(part[2]), Status: cve.StatusAffected}}
		} else {
			p.DefaultStatus = cve.StatusUnknown
		}
		r.Products = append(r.Products, p)
	}
}

// addCWE adds a weakness that has a number, once.
func (r *Record) addCWE(id string) {
	number, ok := strings.CutPrefix(id, "CWE-")
	if !ok || number == "" || len(number) > 9 || strings.Trim(number, "0123456789") != "" || len(r.CWEs) >= maxCWEs {
		return
	}
	if !slices.Contains(r.CWEs, id) {
		r.CWEs = append(r.CWEs, id)
	}
}

// maxCWEs bounds the weaknesses of one record; there are about a thousand.
const maxCWEs = 4096
