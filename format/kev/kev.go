// Package kev reads CISA's catalogue of known exploited vulnerabilities, in its JSON and its CSV
// edition. Both give the same entries.
//
// Source: https://www.cisa.gov/known-exploited-vulnerabilities-catalog and its JSON schema.
package kev

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"noroshi.dev/format/cve"
	"noroshi.dev/format/internal/jsonlist"
)

// MaxEntries bounds the entries of one catalogue, which had 1,404 in August 2025.
const MaxEntries = 1_000_000

// MaxSize bounds the bytes of one catalogue.
const MaxSize = 256 << 20

// Errors that Each wraps or reports with an item.
var (
	ErrTooLarge = errors.New("catalogue larger than 256 MiB")
	ErrHeader   = errors.New("no header line with cveID and dateAdded")
	ErrID       = errors.New("cveID is not a CVE id")
	ErrDate     = errors.New("dateAdded is not a date YYYY-MM-DD")
)

// Catalog is the head of the JSON edition; the CSV edition has none.
type Catalog struct {
	Title    string
	Version  string // "2025.08.25"
	Released string // RFC 3339
	Count    int    // entries as the catalogue counts them
}

// Entry is one listing. Dates are YYYY-MM-DD.
type Entry struct {
	ID             string   `json:"cveID"`
	Vendor         string   `json:"vendorProject"`
	Product        string   `json:"product"`
	Name           string   `json:"vulnerabilityName"`
	DateAdded      string   `json:"dateAdded"`
	Description    string   `json:"shortDescription"`
	RequiredAction string   `json:"requiredAction"`
	DueDate        string   `json:"dueDate"`
	Ransomware     string   `json:"knownRansomwareCampaignUse"` // Known, Unknown or empty
	Notes          string   `json:"notes"`
	CWEs           []string `json:"cwes"` // empty where none is given
}

// Added returns DateAdded as a time, midnight UTC.
func (e *Entry) Added() (time.Time, error) { return time.Parse(time.DateOnly, e.DateAdded) }

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

func eachCSV(data []byte, each func(*Item) error) error {
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	column := map[string]int{}
	for i, name := range header {
		column[strings.TrimSpace(name)] = i
	}
	if _, ok := column["cveID"]; !ok || len(column) != len(header) {
		return ErrHeader
	}
	if _, ok := column["dateAdded"]; !ok {
		return ErrHeader
	}
	for n := 0; ; n++ {
		offset := r.InputOffset()
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if n == MaxEntries {
			return fmt.Errorf("%w: more than %d", jsonlist.ErrMany, MaxEntries)
		}
		for offset < int64(len(data)) && (data[offset] == '\n' || data[offset] == '\r') {
			offset++ // empty lines before the entry
		}
		item := Item{Offset: offset, Err: err}
		if err == nil {
			item.Line, _ = r.FieldPos(0)
			item.fromRow(column, row)
		} else if wrong := new(csv.ParseError); errors.As(err, &wrong) {
			item.Line = wrong.StartLine
		}
		if err := each(&item); err != nil {
			return err
		}
	}
}

func (i *Item) fromRow(column map[string]int, row []string) {
	if len(row) != len(column) {
		i.Err = fmt.Errorf("%d cells where the header has %d", len(row), len(column))
		return
	}
	cell := func(name string) string {
		if n, ok := column[name]; ok {
			return row[n]
		}
		return ""
	}
	i.Entry = Entry{
		ID: cell("cveID"), Vendor: cell("vendorProject"), Product: cell("product"),
		Name: cell("vulnerabilityName"), DateAdded: cell("dateAdded"), Description: cell("shortDescription"),
		RequiredAction: cell("requiredAction"), DueDate: cell("dueDate"),
		Ransomware: cell("knownRansomwareCampaignUse"), Notes: cell("notes"), CWEs: []string{},
	}
	for cwe := range strings.SplitSeq(cell("cwes"), ",") {
		if cwe = strings.TrimSpace(cwe); cwe != "" {
			i.CWEs = append(i.CWEs, cwe)
		}
	}
	i.check()
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
