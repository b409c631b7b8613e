// Package netgeo tells in which country a network is registered and which autonomous system announces it, from files
// that anybody can have: range CSV, the delegated-extended statistics of the regional registries, and tables of prefix
// to AS.
//
//	ReadCSV, ReadDelegated, ReadPrefixes --> Builder --> Table.Find(address)
//
// A country is where an address is registered, not where a person is. An address that no file names is in country
// Unknown and in AS 0. Where ranges overlap the one that ends first counts, of these the one that begins last (so that the
// narrower of two counts where one lies in the other), and of equal ones the one that was added last.
//
// A line that cannot be read is refused with its number and the reason, and reading goes on: see Report.
//
// Sources: https://www.apnic.net/about-apnic/corporate-documents/documents/resource-guidelines/rir-statistics-exchange-format/
// (delegated-extended), https://publicdata.caida.org/datasets/routing/routeviews-prefix2as/README.txt (prefix to AS).
package netgeo
