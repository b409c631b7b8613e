package cve

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestLastMemberCounts: of members with the same name the last one counts, whole; nothing of the
// first one shines through.
func TestLastMemberCounts(t *testing.T) {
	t.Parallel()
	const meta = `"cveMetadata":{"cveId":"CVE-2099-10001","state":"PUBLISHED"}`
	for _, tc := range []struct{ name, text, same string }{
		{"metadata", `"cveMetadata":{"cveId":"CVE-2099-20002","state":"REJECTED","serial":7},` + meta + `,"containers":{}`, meta + `,"containers":{}`},
		{"containers", meta + `,"containers":{"cna":{"title":"a"},"adp":[{}]},"containers":{}`, meta + `,"containers":{}`},
		{"cna", meta + `,"containers":{"cna":{"title":"a","tags":["x"]},"cna":{"datePublic":"d"}}`, meta + `,"containers":{"cna":{"datePublic":"d"}}`},
		{"provider", meta + `,"containers":{"cna":{"providerMetadata":{"orgId":"o"},"providerMetadata":{"shortName":"s"}}}`, meta + `,"containers":{"cna":{"providerMetadata":{"shortName":"s"}}}`},
		{"list", meta + `,"containers":{"cna":{"tags":["a","b"],"tags":["c"]}}`, meta + `,"containers":{"cna":{"tags":["c"]}}`},
		{"null list", meta + `,"containers":{"cna":{"tags":["a"],"tags":null}}`, meta + `,"containers":{"cna":{}}`},
		{"null text", meta + `,"containers":{"cna":{"title":"a","title":null}}`, meta + `,"containers":{"cna":{}}`},
		{"null score", meta + `,"containers":{"cna":{"metrics":[{"cvssV3_1":{"baseScore":9},"cvssV3_1":null}]}}`, meta + `,"containers":{"cna":{"metrics":[{}]}}`},
		{"score", meta + `,"containers":{"cna":{"metrics":[{"cvssV3_1":{"baseScore":9},"cvssV3_1":{"version":"3.1"}}]}}`, meta + `,"containers":{"cna":{"metrics":[{"cvssV3_1":{"version":"3.1"}}]}}`},
		{"null number", meta + `,"containers":{"cna":{"metrics":[{"cvssV3_1":{"baseScore":9,"baseScore":null}}]}}`, meta + `,"containers":{"cna":{"metrics":[{"cvssV3_1":{}}]}}`},
		{"null serial", strings.Replace(meta, "{", `{"serial":5,"serial":null,`, 1) + `,"containers":{}`, meta + `,"containers":{}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var got, want Record
			must(t, Decode([]byte(`{"dataType":"CVE_RECORD",`+tc.text+`}`), &got))
			must(t, Decode([]byte(`{"dataType":"CVE_RECORD",`+tc.same+`}`), &want))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("record (-last member alone +both):\n%s", diff)
			}
		})
	}
}

// TestCutAnywhere: a record cut at any byte is a fault of syntax at or before the cut.
func TestCutAnywhere(t *testing.T) {
	t.Parallel()
	var d Decoder
	var rec Record
	for n := range len(sample) {
		err := d.Decode([]byte(sample[:n]), &rec)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) {
			t.Fatalf("cut at %d: %v, want a fault of syntax", n, err)
		}
		if offset, line := syntax.Place(); offset < 0 || offset > int64(n) || line != 0 {
			t.Fatalf("cut at %d: place %d, %d", n, offset, line)
		}
	}
}

// TestChangedBytes: a record with a changed byte is either read or refused, as the standard library
// accepts or refuses its grammar, and the Decoder is good for the next record.
func TestChangedBytes(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(13, 14))
	var d Decoder
	var rec, want Record
	must(t, Decode([]byte(sample), &want))
	for range 4000 {
		data := []byte(sample)
		for range 1 + r.IntN(3) {
			data[r.IntN(len(data))] = `{}[],:"\ abz019.-é`[r.IntN(19)]
		}
		err := d.Decode(data, &rec)
		if err == nil && !json.Valid(data) {
			t.Fatalf("accepted what is no JSON:\n%s", data)
		}
	}
	must(t, d.Decode([]byte(sample), &rec))
	if diff := cmp.Diff(want, rec); diff != "" {
		t.Errorf("after 4000 faults (-want +got):\n%s", diff)
	}
}

