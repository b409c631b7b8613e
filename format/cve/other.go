package cve

import (
	"fmt"
)

// SSVC is the content of a metric of type "ssvc": the choices of one analysis, as CISA's
// Vulnrichment writes them, with names of values and not with keys.
type SSVC struct {
	ID        string
	Role      string
	Version   string
	Timestamp string
	Options   []Option
}

// Option is one choice: the name of a decision point and of a value, as written.
type Option struct{ Name, Value string }

// KEV is the content of a metric of type "kev".
type KEV struct {
	DateAdded string
	Reference string
}

// maxOptions bounds the choices of one analysis; SSVC has 35 decision points of its own.
const maxOptions = 256

// ReadSSVC reads the content of an SSVC metric. Besides the usual list of options it understands
// the flat form that some naming authorities write under a type such as "SSVCv2.0", an object of
// names and values; of that form every member with a text is an option. It does not judge names
// and values. The list of options is good until the next ReadSSVC with the same Decoder.
func (d *Decoder) ReadSSVC(content []byte) (SSVC, error) {
	v := &d.ssvc
	*v = SSVC{Options: emptied(v.Options)}
	err := readContent(d, content, v, ssvcField)
	if err == nil && len(v.Options) > maxOptions {
		err = fmt.Errorf("cve: ssvc: more than %d options", maxOptions)
	}
	return *v, err
}

// ReadKEV reads the content of a metric that tells of a listing in the catalogue of known
// exploited vulnerabilities.
func (d *Decoder) ReadKEV(content []byte) (KEV, error) {
	var v KEV
	err := readContent(d, content, &v, kevField)
	return v, err
}

func readContent[T any](d *Decoder, content []byte, dst *T, field func(*scanner, *T, []byte)) error {
	s := &d.scan
	s.intern = &d.intern
	s.reset(content)
	defer s.reset(nil)
	members(s, dst, field)
	s.end()
	if s.err != nil {
		return fmt.Errorf("cve: content of a metric: %w", s.err)
	}
	return nil
}

func ssvcField(s *scanner, v *SSVC, name []byte) {
	switch string(name) {
	case "id":
		s.text(&v.ID)
	case "role":
		s.text(&v.Role)
	case "version":
		s.text(&v.Version)
	case "timestamp":
		s.text(&v.Timestamp)
	case "options":
		if s.null() {
			return
		}
		elements(s, func(s *scanner) { members(s, v, optionField) })
	default:
		optionField(s, v, name)
	}
}

func optionField(s *scanner, v *SSVC, name []byte) {
	if s.next() != '"' {
		s.skip()
		return
	}
	o := Option{Name: s.intern.string(name)}
	s.text(&o.Value)
	v.Options = append(v.Options, o)
}

func kevField(s *scanner, v *KEV, name []byte) {
	switch string(name) {
	case "dateAdded":
		s.text(&v.DateAdded)
	case "reference":
		s.text(&v.Reference)
	default:
		s.skip()
	}
}
