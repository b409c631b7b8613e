package netgeo

import (
	"errors"
	"io"
	"strings"

	"noroshi.dev/format/internal/lines"
)

// Limits of what is read.
const (
	MaxLine   = 4096       // bytes of one line
	MaxRanges = 20_000_000 // ranges of one file; all of IPv6 routing has about 250,000
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

// Problem is a line that was refused, by its number from 1.
type Problem = lines.Problem

// Report says what was read of a file. Lines that hold no range (heads, comments, what is free) are in neither count.
type Report struct {
	Ranges   int
	Refused  int
	Problems []Problem // of the first refused lines
}

// reading is one file being read.
type reading struct{ lines.Walk }

func (f *reading) report() Report { return Report{f.Held, f.Refused, f.Problems} }

// each hands every line that is neither empty nor a comment to read, which reports whether it held a range.
func (f *reading) each(r io.Reader, read func(line string) (bool, error)) error {
	err := f.Each(r, MaxLine, func(line string) (bool, error) {
		if line = strings.TrimSpace(line); line[0] == '#' {
			return false, nil
		}
		return read(line)
	}, func() error {
		if f.Held > MaxRanges {
			return ErrMany
		}
		return nil
	})
	if err == nil && f.Held == 0 {
		return ErrNothing
	}
	return err
}
