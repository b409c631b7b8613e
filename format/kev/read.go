package kev

import (
	"bytes"
	"encoding/json"
	"fmt"

	"noroshi.dev/format/cve"
	"noroshi.dev/format/internal/jsonlist"
)

// Item is an entry with its place, or the reason why what stands there is none.
type Item struct {
	Entry
	Offset int64 // byte of the entry in the document
	Line   int   // line from 1, CSV only
	Err    error
}

// Each reads a catalogue and hands every item to each, in the order of the document. A wrong entry
// has Err set and the next one follows; a document that is not well-formed is an error. An error of
// each ends the reading.
func Each(data []byte, each func(*Item) error) (Catalog, error) {
	if len(data) > MaxSize {
		return Catalog{}, fmt.Errorf("kev: read: %w", ErrTooLarge)
	}
	whole := len(data)
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if mark := int64(whole - len(data)); mark > 0 {
		inner := each
		each = func(i *Item) error { // places are those of the whole document
			i.Offset += mark
			return inner(i)
		}
	}
	var catalog Catalog
	var err error
	if trimmed := bytes.TrimLeft(data, " \t\r\n"); len(trimmed) > 0 && trimmed[0] == '{' {
		err = eachJSON(data, &catalog, each)
	} else {
		err = eachCSV(data, each)
	}
	if err != nil {
		return catalog, fmt.Errorf("kev: read: %w", err)
	}
	return catalog, nil
}

func eachJSON(data []byte, catalog *Catalog, each func(*Item) error) error {
	head := func(name string, value json.RawMessage) error {
		switch name {
		case "title":
			return json.Unmarshal(value, &catalog.Title)
		case "catalogVersion":
			return json.Unmarshal(value, &catalog.Version)
		case "dateReleased":
			return json.Unmarshal(value, &catalog.Released)
		case "count":
			return json.Unmarshal(value, &catalog.Count)
		}
		return nil
	}
	return jsonlist.Each(data, "vulnerabilities", MaxEntries, head, func(offset int64, value json.RawMessage) error {
		item := Item{Offset: offset}
		if item.Err = json.Unmarshal(value, &item.Entry); item.Err == nil {
			item.check()
		}
		return each(&item)
	})
}

// check sets Err unless the entry says which vulnerability was listed when.
func (i *Item) check() {
	if i.CWEs == nil {
		i.CWEs = []string{}
	}
	if !cve.ValidID(i.ID) {
		i.Err = fmt.Errorf("%w: %.40q", ErrID, i.ID)
	} else if _, err := i.Added(); err != nil {
		i.Err = fmt.Errorf("%w: %.40q", ErrDate, i.DateAdded)
	}
}
