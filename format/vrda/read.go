package vrda

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"noroshi.dev/format/feed"
	"noroshi.dev/format/internal/guard"
	"noroshi.dev/format/internal/markup"
)

// ErrKind is wrapped when the document is XML, but neither VrdaData nor an Atom feed.
var ErrKind = errors.New("neither VrdaData nor an Atom feed")

// Read reads a VrdaData document or an Atom feed.
func Read(r io.Reader) (*Document, error) {
	g := guard.XML(r, guard.Limits{Bytes: MaxRecordBytes, Depth: MaxDepth}, nil)
	root, err := g.Root()
	if err != nil {
		return nil, fmt.Errorf("vrda: %w", err)
	}
	var d *Document
	switch {
	case root.Name.Local == "VrdaData":
		d, err = readData(g, root)
	case root.Name == xml.Name{Space: feed.Namespace, Local: "feed"}:
		d, err = readFeed(g, root)
	default:
		err = g.At(fmt.Errorf("root element %s: %w", root.Name.Local, ErrKind))
	}
	if err == nil {
		err = g.Finish()
	}
	if err != nil {
		return nil, fmt.Errorf("vrda: %w", err)
	}
	return d, nil
}

func readData(g *guard.Reader, root xml.StartElement) (*Document, error) {
	e, err := markup.Parse(g, root)
	if err != nil {
		return nil, err
	}
	data := newData(e)
	v := data.Vulinfo
	return &Document{Lang: data.Lang, Title: v.Title, Updated: v.Updated, Entries: []Entry{{
		ID: v.ID, Title: v.Title, Updated: v.Updated, Published: v.Published, Data: &data,
	}}}, nil
}

// readFeed reads entry by entry, so that the limit on bytes holds for each.
func readFeed(g *guard.Reader, root xml.StartElement) (*Document, error) {
	d := &Document{Feed: true, Lang: Element{Attrs: root.Attr}.Attr("lang")}
	for {
		g.Mark()
		start, err := g.Start()
		if errors.Is(err, io.EOF) {
			return d, nil
		}
		if err != nil {
			return nil, g.At(err)
		}
		e, err := markup.Parse(g, start)
		if err != nil {
			return nil, err
		}
		if e.Name.Local == "entry" && len(d.Entries) >= MaxEntries {
			return nil, g.At(fmt.Errorf("more than %d entries: %w", MaxEntries, guard.ErrLimit))
		}
		d.take(e)
	}
}

func (d *Document) take(e Element) {
	text := strings.TrimSpace(e.Text)
	switch {
	case e.Name.Space != feed.Namespace:
		d.Extra = append(d.Extra, e)
	case e.Name.Local == "id":
		d.ID = text
	case e.Name.Local == "title":
		d.Title = text
	case e.Name.Local == "updated":
		d.Updated = instant(text)
	case e.Name.Local == "link":
		d.Links = append(d.Links, newLink(e))
	case e.Name.Local == "entry":
		d.Entries = append(d.Entries, newEntry(e))
	default:
		d.Extra = append(d.Extra, e)
	}
}

func newEntry(e Element) Entry {
	var entry Entry
	for _, c := range e.Children {
		text := strings.TrimSpace(c.Text)
		switch c.Name.Local {
		case "id":
			entry.ID = text
		case "title":
			entry.Title = text
		case "updated":
			entry.Updated = instant(text)
		case "published":
			entry.Published = instant(text)
		case "summary":
			entry.Summary = text
		case "link":
			entry.Links = append(entry.Links, newLink(c))
		case "category":
			entry.Categories = append(entry.Categories, c.Attr("term"))
		case "content":
			entry.Content = text
			entry.embedded(c.Children)
		default:
			entry.embedded([]Element{c})
		}
	}
	return entry
}

// embedded takes VrdaData, wherever in the entry it stands, and keeps the rest.
func (e *Entry) embedded(list []Element) {
	for _, c := range list {
		if c.Name.Local == "VrdaData" && e.Data == nil {
			data := newData(c)
			e.Data = &data
			continue
		}
		e.Extra = append(e.Extra, c)
	}
}

func newLink(e Element) feed.Link {
	return feed.Link{Rel: e.Attr("rel"), Href: e.Attr("href"), Type: e.Attr("type"), Lang: e.Attr("hreflang"), Title: e.Attr("title")}
}

func newData(e Element) Data {
	d := Data{Lang: e.Attr("lang")}
	for _, c := range e.Children {
		switch c.Name.Local {
		case "VrdaDataProvider":
			d.Provider = newProvider(c)
		case "VrdaDataSourceType":
			d.SourceType = sourceType(c.Text)
		case "Vulinfo":
			d.Vulinfo = newVulinfo(c)
		default:
			d.Extra = append(d.Extra, c)
		}
	}
	return d
}

