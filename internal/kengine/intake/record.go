package intake

import (
	"time"

	"noroshi.dev/format/cve"
	"noroshi.dev/format/cvss"
)

// Kind is the kind of document that a record comes from.
type Kind string

// The kinds of document that Read knows.
const (
	KindCVE         Kind = "cve"          // CVE Record Format 5.0 to 5.2
	KindKEV         Kind = "kev"          // CISA KEV, JSON or CSV
	KindEPSS        Kind = "epss"         // EPSS, CSV or API JSON
	KindNVD         Kind = "nvd"          // NVD API 2.0
	KindJVNOverview Kind = "jvn-overview" // MyJVN overview, JVNRSS
	KindJVNDetail   Kind = "jvn-detail"   // MyJVN detail, VULDEF
	KindVRDA        Kind = "vrda"         // VRDA data, XML or Atom
	KindCSAF        Kind = "csaf"         // CSAF 2.0 or 2.1
	KindOSV         Kind = "osv"          // OSV schema 1.x
)

// State of a record in its source.
type State string

// The states.
const (
	Published State = "published"
	Rejected  State = "rejected"
)

// Record is what one document says about one vulnerability (or, for an advisory, about one of
// the vulnerabilities it treats). Zero times are times that the document does not give. The
// strings share no memory with the input.
type Record struct {
	Kind         Kind
	Origin       Origin
	ID           string   // "CVE-2024-1234", "JVNDB-2022-000097", "GHSA-…", id of an advisory
	Aliases      []string // other ids of the same vulnerability, without ID
	Advisory     string   // id of the advisory that the record is part of (CSAF), or empty
	State        State
	ReplacedBy   []string // of a rejected record
	Title        string
	Descriptions []Text // of a rejected record: the reasons
	Published    time.Time
	Modified     time.Time
	Scores       []Score
	CWEs         []string // "CWE-79", in order of appearance, each once
	Products     []Product
	References   []Reference
	Observations []Observation
	Unmapped     []Unmapped
}

// Origin is the place of a record in the input.
type Origin struct {
	Member string // path of the file, and "!" and the path inside for each container around it
	Offset int64  // byte at which the record begins in the member; 0 for a document of its own
	Line   int    // line from 1, where the document is read by lines; 0 otherwise
}

// Text is a text with its BCP 47 language.
type Text struct{ Lang, Value string }

// Score is one CVSS vector. Vector, Value and Severity are as computed from the vector when it is
// valid; a source that gives a score without a vector has Vector empty.
type Score struct {
	Source   string // as in Observation
	Version  string // "2.0", "3.0", "3.1", "4.0"
	Vector   string
	Value    float64 // 0.0 to 10.0: base score, or the score of a 4.0 vector
	Severity string  // none, low, medium, high, critical
}

// Reference is a link with the tags of its source.
type Reference struct {
	URL, Name, Source string
	Tags              []string
}

// Product says which versions of a product are affected, according to Source. CPEs are in the
// form of the source (2.2 URI or 2.3 formatted string).
type Product struct {
	Source        string
	Vendor        string
	Product       string
	Package       string // name in Collection
	Collection    string // ecosystem (OSV) or collection URL (CVE)
	PURL          string
	CPEs          []string
	Platforms     []string
	Repo          string
	DefaultStatus string // affected, unaffected, unknown; empty means unknown
	Versions      []cve.Entry
}

// Status answers whether version v is affected: "affected", "unaffected" or "unknown".
func (p *Product) Status(v string) string { return cve.Decide(p.Versions, p.DefaultStatus, v) }

// Observation is one claim about the value of a fact. Values holds the keys of the values that
// are still possible by this claim: one if the source is sure. It must not be changed: equal
// claims share it.
type Observation struct {
	Fact       string // namespace:KEY:version, as "ssvc:E:1.1.0"
	Values     []string
	Source     string // "cna", "adp:CISA-ADP", "kev", "epss", "nvd", "jvn", "vrda", "csaf:…", "osv"
	Evidence   string // URL where the claim can be read, or empty
	ObservedAt time.Time
	Raw        string // the value as the source wrote it
	Rule       string // derivation rule that made it, or empty: stated

	rank cvss.Version // version of the vector that it follows from
}

// Unmapped is a claim that is not understood and therefore counts for nothing, kept for people.
type Unmapped struct {
	Source string
	Name   string // what it is about, as the source wrote it: "Automatable", "CVSS:3.1"
	Value  string // at most MaxRaw bytes
	Reason string // message key
	Detail string // what the parser said, where one did
}

// MaxRaw is the number of bytes of a text that is kept as evidence in Raw and Unmapped.Value.
const MaxRaw = 1024

// Facts that intake derives by itself, beside the metrics of CVSS.
const (
	FactExploitation    = "ssvc:E:1.1.0"
	FactAutomatable     = "ssvc:A:2.0.0"
	FactTechnicalImpact = "ssvc:TI:1.0.0"
	FactValueDensity    = "ssvc:VD:1.0.0"
	FactKEV             = "cisa:KEV:1.0.0"
	FactEPSS            = "noroshi:EPSS:1.0.0"
	FactRating          = "cvss:CVSS:1.0.0"
)

// Rules of derivation.
const (
	RuleCVSS = "cvss"
	RuleKEV  = "kev"
	RuleEPSS = "epss"
)

// Sources of observations; those of ADP containers are "adp:" with the short name.
const (
	SourceCNA  = "cna"
	SourceADP  = "adp:"
	SourceKEV  = "kev"
	SourceEPSS = "epss"
	SourceNVD  = "nvd"
	SourceJVN  = "jvn"
	SourceVRDA = "vrda"
	SourceCSAF = "csaf:"
	SourceOSV  = "osv"
)
