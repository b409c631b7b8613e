package vrda

import (
	"strings"
	"time"

	"noroshi.dev/format/feed"
	"noroshi.dev/format/internal/markup"
)

// Namespace is that of the profile that Write gives.
const Namespace = "https://noroshi.dev/ns/vrda/1"

// ProfileVersion is the version of the profile.
const ProfileVersion = "1.0"

// Limits of what is read.
const (
	// MaxRecordBytes is the largest size of an entry in bytes.
	MaxRecordBytes = 8 << 20
	// MaxDepth is the deepest nesting of elements.
	MaxDepth = 32
	// MaxEntries is the largest number of entries of a feed.
	MaxEntries = 100_000
)

// Kinds of source, as VrdaDataSourceType says them.
const (
	// Advisory is an advisory or alert of a vendor or a coordinator.
	Advisory = "advisory"
	// Other is an article or other news.
	Other = "other"
)

// Element is an element that is kept without being understood.
type Element = markup.Element

// Document is what Read found: an Atom feed, or a single VrdaData as a feed of one entry.
type Document struct {
	// Feed is true for an Atom feed.
	Feed            bool
	ID, Title, Lang string
	Updated         time.Time
	Links           []feed.Link
	Entries         []Entry
	Extra           []Element
}

// Entry is an entry of the feed.
type Entry struct {
	ID, Title          string
	Updated, Published time.Time
	Links              []feed.Link
	// Categories are the affected products, usually CPE names.
	Categories []string
	// Summary and Content are texts as written, Content possibly with HTML.
	Summary, Content string
	// Data is set when the entry holds VrdaData itself; an original entry only links it.
	Data  *Data
	Extra []Element
}

// Data is the content of a VrdaData element. Provider, Vulinfo.ID and Vulinfo.Revision together
// are its identity.
type Data struct {
	Lang     string
	Provider Provider
	// SourceType is Advisory, Other, or the word that was written.
	SourceType string
	Vulinfo    Vulinfo
	Extra      []Element
}

// Provider gave the data.
type Provider struct{ ID, Name, URL string }

// Vulinfo is what is told of one vulnerability.
type Vulinfo struct {
	ID string
	// Revision counts from 1; 0 means that none was given.
	Revision        int
	Title, Overview string
	Affected        []Affected
	Facts           []Fact
	Related         []Related
	// Public, Published and Updated are when the vulnerability was made public, when the data
	// was first given, and when it last changed.
	Public, Published, Updated time.Time
	Extra                      []Element
}

// Affected is a product.
type Affected struct {
	// Status is vulnerable, notvulnerable, unknown or empty.
	Status          string
	Vendor, Product string
	CPEs, PURLs     []string
	// Versions are texts for people.
	Versions []string
}

// Fact is one item of analysis with the values it may still have.
type Fact struct {
	// Namespace and Version are empty in documents that are not of our profile.
	Namespace, Key, Version string
	Values                  []Value
	// Source names who says so, Evidence is an address.
	Source, Evidence string
	Observed         time.Time
}

// Value is a value key with its name for people.
type Value struct{ Key, Label string }

// Related is an address; Type as advisory or vendor.
type Related struct{ Type, Title, URL string }

// Identity returns provider, number and revision as one text, "provider/number/revision".
func (d *Data) Identity() string {
	name := d.Provider.ID
	if name == "" {
		name = d.Provider.Name
	}
	return name + "/" + d.Vulinfo.ID + "/" + itoa(d.Vulinfo.Revision)
}

// sourceType reads the two kinds in the words they may have.
func sourceType(s string) string {
	l := strings.ToLower(strings.TrimSpace(s))
	switch {
	case strings.Contains(l, "advisory"), strings.Contains(l, "alert"), strings.Contains(l, "アドバイザリ"), strings.Contains(l, "注意喚起"):
		return Advisory
	case l == "other", strings.Contains(l, "article"), strings.Contains(l, "news"), strings.Contains(l, "その他"):
		return Other
	default:
		return strings.TrimSpace(s)
	}
}
