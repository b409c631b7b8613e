package kengine

import (
	"slices"
	"strings"

	"noroshi.dev/format/cpe"
	"noroshi.dev/format/cve"
	"noroshi.dev/format/purl"
	"noroshi.dev/format/version"
	"noroshi.dev/internal/kengine/intake"
)

// prepare reads the names of a tag once, and takes its release from them where it has none.
func (t *tagEntry) prepare() {
	if t.cpe != "" {
		t.cpeName, _ = cpe.Parse(t.cpe) // checked when the tag was saved
		if t.release == "" {
			t.release = t.cpeName.VersionText()
		}
	}
	if t.purl != "" {
		t.pkg, _ = purl.Parse(t.purl)
		if t.release == "" {
			t.release = t.pkg.Version
		}
	}
	t.weight = 4*slices.Index(Criticalities(), t.criticality) + slices.Index(Exposures(), t.exposure)
}

// keys returns the keys by which a product finds the tag, and whether there is a name that none finds.
func (t *tagEntry) keys() (keys []string, loose bool) {
	if t.cpe != "" {
		vendor, product := t.cpeName[cpe.Vendor], t.cpeName[cpe.Product]
		switch {
		case plain(vendor) && plain(product):
			keys = append(keys, "cpe "+vendor+":"+product, nameKey(t.cpeName.Text(cpe.Vendor), t.cpeName.Text(cpe.Product)))
		case plain(vendor):
			keys = append(keys, "cpe "+vendor+":")
		default:
			loose = true
		}
	}
	if t.purl != "" {
		keys = append(keys, "purl "+t.pkg.Coordinates().String())
	}
	if t.vendor != "" || t.product != "" {
		key, ok := patternKey(t.vendor, t.product)
		if ok {
			keys = append(keys, key)
		}
		loose = loose || !ok
	}
	return keys, loose
}

// plain reports whether an attribute of a CPE name is a single text.
func plain(attribute string) bool {
	return attribute != "" && attribute != cpe.Any && attribute != cpe.NA && !strings.ContainsAny(strings.ReplaceAll(strings.ReplaceAll(attribute, `\*`, ""), `\?`, ""), "*?")
}

// fold writes the name of a vendor or product as it is compared: without case, with single blanks,
// which CPE names write as underscores.
func fold(s string) string { return name(strings.ReplaceAll(s, "_", " ")) }

func nameKey(vendor, product string) string { return "name " + fold(vendor) + "\x00" + fold(product) }

// patternKey returns the key of a pattern of vendor and product; false where both halves are open.
func patternKey(vendor, product string) (string, bool) {
	v, p := strings.Contains(vendor, "*") || vendor == "", strings.Contains(product, "*") || product == ""
	switch {
	case !v && !p:
		return nameKey(vendor, product), true
	case !v:
		return nameKey(vendor, "*"), true
	case !p:
		return nameKey("*", product), true
	}
	return "", false
}

// match returns the tags that a report with these products matches, in the order of the tags, and
// why. A tag with a release does not match when that release is known not to be affected: of several
// products that fit, "affected" outweighs "unaffected", and that outweighs "unknown".
func (x *tagIndex) match(products []intake.Product) []TagMatch {
	if !x.any() {
		return nil
	}
	var best map[string]Why
	for i := range products {
		p := &products[i]
		names := x.namesOf(p)
		for _, id := range x.candidates(&names) {
			why, ok := x.tags[id].fits(p, &names)
			if !ok {
				continue
			}
			if best == nil {
				best = map[string]Why{}
			}
			if old, seen := best[id]; !seen || why.weight() > old.weight() {
				best[id] = why
			}
		}
	}
	out := make([]TagMatch, 0, len(best))
	for id, why := range best {
		if why.Status != cve.StatusUnaffected {
			out = append(out, TagMatch{Tag: id, Name: x.tags[id].name, Reason: why.String()})
		}
	}
	slices.SortFunc(out, func(a, b TagMatch) int { return strings.Compare(a.Tag, b.Tag) })
	return out
}

// productNames is a product with its names read.
type productNames struct {
	vendor, product string // folded; from the CPE name where the record gives no others
	cpes            []cpe.Name
	pkg             purl.PURL
	hasPkg          bool
}

func (x *tagIndex) namesOf(p *intake.Product) productNames {
	n := productNames{vendor: fold(p.Vendor), product: fold(p.Product)}
	if n.product == "" {
		n.product = fold(p.Package)
	}
	for _, text := range p.CPEs {
		c, err := cpe.Parse(text)
		if err != nil {
			continue
		}
		n.cpes = append(n.cpes, c)
		if n.product == "" {
			n.vendor, n.product = fold(c.Text(cpe.Vendor)), fold(c.Text(cpe.Product))
		}
	}
	if x.purls && p.PURL != "" {
		pkg, err := purl.Parse(p.PURL)
		n.pkg, n.hasPkg = pkg, err == nil
	}
	return n
}

