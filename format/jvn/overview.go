package jvn

import (
	"slices"
	"strings"
)

// Overview is a JVNRSS document.
type Overview struct {
	// Lang is the language of the texts, "ja" or "en".
	Lang    string
	Channel Channel
	Items   []Item
	Status  Status
}

// Channel describes the feed.
type Channel struct {
	About       string   `xml:"http://www.w3.org/1999/02/22-rdf-syntax-ns# about,attr"`
	Title       string   `xml:"http://purl.org/rss/1.0/ title"`
	Link        string   `xml:"http://purl.org/rss/1.0/ link"`
	Description string   `xml:"http://purl.org/rss/1.0/ description"`
	Creator     string   `xml:"http://purl.org/dc/elements/1.1/ creator"`
	Date        Date     `xml:"http://purl.org/dc/elements/1.1/ date"`
	Issued      Date     `xml:"http://purl.org/dc/terms/ issued"`
	Modified    Date     `xml:"http://purl.org/dc/terms/ modified"`
	Handling    Handling `xml:"http://jvn.jp/rss/mod_sec/3.0/ handling"`
}

// Item is one entry of the feed, a vulnerability.
type Item struct {
	// About is the identity of the item, the address of its page.
	About       string `xml:"http://www.w3.org/1999/02/22-rdf-syntax-ns# about,attr"`
	Title       string `xml:"http://purl.org/rss/1.0/ title"`
	Link        string `xml:"http://purl.org/rss/1.0/ link"`
	Description string `xml:"http://purl.org/rss/1.0/ description"`
	Creator     string `xml:"http://purl.org/dc/elements/1.1/ creator"`
	// Identifier is the number, as JVNDB-2025-002953.
	Identifier string      `xml:"http://jvn.jp/rss/mod_sec/3.0/ identifier"`
	References []Reference `xml:"http://jvn.jp/rss/mod_sec/3.0/ references"`
	CPEs       []CPE       `xml:"http://jvn.jp/rss/mod_sec/3.0/ cpe"`
	CVSS       []Score     `xml:"http://jvn.jp/rss/mod_sec/3.0/ cvss"`
	// Date and Modified are the last change, Issued the first registration.
	Date     Date `xml:"http://purl.org/dc/elements/1.1/ date"`
	Issued   Date `xml:"http://purl.org/dc/terms/ issued"`
	Modified Date `xml:"http://purl.org/dc/terms/ modified"`
}

// Reference is a sec:references element: an address, with the name of its source and the
// identifier there. A CWE has no Source and an ID that begins with CWE-.
type Reference struct {
	Source string `xml:"source,attr,omitempty"`
	ID     string `xml:"id,attr,omitempty"`
	Title  string `xml:"title,attr,omitempty"`
	URL    string `xml:",chardata"`
}

// CPE is a sec:cpe element: a product name in CPE 2.2, with the names people use.
type CPE struct {
	Version string `xml:"version,attr"`
	Vendor  string `xml:"vendor,attr"`
	Product string `xml:"product,attr,omitempty"`
	// Impact is "vulnerable", "not vulnerable" or empty.
	Impact string `xml:"impact,attr,omitempty"`
	Name   string `xml:",chardata"`
}

// Score is a sec:cvss element.
type Score struct {
	// Version is 2.0, 3.0, 3.1 or 4.0.
	Version string `xml:"version,attr"`
	// Type is Base, Temporal or Environmental.
	Type string `xml:"type,attr"`
	// Severity is None, Low, Medium, High or Critical.
	Severity string `xml:"severity,attr"`
	// Score is the number as written, between 0.0 and 10.0.
	Score  string `xml:"score,attr"`
	Vector string `xml:"vector,attr,omitempty"`
}

// CVEs returns the CVE identifiers among the references, each once, in their order.
func (i Item) CVEs() []string {
	var ids idList
	for _, r := range i.References {
		ids.add("CVE-", r.ID)
	}
	return ids
}

// CWEs returns the CWE identifiers among the references, each once, in their order.
func (i Item) CWEs() []string {
	var ids idList
	for _, r := range i.References {
		ids.add("CWE-", r.ID)
	}
	return ids
}

// idList collects identifiers of one scheme without repetition.
type idList []string

func (l *idList) add(prefix, id string) {
	id = strings.ToUpper(strings.TrimSpace(id))
	// CWE-noinfo and CWE-Other are words for "not classified", no weaknesses.
	number := strings.TrimPrefix(id, prefix)
	if number == id || number == "" || number[0] < '0' || number[0] > '9' {
		return
	}
	if slices.Contains(*l, id) {
		return
	}
	*l = append(*l, id)
}

// clean removes the line breaks with which real answers pad their texts.
func (i *Item) clean() {
	trim(&i.About, &i.Title, &i.Link, &i.Description, &i.Creator, &i.Identifier)
	for k := range i.References {
		trim(&i.References[k].URL, &i.References[k].ID, &i.References[k].Source)
	}
	for k := range i.CPEs {
		trim(&i.CPEs[k].Name)
	}
}

func (c *Channel) clean() {
	trim(&c.About, &c.Title, &c.Link, &c.Description, &c.Creator)
}

func trim(texts ...*string) {
	for _, t := range texts {
		*t = strings.TrimSpace(*t)
	}
}
