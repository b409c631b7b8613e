package kengine

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"noroshi.dev/internal/kengine/intake"
)

// Bounds of what is kept beside the body of a document, in runes.
const (
	maxTitle    = 160
	maxSummary  = 480
	maxProducts = 160
	maxName     = 200 // of a vendor or product in kengine_affected
)

// body is what kengine_origin keeps of one document.
type body struct {
	Descriptions []intake.Text
	References   []intake.Reference
	Scores       []intake.Score
	CWEs         []string
	Products     []intake.Product
	Unmapped     []intake.Unmapped
	ReplacedBy   []string
	Title        string
	Advisory     string
	State        intake.State
	Published    time.Time
}

// affected is one row of kengine_affected: what a product tag is matched against first.
type affected struct{ vendor, product, cpe, purl string }

// prepared is a record made ready for storing, without any look at the database.
type prepared struct {
	kind       intake.Kind
	key        string   // the id that a new report gets as its key
	ids        []string // own id, then aliases
	state      string
	title      string
	titleJA    string
	summary    string
	lang       string
	products   string
	published  time.Time
	modified   time.Time
	cvss       int64 // ten times the score; -1: none
	vector     string
	kev        bool
	words      string // further words to be found by
	digest     string
	body       []byte
	headJSON   []byte
	facts      []byte
	affected   []affected
	matchable  []intake.Product
	assertions []Assertion
	claims     [][]byte // stored form, by assertion
	values     []Value  // by the default policy, as if nobody else had spoken
	clashes    []Clash
	text       string // search index
}

// prepare makes r ready. It is pure and safe to run in parallel.
func prepare(r *intake.Record, policy *Policy, now time.Time) *prepared {
	p := &prepared{
		kind: r.Kind, state: string(r.State), published: r.Published, modified: r.Modified,
		ids: identities(r), key: chooseKey(r), cvss: -1,
	}
	if p.state == "" {
		p.state = string(intake.Published)
	}
	p.describe(r)
	p.score(r.Scores)
	p.listProducts(r.Products)
	p.observe(r.Observations)
	p.values, p.clashes = resolve(p.assertions, policy, now)
	p.kev = isKEV(p.values)
	p.facts = encodeFacts(p.values)
	p.words = cut(strings.Join(r.CWEs, " "), maxName)
	h := p.head()
	p.headJSON = h.encode()
	p.body = encodeBody(r)
	p.digest = p.sum()
	p.text = searchText(p.names(), h)
	return p
}

// identities returns the ids under which a report with this record may be known.
func identities(r *intake.Record) []string {
	ids := make([]string, 0, 1+len(r.Aliases))
	ids = append(ids, r.ID)
	for _, a := range r.Aliases {
		if a != "" && !slices.Contains(ids, a) {
			ids = append(ids, a)
		}
	}
	return ids
}

// chooseKey prefers a CVE id, because it is what every source shares; but only if there is one,
// because an advisory about several vulnerabilities is none of them.
func chooseKey(r *intake.Record) string {
	if strings.HasPrefix(r.ID, "CVE-") {
		return r.ID
	}
	found := ""
	for _, a := range r.Aliases {
		if strings.HasPrefix(a, "CVE-") {
			if found != "" {
				return r.ID
			}
			found = a
		}
	}
	if found != "" {
		return found
	}
	return r.ID
}

// names returns the ids under which a report made of p alone is known, the key first.
func (p *prepared) names() []string { return append([]string{p.key}, p.aliases(p.key, nil)...) }

// describe fills title and summary in the languages of the record.
func (p *prepared) describe(r *intake.Record) {
	en, ja := pickText(r.Descriptions, "en"), pickText(r.Descriptions, "ja")
	main := en
	p.lang = "en"
	if main == "" && ja != "" {
		main, p.lang = ja, "ja"
	}
	if main == "" && len(r.Descriptions) > 0 {
		main, p.lang = r.Descriptions[0].Value, r.Descriptions[0].Lang
	}
	p.summary = cut(oneLine(main), maxSummary)
	p.title = cut(oneLine(r.Title), maxTitle)
	if r.Kind == intake.KindJVNDetail || r.Kind == intake.KindJVNOverview {
		if hasJapanese(p.title) {
			p.titleJA = p.title
		}
	}
	if p.title == "" {
		p.title = cut(sentence(p.summary), maxTitle)
	}
}

func pickText(texts []intake.Text, lang string) string {
	for _, t := range texts {
		if strings.HasPrefix(strings.ToLower(t.Lang), lang) {
			return t.Value
		}
	}
	return ""
}

// score keeps the newest version of CVSS, and of one version the highest score.
func (p *prepared) score(scores []intake.Score) {
	version := ""
	for _, s := range scores {
		value := int64(math.Round(s.Value * 10))
		if s.Version < version || s.Version == version && value <= p.cvss {
			continue
		}
		version, p.cvss, p.vector = s.Version, value, s.Vector
	}
}

