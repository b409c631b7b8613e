package nvd

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"noroshi.dev/format/cve"
	"noroshi.dev/format/internal/jsonlist"
)

// MaxSize bounds the bytes of one document, MaxItems its vulnerabilities (a page has 2,000).
const (
	MaxSize  = 1 << 30
	MaxItems = 1_000_000
)

// Errors that Each wraps or reports with an item.
var (
	ErrTooLarge = errors.New("document larger than 1 GiB")
	ErrID       = errors.New("cve.id is not a CVE id")
)

// Time reads a time of the interface, which has no zone and means UTC. The zero time means that
// it is not readable.
func Time(s string) time.Time {
	for _, form := range [...]string{"2006-01-02T15:04:05.999999999", time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(form, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// Item is a vulnerability with its place, or the reason why what stands there is none.
type Item struct {
	Vulnerability
	Offset int64
	Err    error
}

// Each reads an answer and hands every item to each, in the order of the document. A wrong item
// has Err set and the next one follows; a document that is not well-formed is an error. An error
// of each ends the reading.
func Each(data []byte, each func(*Item) error) (Page, error) {
	var page Page
	if len(data) > MaxSize {
		return page, fmt.Errorf("nvd: read: %w", ErrTooLarge)
	}
	whole := len(data)
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	mark := int64(whole - len(data))
	err := jsonlist.Each(data, "vulnerabilities", MaxItems, page.member, func(offset int64, value json.RawMessage) error {
		row := struct {
			CVE *Vulnerability `json:"cve"`
		}{}
		item := Item{Offset: mark + offset}
		row.CVE = &item.Vulnerability
		if item.Err = json.Unmarshal(value, &row); item.Err == nil && !cve.ValidID(item.ID) {
			item.Err = fmt.Errorf("%w: %.40q", ErrID, item.ID)
		}
		return each(&item)
	})
	if err != nil {
		return page, fmt.Errorf("nvd: read: %w", err)
	}
	return page, nil
}

func (p *Page) member(name string, value json.RawMessage) error {
	switch name {
	case "resultsPerPage":
		return json.Unmarshal(value, &p.ResultsPerPage)
	case "startIndex":
		return json.Unmarshal(value, &p.StartIndex)
	case "totalResults":
		return json.Unmarshal(value, &p.TotalResults)
	case "format":
		return json.Unmarshal(value, &p.Format)
	case "version":
		return json.Unmarshal(value, &p.Version)
	case "timestamp":
		return json.Unmarshal(value, &p.Timestamp)
	}
	return nil
}
