package intake

import (
	"slices"
	"strings"
	"time"

	"noroshi.dev/format/cve"
)

// cveConverter turns one CVE record into a Record.
type cveConverter struct {
	to      *Record
	d       *decoder
	source  string
	at      time.Time // when the current container was written
	page    string    // where the record can be read
	entries []cve.Entry
	cwes    map[string]bool // of the record, once they are many
}

func fromCVE(to *Record, rec *cve.Record, d *decoder) {
	c := &d.convert
	*c = cveConverter{to: to, d: d}
	d.claims, d.links = d.claims[:0], d.links[:0]
	to.Observations, to.References = d.scratch[:0], d.links[:0]
	to.ID = rec.Metadata.ID
	to.Published, _ = cve.ParseTime(rec.Metadata.DatePublished)
	to.Modified, _ = cve.ParseTime(rec.Metadata.DateUpdated)
	c.page = "https://www.cve.org/CVERecord?id=" + to.ID
	if rec.Metadata.State == cve.Rejected {
		to.State = Rejected
		to.Descriptions = texts(rec.Containers.CNA.RejectedReasons)
		to.ReplacedBy = rec.Containers.CNA.ReplacedBy
	}
	c.reserve(&rec.Containers)
	c.container(&rec.Containers.CNA, SourceCNA)
	for i := range rec.Containers.ADP {
		a := &rec.Containers.ADP[i]
		c.container(a, d.sources.adp(a.Provider.ShortName))
	}
	addClaims(to, d.claims)
	d.scratch, d.links = to.Observations, to.References
	to.Observations, to.References = own(to.Observations), own(to.References)
}

// own returns a copy of list that is as small as can be. It is never nil, which a digest of the
// record would tell from an empty list.
func own[T any](list []T) []T { return append(make([]T, 0, len(list)), list...) }

// sourceCache keeps the names of sources that came before; a year of records has a few.
type sourceCache struct{ seen map[string]string }

const sourcesKept = 1 << 8

// adp returns the source of an authorised publisher's container.
func (c *sourceCache) adp(shortName string) string {
	if known, ok := c.seen[shortName]; ok {
		return known
	}
	if c.seen == nil || len(c.seen) >= sourcesKept {
		c.seen = map[string]string{}
	}
	source := SourceADP + shortName
	if len(source) <= MaxRaw { // a longer one is no name, and may be of any length
		c.seen[source[len(SourceADP):]] = source
	}
	return source
}

// reserve gets the memory of products and their versions at once.
func (c *cveConverter) reserve(from *cve.Containers) {
	products, versions := 0, 0
	count := func(k *cve.Container) {
		products += len(k.Affected)
		for i := range k.Affected {
			versions += len(k.Affected[i].Versions)
		}
	}
	count(&from.CNA)
	for i := range from.ADP {
		count(&from.ADP[i])
	}
	c.to.Products = make([]Product, 0, products)
	c.entries = make([]cve.Entry, 0, versions)
}

// container adds what one organisation says.
func (c *cveConverter) container(from *cve.Container, source string) {
	c.source = source
	c.at, _ = cve.ParseTime(from.Provider.DateUpdated)
	if source == SourceCNA {
		c.to.Title = from.Title
		if len(from.Descriptions) > 0 {
			c.to.Descriptions = append(c.to.Descriptions, texts(from.Descriptions)...)
		}
	}
	for i := range from.ProblemTypes {
		for _, w := range from.ProblemTypes[i].Descriptions {
			if w.CWE != "" {
				c.weakness(w.CWE)
			}
		}
	}
	c.products(from.Affected)
	c.references(from.References)
	for i := range from.Metrics {
		c.metric(&from.Metrics[i])
	}
}

func texts(from []cve.Text) []Text {
	list := make([]Text, len(from))
	for i, t := range from {
		list[i] = Text(t)
	}
	return list
}

func (c *cveConverter) products(affected []cve.Affected) {
	for i := range affected {
		a := &affected[i]
		from := len(c.entries)
		c.entries = a.AppendEntries(c.entries)
		c.to.Products = append(c.to.Products, Product{
			Source: c.source, Vendor: a.Vendor, Product: a.Product, Package: a.PackageName,
			Collection: a.CollectionURL, PURL: a.PackageURL, CPEs: a.CPEs, Platforms: a.Platforms,
			Repo: a.Repo, DefaultStatus: a.DefaultStatus, Versions: c.entries[from:len(c.entries):len(c.entries)],
		})
	}
}

