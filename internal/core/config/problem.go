package config

import (
	"fmt"
	"strings"
)

// Problem is one thing wrong with the settings: where, what, and what to do.
type Problem struct {
	Line int    // line in the file, from 1; 0 if it stands in no file
	Key  string // key or environment variable
	Text string
	Hint string
}

// Error is everything wrong with the settings.
type Error struct {
	File     string
	Problems []Problem
}

// Error returns the problems, one a line.
func (e *Error) Error() string {
	lines := make([]string, 0, len(e.Problems))
	for _, p := range e.Problems {
		where := "configuration"
		if e.File != "" {
			where = e.File
		}
		if p.Line > 0 {
			where += fmt.Sprintf(" line %d", p.Line)
		}
		if p.Key != "" {
			where += ": " + p.Key
		}
		lines = append(lines, where+": "+p.Text)
	}
	return strings.Join(lines, "\n")
}

// Hints returns what the reader can do about the problems.
func (e *Error) Hints() []string {
	var out []string
	for _, p := range e.Problems {
		if p.Hint != "" {
			out = append(out, p.Hint)
		}
	}
	return out
}