// TestUnknownMembers: members that the house does not know may stand anywhere and change nothing.
func TestUnknownMembers(t *testing.T) {
	t.Parallel()
	var want Record
	must(t, Decode([]byte(sample), &want))
	for i := range len(sample) {
		if sample[i] != '{' || strings.HasPrefix(sample[i:], `{"a" : [1]}`) {
			continue // the content of a metric is kept as written
		}
		text := sample[:i+1] + `"x_new":{"y":[1,"z",null,{"w":[]}]},` + sample[i+1:]
		if strings.HasPrefix(sample[i:], "{}") {
			text = sample[:i+1] + `"x_new":[[]]` + sample[i+1:]
		}
		var got Record
		must(t, Decode([]byte(text), &got))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("member at byte %d (-without +with):\n%s", i, diff)
		}
	}
}

// TestOwnMemory: what Decode promises to be the record's own survives the next record and changes
// of the input.
func TestOwnMemory(t *testing.T) {
	t.Parallel()
	data := []byte(sample)
	var d Decoder
	var rec Record
	must(t, d.Decode(data, &rec))
	cna := &rec.Containers.CNA
	id, cpes, changes, tags := rec.Metadata.ID, cna.Affected[0].CPEs, cna.Affected[0].Versions[0].Changes, cna.References[0].Tags
	content := rec.Containers.ADP[0].Metrics[0].Other.Content
	grown := append(content, "overwritten"...)
	if !bytes.Equal(data, []byte(sample)) {
		t.Fatalf("appending to the content of a metric wrote into the document: %s", grown)
	}
	for i := range data {
		data[i] = 'x'
	}
	other := strings.NewReplacer("1.5", "9.9", "patch", "other", "cpe:", "CPE:").Replace(sample)
	must(t, d.Decode([]byte(other), &rec))
	if id != "CVE-2099-10001" || cpes[0] != "cpe:2.3:a:v:p:1:*:*:*:*:*:*:*" || changes[0] != (Change{"1.5", "unaffected"}) || tags[0] != "patch" {
		t.Errorf("the next record changed the last one: %s %v %v %v", id, cpes, changes, tags)
	}
}

// TestDecodersInParallel: every goroutine with a Decoder of its own reads the same.
func TestDecodersInParallel(t *testing.T) {
	t.Parallel()
	var want Record
	must(t, Decode([]byte(sample), &want))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			var d Decoder
			var got Record
			for range 50 {
				if err := d.Decode([]byte(sample), &got); err != nil || !cmp.Equal(want, got) {
					t.Errorf("record differs, %v", err)
					return
				}
			}
		})
	}
	all.Wait()
}

// TestLimits: what is exactly at a limit is read, one more is refused.
func TestLimits(t *testing.T) {
	t.Parallel()
	const head = `{"dataType":"CVE_RECORD","cveMetadata":{"cveId":"CVE-2099-10001","state":"PUBLISHED"},"x":`
	nested := func(n int) string { return head + strings.Repeat("[", n) + strings.Repeat("]", n) + "}" }
	sized := func(n int) string { return head + `"` + strings.Repeat("a", n-len(head)-3) + `"}` }
	for _, tc := range []struct {
		name, text string
		good       bool
	}{
		{"depth", nested(maxDepth - 1), true},
		{"depth and one", nested(maxDepth), false},
		{"size", sized(MaxRecord), true},
		{"size and one", sized(MaxRecord + 1), false},
	} {
		var rec Record
		if err := Decode([]byte(tc.text), &rec); (err == nil) != tc.good {
			t.Errorf("%s: %v, want accepted %v", tc.name, err, tc.good)
		}
	}
	var d Decoder
	for n, good := range map[int]bool{maxOptions: true, maxOptions + 1: false} {
		text := `{"options":[` + strings.TrimSuffix(strings.Repeat(`{"a":"b"},`, n), ",") + `]}`
		if v, err := d.ReadSSVC([]byte(text)); (err == nil) != good {
			t.Errorf("%d options: %d, %v; want accepted %v", n, len(v.Options), err, good)
		}
	}
}

