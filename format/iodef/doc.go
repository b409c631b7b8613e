// Package iodef reads and writes the Incident Object Description Exchange Format: version 1
// (RFC 5070) and version 2 (RFC 7970) in XML, and version 2 in JSON (RFC 8727).
//
// There is one model for the three forms. It has the classes and names of RFC 7970; what
// version 1 spells otherwise is brought to them when it is read and back when it is written:
//
//	version 1                          version 2 and here
//	Impact, its text                   SystemImpact, its Description
//	NodeName, Node/DateTime            DomainData: Name, DateDomainWasChecked
//	Node/NodeRole                      System/NodeRole
//	Fax                                Telephone of type fax
//	Email, Telephone, PostalAddress    EmailTo, TelephoneNumber, PAddress; @meaning is a Description
//	Counter type="packet"              Counter type="count" unit="packet"
//	Service @ip_protocol               Service @ip-protocol
//	ReportTime (required)              GenerationTime (required); each stands in for the other
//
// A word that stands outside of an enumeration is written as ext-value with its ext- attribute
// and read back as the word itself, so a field that has both in the standard is one string here.
// That also carries words of one version through the other: the impact "recon" of version 1 is
// ext-type="recon" in version 2. The words of restriction, which version 1 cannot extend, become
// the nearest stricter one (RFC 7970, section 3.3.1).
//
// Writing is a stream: NewWriter, Begin with an incident, Event or Flow for each event, Close.
// What the chosen form cannot carry is counted in Lost. Reading is a stream too: Stream calls a
// function for each EventData, Read collects them. The reader takes what it can and notes the
// rest with its place; DTDs, entities and unlimited input are refused.
package iodef
