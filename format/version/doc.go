// Package version compares version strings and tells whether one lies in a range.
//
// Four orders are known, chosen by a kind as CVE records and OSV name it:
//
//	semver    Semantic Versioning 2.0.0 section 11, tolerant of a leading v and of missing parts
//	rpm       epoch:version-release with the segment rule of rpm, tilde and caret included
//	deb       epoch:upstream-revision with the rule of Debian policy 5.6.12
//	(others)  generic: numbers and words between separators, words such as rc sort before the release
//
// Kind git names commits, which have no order of their own: Ordered reports false and a Range
// of that kind holds only its exact version. Every comparison is total and never fails, because
// versions in records are written by people: whatever does not fit semver is compared by the
// generic rule. The work is linear in the length of the strings and longer ones than MaxLength
// are cut.
package version
