package iodef

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// fuzz holds that reading never panics, that what was read can be written or is refused with a
// reason, and that what was written is read without an unknown part and stays as it is.
func fuzz(f *testing.F, form Form, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Read(bytes.NewReader(data))
		if err != nil || len(d.Incidents) == 0 {
			return
		}
		var b bytes.Buffer
		if _, err := Write(&b, form, d); err != nil {
			return
		}
		first := parsed(t, b.Bytes())
		for _, n := range first.Notes {
			if n.Kind == Unknown || n.Kind == Order || n.Kind == Missing {
				t.Fatalf("%v in\n%s", n, b.Bytes())
			}
		}
		var again bytes.Buffer
		if _, err := Write(&again, form, first); err != nil {
			t.Fatalf("what was written cannot be written again: %v\n%s", err, b.Bytes())
		}
		if diff := cmp.Diff(clean(first), clean(parsed(t, again.Bytes())), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%s\n%s", diff, b.Bytes())
		}
	})
}

// seed is a document of a form with much in it.
func seed(f *testing.F, form Form) string {
	f.Helper()
	d := &Document{Lang: "en", Incidents: []*Incident{reporter()}}
	i := d.Incidents[0]
	for _, s := range scans(8) {
		e, err := Export{}.Event(s)
		if err != nil {
			f.Fatal(err)
		}
		i.EventData = append(i.EventData, e)
	}
	i.AdditionalData = []Extension{{DType: "xml", Elements: []Element{{Text: "t"}}}}
	i.AdditionalData[0].Elements[0].Name.Local = "x"
	i.Method = []Method{{Reference: []Reference{{Name: Text{Value: "CVE-2026-1"}, SpecIndex: Some(1), URL: []string{"https://example.jp/"}}}}}
	i.History = &History{Item: []HistoryItem{{Action: "training", DateTime: i.GenerationTime}}}
	var b bytes.Buffer
	if _, err := Write(&b, form, d); err != nil {
		f.Fatal(err)
	}
	return b.String()
}

func FuzzXML1(f *testing.F) {
	fuzz(f, XML1, seed(f, XML1), strings.ReplaceAll(seed(f, XML2), "2.0", "1.0"))
}

func FuzzXML2(f *testing.F) {
	fuzz(f, XML2, seed(f, XML2), strings.ReplaceAll(seed(f, XML1), "1.0", "2.0"))
}

func FuzzJSON(f *testing.F) { fuzz(f, JSON, seed(f, JSON)) }
