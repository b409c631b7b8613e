package csaf

import (
	"encoding/json"
)

// Score is what a metrics or scores element says about products.
type Score struct {
	Products []string
	// Source is the address of who scored; empty means the document's issuer.
	Source string
	// CVSS holds a vector for each version of CVSS given.
	CVSS []CVSS
	EPSS *EPSS
	// SSVC is a SelectionList of SSVC 2.0 as written, nil if there is none.
	SSVC json.RawMessage
	// Rating is the qualitative severity rating: none, low, medium, high or critical.
	Rating string
}

// CVSS is one vector with its score.
type CVSS struct {
	// Version is 2.0, 3.0, 3.1 or 4.0.
	Version string
	Vector  string
	// Base is the base score, negative if absent; Severity its word, as CRITICAL.
	Base     float64
	Severity string
}

// EPSS is the exploit prediction as written, numbers in texts between "0" and "1".
type EPSS struct {
	Probability string `json:"probability"`
	Percentile  string `json:"percentile"`
	Timestamp   Time   `json:"timestamp"`
}
