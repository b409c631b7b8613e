package iodef

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"noroshi.dev/format/internal/guard"
)

// samples is a document of each form with the same events.
func samples(t *testing.T) map[Form][]byte {
	t.Helper()
	i := phishing()
	for _, s := range scans(3) {
		e, err := Export{}.Event(s)
		if err != nil {
			t.Fatal(err)
		}
		i.EventData = append(i.EventData, e)
	}
	d := &Document{Lang: "ja", Incidents: []*Incident{i}}
	return map[Form][]byte{XML1: written(t, XML1, d), XML2: written(t, XML2, d), JSON: written(t, JSON, d)}
}

// A document cut at any byte is an error with its place, and the events before the cut come out.
func TestCutAtEveryByte(t *testing.T) {
	t.Parallel()
	for form, doc := range samples(t) {
		t.Run(form.String(), func(t *testing.T) {
			t.Parallel()
			doc = bytes.TrimRight(doc, "\n")
			end := []byte("</EventData>\n")
			if form == JSON {
				end = []byte("},\n{")
			}
			before := 0
			for n := range doc {
				seen := 0
				d, err := Stream(bytes.NewReader(doc[:n]), Options{}, func(*Incident, *EventData) error { seen++; return nil })
				if err == nil || d == nil {
					t.Fatalf("cut at %d: %v, want an error", n, err)
				}
				var placed *guard.Error
				if n > 0 && !errors.As(err, &placed) {
					t.Fatalf("cut at %d: %v has no place", n, err)
				}
				if n > 0 && (placed.Line < 1 || placed.Line > 1+bytes.Count(doc[:n], []byte("\n"))) {
					t.Fatalf("cut at %d: the place is line %d", n, placed.Line)
				}
				if seen < before || seen < bytes.Count(doc[:n], end)-1 {
					t.Fatalf("cut at %d: %d events, %d were seen before", n, seen, before)
				}
				before = seen
			}
			if before != 4 {
				t.Errorf("%d events of 4 come out before the last byte", before)
			}
		})
	}
}

// A reader that fails at any byte gives its own error, not that of a document that is cut.
func TestReaderFailsAtEveryByte(t *testing.T) {
	t.Parallel()
	broken := errors.New("the network is gone")
	for form, doc := range samples(t) {
		t.Run(form.String(), func(t *testing.T) {
			t.Parallel()
			for n := 0; n < len(doc)-1; n += 5 {
				if form != JSON && !utf8.Valid(doc[:n]) {
					continue // encoding/xml finds the letter cut and says so in place of the reader's error
				}
				_, err := Read(io.MultiReader(bytes.NewReader(doc[:n]), iotest.ErrReader(broken)))
				if !errors.Is(err, broken) || !strings.HasPrefix(err.Error(), "iodef: ") {
					t.Fatalf("fails at %d: %v, want %v", n, err, broken)
				}
			}
		})
	}
}

// Pieces of any size, and data that comes with the end, make no difference.
func TestReadersOfPieces(t *testing.T) {
	t.Parallel()
	for form, doc := range samples(t) {
		want := parsed(t, doc)
		for name, wrap := range map[string]func(io.Reader) io.Reader{
			"one byte": iotest.OneByteReader, "half": iotest.HalfReader, "data with the end": iotest.DataErrReader,
		} {
			d, err := Read(wrap(bytes.NewReader(doc)))
			if err != nil {
				t.Errorf("%v, %s: %v", form, name, err)
				continue
			}
			if !bytes.Equal(written(t, XML2, want), written(t, XML2, d)) || len(d.Notes) > 0 {
				t.Errorf("%v, %s: another document is read", form, name)
			}
		}
	}
}

// stops fails at one of its writes and counts those that come after.
type stops struct {
	at, writes int
	err        error
	short      bool // it takes half of the bytes
}

func (s *stops) Write(p []byte) (int, error) {
	if s.writes++; s.writes < s.at {
		return len(p), nil
	}
	if s.short {
		return len(p) / 2, s.err
	}
	return 0, s.err
}

// The error of any write is returned, wrapped, by that call and every later one; nothing more is written.
func TestWriterFailsAtEveryWrite(t *testing.T) {
	t.Parallel()
	full := errors.New("disk full")
	rows := scans(2000)
	for _, form := range []Form{XML1, XML2, JSON} {
		whole := &stops{at: 1 << 30}
		if err := export(whole, form, rows); err != nil || whole.writes < 5 {
			t.Fatalf("%v: %d writes, %v", form, whole.writes, err)
		}
		for at := 1; at <= whole.writes; at++ {
			for _, short := range []bool{false, true} {
				out := &stops{at: at, err: full, short: short}
				w := NewWriter(out, form, &Document{})
				if err := w.Begin(reporter()); err != nil {
					t.Fatal(err)
				}
				failed := 0
				for i := range rows {
					if err := w.Scan(Export{}, &rows[i]); err != nil {
						failed++
						if !errors.Is(err, full) || !strings.HasPrefix(err.Error(), "iodef: write: ") {
							t.Fatalf("%v: write %d: %v", form, at, err)
						}
					}
				}
				if failed > 0 != (at < whole.writes) {
					t.Errorf("%v: write %d: %d rows failed", form, at, failed)
				}
				for name, err := range map[string]error{"Close": w.Close(), "Begin": w.Begin(reporter()), "Event": w.Event(&EventData{}), "second Close": w.Close()} {
					if !errors.Is(err, full) {
						t.Errorf("%v: %s after write %d = %v, want %v", form, name, at, err, full)
					}
				}
				if out.writes != at {
					t.Errorf("%v: %d writes after the one that failed", form, out.writes-at)
				}
			}
		}
	}
}

func export(out io.Writer, form Form, rows []Scan) error {
	w := NewWriter(out, form, &Document{})
	if err := w.Begin(reporter()); err != nil {
		return err
	}
	for i := range rows {
		if err := w.Scan(Export{}, &rows[i]); err != nil {
			return err
		}
	}
	return w.Close()
}
