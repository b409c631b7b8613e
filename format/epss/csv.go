package epss

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"noroshi.dev/format/cve"
)

// columns are the places of what we read in a line.
type columns struct{ id, score, percentile int }

func eachCSV(data []byte, head *Head, each func(*Item) error) error {
	at, n, scores, found := int64(0), 0, 0, false
	var col columns
	for rest := data; len(rest) > 0; {
		n++
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		offset := at
		at, rest = at+int64(len(rest)-len(after)), after
		text := strings.TrimSpace(string(line))
		switch {
		case text == "":
		case text[0] == '#':
			head.read(text[1:])
		case !found:
			if col, found = header(text); !found {
				return fmt.Errorf("line %d: %w", n, ErrHeader)
			}
		case scores == MaxScores:
			return fmt.Errorf("line %d: %w", n, ErrMany)
		default:
			scores++
			item := Item{Offset: offset, Line: n, Score: Score{Date: head.Date}}
			item.fromLine(text, col)
			if err := each(&item); err != nil {
				return err
			}
		}
	}
	if !found {
		return ErrHeader
	}
	return nil
}

// read reads the comment "model_version:v2025.03.14,score_date:2025-03-14T12:55:00+0000".
func (h *Head) read(comment string) {
	for part := range strings.SplitSeq(comment, ",") {
		name, value, _ := strings.Cut(part, ":")
		switch strings.TrimSpace(name) {
		case "model_version":
			h.Model = strings.TrimSpace(value)
		case "score_date":
			h.Date = strings.TrimSpace(value)
		}
	}
}

func header(line string) (columns, bool) {
	col := columns{-1, -1, -1}
	for i, name := range strings.Split(line, ",") {
		switch strings.ToLower(strings.Trim(name, `" `)) {
		case "cve":
			col.id = i
		case "epss":
			col.score = i
		case "percentile":
			col.percentile = i
		}
	}
	return col, col.id >= 0 && col.score >= 0
}

func (i *Item) fromLine(line string, col columns) {
	var id, score, percentile string
	n := 0
	for cell := range strings.SplitSeq(line, ",") {
		switch n {
		case col.id:
			id = strings.Trim(cell, `" `)
		case col.score:
			score = strings.Trim(cell, `" `)
		case col.percentile:
			percentile = strings.Trim(cell, `" `)
		}
		n++
	}
	i.set(id, score, percentile)
}

func (i *Item) set(id, score, percentile string) {
	if !cve.ValidID(id) {
		i.Err = fmt.Errorf("%w: %.40q", ErrID, id)
		return
	}
	i.ID, i.Raw = id, score
	if i.Probability, i.Err = fraction("epss", score); i.Err == nil && percentile != "" {
		i.Percentile, i.Err = fraction("percentile", percentile)
	}
}

func fraction(name, text string) (float64, error) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || !(f >= 0 && f <= 1) {
		return 0, fmt.Errorf("%s %.40q: %w", name, text, ErrNumber)
	}
	return f, nil
}
