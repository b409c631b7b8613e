package dtree

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// CSVOptions are how a history is read from CSV.
type CSVOptions struct {
	// GroupRare puts the rarest values of an attribute with more than MaxValues together as OtherValue;
	// without it such an attribute is an error.
	GroupRare bool
	// MaxRows and MaxColumns bound the file; 0 means 1,000,000 rows and 1,000 columns.
	MaxRows, MaxColumns int
}

// OtherValue is the name of the value that stands for the rare ones.
const OtherValue = "(other)"

// Table is a history read from CSV.
type Table struct {
	Data Data
	// Rows holds the number of each row in the file, counted from 0 after the header: rows without a class
	// are left out of Data.
	Rows []int
	// Total is the number of rows of the file, Unruled how many of them have no class.
	Total, Unruled int
	// Grouped names the attributes whose rare values were put together, with the number of those values.
	Grouped map[string]int
}

// ErrCSV is wrapped by every error about the form of a CSV file.
var ErrCSV = errors.New("csv")

// ReadCSV reads a history: a header line, the last column is the class, "?" or nothing is unknown. All attributes
// are nominal, their values and the classes in the order of their names.
func ReadCSV(r io.Reader, o CSVOptions) (*Table, error) {
	maxRows, maxColumns := cmp.Or(o.MaxRows, 1_000_000), cmp.Or(o.MaxColumns, 1_000)
	in := csv.NewReader(bufio.NewReader(r))
	in.ReuseRecord = true
	head, err := in.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("dtree: %w: empty: a header line is needed", ErrCSV)
	}
	if err != nil {
		return nil, fmt.Errorf("dtree: %w: %w", ErrCSV, err)
	}
	if len(head) > maxColumns {
		return nil, fmt.Errorf("dtree: %w: line 1: %d columns, at most %d are read", ErrCSV, len(head), maxColumns)
	}
	names := slices.Clone(head)
	names[0] = strings.TrimPrefix(names[0], "\ufeff")
	columns := make([]column, len(names))
	for i := range columns {
		columns[i].codes = map[string]int32{}
	}
	rows := 0
	for ; ; rows++ {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("dtree: %w: %w", ErrCSV, err)
		}
		if rows == maxRows {
			return nil, fmt.Errorf("dtree: %w: more than %d rows", ErrCSV, maxRows)
		}
		for i, cell := range record {
			columns[i].add(cell)
		}
	}
	return tableOf(names, columns, rows, o)
}

// column is one column while it is read: -1 is unknown.
type column struct {
	codes map[string]int32
	names []string
	count []int
	cells []int32
}

func (c *column) add(cell string) {
	cell = strings.TrimSpace(cell)
	if cell == "" || cell == "?" {
		c.cells = append(c.cells, -1)
		return
	}
	code, known := c.codes[cell]
	if !known {
		code = int32(len(c.names))
		name := strings.Clone(cell)
		c.codes[name] = code
		c.names = append(c.names, name)
		c.count = append(c.count, 0)
	}
	c.count[code]++
	c.cells = append(c.cells, code)
}

// sorted gives the names in order, and the place of each code among them.
func (c *column) sorted() (names []string, place []int) {
	names = slices.Sorted(maps.Keys(c.codes))
	place = make([]int, len(names))
	for i, n := range names {
		place[c.codes[n]] = i
	}
	return names, place
}

// group keeps the commonest MaxValues-1 names and gives all others one place.
func (c *column) group() (names []string, place []int, rare int) {
	by := make([]int, len(c.names))
	for i := range by {
		by[i] = i
	}
	slices.SortFunc(by, func(x, y int) int {
		return cmp.Or(cmp.Compare(c.count[y], c.count[x]), cmp.Compare(c.names[x], c.names[y]))
	})
	keep := by[:MaxValues-1]
	for _, code := range keep {
		names = append(names, c.names[code])
	}
	slices.Sort(names)
	place = make([]int, len(c.names))
	for code, name := range c.names {
		if at, kept := slices.BinarySearch(names, name); kept {
			place[code] = at
		} else {
			place[code] = len(names)
			rare++
		}
	}
	return append(names, OtherValue), place, rare
}

func tableOf(names []string, columns []column, rows int, o CSVOptions) (*Table, error) {
	last := len(columns) - 1
	t := &Table{Total: rows, Grouped: map[string]int{}}
	class := &columns[last]
	classes, place := class.sorted()
	if len(classes) > MaxClasses {
		return nil, fmt.Errorf("dtree: %w: column %d %q: %d classes, at most %d are possible", ErrCSV, last+1, names[last], len(classes), MaxClasses)
	}
	if len(classes) == 0 {
		return nil, fmt.Errorf("dtree: %w: column %d %q: no row has a class", ErrCSV, last+1, names[last])
	}
	t.Data.Schema.Classes = classes
	for row, code := range class.cells {
		if code < 0 {
			t.Unruled++
			continue
		}
		t.Rows = append(t.Rows, row)
		t.Data.Class = append(t.Data.Class, uint8(place[code]))
	}
	for i := range columns[:last] {
		if err := t.attribute(names[i], i, &columns[i], o); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func (t *Table) attribute(name string, i int, c *column, o CSVOptions) error {
	values, place := c.sorted()
	if len(values) > MaxValues {
		if !o.GroupRare {
			return fmt.Errorf("dtree: %w: column %d %q: %d values, at most %d are possible: group the rare ones", ErrCSV, i+1, name, len(values), MaxValues)
		}
		values, place, t.Grouped[name] = c.group()
	}
	masks := make([]uint64, len(t.Rows))
	for k, row := range t.Rows {
		if code := c.cells[row]; code >= 0 {
			masks[k] = 1 << place[code]
		}
	}
	t.Data.Schema.Attributes = append(t.Data.Schema.Attributes, Attribute{Name: name, Values: values})
	t.Data.Columns = append(t.Data.Columns, masks)
	return nil
}

// ReadFolds reads the fold of each row of a file of total rows: a number from 0 to 9 a line.
func ReadFolds(r io.Reader, total int) ([]uint8, error) {
	in := bufio.NewScanner(r)
	var folds []uint8
	for in.Scan() {
		text := strings.TrimSpace(in.Text())
		if text == "" && len(folds) == total {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > 9 {
			return nil, fmt.Errorf("dtree: line %d: %.20q is not a fold from 0 to 9", len(folds)+1, text)
		}
		if len(folds) == total {
			return nil, fmt.Errorf("dtree: line %d: more folds than the %d rows", len(folds)+1, total)
		}
		folds = append(folds, uint8(n))
	}
	if err := in.Err(); err != nil {
		return nil, fmt.Errorf("dtree: folds: %w", err)
	}
	if len(folds) != total {
		return nil, fmt.Errorf("dtree: %d folds for %d rows: one is needed for each row", len(folds), total)
	}
	return folds, nil
}
