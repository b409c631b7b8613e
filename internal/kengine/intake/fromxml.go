package intake

import (
	"bytes"
	"errors"
	"strings"
	"time"

	"noroshi.dev/format/cve"
	"noroshi.dev/format/jvn"
	"noroshi.dev/format/ssvc"
	"noroshi.dev/format/version"
	"noroshi.dev/format/vrda"
)

func (d *decoder) jvnOverview(data []byte) {
	_, err := jvn.EachOverview(bytes.NewReader(data), func(i jvn.Item) error {
		r := d.add(KindJVNOverview, -1)
		r.ID, r.Aliases, r.Title, r.CWEs = i.Identifier, i.CVEs(), i.Title, i.CWEs()
		r.Published, r.Modified = utc(i.Issued), utc(i.Modified)
		if i.Description != "" {
			r.Descriptions = []Text{{jvnLang(i.Link), jvn.PlainText(i.Description)}}
		}
		for _, l := range i.References {
			r.addReference(l.URL, l.Title)
		}
		for _, c := range i.CPEs {
			r.Products = append(r.Products, Product{
				Source: SourceJVN, Vendor: c.Vendor, Product: c.Product, CPEs: []string{c.Name}, DefaultStatus: cve.StatusUnknown,
			})
		}
		var claims []claim
		for _, s := range i.CVSS {
			claims = d.jvnScore(r, claims, s.Vector, i.Link)
		}
		addClaims(r, claims)
		return d.stop()
	})
	d.ended(err)
}

func (d *decoder) jvnScore(r *Record, claims []claim, vector, page string) []claim {
	if vector == "" {
		return claims
	}
	return d.vectors.addScore(r, claims, SourceJVN, vector, r.Modified, page)
}

func (d *decoder) jvnDetail(data []byte) {
	_, err := jvn.EachDetail(bytes.NewReader(data), func(v jvn.Vulinfo) error {
		r := d.add(KindJVNDetail, -1)
		page := "https://jvndb.jvn.jp/ja/contents/" + jvnYear(v.ID) + v.ID + ".html"
		r.ID, r.Aliases, r.Title, r.CWEs = v.ID, v.CVEs(), v.Data.Title, v.CWEs()
		r.Published, r.Modified = utc(v.Data.FirstPublished), utc(v.Data.LastUpdated)
		if text := v.Overview(); text != "" {
			r.Descriptions = []Text{{textLang(text), jvn.PlainText(text)}}
		}
		for _, l := range v.Data.Related {
			r.addReference(l.URL, l.Title)
		}
		for i := range v.Data.Affected {
			r.Products = append(r.Products, jvnProduct(&v.Data.Affected[i]))
		}
		var claims []claim
		for _, c := range v.CVSS() {
			claims = d.jvnScore(r, claims, c.Vector, page)
		}
		addClaims(r, claims)
		return d.stop()
	})
	d.ended(err)
}

// jvnProduct turns an affected item into a product. A text on versions that is not understood
// leaves the status of every version unknown.
func jvnProduct(a *jvn.AffectedItem) Product {
	p := Product{Source: SourceJVN, Vendor: a.Name, Product: a.Product}
	for _, c := range a.CPEs {
		p.CPEs = append(p.CPEs, c.Name)
	}
	status := cve.StatusUnknown
	switch a.Status {
	case jvn.Vulnerable:
		status = cve.StatusAffected
	case jvn.NotVulnerable:
		status = cve.StatusUnaffected
	}
	p.DefaultStatus = status
	if len(a.Versions) > 0 && status == cve.StatusAffected {
		p.DefaultStatus = cve.StatusUnaffected
	}
	for _, v := range a.Versions {
		bounds, ok := v.Range()
		if !ok {
			p.DefaultStatus = cve.StatusUnknown
			continue
		}
		p.Versions = append(p.Versions, cve.Entry{Range: bounds, Status: status})
	}
	return p
}

func (r *Record) addReference(url, name string) {
	if url != "" {
		r.References = append(r.References, Reference{URL: url, Name: name, Source: SourceJVN})
	}
}

func utc(d jvn.Date) time.Time { return d.Time.UTC() }

// jvnYear returns the folder of an identifier such as JVNDB-2022-000097 on the site.
func jvnYear(id string) string {
	parts := strings.Split(id, "-")
	if len(parts) != 3 {
		return ""
	}
	return parts[1] + "/"
}

