package iodef

import (
	"fmt"
	"strconv"
	"time"

	"noroshi.dev/format/internal/markup"
)

// Element is XML of another standard, kept without being understood.
type Element = markup.Element

// Text is a text in a language (RFC 7970, section 2.4).
type Text struct {
	Value         string
	Lang          string // BCP 47; empty is that of the document
	TranslationID string // the same in texts that translate each other; version 2
}

// Plain returns a list with one text of no stated language.
func Plain(s string) []Text { return []Text{{Value: s}} }

// Int is an integer that may be absent: port 0 and no port differ.
type Int struct {
	N     int64
	Valid bool
}

// Some returns a present integer.
func Some(n int64) Int { return Int{n, true} }

// Extension is a value of any type (RFC 7970, section 2.15; ExtensionType of the schemas). In
// XML the Elements stand behind the Value; JSON carries both as one string.
type Extension struct {
	Name         string // version 2
	DType        string // default: xml with Elements, else string
	Meaning      string
	FormatID     string
	Restriction  string
	ObservableID string // version 2
	Value        string
	Elements     []Element
}

func (e *Extension) walk(c *coder) {
	if !c.reading && e.DType == "" {
		dtype := "string"
		if len(e.Elements) > 0 {
			dtype = "xml"
		}
		c.word("dtype", wordsDType, &dtype)
	} else {
		c.word("dtype", wordsDType, &e.DType)
	}
	if c.has2("name", e.Name != "") {
		c.attr("name", &e.Name)
	}
	c.attr("meaning", &e.Meaning)
	c.attr("formatid", &e.FormatID)
	c.marking(&e.Restriction)
	c.observable(&e.ObservableID)
	c.anything(&e.Value, &e.Elements)
	c.need("dtype", !c.reading || e.DType != "")
}

func extensions(c *coder, name string, p *[]Extension) { many(c, name, p, (*Extension).walk) }

// language holds the pattern of xs:language.
func language(s string) bool {
	run := 0
	for i, r := range s {
		switch {
		case r == '-':
			if run == 0 || i == len(s)-1 {
				return false
			}
			run = -1
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		default:
			return false
		}
		if run++; run > 8 {
			return false
		}
	}
	return s != "" && (s[0] < '0' || s[0] > '9')
}

// ncname holds the ASCII part of the pattern of xs:ID, which is all that RFC 8727 has of it.
func ncname(s string) bool {
	for i, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == '_':
		case i > 0 && (r >= '0' && r <= '9' || r == '-' || r == '.'):
		default:
			return false
		}
	}
	return s != ""
}

// portlist holds the pattern 80,8000-8080 (RFC 7970, section 2.10).
func portlist(s string) bool {
	digit, dash := false, false
	for i := range len(s) {
		switch b := s[i]; {
		case b >= '0' && b <= '9':
			digit = true
		case b == '-' && digit && !dash:
			digit, dash = false, true
		case b == ',' && digit:
			digit, dash = false, false
		default:
			return false
		}
	}
	return digit
}

// timezone holds the pattern Z or +09:00 (RFC 7970, section 2.9).
func timezone(s string) bool {
	if s == "Z" {
		return true
	}
	if len(s) != 6 || s[0] != '+' && s[0] != '-' || s[3] != ':' {
		return false
	}
	hour, err := strconv.ParseUint(s[1:3], 10, 8)
	minute, err2 := strconv.ParseUint(s[4:6], 10, 8)
	return err == nil && err2 == nil && hour <= 14 && minute <= 59
}

// instant reads an xs:dateTime. Without a zone, which both standards advise against, it is UTC.
func instant(s string) (at time.Time, exact bool, err error) {
	if at, err = time.Parse(time.RFC3339Nano, s); err == nil {
		return at, at.Year() > 0, nil
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04:05Z07:00", time.DateOnly} {
		if at, err := time.ParseInLocation(layout, s, time.UTC); err == nil {
			return at, false, nil
		}
	}
	return time.Time{}, false, fmt.Errorf("%q is no time", s)
}
