package cve

// Statuses of a version.
const (
	StatusAffected   = "affected"
	StatusUnaffected = "unaffected"
	StatusUnknown    = "unknown"
)

// Affected says which versions of one product are affected.
type Affected struct {
	Vendor        string    `json:"vendor"`
	Product       string    `json:"product"`
	CollectionURL string    `json:"collectionURL"`
	PackageName   string    `json:"packageName"`
	PackageURL    string    `json:"packageURL"` // since 5.2
	CPEs          []string  `json:"cpes"`
	Modules       []string  `json:"modules"`
	ProgramFiles  []string  `json:"programFiles"`
	Platforms     []string  `json:"platforms"`
	Repo          string    `json:"repo"`
	DefaultStatus string    `json:"defaultStatus"`
	Versions      []Version `json:"versions"`
}

// Version is one entry of versions: a single version, or a range when it has an upper bound.
type Version struct {
	Version         string   `json:"version"`
	Status          string   `json:"status"`
	VersionType     string   `json:"versionType"`
	LessThan        string   `json:"lessThan"`
	LessThanOrEqual string   `json:"lessThanOrEqual"`
	Changes         []Change `json:"changes"`
}

// Change says that the status becomes Status from version At on, within a range.
type Change struct {
	At     string `json:"at"`
	Status string `json:"status"`
}

// Status returns "affected", "unaffected" or "unknown" for version v of the product, as Decide
// answers for its entries.
func (a *Affected) Status(v string) string { return Decide(a.Entries(), a.DefaultStatus, v) }

// Entries returns versions as ranges, in their order. A version that carries both upper bounds
// becomes two entries; one without a version at all is left out.
func (a *Affected) Entries() []Entry {
	if len(a.Versions) == 0 {
		return nil
	}
	return a.AppendEntries(make([]Entry, 0, len(a.Versions)))
}

// AppendEntries appends Entries to entries.
func (a *Affected) AppendEntries(entries []Entry) []Entry {
	for i := range a.Versions {
		entries = a.Versions[i].appendTo(entries)
	}
	return entries
}
