package version

import (
	"cmp"
	"strings"
)

// MaxLength is the number of bytes of a version that take part in a comparison. CVE records
// allow 1024; the rest of a longer string cannot carry an order that a person meant.
const MaxLength = 1024

// Kinds of order with an algorithm of their own. Any other word, "custom" and "" among them,
// means Generic.
const (
	Semver  = "semver"
	RPM     = "rpm"
	Deb     = "deb"
	Git     = "git"
	Generic = "custom"
)

// Compare returns -1, 0 or +1 as a comes before, with or after b in the order of kind. The kind
// is read without regard to case; see the package comment for the known ones. For kind git,
// which has no order, it compares the strings, so that a sort stays stable.
func Compare(kind, a, b string) int {
	a, b = clean(a), clean(b)
	if a == b {
		return 0
	}
	switch order(kind) {
	case Semver:
		return compareSemver(a, b)
	case RPM:
		return compareRPM(a, b)
	case Deb:
		return compareDeb(a, b)
	case Git:
		return cmp.Compare(a, b)
	default:
		return compareGeneric(a, b)
	}
}

// Ordered reports whether versions of kind have an order at all; commits of kind git have none.
func Ordered(kind string) bool { return order(kind) != Git }

// order maps the names found in CVE records, OSV ecosystems and package URL types to a kind.
func order(kind string) string {
	switch strings.ToLower(strings.TrimSpace(kind)) {
	case "semver", "npm", "cargo", "crates.io", "golang", "go", "hex", "swift", "swifturl", "nuget", "pub":
		return Semver
	case "rpm", "redhat", "red hat", "suse", "opensuse", "almalinux", "rocky linux", "mageia", "openeuler", "photon os", "azure linux":
		return RPM
	case "deb", "debian", "ubuntu", "dpkg":
		return Deb
	case "git":
		return Git
	default:
		return Generic
	}
}

func clean(v string) string {
	if len(v) > MaxLength {
		v = v[:MaxLength]
	}
	return strings.TrimSpace(v)
}

// compareNumber compares two runs of digits of any length without converting them.
func compareNumber(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if c := cmp.Compare(len(a), len(b)); c != 0 {
		return c
	}
	return cmp.Compare(a, b)
}

// epoch splits a leading "N:" (or "N!" as Python writes it) from v; none is epoch 0.
func epoch(v, marks string) (number, rest string) {
	i := strings.IndexAny(v, marks)
	if i <= 0 || !digits(v[:i]) {
		return "0", v
	}
	return v[:i], v[i+1:]
}

func digits(s string) bool {
	for i := range len(s) {
		if !digit(s[i]) {
			return false
		}
	}
	return s != ""
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// stripV removes the v of v1.2.3, which people write and no order means.
func stripV(v string) string {
	if len(v) > 1 && (v[0] == 'v' || v[0] == 'V') && digit(v[1]) {
		return v[1:]
	}
	return v
}
