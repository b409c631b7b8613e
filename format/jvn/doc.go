// Package jvn reads and writes the vulnerability formats of JVN iPedia: JVNRSS 3.2 (RSS 1.0 with mod_sec
// 3.0), the answer of getVulnOverviewList, and VULDEF 3.2, the answer of getVulnDetailInfo, both
// as the MyJVN interface gives them in its XML edition "hnd" and as its data feeds hold them.
//
// The namespaces are read in their http and https spelling, elements may stand in any order, and
// what the schemas demand but real answers leave out (the vendor of a sec:cpe) may be missing. A
// document that is not well-formed is refused with its place; the records before that place have
// then already been handed over by EachOverview and EachDetail.
//
// Texts are kept as written. Descriptions may hold escaped HTML and a backslash with n for a new
// line; PlainText makes them readable. ParseVersions understands the usual Japanese and English
// phrases for version ranges.
//
// WriteOverview and WriteDetail give documents that are valid by the official schemas, in the
// order these demand.
package jvn
