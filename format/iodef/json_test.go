package iodef

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A text of several languages comes in four forms (RFC 8727, section 3.2), numbers as texts too.
func TestFormsOfJSONTexts(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]Text{
		`"a"`:                                 {{Value: "a"}},
		`["a"]`:                               {{Value: "a"}},
		`["a","b"]`:                           {{Value: "a"}, {Value: "b"}},
		`{"value":"a"}`:                       {{Value: "a"}},
		`{"value":"a","lang":"ja"}`:           {{Value: "a", Lang: "ja"}},
		`[{"lang":"ja","value":"a"}]`:         {{Value: "a", Lang: "ja"}},
		`["a",{"value":"b","lang":"en"}]`:     {{Value: "a"}, {Value: "b", Lang: "en"}},
		`{"value":"a","translation-id":"t"}`:  {{Value: "a", TranslationID: "t"}},
		`{"value":7}`:                         {{Value: "7"}},
		`7`:                                   {{Value: "7"}},
		`true`:                                {{Value: "true"}},
		`1.50`:                                {{Value: "1.50"}},
		`""`:                                  {{}},
		`[]`:                                  nil,
		`null`:                                nil,
		`[null]`:                              nil,
		`"\u65e5\ud842\udfb7"`:                {{Value: "日𠮷"}},
		`"\ud842"`:                            {{Value: "\ufffd"}},
		`"a\/b\b\f\n\r\t\"\\"`:                {{Value: "a/b\b\f\n\r\t\"\\"}},
		`{"value":{"value":"a"}}`:             {{}},
		`{"value":["a","b"]}`:                 {{Value: "a"}},
		`{"value":"a","Value":"b"}`:           {{Value: "a"}},
		`{"value":"a","mood":"good"}`:         {{Value: "a"}},
		`{"translation-id":"t","lang":"ja" }`: {{Lang: "ja", TranslationID: "t"}},
	} {
		d := parsed(t, []byte(inJSON(`,"Description":`+in)))
		if diff := cmp.Diff(want, d.Incidents[0].Description); diff != "" {
			t.Errorf("%s: %s", in, diff)
		}
		faulty := strings.Contains(in, "mood") || strings.Contains(in, "Value") || strings.Contains(in, `":{`) || strings.Contains(in, `":[`)
		if faulty != (len(d.Notes) > 0) {
			t.Errorf("%s: notes %v", in, d.Notes)
		}
	}
}

// A number may come as a text; what is none is noted with its member and line.
func TestFormsOfJSONNumbers(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]struct {
		value float64
		kind  Kind
	}{
		`7`: {7, 0}, `7.5`: {7.5, 0}, `"7"`: {7, 0}, `" 7 "`: {7, 0}, `1e3`: {1000, 0}, `"1e3"`: {1000, 0}, `0.001`: {0.001, 0},
		`[7]`: {7, 0}, `0`: {0, Invalid}, `-1`: {0, Invalid}, `"NaN"`: {0, Invalid}, `"Inf"`: {0, Invalid}, `"much"`: {0, Invalid}, `""`: {0, Invalid},
		`true`: {0, Invalid}, `{"n":1}`: {0, Invalid}, `1e999`: {0, Invalid}, `"1,000"`: {0, Invalid}, `null`: {0, Missing}, `[]`: {0, Missing},
		`[7,8]`: {7, Repeated},
	} {
		d := parsed(t, []byte(inJSON(`,"Assessment":[{"Impact":[{"MonetaryImpact":`+"\n"+`{"value":`+in+`}}]}]`)))
		if got := d.Incidents[0].Assessment[0].Impact[0].Monetary.Value; got != want.value {
			t.Errorf("%s is read as %v, want %v", in, got, want.value)
		}
		switch {
		case want.kind == 0 && len(d.Notes) > 0:
			t.Errorf("%s: notes %v", in, d.Notes)
		case want.kind != 0 && (len(d.Notes) == 0 || d.Notes[0].Kind != want.kind || d.Notes[0].Name != "value" || d.Notes[0].Line != 2):
			t.Errorf("%s: notes %v, want kind %d in line 2", in, d.Notes, want.kind)
		}
	}
}

// A member that comes twice is a list if it may be one, and noted otherwise.
func TestDuplicateMembers(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		members, want string // the note
		kind          Kind
	}{
		"a list":              {`,"Description":["a"],"Description":["b"]`, "", 0},
		"events":              {`,"EventData":[{}],"EventData":[{}]`, "", 0},
		"a time":              {`,"StartTime":"2026-01-15T00:00:00Z","StartTime":"2026-01-16T00:00:00Z"`, "StartTime", Repeated},
		"a word":              {`,"status":"new","status":"future"`, "status", Repeated},
		"one in another case": {`,"status":"new","Status":"future"`, "Status", Spelling},
		"a class":             {`,"History":{"HistoryItem":[{"action":"other","DateTime":"2026-01-15T00:00:00Z"}]},"History":{}`, "History", Repeated},
		"a list for one":      {`,"status":["new","future"]`, "status", Repeated},
		"an unknown one":      {`,"x":1`, "x", Unknown},
		"an empty name":       {`,"":1`, "", Unknown},
		"an object":           {`,"status":{"a":1}`, "a", Unknown},
		"a name of XML":       {`,"xml:lang":"ja"`, "xml:lang", Unknown},
		"a class of XML":      {`,"IndicatorData":{"Indicator":[]}`, "IndicatorData", Unknown},
		"a number for a time": {`,"StartTime":1768435200`, "StartTime", Invalid},
		"a false for a word":  {`,"status":false`, "status", Word},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := parsed(t, []byte(inJSON(tt.members)))
			if tt.kind == 0 {
				if i := d.Incidents[0]; len(d.Notes) > 0 || len(i.Description)+len(i.EventData) != 2 {
					t.Errorf("notes %v, read %+v", d.Notes, i)
				}
				return
			}
			if len(d.Notes) == 0 || d.Notes[0].Kind != tt.kind || d.Notes[0].Name != tt.want {
				t.Errorf("notes %v, want kind %d of %q", d.Notes, tt.kind, tt.want)
			}
		})
	}
}

// What is no JSON is refused at its place.
func TestRefusedJSON(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"\n,\"a\":1,}":        "line 2",
		"\n,'a':1":            "line 2",
		"\n,\"a\":01":         "line 2",
		"\n,\"a\":NaN":        "line 2",
		"\n,\"a\":+1":         "line 2",
		"\n,\"a\":\"\x01\"":   "line 2",
		"\n,\"a\":\"\\x41\"":  "line 2",
		"\n,\"a\":\"\\u12\"":  "line 2",
		"\n,\"a\" 1":          "line 2",
		"\n,\"a\":1 /* x */":  "line 2",
		"\n,\"a\":[1,]":       "line 2",
		"\n,\"a\":[1}":        "line 2",
		"\n,\"a\":\"x\ny\"":   "line",
		"\n,\"a\":tru":        "line 2",
		"\n,\"a\":{\"b\":1]}": "line 2",
	} {
		d, err := Read(strings.NewReader(inJSON(in)))
		if err == nil || !strings.Contains(err.Error(), "iodef: "+want) {
			t.Errorf("%q: Read() = %v, want %s", in, err, want)
		}
		if len(d.Incidents) != 1 {
			t.Errorf("%q: the incident that was begun is not handed out", in)
		}
	}
}