// TestLikelyOfRecords: a record is likely one whichever of its members comes first.
func TestLikelyOfRecords(t *testing.T) {
	t.Parallel()
	members := map[string]string{
		"dataType": `"CVE_RECORD"`, "dataVersion": `"5.1"`, "cveMetadata": `{"cveId":"CVE-2099-10001","state":"PUBLISHED"}`, "containers": `{"cna":{}}`,
	}
	for first := range members {
		text := fmt.Sprintf(`{%q:%s`, first, members[first])
		for name, value := range members {
			if name != first {
				text += fmt.Sprintf(`,%q:%s`, name, value)
			}
		}
		var rec Record
		if err := Decode([]byte(text+"}"), &rec); err != nil || !Likely([]byte(text)) {
			t.Errorf("%s first: likely %v, %v", first, Likely([]byte(text)), err)
		}
	}
}

// TestParseTimeForms writes random times in every form that the format allows and reads them back.
func TestParseTimeForms(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(15, 16))
	zone := time.FixedZone("", 9*3600+1800)
	for range 2000 {
		at := time.Unix(r.Int64N(4e9), r.Int64N(1e9)).UTC()
		second := at.Truncate(time.Second)
		for text, want := range map[string]time.Time{
			at.Format(time.RFC3339Nano):                         at,
			at.In(zone).Format(time.RFC3339Nano):                at,
			at.Format("2006-01-02T15:04:05.999999999"):          at,
			second.Format("2006-01-02T15:04:05"):                second,
			second.Format(time.RFC3339):                         second,
			at.Format("2006-01-02T15:04Z"):                      at.Truncate(time.Minute),
			at.Format(time.DateOnly):                            at.Truncate(24 * time.Hour),
			second.In(zone).Format("2006-01-02T15:04:05-07:00"): second,
		} {
			if got, ok := ParseTime(text); !ok || !got.Equal(want) || got.Location() != time.UTC {
				t.Fatalf("ParseTime(%s) = %v, %v, want %v", text, got, ok, want)
			}
		}
	}
}

// TestMetricForms: all forms of a metric are given, the newest version first, with the version
// that the form has and not the one that it claims.
func TestMetricForms(t *testing.T) {
	t.Parallel()
	m := Metric{CVSSv2: &CVSS{Version: "9"}, CVSSv30: &CVSS{Vector: "a"}, CVSSv31: &CVSS{Version: "3.0"}, CVSSv4: &CVSS{BaseScore: 1}}
	want := []CVSS{{Version: "4.0", BaseScore: 1}, {Version: "3.1"}, {Version: "3.0", Vector: "a"}, {Version: "2.0"}}
	if diff := cmp.Diff(want, m.CVSS()); diff != "" {
		t.Errorf("CVSS() (-want +got):\n%s", diff)
	}
	if m.CVSSv2.Version != "9" {
		t.Error("CVSS() changed the metric")
	}
	if got := (&Metric{}).CVSS(); len(got) != 0 {
		t.Errorf("CVSS() of an empty metric = %v", got)
	}
}

// TestReadKEVRefuses: the place of a fault in the content of a metric is that within the content.
func TestReadKEVRefuses(t *testing.T) {
	t.Parallel()
	var d Decoder
	for text, offset := range map[string]int64{`{"dateAdded":5}`: 13, `{"reference":[]}`: 13, `{"dateAdded":"a"} x`: 18, `null`: 0, ``: 0, `{"x":[}`: 6} {
		_, err := d.ReadKEV([]byte(text))
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || syntax.Offset != offset {
			t.Errorf("ReadKEV(%s) = %v, want a fault at byte %d", text, err, offset)
		}
	}
}
