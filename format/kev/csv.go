package kev

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"noroshi.dev/format/internal/jsonlist"
)

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