func jvnLang(link string) string {
	if strings.Contains(link, "/en/") {
		return "en"
	}
	return "ja"
}

// textLang tells Japanese from English by its letters.
func textLang(text string) string {
	for _, r := range text {
		if r >= 0x3040 && r <= 0x9fff {
			return "ja"
		}
	}
	return "en"
}

// vrda decodes VRDA data. Entries of the feed of old, which only link their data, give a record
// without facts.
func (d *decoder) vrda(data []byte) {
	doc, err := vrda.Read(bytes.NewReader(data))
	if errors.Is(err, vrda.ErrKind) {
		d.refuse(0, 0, ReasonUnknownKind, err)
		return
	}
	if err != nil {
		d.ended(err)
		return
	}
	for i := range doc.Entries {
		e := &doc.Entries[i]
		r := d.add(KindVRDA, -1)
		r.ID, r.Title, r.Published, r.Modified = e.ID, e.Title, e.Published.UTC(), e.Updated.UTC()
		if e.Summary != "" {
			r.Descriptions = []Text{{doc.Lang, e.Summary}}
		}
		for _, c := range e.Categories {
			r.Products = append(r.Products, Product{Source: SourceVRDA, Product: c, CPEs: cpesIn(c)})
		}
		if e.Data != nil {
			fromVRDA(r, e.Data)
		}
		if d.dead {
			return
		}
	}
}

func cpesIn(names ...string) (cpes []string) {
	for _, n := range names {
		if strings.HasPrefix(n, "cpe:") {
			cpes = append(cpes, n)
		}
	}
	return cpes
}

func fromVRDA(r *Record, data *vrda.Data) {
	v := &data.Vulinfo
	r.ID, r.Title = v.ID, v.Title
	r.Published, r.Modified = v.Published.UTC(), v.Updated.UTC()
	if v.Overview != "" {
		r.Descriptions = []Text{{data.Lang, v.Overview}}
	}
	r.Products = nil
	for _, a := range v.Affected {
		r.Products = append(r.Products, vrdaProduct(&a))
	}
	for _, l := range v.Related {
		r.References = append(r.References, Reference{URL: l.URL, Name: l.Title, Source: SourceVRDA})
	}
	for _, f := range v.Facts {
		r.vrdaFact(&f)
	}
}

func vrdaProduct(a *vrda.Affected) Product {
	p := Product{Source: SourceVRDA, Vendor: a.Vendor, Product: a.Product, CPEs: a.CPEs, DefaultStatus: cve.StatusUnknown}
	if len(a.PURLs) > 0 {
		p.PURL = a.PURLs[0]
	}
	status := cve.StatusUnknown
	switch a.Status {
	case jvn.Vulnerable:
		status = cve.StatusAffected
	case jvn.NotVulnerable:
		status = cve.StatusUnaffected
	}
	if len(a.Versions) == 0 {
		p.DefaultStatus = status
	}
	for _, text := range a.Versions {
		var bounds version.Range
		var ok bool
		if bounds, ok = jvn.ParseVersions(text); ok {
			p.Versions = append(p.Versions, cve.Entry{Range: bounds, Status: status})
		}
	}
	return p
}

// vrdaFact adds a fact of our own profile. The facts of other documents have names that nobody
// documented and stay unmapped.
func (r *Record) vrdaFact(f *vrda.Fact) {
	keys := make([]string, 0, len(f.Values))
	for _, v := range f.Values {
		keys = append(keys, v.Key)
	}
	raw := clip(strings.Join(keys, " "))
	id := f.Namespace + ":" + f.Key + ":" + f.Version
	if _, err := ssvc.ParseID(id); err != nil || f.Version == "" {
		r.Unmapped = append(r.Unmapped, Unmapped{Source: SourceVRDA, Name: clip(f.Key), Value: raw, Reason: ReasonUnknownFact})
		return
	}
	if len(keys) == 0 {
		r.Unmapped = append(r.Unmapped, Unmapped{Source: SourceVRDA, Name: id, Reason: ReasonUnknownValue})
		return
	}
	r.Observations = append(r.Observations, Observation{
		Fact: id, Values: keys, Source: SourceVRDA,
		Evidence: f.Evidence, ObservedAt: f.Observed.UTC(), Raw: raw,
	})
}
