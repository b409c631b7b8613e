package intake

import (
	"bytes"
	"strings"

	"noroshi.dev/format/csaf"
	"noroshi.dev/format/cve"
	"noroshi.dev/format/osv"
	"noroshi.dev/format/ssvc"
	"noroshi.dev/format/version"
)

func exact(v string) version.Range { return version.Range{Exact: v} }

// cpeParts returns vendor, product and version of a CPE 2.2 URI or 2.3 formatted string, without
// the quoting.
func cpeParts(name string) (part [3]string) {
	name, formatted := strings.CutPrefix(name, "cpe:2.3:")
	if !formatted {
		name = strings.TrimPrefix(name, "cpe:/")
	}
	field, from := 0, 0
	for i := 0; i <= len(name) && field < 4; i++ {
		if i+1 < len(name) && name[i] == '\\' {
			i++
			continue
		}
		if i < len(name) && name[i] != ':' {
			continue
		}
		if field > 0 {
			part[field-1] = strings.ReplaceAll(name[from:min(i, len(name))], `\`, "") //nolint:gosec // field is 1 to 3 here
		}
		field, from = field+1, i+1
	}
	return part
}

// csaf decodes an advisory: one record for each of its vulnerabilities.
func (d *decoder) csaf(data []byte, offset int64) {
	doc, err := csaf.Parse(data)
	if err != nil {
		_, line := placeOf(err)
		d.refuse(offset, line, ReasonInvalid, err)
		return
	}
	if len(doc.Vulnerabilities) == 0 {
		r := d.add(KindCSAF, offset)
		r.ID, r.Advisory = doc.Tracking.ID, doc.Tracking.ID
		csafHead(r, doc)
	}
	index := doc.Index()
	for i := range doc.Vulnerabilities {
		if d.dead {
			return
		}
		d.csafVulnerability(d.add(KindCSAF, offset), doc, &doc.Vulnerabilities[i], index)
	}
}

func csafHead(r *Record, doc *csaf.Document) {
	r.Advisory, r.Title = doc.Tracking.ID, doc.Title
	r.Published, r.Modified = doc.Tracking.Initial.UTC(), doc.Tracking.Current.UTC()
	for _, l := range doc.References {
		r.References = append(r.References, Reference{URL: l.URL, Name: l.Summary, Source: csafSource(doc)})
	}
}

func csafSource(doc *csaf.Document) string { return SourceCSAF + doc.Publisher.Name }

func (d *decoder) csafVulnerability(r *Record, doc *csaf.Document, v *csaf.Vulnerability, index map[string]*csaf.Product) {
	csafHead(r, doc)
	source := csafSource(doc)
	for _, id := range v.IDs {
		r.Aliases = append(r.Aliases, id.Text)
	}
	r.ID = v.CVE
	if r.ID == "" && len(r.Aliases) > 0 {
		r.ID, r.Aliases = r.Aliases[0], r.Aliases[1:]
	}
	if r.ID == "" {
		r.ID = doc.Tracking.ID
	}
	if v.Title != "" {
		r.Title = v.Title
	}
	for _, n := range v.Notes {
		if n.Category == "description" || n.Category == "summary" {
			r.Descriptions = append(r.Descriptions, Text{doc.Lang, n.Text})
		}
	}
	for _, w := range v.CWEs {
		r.addCWE(w.ID)
	}
	for _, l := range v.References {
		r.References = append(r.References, Reference{URL: l.URL, Name: l.Summary, Source: source})
	}
	r.csafProducts(v, index, source)
	d.csafScores(r, v, source)
}

// csafProducts adds the products of every status with what the status says of them.
func (r *Record) csafProducts(v *csaf.Vulnerability, index map[string]*csaf.Product, source string) {
	seen := map[string]bool{}
	s := &v.Status
	states := csafStates(s)
	for _, group := range [...][]string{
		s.KnownAffected, s.FirstAffected, s.LastAffected, s.UnderInvestigation, s.FirstFixed,
		s.Fixed, s.KnownNotAffected, s.Recommended, s.Unknown,
	} {
		for _, id := range group {
			p := index[id]
			if p == nil || seen[id] {
				continue
			}
			seen[id] = true
			r.Products = append(r.Products, csafProduct(p, csafStatus(states[id]), source))
		}
	}
}

// csafStates gives what csaf.Status.Of answers for every product at once: advisories list tens of
// thousands of products, each of which Of would look for in all lists.
func csafStates(s *csaf.Status) map[string]string {
	states := map[string]string{}
	for _, group := range [...]struct {
		state string
		lists [3][]string
	}{
		{csaf.Affected, [3][]string{s.FirstAffected, s.KnownAffected, s.LastAffected}},
		{csaf.UnderInvestigation, [3][]string{s.UnderInvestigation}},
		{csaf.Fixed, [3][]string{s.FirstFixed, s.Fixed}},
		{csaf.NotAffected, [3][]string{s.KnownNotAffected}},
		{csaf.Unknown, [3][]string{s.Unknown}},
	} {
		for _, list := range group.lists {
			for _, id := range list {
				if _, said := states[id]; !said {
					states[id] = group.state
				}
			}
		}
	}
	return states
}

func csafStatus(state string) string {
	switch state {
	case csaf.Affected:
		return cve.StatusAffected
	case csaf.NotAffected, csaf.Fixed:
		return cve.StatusUnaffected
	}
	return cve.StatusUnknown
}

func csafProduct(p *csaf.Product, status, source string) Product {
	out := Product{Source: source, Vendor: p.Vendor, Product: p.Product, DefaultStatus: cve.StatusUnknown}
	if out.Product == "" {
		out.Product = p.Name
	}
	if p.CPE != "" {
		out.CPEs = []string{p.CPE}
	}
	if len(p.PURLs) > 0 {
		out.PURL = p.PURLs[0]
	}
	switch {
	case p.Version != "":
		out.Versions = []cve.Entry{{Range: exact(p.Version), Status: status}}
	case p.VersionRange == "":
		out.DefaultStatus = status
	}
	return out
}

func (d *decoder) csafScores(r *Record, v *csaf.Vulnerability, source string) {
	var claims []claim
	for i := range v.Scores {
		s := &v.Scores[i]
		for _, c := range s.CVSS {
			claims = d.vectors.addScore(r, claims, source, c.Vector, r.Modified, s.Source)
		}
		if len(s.SSVC) > 0 {
			d.selections(r, s.SSVC, source)
		}
	}
	addClaims(r, claims)
}

// selections adds what a SelectionList states, under the ids it gives.
func (d *decoder) selections(r *Record, data []byte, source string) {
	points, err := d.points()
	var list ssvc.SelectionList
	if err == nil {
		list, err = ssvc.ParseSelectionList(data, points)
	}
	if err != nil {
		r.Unmapped = append(r.Unmapped, Unmapped{Source: source, Name: "SSVC", Value: clip(string(data)), Reason: ReasonInvalid, Detail: clip(err.Error())})
		return
	}
	for _, s := range list.Selections {
		point, ok := points.Point(s.ID)
		if !ok {
			r.Unmapped = append(r.Unmapped, Unmapped{Source: source, Name: s.ID.String(), Value: clip(string(data)), Reason: ReasonUnknownFact})
			continue
		}
		o := Observation{Fact: s.ID.String(), Source: source, ObservedAt: list.Timestamp.UTC()}
		var raw []string
		for _, v := range s.Values {
			if point.Index(v.Key) < 0 {
				r.Unmapped = append(r.Unmapped, Unmapped{Source: source, Name: o.Fact, Value: clip(v.Key), Reason: ReasonUnknownValue})
				continue
			}
			o.Values, raw = append(o.Values, v.Key), append(raw, v.Key)
		}
		if o.Raw = clip(strings.Join(raw, " ")); len(o.Values) > 0 {
			r.Observations = append(r.Observations, o)
		}
	}
}

// osv decodes one OSV record.
func (d *decoder) osv(data []byte, offset int64) {
	rec, err := osv.Read(bytes.NewReader(data))
	if err != nil {
		_, line := placeOf(err)
		d.refuse(offset, line, ReasonInvalid, err)
		return
	}
	r := d.add(KindOSV, offset)
	r.ID, r.Aliases, r.Title = rec.ID, rec.Aliases, rec.Summary
	r.Published, r.Modified = rec.Published.UTC(), rec.Modified.UTC()
	if !rec.Withdrawn.IsZero() {
		r.State = Rejected
	}
	if rec.Details != "" {
		r.Descriptions = []Text{{"en", rec.Details}}
	}
	for _, l := range rec.References {
		r.References = append(r.References, Reference{URL: l.URL, Source: SourceOSV, Tags: []string{l.Type}})
	}
	page := "https://osv.dev/vulnerability/" + rec.ID
	var claims []claim
	for _, s := range rec.Severity {
		if strings.HasPrefix(s.Type, "CVSS_") {
			claims = d.vectors.addScore(r, claims, SourceOSV, s.Score, r.Modified, page)
		}
	}
	for i := range rec.Affected {
		r.Products = append(r.Products, osvProduct(&rec.Affected[i]))
	}
	addClaims(r, claims)
}

func osvProduct(a *osv.Affected) Product {
	p := Product{
		Source: SourceOSV, Product: a.Package.Name, Package: a.Package.Name, Collection: a.Package.Ecosystem,
		PURL: a.Package.PURL, DefaultStatus: cve.StatusUnaffected,
	}
	for _, v := range a.Versions {
		p.Versions = append(p.Versions, cve.Entry{Range: exact(v), Status: cve.StatusAffected})
	}
	for _, bounds := range a.VersionRanges() {
		p.Versions = append(p.Versions, cve.Entry{Range: bounds, Status: cve.StatusAffected})
	}
	if len(p.Versions) == 0 {
		p.DefaultStatus = cve.StatusUnknown
	}
	return p
}
