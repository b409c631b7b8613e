// Package lines walks texts of one record a line: a line that cannot be read is refused with its number and the reason,
// and the walk goes on.
package lines

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// maxProblems is how many refused lines are told in full.
const maxProblems = 20

// Problem is a line that was refused.
type Problem struct {
	Line int // from 1
	Err  error
}

// Walk is one text being read, and afterwards what came of it.
type Walk struct {
	Line     int // the present one, from 1
	Held     int // lines that held a record
	Refused  int
	Problems []Problem // of the first refused lines
}

// Each hands every line that is not empty, without white space around it and without a byte order mark, to read, which
// reports whether it held a record. A line whose reading fails is refused. A line of more than max bytes, a fault of r,
// or an error of stop after a record ends the walk.
func (w *Walk) Each(r io.Reader, longest int, read func(line string) (bool, error), stop func() error) error {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, min(longest, 64<<10)), longest)
	for s.Scan() {
		w.Line++
		line := s.Text()
		if w.Line == 1 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		if line = strings.TrimRight(line, " \r"); strings.TrimSpace(line) == "" {
			continue
		}
		held, err := read(line)
		switch {
		case err != nil:
			if w.Refused++; len(w.Problems) < maxProblems {
				w.Problems = append(w.Problems, Problem{w.Line, err})
			}
		case held:
			w.Held++
			if err := stop(); err != nil {
				return fmt.Errorf("line %d: %w", w.Line, err)
			}
		}
	}
	if err := s.Err(); err != nil {
		return fmt.Errorf("line %d: %w", w.Line+1, err)
	}
	return nil
}