// references adds links that are not there yet: the program's own container repeats most of those
// of the naming authority.
func (c *cveConverter) references(links []cve.Reference) {
	known := c.to.References
	stands := func(url string) bool {
		return slices.ContainsFunc(known, func(r Reference) bool { return r.URL == url })
	}
	if len(known) > few {
		urls := make(map[string]bool, len(known))
		for i := range known {
			urls[known[i].URL] = true
		}
		stands = func(url string) bool { return urls[url] }
	}
	for i := range links {
		if l := &links[i]; !stands(l.URL) {
			c.to.References = append(c.to.References, Reference{URL: l.URL, Name: l.Name, Source: c.source, Tags: l.Tags})
		}
	}
}

// few is the length up to which searching a list is cheaper than a table; records of strangers may
// have lists of any length.
const few = 32

// weakness adds a weakness that is not there yet.
func (c *cveConverter) weakness(id string) {
	if c.cwes == nil && len(c.to.CWEs) > few {
		c.cwes = make(map[string]bool, 2*few)
		for _, have := range c.to.CWEs {
			c.cwes[have] = true
		}
	}
	if c.cwes[id] || c.cwes == nil && slices.Contains(c.to.CWEs, id) {
		return
	}
	if c.cwes != nil {
		c.cwes[id] = true
	}
	c.to.CWEs = append(c.to.CWEs, id)
}

func (c *cveConverter) metric(m *cve.Metric) {
	for _, score := range m.CVSS() {
		c.score(&score)
	}
	if m.Other != nil {
		c.other(m.Other)
	}
}

func (c *cveConverter) score(s *cve.CVSS) {
	if s.Vector != "" {
		c.d.claims = c.d.vectors.addScore(c.to, c.d.claims, c.source, s.Vector, c.at, c.page)
		return
	}
	c.to.Scores = append(c.to.Scores, Score{Source: c.source, Version: s.Version, Value: s.BaseScore, Severity: strings.ToLower(s.BaseSeverity)})
}

// other adds a metric of a type of its own.
func (c *cveConverter) other(o *cve.Other) {
	if strings.EqualFold(o.Type, "kev") {
		c.listing(o)
		return
	}
	if !strings.HasPrefix(strings.ToLower(o.Type), "ssvc") {
		c.to.Unmapped = append(c.to.Unmapped, Unmapped{Source: c.source, Name: clip(o.Type), Value: clip(string(o.Content)), Reason: ReasonUnknownFact})
		return
	}
	selection, err := c.d.cve.ReadSSVC(o.Content)
	if err != nil {
		c.to.Unmapped = append(c.to.Unmapped, Unmapped{Source: c.source, Name: clip(o.Type), Value: clip(string(o.Content)), Reason: ReasonInvalid, Detail: clip(err.Error())})
		return
	}
	at, ok := cve.ParseTime(selection.Timestamp)
	if !ok {
		at = c.at
	}
	for _, option := range selection.Options {
		c.option(option, at)
	}
}

// option adds one SSVC choice, if it is one of the points and values that we know.
func (c *cveConverter) option(o cve.Option, at time.Time) {
	means := c.d.choices.read(o)
	if means.why != "" {
		c.to.Unmapped = append(c.to.Unmapped, Unmapped{Source: c.source, Name: clip(o.Name), Value: clip(o.Value), Reason: means.why})
		return
	}
	c.to.Observations = append(c.to.Observations, Observation{
		Fact: means.fact, Values: means.keys, Source: c.source, Evidence: c.page, ObservedAt: at, Raw: o.Value,
	})
}

// listing adds the listing in the catalogue of known exploited vulnerabilities.
func (c *cveConverter) listing(o *cve.Other) {
	k, err := c.d.cve.ReadKEV(o.Content)
	if err != nil {
		c.to.Unmapped = append(c.to.Unmapped, Unmapped{Source: c.source, Name: o.Type, Value: clip(string(o.Content)), Reason: ReasonInvalid, Detail: clip(err.Error())})
		return
	}
	at, ok := cve.ParseTime(k.DateAdded)
	if !ok {
		at = c.at
	}
	addListing(c.to, SourceKEV, k.Reference, clip(k.DateAdded), at)
}

// addListing adds the two claims that follow from a listing.
func addListing(to *Record, source, evidence, raw string, at time.Time) {
	to.Observations = append(
		to.Observations,
		Observation{Fact: FactKEV, Values: []string{"Y"}, Source: source, Evidence: evidence, ObservedAt: at, Raw: raw},
		Observation{Fact: FactExploitation, Values: []string{"A"}, Source: source, Evidence: evidence, ObservedAt: at, Raw: raw, Rule: RuleKEV},
	)
}
