package csaf

import (
	"fmt"

	"noroshi.dev/format/internal/guard"
)

func (r *rawRoot) document() (*Document, error) {
	d := &Document{
		Version: r.Document.Version, Category: r.Document.Category, Title: r.Document.Title,
		Lang: r.Document.Lang, SourceLang: r.Document.SourceLang,
		TLP: r.Document.Distribution.TLP.Label, DistributionText: r.Document.Distribution.Text,
		Severity: r.Document.Severity.Text, Publisher: r.Document.Publisher, Tracking: r.Document.Tracking,
		Notes: r.Document.Notes, References: r.Document.References,
	}
	d.Products = r.Tree.products()
	groups := r.Tree.groups()
	for i := range r.Vulnerabilities {
		d.Vulnerabilities = append(d.Vulnerabilities, r.Vulnerabilities[i].vulnerability(groups))
	}
	if groups.left < 0 {
		return nil, fmt.Errorf("csaf: the product groups stand for more than %d references: %w", MaxReferences, guard.ErrLimit)
	}
	return d, nil
}

func (r *rawVulnerability) vulnerability(groups *groupTable) Vulnerability {
	v := Vulnerability{
		CVE: r.CVE, Title: r.Title, CWEs: r.CWEs, Notes: r.Notes, References: r.References,
		Status: r.Status, Involvements: r.Involvements, Disclosed: r.Disclosure, Discovered: r.Discovery,
	}
	if v.Disclosed.Text == "" {
		v.Disclosed = r.Release
	}
	if r.CWE != nil {
		v.CWEs = append(v.CWEs, *r.CWE)
	}
	v.Scores = r.scores()
	for _, id := range r.IDs {
		v.IDs = append(v.IDs, ID{id.System, id.Text, groups.resolve(id.targets)})
	}
	for _, t := range r.Threats {
		v.Threats = append(v.Threats, Threat{t.Category, t.Details, t.Date, groups.resolve(t.targets)})
	}
	for _, m := range r.Remediations {
		v.Remediations = append(v.Remediations, Remediation{m.Category, m.Details, m.URL, m.Date, groups.resolve(m.targets)})
	}
	for _, f := range r.Flags {
		v.Flags = append(v.Flags, Flag{f.Label, f.Date, groups.resolve(f.targets)})
	}
	for _, e := range r.Exploited {
		v.Exploited = append(v.Exploited, Exploitation{e.Date, e.ExploitationDate, groups.resolve(e.targets)})
	}
	return v
}

func (r *rawVulnerability) scores() []Score {
	var list []Score
	for _, s := range r.Scores {
		list = append(list, Score{Products: s.Products, CVSS: vectors(s.V2, s.V3)})
	}
	for _, m := range r.Metrics {
		c := m.Content
		list = append(list, Score{
			Products: m.Products, Source: m.Source, CVSS: vectors(c.V2, c.V3, c.V4),
			EPSS: c.EPSS, SSVC: c.SSVC, Rating: c.Rating,
		})
	}
	return list
}

func vectors(given ...*rawCVSS) []CVSS {
	var list []CVSS
	for _, c := range given {
		if c == nil {
			continue
		}
		base := -1.0
		if c.Base != nil {
			base = *c.Base
		}
		list = append(list, CVSS{Version: c.Version, Vector: c.Vector, Base: base, Severity: c.Severity})
	}
	return list
}
