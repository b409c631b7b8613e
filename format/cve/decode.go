package cve

import (
	"errors"
	"fmt"
	"time"
)

// MaxRecord is the size in bytes above which Decode refuses a record. The format allows 2 MiB
// for a whole record in the program's own service; the largest published ones have less than 4.
const MaxRecord = 16 << 20

// Errors that Decode wraps.
var (
	ErrTooLarge  = errors.New("record larger than 16 MiB")
	ErrTrailing  = errors.New("data after the end of the record")
	ErrNotRecord = errors.New("not a CVE record: dataType is not CVE_RECORD")
	ErrID        = errors.New("cveMetadata.cveId is not a CVE id")
	ErrState     = errors.New("cveMetadata.state is neither PUBLISHED nor REJECTED")
)

// Decoder reads records one after the other. It remembers short strings, so that a feed which
// repeats them shares their memory; the zero Decoder is ready. Not safe for concurrent use.
type Decoder struct {
	scan   scanner
	intern internTable
	ssvc   SSVC
}

// Decode reads one record from data into rec, whose former content is lost. It checks what every
// reader relies on (type, id, state) and leaves the rest to a schema. The strings of rec, and the
// lists of strings and changes, are its own; the other lists and what it points to are good until
// the next Decode with the same Decoder. A fault of syntax is a *SyntaxError with its byte.
func (d *Decoder) Decode(data []byte, rec *Record) error {
	if len(data) > MaxRecord {
		return fmt.Errorf("cve: decode: %w", ErrTooLarge)
	}
	*rec = Record{}
	s := &d.scan
	s.intern = &d.intern
	s.slabs.reset()
	s.reset(data)
	defer s.reset(nil)
	members(s, rec, recordField)
	s.end()
	if s.err != nil {
		return fmt.Errorf("cve: decode: %w", s.err)
	}
	if err := rec.check(); err != nil {
		return fmt.Errorf("cve: decode: %w", err)
	}
	return nil
}

// Decode reads one record with a Decoder of its own: all of rec is its own but Other.Content.
func Decode(data []byte, rec *Record) error { return new(Decoder).Decode(data, rec) }

func (r *Record) check() error {
	switch {
	case r.DataType != DataType:
		return ErrNotRecord
	case !ValidID(r.Metadata.ID):
		return ErrID
	case r.Metadata.State != Published && r.Metadata.State != Rejected:
		return ErrState
	}
	return nil
}

// ValidID reports whether id has the form CVE-YYYY-N with four to nineteen digits at the end.
func ValidID(id string) bool {
	if len(id) < len("CVE-2000-0000") || len(id) > len("CVE-2000-")+19 || id[:4] != "CVE-" || id[8] != '-' {
		return false
	}
	for i := 4; i < len(id); i++ {
		if i != 8 && (id[i] < '0' || id[i] > '9') {
			return false
		}
	}
	return true
}

// Likely reports whether data looks like a record, by the name of its first member: cheap enough
// to ask of every file of an archive.
func Likely(data []byte) bool {
	var s scanner
	s.reset(data)
	if !s.accept('{') {
		return false
	}
	name, _ := s.quoted()
	switch string(name) {
	case "dataType", "dataVersion", "cveMetadata", "containers":
		return true
	}
	return false
}

// ParseTime reads a date of a record. The zone may be missing, which the format allows up to 5.1
// and means UTC. The zero time and false come back for an empty or unreadable one.
func ParseTime(s string) (time.Time, bool) {
	form := time.RFC3339Nano
	switch n := len(s); {
	case n < len(time.DateOnly):
		return time.Time{}, false
	case n == len(time.DateOnly):
		form = time.DateOnly
	case s[n-1] != 'Z' && s[n-6] != '+' && s[n-6] != '-':
		form = "2006-01-02T15:04:05.999999999"
	}
	t, err := time.Parse(form, s)
	if err != nil {
		t, err = time.Parse("2006-01-02T15:04Z07:00", s)
	}
	return t.UTC(), err == nil
}
