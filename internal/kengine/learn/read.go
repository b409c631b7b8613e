package learn

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/kengine/decide"
)

// Limits of a file of rulings.
const (
	MaxFile     = 64 << 20
	MaxRows     = 200_000
	maxColumns  = 1000
	maxRefusals = 100
	maxName     = 200
)

// ErrFile is wrapped by the error about a file that cannot be read at all.
var ErrFile = errors.New("file of rulings")

// Refusal is a row that was left out, and why.
type Refusal struct {
	Line   int    `json:"line"`   // from 1
	Reason string `json:"reason"` // width, value, outcome, time, json or target
	Text   string `json:"text"`   // what is wrong there
}

// File is what a file of rulings holds.
type File struct {
	Cases []Case
	Lines []int // of each case
	// Refused counts rows that were left out, Refusals lists the first of them.
	Refused  int
	Refusals []Refusal
	// Ignored names columns and decision points that the model does not have.
	Ignored []string
}

func (f *File) refuse(line int, reason, text string) {
	f.Refused++
	if len(f.Refusals) < maxRefusals {
		f.Refusals = append(f.Refusals, Refusal{Line: line, Reason: reason, Text: cut(text)})
	}
}

func cut(s string) string {
	if len(s) > maxName {
		return strings.ToValidUTF8(s[:maxName], "")
	}
	return s
}

func (f *File) ignore(name string) {
	if !slices.Contains(f.Ignored, name) && len(f.Ignored) < maxRefusals {
		f.Ignored = append(f.Ignored, cut(name))
	}
}

// Read reads rulings about the decision of the subject: SelectionLists if the file begins with { or [,
// otherwise CSV. A file above MaxFile bytes or MaxRows rows is an error; single rows that are wrong are
// refused and the rest is read.
func (s *Subject) Read(r io.Reader, points ssvc.Source) (*File, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("learn: read: %w", err)
	}
	if len(data) > MaxFile {
		return nil, fmt.Errorf("learn: %w: larger than %d MB; divide it", ErrFile, MaxFile>>20)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	text := bytes.TrimSpace(data)
	if len(text) > 0 && (text[0] == '{' || text[0] == '[') {
		return s.readSelections(data, points)
	}
	return s.readCSV(data)
}

// column says what a column of a CSV file holds.
type column struct {
	kind  byte // f fact, o outcome, i id, a analyst, t time, 0 nothing
	input int
}

func (s *Subject) readCSV(data []byte) (*File, error) {
	f := &File{}
	in := csv.NewReader(bytes.NewReader(data))
	in.FieldsPerRecord, in.LazyQuotes, in.ReuseRecord = -1, true, true
	head, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("learn: %w: it has no header line; the first line names facts by id or key, its last column the outcome", ErrFile)
	}
	if len(head) < 2 || len(head) > maxColumns {
		return nil, fmt.Errorf("learn: %w: the header has %d columns; write at least one fact and the outcome, separated by commas", ErrFile, len(head))
	}
	columns := make([]column, len(head))
	facts := 0
	for i, name := range head {
		columns[i] = s.columnOf(strings.TrimSpace(name))
		switch {
		case i == len(head)-1:
			columns[i] = column{kind: 'o'}
		case columns[i].kind != 0 && slices.Contains(columns[:i], columns[i]):
			return nil, fmt.Errorf("learn: %w: column %d, %.80q, says again what a column before it says; leave one of them", ErrFile, i+1, strings.TrimSpace(name))
		case columns[i].kind == 'f':
			facts++
		case columns[i].kind == 0:
			f.ignore(strings.TrimSpace(name))
		}
	}
	if facts == 0 {
		return nil, fmt.Errorf("learn: %w: no column names a fact of the model; write ids such as %s", ErrFile, s.Facts[0].ID)
	}
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return f, nil
		}
		line, _ := in.FieldPos(0)
		if err != nil {
			f.refuse(line, "width", err.Error())
			continue
		}
		if len(f.Cases)+f.Refused >= MaxRows {
			return nil, fmt.Errorf("learn: %w: more than %d rows; divide it", ErrFile, MaxRows)
		}
		if len(cells) != len(columns) {
			f.refuse(line, "width", fmt.Sprintf("%d/%d", len(cells), len(columns)))
			continue
		}
		if c, ok := s.cells(f, line, columns, cells); ok {
			f.Cases, f.Lines = append(f.Cases, c), append(f.Lines, line)
		}
	}
}

// columnOf finds what a column of this name holds: a fact by its id, by its id without version, by its key
// or by its name.
func (s *Subject) columnOf(name string) column {
	switch strings.ToLower(name) {
	case "id", "report":
		return column{kind: 'i'}
	case "analyst":
		return column{kind: 'a'}
	case "at":
		return column{kind: 't'}
	}
	found := -1
	for i, f := range s.compiled.Inputs() {
		id := f.ID.String()
		if id == name {
			return column{kind: 'f', input: i}
		}
		if id[:strings.LastIndexByte(id, ':')] == name || f.ID.Key == name || strings.EqualFold(f.Name.EN, name) || f.Name.JA == name {
			if found >= 0 {
				return column{} // two facts of one key: which is meant is not known
			}
			found = i
		}
	}
	if found < 0 {
		return column{}
	}
	return column{kind: 'f', input: found}
}

