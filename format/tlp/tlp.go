// Package tlp is the Traffic Light Protocol 2.0 of FIRST: five labels that say how far a text may travel.
//
//	CLEAR < GREEN < AMBER < AMBER+STRICT < RED
//
// The words of version 1 are read (WHITE is CLEAR) and never written. What joins several sources takes the strictest
// label of them: see Strictest.
//
// Source: https://www.first.org/tlp/ (version 2.0).
package tlp

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Label is one of the five labels. The zero value is none: nobody has said how far the text may travel.
type Label int

// The labels, from the widest circle to the narrowest.
const (
	None        Label = iota
	Clear             // no limit
	Green             // the community
	Amber             // the recipient's organisation and its clients, who need to know
	AmberStrict       // the recipient's organisation alone
	Red               // the named recipients alone
)

// ErrLabel is returned for a text that is no label.
var ErrLabel = errors.New("not a TLP label: want CLEAR, GREEN, AMBER, AMBER+STRICT or RED")

// Labels returns the five labels, from the widest circle to the narrowest.
func Labels() []Label { return []Label{Clear, Green, Amber, AmberStrict, Red} }

// Word returns the label without "TLP:", as CSAF and MISP name it, empty for None.
func (l Label) Word() string {
	switch l {
	case Clear:
		return "CLEAR"
	case Green:
		return "GREEN"
	case Amber:
		return "AMBER"
	case AmberStrict:
		return "AMBER+STRICT"
	case Red:
		return "RED"
	default:
		return ""
	}
}

// String returns the label as it must stand in a text: "TLP:AMBER+STRICT"; empty for None.
func (l Label) String() string {
	if w := l.Word(); w != "" {
		return "TLP:" + w
	}
	return ""
}

// maxText bounds what Parse looks at.
const maxText = 64

// Parse reads a label with or without "TLP:", in any case and width, with a plus, a hyphen, a space or an underscore
// before STRICT, and also in the words of version 1. An empty text is ErrLabel: absence is for the caller to decide.
func Parse(text string) (Label, error) {
	if len(text) > maxText {
		return None, fmt.Errorf("%.20q…: %w", text, ErrLabel)
	}
	t := strings.ToUpper(strings.TrimSpace(norm.NFKC.String(text)))
	t = strings.TrimSpace(strings.TrimPrefix(t, "TLP"))
	t = strings.TrimSpace(strings.TrimPrefix(t, ":"))
	switch strings.Map(plainSign, t) {
	case "CLEAR", "WHITE":
		return Clear, nil
	case "GREEN":
		return Green, nil
	case "AMBER":
		return Amber, nil
	case "AMBER+STRICT":
		return AmberStrict, nil
	case "RED":
		return Red, nil
	}
	return None, fmt.Errorf("%q: %w", text, ErrLabel)
}

func plainSign(r rune) rune {
	switch r {
	case '-', ' ', '_':
		return '+'
	}
	return r
}

// Strictest returns the narrowest of labels, None if there is none among them.
func Strictest(labels ...Label) Label {
	most := None
	for _, l := range labels {
		most = max(most, l)
	}
	return most
}

// Covers reports whether somebody who may see texts of l may see one of other. None covers nothing and is covered by
// Red alone: what nobody has labelled is treated as the strictest.
func (l Label) Covers(other Label) bool {
	if other == None {
		return l == Red
	}
	return l != None && other <= l
}

// MarshalText implements encoding.TextMarshaler by Word.
func (l Label) MarshalText() ([]byte, error) { return []byte(l.Word()), nil }

// UnmarshalText implements encoding.TextUnmarshaler by Parse; an empty text is None.
func (l *Label) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*l = None
		return nil
	}
	var err error
	*l, err = Parse(string(text))
	return err
}