// candidates returns the ids of tags that the product may match, each once.
func (x *tagIndex) candidates(n *productNames) []string {
	out := slices.Clone(x.loose)
	add := func(key string) {
		for _, id := range x.by[key] {
			if !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	if n.product != "" || n.vendor != "" {
		add("name " + n.vendor + "\x00" + n.product)
		add("name " + n.vendor + "\x00*")
		add("name *\x00" + n.product)
	}
	for _, c := range n.cpes {
		add("cpe " + c[cpe.Vendor] + ":" + c[cpe.Product])
		add("cpe " + c[cpe.Vendor] + ":")
	}
	if n.hasPkg {
		add("purl " + n.pkg.Coordinates().String())
	}
	return out
}

// fits compares a tag with a product exactly: by package URL, by CPE name, by the names of vendor
// and product.
func (t *tagEntry) fits(p *intake.Product, n *productNames) (Why, bool) {
	w := Why{Product: productText(p), Release: t.release}
	switch {
	case t.purl != "" && n.hasPkg && samePackage(t.pkg, n.pkg):
		w.By, w.Pattern, w.Product = ByPURL, t.purl, n.pkg.String()
		w.rule(p, n.pkg.Version)
		return w, true
	case t.cpe != "" && t.fitsCPE(p, n, &w):
		return w, true
	case (t.vendor != "" || t.product != "") && glob(t.vendor, n.vendor) && glob(t.product, n.product):
		w.By, w.Pattern = ByName, strings.TrimSpace(t.vendor+" "+t.product)
		w.rule(p, "")
		return w, true
	}
	return w, false
}

// fitsCPE compares the CPE name of a tag with those of a product, or with its names where the
// product has no CPE name. Versions are compared by the ranges of the record, not by the names.
func (t *tagEntry) fitsCPE(p *intake.Product, n *productNames, w *Why) bool {
	own := t.cpeName.WithoutVersion()
	found := false
	for _, c := range n.cpes {
		if !cpe.Related(own, c.WithoutVersion()) {
			continue
		}
		one := Why{By: ByCPE, Pattern: t.cpe, Product: c.String(), Release: t.release}
		one.rule(p, c.VersionText())
		if !found || one.weight() > w.weight() {
			*w = one
		}
		found = true
	}
	if len(n.cpes) > 0 || !plain(t.cpeName[cpe.Vendor]) || !plain(t.cpeName[cpe.Product]) {
		return found
	}
	if n.vendor != fold(t.cpeName.Text(cpe.Vendor)) || n.product != fold(t.cpeName.Text(cpe.Product)) {
		return false
	}
	w.By, w.Pattern = ByCPE, t.cpe
	w.rule(p, "")
	return true
}

// samePackage reports whether a record about package b concerns package a: the same package, and no
// qualifier with another value, except those that only tell from where or for which processor.
func samePackage(a, b purl.PURL) bool {
	if !purl.SamePackage(a, b) {
		return false
	}
	for _, q := range b.Qualifiers {
		switch q.Key {
		case "arch", "checksum", "checksums", "download_url", "file_name", "repository_url", "vcs_url":
			continue
		}
		if own := a.Qualifier(q.Key); own != "" && own != q.Value {
			return false
		}
	}
	return true
}

// rule decides whether the release of the tag is affected. exact is the version in the name of the
// product: it counts where the record gives no versions beside it.
func (w *Why) rule(p *intake.Product, exact string) {
	if w.Release == "" {
		w.Status = cve.StatusAffected
		if len(p.Versions) == 0 && p.DefaultStatus == cve.StatusUnaffected {
			w.Status = cve.StatusUnaffected
		}
		return
	}
	if len(p.Versions) == 0 && exact != "" {
		w.Status, w.Range = cve.StatusUnaffected, "="+exact
		if version.Compare("", exact, w.Release) == 0 {
			w.Status = cve.StatusAffected
		}
		return
	}
	w.Status = p.Status(w.Release)
	for i := range p.Versions {
		if _, hit := p.Versions[i].Match(w.Release); hit {
			w.Range = p.Versions[i].String()
			return
		}
	}
}

// glob reports whether a folded name matches a pattern, in which * stands for any text. An empty
// pattern matches everything.
func glob(pattern, s string) bool {
	if pattern == "" {
		return true
	}
	parts := strings.Split(fold(pattern), "*")
	if len(parts) == 1 {
		return s == parts[0]
	}
	rest, ok := strings.CutPrefix(s, parts[0])
	if !ok {
		return false
	}
	for _, part := range parts[1 : len(parts)-1] {
		_, after, found := strings.Cut(rest, part)
		if !found {
			return false
		}
		rest = after
	}
	return strings.HasSuffix(rest, parts[len(parts)-1])
}

// By says by what a tag and a product were found to be the same.
const (
	ByCPE  = "cpe"
	ByPURL = "purl"
	ByName = "name"
)

// Why is the reason of a match, in parts that are the same in every language.
type Why struct {
	By      string // ByCPE, ByPURL or ByName
	Pattern string // of the tag
	Product string // of the report
	Release string // of the tag, may be empty
	Status  string // of the release: affected, unaffected or unknown
	Range   string // of versions that holds the release, as ">=3.0.0|<3.0.7"; may be empty
}

// weight orders reasons: what is affected outweighs what is not, and that what is not known.
func (w *Why) weight() int {
	switch w.Status {
	case cve.StatusAffected:
		return 2
	case cve.StatusUnaffected:
		return 1
	}
	return 0
}

const whySeparator = " ; "

// String writes w as it is stored, with signs and names only.
func (w Why) String() string {
	parts := []string{w.By, w.Pattern, w.Product, w.Release, w.Status, w.Range}
	for i := range parts {
		parts[i] = strings.ReplaceAll(cut(oneLine(parts[i]), maxName), whySeparator, ", ")
	}
	return strings.TrimRight(strings.Join(parts, whySeparator), " ;")
}

// ReadWhy reads what String wrote; false for another text.
func ReadWhy(reason string) (Why, bool) {
	parts := strings.Split(reason, whySeparator)
	if len(parts) < 2 || parts[0] != ByCPE && parts[0] != ByPURL && parts[0] != ByName {
		return Why{}, false
	}
	for len(parts) < 6 {
		parts = append(parts, "")
	}
	return Why{By: parts[0], Pattern: parts[1], Product: parts[2], Release: parts[3], Status: parts[4], Range: parts[5]}, true
}