func (s *Subject) cells(f *File, line int, columns []column, cells []string) (Case, bool) {
	inputs := s.compiled.Inputs()
	c := Case{Inputs: make([]decide.Set, len(inputs))}
	for i, col := range columns {
		cell := strings.TrimSpace(cells[i])
		switch col.kind {
		case 'i':
			c.ID = cut(strings.Clone(cell))
		case 'a':
			c.Analyst = cut(strings.Clone(cell))
		case 't':
			at, ok := moment(cell)
			if !ok {
				f.refuse(line, "time", cell)
				return c, false
			}
			c.At = at
		case 'f':
			set, ok := values(&inputs[col.input], cell)
			if !ok {
				f.refuse(line, "value", inputs[col.input].ID.String()+" = "+cell)
				return c, false
			}
			c.Inputs[col.input] = set
		case 'o':
			set, ok := values(&s.Outcome, cell)
			one, single := set.Single()
			if !ok || !single {
				f.refuse(line, "outcome", cell)
				return c, false
			}
			c.Outcome = one
		}
	}
	return c, true
}

// moment reads a day or a time; nothing is the zero time.
func moment(cell string) (time.Time, bool) {
	if cell == "" || cell == "?" {
		return time.Time{}, true
	}
	for _, form := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(form, cell); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// values reads a cell: a value by its key or name, several keys with spaces between them, or unknown,
// which is the empty set.
func values(f *decide.Fact, cell string) (decide.Set, bool) {
	if cell == "" || cell == "?" {
		return 0, true
	}
	for i, v := range f.Values {
		if v.Key == cell || strings.EqualFold(v.Name.EN, cell) || v.Name.JA == cell {
			return decide.Of(i), true
		}
	}
	return f.Set(strings.Fields(cell)...)
}

func (s *Subject) readSelections(data []byte, points ssvc.Source) (*File, error) {
	f := &File{}
	dec := json.NewDecoder(bytes.NewReader(data))
	array := bytes.HasPrefix(bytes.TrimSpace(data), []byte("["))
	if array {
		if _, err := dec.Token(); err != nil {
			return nil, fmt.Errorf("learn: %w: %w", ErrFile, err)
		}
	}
	line, seen := 1, 0
	for dec.More() {
		if len(f.Cases)+f.Refused >= MaxRows {
			return nil, fmt.Errorf("learn: %w: more than %d lists; divide it", ErrFile, MaxRows)
		}
		var raw json.RawMessage
		err := dec.Decode(&raw)
		from := int(dec.InputOffset()) - len(raw)
		if err == nil && from > seen {
			line += bytes.Count(data[seen:from], []byte("\n"))
			seen = from
		}
		if err != nil { // what follows has no beginning any more
			f.refuse(line, "json", err.Error())
			return f, nil
		}
		list, err := ssvc.ParseSelectionList(raw, points)
		if err != nil {
			f.refuse(line, "json", err.Error())
			continue
		}
		if c, ok := s.selected(f, line, &list, points); ok {
			f.Cases, f.Lines = append(f.Cases, c), append(f.Lines, line)
		}
	}
	f.end(dec, data, array)
	return f, nil
}

// end refuses what follows the last list: a file that was cut off, or something that is no list.
func (f *File) end(dec *json.Decoder, data []byte, array bool) {
	var wrong string
	if array {
		if _, err := dec.Token(); err != nil {
			wrong = "the file ends within the array"
		}
	}
	if _, err := dec.Token(); wrong == "" && !errors.Is(err, io.EOF) {
		wrong = "something follows the lists"
	}
	if wrong != "" {
		f.refuse(1+bytes.Count(data[:dec.InputOffset()], []byte("\n")), "json", wrong)
	}
}

// selected makes a case of a SelectionList: the selection of the outcome fact is the ruling.
func (s *Subject) selected(f *File, line int, list *ssvc.SelectionList, points ssvc.Source) (Case, bool) {
	inputs := s.compiled.Inputs()
	c := Case{Inputs: make([]decide.Set, len(inputs)), Outcome: -1, At: list.Timestamp.UTC()}
	if len(list.TargetIDs) > 0 {
		c.ID = cut(list.TargetIDs[0])
	}
	for i := range list.Selections {
		sel := &list.Selections[i]
		if same(sel.ID, s.Outcome.ID) {
			if at, bad := sel.PositionsIn(s.Outcome.Point(), points); len(bad) == 0 && len(at) == 1 {
				c.Outcome = at[0]
			}
			continue
		}
		col := -1
		for j := range inputs {
			if same(sel.ID, inputs[j].ID) {
				col = j
			}
		}
		if col < 0 {
			f.ignore(sel.ID.String())
			continue
		}
		at, bad := sel.PositionsIn(inputs[col].Point(), points)
		if len(bad) > 0 {
			f.refuse(line, "value", sel.ID.String())
			return c, false
		}
		c.Inputs[col] = decide.Of(at...)
	}
	if c.Outcome < 0 {
		f.refuse(line, "outcome", s.Outcome.ID.String())
		return c, false
	}
	return c, true
}

// same reports whether two ids name one fact in whatever version.
func same(a, b ssvc.ID) bool { return a.Namespace == b.Namespace && a.Key == b.Key }
