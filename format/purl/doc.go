// Package purl reads, writes and compares package URLs (the purl specification, ECMA-427), as
// "pkg:npm/%40scope/name@1.0.0?arch=x64#path".
//
// Parse brings a package URL into the canonical form: type and qualifier keys lower case, empty
// qualifiers dropped, the rules of the known types for names and namespaces applied. String writes
// that form.
package purl
