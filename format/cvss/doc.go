// Package cvss reads CVSS vectors of versions 2.0, 3.0, 3.1 and 4.0 and tells their metrics,
// score and severity.
//
// The arithmetic is that of the standards (FIRST, CVSS v2 Guide, v3.0 and v3.1 Specification,
// v4.0 Specification), by the library go-cvss, which is tested against the standards' own
// calculators. A vector is refused as a whole if one metric is unknown, doubled, missing or has a
// value that its version does not know.
package cvss
