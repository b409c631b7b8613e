package osv

import (
	"slices"

	"noroshi.dev/format/version"
)

// Contains reports whether the record says that this version of the package is affected: it is
// listed, or lies in a range by the evaluation rule of the schema. Commits of GIT ranges have no
// order and count only where they are named.
func (a Affected) Contains(v string) bool {
	if slices.Contains(a.Versions, v) {
		return true
	}
	for _, r := range a.VersionRanges() {
		if r.Contains(v) {
			return true
		}
	}
	return false
}

// VersionRanges returns the ranges of all SEMVER and ECOSYSTEM rows as plain ranges, and each
// event of a GIT row that introduces as an exact commit.
func (a Affected) VersionRanges() []version.Range {
	var list []version.Range
	for _, r := range a.Ranges {
		list = append(list, r.plain(a.Package.Ecosystem)...)
	}
	return list
}
