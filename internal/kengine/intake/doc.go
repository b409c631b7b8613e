// Package intake turns whatever a feed delivers into one stream of neutral records: facts with
// their source, evidence and time, products with their versions, texts and links.
//
//	file, directory, standard input
//	   -> container   tar, zip, gzip, zstd, by content; limits on size, ratio, count, depth
//	   -> document    CVE record, KEV, EPSS, NVD, MyJVN, VRDA, CSAF, OSV, by content
//	   -> Record      what is claimed (Observation), of which products, by whom
//
// One goroutine reads and decompresses, several decode, and Read hands the batches over in the
// order of the input: the same input gives the same stream on every machine. What cannot be read
// becomes a Refusal with file, position and reason, and the rest goes on.
//
// # Rules of derivation
//
// Nothing is guessed. A value that no decision point knows stays in Record.Unmapped.
//
//   - A CVSS vector gives one observation for each metric it states (cvss:AV:3.0.0 and so on), and
//     from version 3.0 on the qualitative rating (cvss:CVSS:1.0.0). Metrics "not defined" say
//     nothing, except that the points of CVSS 4.0 without "not defined" (cvss:E_NoX:2.0.0 and its
//     like) take the value that the standard prescribes. Several vectors of one source: the newest
//     version of CVSS speaks, and different values are kept as a set.
//   - A listing in the catalogue of known exploited vulnerabilities gives cisa:KEV:1.0.0 = Y and
//     ssvc:E:1.1.0 = A, both of source "kev", also where the listing is relayed in a CVE record.
//     What an analyst says about exploitation stays beside it: the contradiction is visible.
//   - EPSS gives noroshi:EPSS:1.0.0 by the bounds of EPSSBins, and never an exploitation: a
//     probability is no sighting.
//   - The tags of references give no facts, because analysts add them after deciding.
package intake