// listProducts fills the rows that product tags are matched with, and the text of lists.
func (p *prepared) listProducts(products []intake.Product) {
	seen := map[affected]bool{}
	var names []string
	for i := range products {
		pr := &products[i]
		base := affected{vendor: name(pr.Vendor), product: name(pr.Product), purl: cut(pr.PURL, maxName)}
		if base.product == "" {
			base.product = name(pr.Package)
		}
		for j := range max(1, len(pr.CPEs)) {
			row := base
			if j < len(pr.CPEs) {
				row.cpe = stem(pr.CPEs[j])
			}
			if row != (affected{}) && !seen[row] {
				seen[row] = true
				p.affected = append(p.affected, row)
			}
		}
		if text := productText(pr); text != "" && !slices.Contains(names, text) {
			names = append(names, text)
		}
	}
	p.products = cut(strings.Join(names, ", "), maxProducts)
	p.matchable = products
}

func productText(pr *intake.Product) string {
	product := pr.Product
	if product == "" {
		product = pr.Package
	}
	product = oneLine(branded(pr.Vendor, product))
	if strings.EqualFold(product, "n/a") {
		return ""
	}
	return product
}

// branded is a product with its vendor before it, unless the product's own name begins with it.
func branded(vendor, product string) string {
	vendor, product = strings.TrimSpace(vendor), strings.TrimSpace(product)
	if vendor == "" || strings.EqualFold(vendor, "n/a") || strings.EqualFold(vendor, product) {
		return product
	}
	if n := len(vendor); len(product) > n && strings.EqualFold(product[:n], vendor) && strings.ContainsRune(" _", rune(product[n])) {
		return product
	}
	return strings.TrimSpace(vendor + " " + product)
}

// name folds the name of a vendor or product for comparison.
func name(s string) string {
	s = strings.ToLower(strings.Join(strings.Fields(s), " "))
	if s == "n/a" {
		return ""
	}
	return cut(s, maxName)
}

// stem returns part, vendor and product of a CPE in the 2.3 form, enough to find candidates by.
func stem(cpe string) string {
	parts := strings.SplitN(cpe, ":", 7)
	switch {
	case len(parts) >= 5 && parts[0] == "cpe" && parts[1] == "2.3":
		return cut(strings.ToLower(strings.Join(parts[2:5], ":")), maxName)
	case len(parts) >= 4 && parts[0] == "cpe" && strings.HasPrefix(parts[1], "/"):
		return cut(strings.ToLower(strings.Join([]string{parts[1][1:], parts[2], parts[3]}, ":")), maxName)
	}
	return ""
}

// observe groups observations of the same source, rule, time and evidence into assertions.
func (p *prepared) observe(observations []intake.Observation) {
	for i := range observations {
		o := &observations[i]
		c := Claim{Fact: o.Fact, Values: o.Values, Raw: o.Raw}
		if len(c.Values) == 0 {
			continue
		}
		at := slices.IndexFunc(p.assertions, func(a Assertion) bool {
			return a.Source == o.Source && a.Rule == o.Rule && a.Observed.Equal(o.ObservedAt) && a.Evidence == o.Evidence
		})
		if at < 0 {
			p.assertions = append(p.assertions, Assertion{
				Source: o.Source, Rule: o.Rule, Evidence: o.Evidence, Observed: o.ObservedAt,
			})
			at = len(p.assertions) - 1
		}
		p.assertions[at].Claims = append(p.assertions[at].Claims, c)
	}
	p.claims = make([][]byte, len(p.assertions))
	for i := range p.assertions {
		p.claims[i] = p.assertions[i].identify()
	}
}

// encodeBody writes what kengine_origin keeps. Field names are those of the Go types.
func encodeBody(r *intake.Record) []byte {
	b := body{
		Descriptions: r.Descriptions, References: r.References, Scores: r.Scores, CWEs: r.CWEs,
		Products: r.Products, Unmapped: r.Unmapped, ReplacedBy: r.ReplacedBy, Title: r.Title,
		Advisory: r.Advisory, State: r.State, Published: r.Published,
	}
	out, err := json.Marshal(&b, json.OmitZeroStructFields(true), allowInvalidUTF8())
	if err != nil {
		panic("kengine: body of a record: " + err.Error()) // only plain values inside
	}
	return withoutZero(out)
}

// sum is the digest by which a document that comes again is known.
func (p *prepared) sum() string {
	h := sha256.New()
	for _, s := range append([]string{string(p.kind), p.state, p.modified.UTC().Format(time.RFC3339Nano)}, p.ids...) {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	h.Write(p.body)
	for i := range p.assertions {
		h.Write([]byte(p.assertions[i].ID))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// searchText is what a report is found by: its ids, and what its documents say in short.
func searchText(ids []string, heads ...head) string {
	var b strings.Builder
	for _, id := range ids {
		b.WriteString(id + "\n")
	}
	for i := range heads {
		h := &heads[i]
		for _, s := range []string{h.Title, h.TitleJA, h.Products, h.Summary, h.Words} {
			b.WriteString(s + "\n")
		}
	}
	return b.String()
}
