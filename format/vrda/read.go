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
