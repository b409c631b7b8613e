package iodef

import (
	"fmt"
	"unicode/utf8"
)

// Kind says what is wrong with a part of a document.
type Kind int

// The kinds of notes.
const (
	Unknown   Kind = iota + 1 // a part that the form does not have; it is skipped
	Invalid                   // a value that cannot be understood; the field stays empty
	Doubtful                  // a value that is understood, but not written as the standard says
	Missing                   // a required part is not there
	Word                      // a word outside of its enumeration; it is kept
	Order                     // an element that stands in the wrong place; it is taken
	Spelling                  // a name written otherwise; it is taken
	Repeated                  // a second of what may occur once; it is skipped
	Namespace                 // the document says no namespace or version that is known
)

// Note is something in a document that the reader could not take as it stands.
type Note struct {
	Line, Column int // from 1, the column in bytes
	Path         string
	Kind         Kind
	Name         string
	Value        string // at most 80 bytes of it
	Near         string // the known name or word that is nearest
}

// String is a sentence in English.
func (n Note) String() string {
	s := fmt.Sprintf("line %d, column %d: %s: ", n.Line, n.Column, n.Path)
	switch n.Kind {
	case Unknown:
		s += fmt.Sprintf("%s is not known here and was skipped", n.Name)
	case Invalid:
		s += fmt.Sprintf("%s %q cannot be read", n.Name, n.Value)
	case Doubtful:
		s += fmt.Sprintf("%s %q is not written as the standard says", n.Name, n.Value)
	case Missing:
		s += n.Name + " is missing"
	case Word:
		s += fmt.Sprintf("%s %q is no word of the standard", n.Name, n.Value)
	case Order:
		s += n.Name + " stands in the wrong place"
	case Spelling:
		return s + fmt.Sprintf("%s should be written %s", n.Name, n.Near)
	case Repeated:
		s += n.Name + " may stand here once; this one was skipped"
	case Namespace:
		s += fmt.Sprintf("%s %q is no known version", n.Name, n.Value)
	}
	if n.Near != "" {
		s += fmt.Sprintf("; did you mean %q?", n.Near)
	}
	return s
}

// maxNotes bounds the notes of one document; further ones are only counted.
const maxNotes = 1000

// notes gathers. While quiet it does nothing, for a tree that will be walked again.
type notes struct {
	list  []Note
	more  int
	quiet bool
}

func (c *coder) note(at *node, kind Kind, name, value, near string) {
	n := c.notes
	if n.quiet {
		return
	}
	if len(n.list) >= maxNotes {
		n.more++
		return
	}
	if len(value) > 80 {
		value = value[:80]
		for !utf8.ValidString(value) && value != "" {
			value = value[:len(value)-1]
		}
	}
	n.list = append(n.list, Note{at.line, at.column, c.where(), kind, name, value, near})
}
