// Package epss reads scores of the Exploit Prediction Scoring System of FIRST: the daily CSV file
// and the answers of the API, whose numbers are strings.
//
// A score is the probability that exploitation is seen within the next 30 days. It is no sighting.
//
// Source: https://www.first.org/epss/data_stats and https://www.first.org/epss/api.
package epss

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"noroshi.dev/format/internal/jsonlist"
)

// MaxScores bounds the scores of one document; the whole of CVE has about 300,000.
const MaxScores = 10_000_000

// MaxSize bounds the bytes of one document.
const MaxSize = 1 << 30

// Errors that Each wraps or reports with an item.
var (
	ErrTooLarge = errors.New("document larger than 1 GiB")
	ErrHeader   = errors.New("no header line with cve and epss")
	ErrID       = errors.New("cve is not a CVE id")
	ErrNumber   = errors.New("not a number from 0 to 1")
	ErrMany     = jsonlist.ErrMany
)

// Score is the score of one vulnerability.
type Score struct {
	ID          string
	Probability float64 // 0 to 1
	Percentile  float64 // 0 to 1
	Raw         string  // Probability as written
	Date        string  // day of the score, YYYY-MM-DD, or RFC 3339, or empty
}

// Head is what a document says of itself.
type Head struct {
	Model string // "v2025.03.14"
	Date  string // as in Score
}

// Item is a score with its place, or the reason why what stands there is none.
type Item struct {
	Score
	Offset int64
	Line   int // from 1, CSV only
	Err    error
}

// Time reads a date of a score; the zero time means that there is none.
func Time(date string) time.Time {
	for _, form := range [...]string{time.RFC3339, "2006-01-02T15:04:05-0700", time.DateOnly} {
		if t, err := time.Parse(form, date); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// Each reads a document and hands every item to each, in the order of the document; the item is
// good until the next call. A wrong line has Err set and the next one follows. An error of each
// ends the reading.
func Each(data []byte, each func(*Item) error) (Head, error) {
	if len(data) > MaxSize {
		return Head{}, fmt.Errorf("epss: read: %w", ErrTooLarge)
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
	var head Head
	var err error
	if trimmed := bytes.TrimLeft(data, " \t\r\n"); len(trimmed) > 0 && trimmed[0] == '{' {
		err = eachJSON(data, each)
	} else {
		err = eachCSV(data, &head, each)
	}
	if err != nil {
		return head, fmt.Errorf("epss: read: %w", err)
	}
	return head, nil
}

func eachJSON(data []byte, each func(*Item) error) error {
	ignore := func(string, json.RawMessage) error { return nil }
	return jsonlist.Each(data, "data", MaxScores, ignore, func(offset int64, value json.RawMessage) error {
		var row struct {
			CVE        string `json:"cve"`
			EPSS       string `json:"epss"`
			Percentile string `json:"percentile"`
			Date       string `json:"date"`
		}
		item := Item{Offset: offset}
		if item.Err = json.Unmarshal(value, &row); item.Err == nil {
			item.Date = row.Date
			item.set(row.CVE, row.EPSS, row.Percentile)
		}
		return each(&item)
	})
}
