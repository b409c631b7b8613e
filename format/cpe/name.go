package cpe

import (
	"strings"
)

// Indexes of the attributes of a Name, in the order of the formatted string.
const (
	Part = iota
	Vendor
	Product
	Version
	Update
	Edition
	Language
	SWEdition
	TargetSW
	TargetHW
	Other
	attributes
)

// Any and NA are the logical values: any value, and no value at all.
const (
	Any = "*"
	NA  = "-"
)

// MaxLength is the longest name that is read, in bytes; the CVE schema allows 2,048.
const MaxLength = 4096

// Name is a well-formed name. Each attribute is in the form of a component of the formatted
// string: Any, NA, or text in which punctuation is escaped by a backslash and an unescaped * or ?
// at either end is a wildcard. An empty attribute means Any. Names are comparable by == when they
// come from Parse.
type Name [attributes]string

// get returns the attribute with the zero value read as Any.
func (n Name) get(i int) string {
	if n[i] == "" {
		return Any
	}
	return n[i]
}

// Text returns an attribute as plain text without escapes; it is empty for Any and NA.
func (n Name) Text(attribute int) string {
	v := n.get(attribute)
	if v == Any || v == NA {
		return ""
	}
	return unescape(v)
}

// VersionText returns version and update as one text, as "1.0 update2" or "1.0", empty if the
// name leaves the version open.
func (n Name) VersionText() string {
	version, update := n.Text(Version), n.Text(Update)
	if version != "" && update != "" {
		return version + " " + update
	}
	return version
}

// WithoutVersion returns the name of the product: version, update and all that follows are Any.
// Records often give ranges beside a name, and editions that nobody lists in an inventory.
func (n Name) WithoutVersion() Name {
	for i := Version; i < attributes; i++ {
		n[i] = Any
	}
	return n
}

// New returns the name of a product from plain texts, which it lower-cases and escapes; blanks of
// every kind become underscores, control characters are dropped. An empty text means Any.
func New(part, vendor, product, version string) Name {
	n := Name{}
	for i := range n {
		n[i] = Any
	}
	for i, text := range []string{part, vendor, product, version} {
		if text != "" {
			n[i] = escape(strings.Map(printable, strings.ToLower(text)))
		}
		if n[i] == "" {
			n[i] = Any
		}
	}
	return n
}

// String returns the formatted string of CPE 2.3.
func (n Name) String() string {
	var b strings.Builder
	b.WriteString("cpe:2.3")
	for i := range n {
		b.WriteByte(':')
		b.WriteString(n.get(i))
	}
	return b.String()
}
