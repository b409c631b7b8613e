package netgeo

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Limits of what is read.
const (
	MaxLine     = 4096       // bytes of one line
	MaxRanges   = 20_000_000 // ranges of one file; all of IPv6 routing has about 250,000
	maxProblems = 20         // refused lines that a report tells in full
)

// Errors of a line or of a file.
var (
	ErrAddress   = errors.New("not an address")
	ErrFamilies  = errors.New("first and last address are of different families")
	ErrOrder     = errors.New("the last address is below the first")
	ErrColumns   = errors.New("too few columns")
	ErrCountry   = errors.New("not a country code of two letters")
	ErrSystem    = errors.New("not an AS number")
	ErrNumber    = errors.New("not a number")
	ErrLength    = errors.New("not a prefix length")
	ErrTooLarge  = errors.New("the range ends above the last address")
	ErrMany      = errors.New("more than 20,000,000 ranges")
	ErrNothing   = errors.New("no line can be read: is it a range CSV, a delegated-extended file or a table of prefix to AS?")
	ErrTruncated = errors.New("the file has fewer lines than its head says: it was cut off")
)

// Problem is a line that was refused.
type Problem struct {
	Line int // from 1
	Err  error
}

// Report says what was read of a file. Lines that hold no range (heads, comments, what is free) are in neither count.
type Report struct {
	Ranges   int
	Refused  int
	Problems []Problem // of the first refused lines
}

// reading is one file being read.
type reading struct {
	report Report
	line   int
}

// each hands every line that is neither empty nor a comment to read, which reports whether it held a range. A line
// whose reading fails is refused.
func (f *reading) each(r io.Reader, read func(line string) (bool, error)) error {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, MaxLine), MaxLine)
	for s.Scan() {
		f.line++
		line := s.Text()
		if f.line == 1 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		held, err := read(line)
		switch {
		case err != nil:
			if f.report.Refused++; len(f.report.Problems) < maxProblems {
				f.report.Problems = append(f.report.Problems, Problem{f.line, err})
			}
		case held:
			f.report.Ranges++
		}
		if f.report.Ranges > MaxRanges {
			return fmt.Errorf("line %d: %w", f.line, ErrMany)
		}
	}
	if err := s.Err(); err != nil {
		return fmt.Errorf("line %d: %w", f.line+1, err)
	}
	if f.report.Ranges == 0 {
		return ErrNothing
	}
	return nil
}
