// Package feed writes Atom 1.0 feeds (RFC 4287).
//
// A feed is data; Write checks what the standard demands and gives the same bytes for the same
// data, so that an ETag over them is stable. Elements of other namespaces may stand in the feed
// and in each entry. Identities are made with TagID (RFC 4151) and never change when an address
// does.
package feed
