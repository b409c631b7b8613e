package cve

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const sample = `{
  "dataType": "CVE_RECORD", "dataVersion": "5.1",
  "cveMetadata": {"cveId": "CVE-2099-10001", "assignerOrgId": "o", "assignerShortName": "a", "state": "PUBLISHED", "serial": 2,
    "dateReserved": "2099-01-01T00:00:00.000Z", "datePublished": "2099-01-02T00:00:00", "dateUpdated": "2099-01-03T00:00:00Z"},
  "containers": {
    "cna": {
      "providerMetadata": {"orgId": "o", "shortName": "a", "dateUpdated": "2099-01-02T00:00:00"},
      "title": "Caf\u00e9 \"\ud83d\ude00\" \/ \\ \t end", "datePublic": null, "tags": ["disputed"],
      "descriptions": [{"lang": "en", "value": "One", "supportingMedia": [{"type": "text/html", "value": "<b>One</b>", "base64": false}]}],
      "affected": [{"vendor": "v", "product": "p", "cpes": ["cpe:2.3:a:v:p:1:*:*:*:*:*:*:*"], "platforms": ["x64"], "modules": [], "collectionURL": "https://e.org", "packageName": "n",
        "packageURL": "pkg:npm/n", "repo": "https://r.org", "programFiles": ["f.c"], "programRoutines": [{"name": "main"}], "defaultStatus": "unaffected",
        "versions": [{"version": "1", "status": "affected", "lessThan": "2", "versionType": "custom", "changes": [{"at": "1.5", "status": "unaffected"}]}, {"version": "3", "status": "affected", "lessThanOrEqual": "3.1"}]}],
      "problemTypes": [{"descriptions": [{"lang": "en", "type": "CWE", "cweId": "CWE-1", "description": "d"}]}],
      "references": [{"url": "https://e.org/1", "name": "n", "tags": ["patch", "x_y"]}],
      "metrics": [{"format": "CVSS", "scenarios": [{"lang": "en", "value": "GENERAL"}],
        "cvssV3_1": {"version": "3.1", "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "baseScore": 9.8e0, "baseSeverity": "CRITICAL"},
        "cvssV4_0": {"vectorString": "CVSS:4.0/x", "baseScore": -0}}],
      "configurations": [{"lang": "en", "value": "c"}], "workarounds": [{"lang": "en", "value": "w"}],
      "solutions": [{"lang": "en", "value": "s"}], "exploits": [{"lang": "en", "value": "e"}],
      "x_unknown": {"deep": [[[1, -2.5e+3, true, false, null, {"a": {}}]], []]}
    },
    "adp": [{"providerMetadata": {"shortName": "b"}, "metrics": [{"other": {"type": "T", "content": {"a" : [1]}}}]}]
  }
}`

func TestDecode(t *testing.T) {
	t.Parallel()
	en := func(s string) []Text { return []Text{{"en", s}} }
	want := Record{
		DataType: DataType, DataVersion: "5.1",
		Metadata: Metadata{
			ID: "CVE-2099-10001", State: Published, AssignerOrgID: "o", AssignerShortName: "a", Serial: 2,
			DateReserved: "2099-01-01T00:00:00.000Z", DatePublished: "2099-01-02T00:00:00", DateUpdated: "2099-01-03T00:00:00Z",
		},
		Containers: Containers{
			CNA: Container{
				Provider: Provider{"o", "a", "2099-01-02T00:00:00"}, Title: "Café \"😀\" / \\ \t end", Tags: []string{"disputed"}, Descriptions: en("One"),
				Affected: []Affected{{
					Vendor: "v", Product: "p", CollectionURL: "https://e.org", PackageName: "n", PackageURL: "pkg:npm/n",
					CPEs: []string{"cpe:2.3:a:v:p:1:*:*:*:*:*:*:*"}, ProgramFiles: []string{"f.c"}, Platforms: []string{"x64"}, Repo: "https://r.org", DefaultStatus: "unaffected",
					Versions: []Version{
						{Version: "1", Status: "affected", LessThan: "2", VersionType: "custom", Changes: []Change{{"1.5", "unaffected"}}},
						{Version: "3", Status: "affected", LessThanOrEqual: "3.1"},
					},
				}},
				ProblemTypes: []ProblemType{{[]Weakness{{"en", "CWE-1", "CWE", "d"}}}},
				References:   []Reference{{"https://e.org/1", "n", []string{"patch", "x_y"}}},
				Metrics: []Metric{{
					Format: "CVSS", Scenarios: en("GENERAL"),
					CVSSv31: &CVSS{"3.1", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8, "CRITICAL"},
					CVSSv4:  &CVSS{Vector: "CVSS:4.0/x"},
				}},
				Configurations: en("c"), Workarounds: en("w"), Solutions: en("s"), Exploits: en("e"),
			},
			ADP: []Container{{Provider: Provider{ShortName: "b"}, Metrics: []Metric{{Other: &Other{"T", []byte(`{"a" : [1]}`)}}}}},
		},
	}
	var got Record
	must(t, Decode([]byte(sample), &got))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Decode() (-want +got):\n%s", diff)
	}
	scores := got.Containers.CNA.Metrics[0].CVSS()
	if len(scores) != 2 || scores[0].Version != "4.0" || scores[1].Version != "3.1" {
		t.Errorf("CVSS() = %+v, want 4.0 and 3.1", scores)
	}
}

