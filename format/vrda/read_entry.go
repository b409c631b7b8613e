package vrda

import (
	"strings"

	"noroshi.dev/format/feed"
)

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