func newProvider(e Element) Provider {
	p := Provider{ID: first(e.Attr("id"), e.Value("ID")), Name: first(e.Attr("name"), e.Value("Name")), URL: first(e.Attr("url"), e.Value("URL"))}
	if p.Name == "" {
		p.Name = strings.TrimSpace(e.Text)
	}
	return p
}

func newVulinfo(e Element) Vulinfo {
	v := Vulinfo{}
	for _, c := range e.Children {
		switch c.Name.Local {
		case "VulinfoID":
			v.ID = strings.TrimSpace(c.Text)
			v.Revision = max(v.Revision, number(c.Attr("revision")))
		case "VulinfoRevision", "Revision":
			v.Revision = number(strings.TrimSpace(c.Text))
		case "VulinfoData":
			v.data(c)
		default:
			v.Extra = append(v.Extra, c)
		}
	}
	return v
}

func (v *Vulinfo) data(e Element) {
	for _, c := range e.Children {
		text := strings.TrimSpace(c.Text)
		switch c.Name.Local {
		case "Title":
			v.Title = text
		case "VulinfoDescription":
			v.Overview = first(c.Value("Overview"), text)
		case "Affected":
			for _, item := range c.Children {
				v.Affected = append(v.Affected, newAffected(item))
			}
		case "FactAnalysis":
			v.Facts = append(v.Facts, facts(c)...)
		case "Related":
			for _, item := range c.Children {
				v.Related = append(v.Related, Related{Type: item.Attr("type"), Title: first(item.Attr("title"), item.Value("Name"), item.Value("Title")), URL: first(item.Value("URL"), strings.TrimSpace(item.Text))})
			}
		case "DatePublic":
			v.Public = instant(text)
		case "DateFirstPublished":
			v.Published = instant(text)
		case "DateLastUpdated":
			v.Updated = instant(text)
		default:
			v.Extra = append(v.Extra, c)
		}
	}
}

func newAffected(e Element) Affected {
	a := Affected{Status: e.Attr("affectedstatus"), Vendor: first(e.Value("Name"), e.Value("VendorName")), Product: e.Value("ProductName")}
	for _, c := range e.Children {
		text := strings.TrimSpace(c.Text)
		switch {
		case text == "":
		case strings.EqualFold(c.Name.Local, "cpe"):
			a.CPEs = append(a.CPEs, text)
		case strings.EqualFold(c.Name.Local, "purl"):
			a.PURLs = append(a.PURLs, text)
		case c.Name.Local == "VersionNumber":
			a.Versions = append(a.Versions, text)
		}
	}
	// A product may be given as a bare name.
	if text := strings.TrimSpace(e.Text); strings.HasPrefix(text, "cpe:") {
		a.CPEs = append(a.CPEs, text)
	}
	return a
}

// facts reads the children of FactAnalysis. Elements of our profile have a key and Value children.
// Of any other element each leaf is a fact: its key is an attribute that names it or the name of
// the element, its value an attribute or the text.
func facts(e Element) []Fact {
	var list []Fact
	for _, c := range e.Children {
		switch {
		case c.Name.Local == "Fact" && c.Attr("key") != "":
			list = append(list, profileFact(c))
		case len(c.Children) > 0:
			list = append(list, facts(c)...)
		default:
			list = append(list, leafFact(c))
		}
	}
	return list
}

func profileFact(e Element) Fact {
	f := Fact{
		Namespace: e.Attr("namespace"), Key: e.Attr("key"), Version: e.Attr("version"),
		Source: e.Attr("source"), Evidence: e.Attr("evidence"), Observed: instant(e.Attr("observed")),
	}
	for _, c := range e.Children {
		if text := strings.TrimSpace(c.Text); c.Name.Local == "Value" && text != "" {
			f.Values = append(f.Values, Value{Key: text, Label: c.Attr("label")})
		}
	}
	if text := strings.TrimSpace(e.Text); len(f.Values) == 0 && text != "" {
		f.Values = []Value{{Key: text}}
	}
	return f
}

func leafFact(e Element) Fact {
	f := Fact{Key: first(e.Attr("key"), e.Attr("name"), e.Attr("id"), e.Attr("fact"), e.Name.Local)}
	if v := first(e.Attr("value"), strings.TrimSpace(e.Text)); v != "" {
		f.Values = []Value{{Key: v, Label: e.Attr("label")}}
	}
	return f
}

func first(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func itoa(n int) string { return strconv.Itoa(n) }

// instant reads a time; one that cannot be read is the zero time. Without a zone it is Japanese
// time, as in the documents this shape comes from.
func instant(s string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, s, time.FixedZone("JST", 9*60*60)); err == nil {
			return t
		}
	}
	return time.Time{}
}
