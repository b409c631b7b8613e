// Package ssvc reads, checks and writes the objects of SSVC, the
// Stakeholder-Specific Vulnerability Categorization (CERTCC/SSVC, schema 2.0.0).
//
//	DecisionPoint   one question with ordered values, low -> high
//	DecisionTable   inputs x outcome, one row per combination
//	Registry        all objects, by namespace:KEY:version
//	SelectionList   what was found out about one target; a selection is the
//	                set of values that are still possible
//
// and the older forms that people still hold:
//
//	LegacyTree      trees of the SSVC calculator (decision_points, decisions_table)
//	Vector          SSVCv2/E:A/A:N/T:T/<time>/
//	Options         SSVC 1.x options in CVE records {"Exploitation": "none"}
//	CSV             tables by value name
//
// Rules that hold everywhere:
//
//   - An object is named by namespace, key and version; a bare key is never
//     enough (A, V, SC, U, SI, E, MI and RC live in two namespaces).
//   - Columns are found by id or by header, never by position: the published CSV
//     of BOD 26-04 has another column order than its JSON.
//   - The order of values is their meaning; keys are not initials.
//   - What does not map is returned as unmapped, never guessed.
//   - Output is byte-stable: the same object always gives the same bytes.
//   - Readers are bounded in size, depth and counts; errors are *Error and name
//     the place and the remedy.
//
// The package is pure: no clock, no files except the embedded registry.
package ssvc