// TestDecodeLeavesNothing reads a large record and then a small one with the same Decoder.
func TestDecodeLeavesNothing(t *testing.T) {
	t.Parallel()
	small := []byte(`{"dataType":"CVE_RECORD","cveMetadata":{"cveId":"CVE-2099-10002","state":"REJECTED"},"containers":{"cna":{"affected":[{"vendor":"w"}],"rejectedReasons":[{"lang":"en","value":"r"}],"replacedBy":["CVE-2099-10001"]}}}`)
	var d Decoder
	var first, got, want Record
	must(t, d.Decode([]byte(sample), &first))
	title := first.Containers.CNA.Title
	must(t, d.Decode(small, &got))
	must(t, Decode(small, &want))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("second Decode() (-fresh +used):\n%s", diff)
	}
	if first.Containers.CNA.Title != title || first.Containers.CNA.Affected != nil && first.Containers.CNA.Affected[0].Vendor != "w" {
		t.Errorf("strings of the first record changed: %q", first.Containers.CNA.Title)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	head := `{"dataType":"CVE_RECORD","cveMetadata":{"cveId":"CVE-2099-10001","state":"PUBLISHED"},"containers":`
	tests := []struct {
		name, text string
		offset     int64 // -1: no fault of syntax
		want       error
	}{
		{"empty", "", 0, nil},
		{"a list", "[]", 0, nil},
		{"cut", sample[:500], 500, nil},
		{"cut in an escape", `{"dataType":"a\`, 15, nil},
		{"text after it", head + `{}} x`, int64(len(head)) + 4, ErrTrailing},
		{"a comma too many", `{"dataType":"CVE_RECORD",}`, 25, nil},
		{"no colon", `{"dataType" 1}`, 12, nil},
		{"a number where a text belongs", `{"dataType":5}`, 12, nil},
		{"a text where a list belongs", head + `{"adp":"x"}}`, int64(len(head)) + 7, nil},
		{"a bad number", head + `{"x":01}}`, int64(len(head)) + 5, nil},
		{"a bad word", head + `{"x":nul}}`, int64(len(head)) + 5, nil},
		{"a bad escape", `{"dataType":"\x"}`, 13, nil},
		{"a bad unicode escape", `{"x":"\u12g4"}`, 6, nil},
		{"a control character", "{\"x\":\"a\nb\"}", 7, nil},
		{"invalid UTF-8", "{\"x\":\"a\xffb\"}", 6, nil},
		{"nesting", head + `{"x":` + strings.Repeat("[", 100), int64(len(head)) + 5 + 63, nil},
		{"another type", `{"dataType":"CVE_LIST"}`, -1, ErrNotRecord},
		{"no id", `{"dataType":"CVE_RECORD"}`, -1, ErrID},
		{"another state", strings.Replace(head, "PUBLISHED", "RESERVED", 1) + "{}}", -1, ErrState},
		{"too large", head + strings.Repeat(" ", MaxRecord), -1, ErrTooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var rec Record
			err := Decode([]byte(tt.text), &rec)
			if err == nil {
				t.Fatal("no error")
			}
			offset := int64(-1)
			var syntax *SyntaxError
			if errors.As(err, &syntax) {
				offset, _ = syntax.Place()
			}
			if offset != tt.offset || tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("Decode() = %v at %d, want %v at %d", err, offset, tt.want, tt.offset)
			}
		})
	}
}

func TestValidID(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]bool{
		"CVE-2024-1234": true, "CVE-1999-0001": true, "CVE-2024-1234567890123456789": true,
		"CVE-2024-12345678901234567890": false, "CVE-2024-123": false, "cve-2024-1234": false, "CVE-2024-12a4": false, "CVE-202-41234": false, "": false,
	} {
		if got := ValidID(id); got != want {
			t.Errorf("ValidID(%s) = %v, want %v", id, got, want)
		}
	}
}

func TestLikely(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		sample: true, ` {"containers": {`: true, `{"cveMetadata"`: true, `{"title": "KEV"}`: false, `[]`: false, ``: false, `{`: false,
	} {
		if got := Likely([]byte(text)); got != want {
			t.Errorf("Likely(%.20q) = %v, want %v", text, got, want)
		}
	}
}

func TestParseTime(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Time{
		"2024-05-31T04:00:11.841700Z":      time.Date(2024, 5, 31, 4, 0, 11, 841700000, time.UTC),
		"2024-05-31T04:00:11.841700+00:00": time.Date(2024, 5, 31, 4, 0, 11, 841700000, time.UTC),
		"2024-05-31T13:00:11+09:00":        time.Date(2024, 5, 31, 4, 0, 11, 0, time.UTC),
		"2024-05-31T04:00:11":              time.Date(2024, 5, 31, 4, 0, 11, 0, time.UTC),
		"2024-05-31T04:00:11.5":            time.Date(2024, 5, 31, 4, 0, 11, 500000000, time.UTC),
		"2024-05-31T04:00Z":                time.Date(2024, 5, 31, 4, 0, 0, 0, time.UTC),
		"2024-05-31":                       time.Date(2024, 5, 31, 0, 0, 0, 0, time.UTC),
	} {
		if got, ok := ParseTime(text); !ok || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("ParseTime(%s) = %v, %v, want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "None", "2024", "2024-13-01", "31.05.2024 12:00:00", "2024-05-31T25:00:00Z"} {
		if got, ok := ParseTime(text); ok || !got.IsZero() {
			t.Errorf("ParseTime(%q) = %v, %v, want nothing", text, got, ok)
		}
	}
}

func TestReadSSVC(t *testing.T) {
	t.Parallel()
	var d Decoder
	got, err := d.ReadSSVC([]byte(`{"id":"CVE-2099-10001","role":"CISA Coordinator","options":[{"Exploitation":"none"},{"Technical Impact":"Total"}],"version":"2.0.3","timestamp":"2099-01-02T03:04:05Z"}`))
	must(t, err)
	want := SSVC{"CVE-2099-10001", "CISA Coordinator", "2.0.3", "2099-01-02T03:04:05Z", []Option{{"Exploitation", "none"}, {"Technical Impact", "Total"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ReadSSVC() (-want +got):\n%s", diff)
	}
	got, err = d.ReadSSVC([]byte(`{"Automatable":"Yes","Value Density":"Concentrated","x":{"y":"z"},"options":null}`))
	must(t, err)
	if diff := cmp.Diff(SSVC{Options: []Option{{"Automatable", "Yes"}, {"Value Density", "Concentrated"}}}, got); diff != "" {
		t.Errorf("flat form (-want +got):\n%s", diff)
	}
	for _, text := range []string{`"none"`, `{"options":{}}`, `{"options":[`, `{"options":["none"]}`, `{"options":[` + strings.Repeat(`{"a":"b"},`, maxOptions) + `{"a":"b"}]}`} {
		if _, err := d.ReadSSVC([]byte(text)); err == nil {
			t.Errorf("ReadSSVC(%.30s): no error", text)
		}
	}
}

func TestReadKEV(t *testing.T) {
	t.Parallel()
	var d Decoder
	got, err := d.ReadKEV([]byte(`{"dateAdded":"2024-05-30","reference":"https://example.org","x":[]}`))
	if err != nil || got != (KEV{"2024-05-30", "https://example.org"}) {
		t.Errorf("ReadKEV() = %+v, %v", got, err)
	}
	if _, err := d.ReadKEV([]byte(`[]`)); err == nil {
		t.Error("ReadKEV(list): no error")
	}
}
