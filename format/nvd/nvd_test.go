package nvd

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/version"
)

const page = `{"resultsPerPage": 2, "startIndex": 4, "totalResults": 9, "format": "NVD_CVE", "version": "2.0", "timestamp": "2099-01-01T00:00:00.000",
"vulnerabilities": [
 {"cve": {"id": "CVE-2099-1001", "sourceIdentifier": "cna@example.org", "published": "2099-01-02T03:04:05.067", "lastModified": "2099-02-03T00:00:00.000", "vulnStatus": "Analyzed",
  "cisaExploitAdd": "2099-01-05", "cisaActionDue": "2099-01-26", "cisaRequiredAction": "Update.", "cisaVulnerabilityName": "Sample", "cveTags": [{"tags": ["disputed"]}],
  "descriptions": [{"lang": "en", "value": "A flaw."}],
  "metrics": {"cvssMetricV40": [{"source": "a", "type": "Secondary", "cvssData": {"version": "4.0", "vectorString": "V4"}}],
   "cvssMetricV31": [{"source": "nvd@nist.gov", "type": "Primary", "cvssData": {"version": "3.1", "vectorString": "V31", "baseScore": 9.8, "baseSeverity": "CRITICAL"}}],
   "cvssMetricV30": [{"cvssData": {"vectorString": "V30"}}], "cvssMetricV2": [{"cvssData": {"vectorString": "V2"}}]},
  "weaknesses": [{"source": "nvd@nist.gov", "type": "Primary", "description": [{"lang": "en", "value": "CWE-79"}]}],
  "configurations": [{"operator": "AND", "nodes": [{"operator": "OR", "negate": true, "cpeMatch": [
   {"vulnerable": true, "criteria": "cpe:2.3:a:v:p:*:*:*:*:*:*:*:*", "versionStartIncluding": "1.0", "versionEndExcluding": "2.0", "matchCriteriaId": "M"}]}]}],
  "references": [{"url": "https://example.org", "source": "a", "tags": ["Patch"]}]}},
 {"cve": {"id": "GHSA-1"}}, {"cve": 5}, {"cve": {"id": "CVE-2099-1002"}}]}`

func TestEach(t *testing.T) {
	t.Parallel()
	var items []Item
	head, err := Each([]byte(page), func(i *Item) error {
		items = append(items, *i)
		return nil
	})
	if err != nil || len(items) != 4 {
		t.Fatalf("%d items, %v", len(items), err)
	}
	if head != (Page{2, 4, 9, "NVD_CVE", "2.0", "2099-01-01T00:00:00.000"}) {
		t.Errorf("page = %+v", head)
	}
	if items[0].Err != nil || !errors.Is(items[1].Err, ErrID) || items[2].Err == nil || items[3].Err != nil {
		t.Errorf("errors = %v, %v, %v, %v", items[0].Err, items[1].Err, items[2].Err, items[3].Err)
	}
	if !strings.HasPrefix(page[items[3].Offset:], `{"cve": {"id": "CVE-2099-1002"}}`) {
		t.Errorf("offset %d", items[3].Offset)
	}
	v := items[0].Vulnerability
	var vectors []string
	for _, m := range v.Metrics.All() {
		vectors = append(vectors, m.CVSS.Vector)
	}
	if diff := cmp.Diff([]string{"V4", "V31", "V30", "V2"}, vectors); diff != "" {
		t.Errorf("vectors (-want +got):\n%s", diff)
	}
	if v.ExploitAdded != "2099-01-05" || v.ActionDue != "2099-01-26" || v.RequiredAction != "Update." || v.KEVName != "Sample" || v.Status != "Analyzed" {
		t.Errorf("vulnerability = %+v", v)
	}
	node := v.Configurations[0].Nodes[0]
	if v.Configurations[0].Operator != "AND" || node.Operator != "OR" || !node.Negate || !node.Matches[0].Vulnerable || node.Matches[0].ID != "M" {
		t.Errorf("configurations = %+v", v.Configurations)
	}
}

func TestRange(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		match Match
		want  version.Range
		ok    bool
	}{
		{Match{}, version.Range{}, false},
		{Match{StartIncluding: "1", EndExcluding: "2"}, version.Range{Start: "1", End: "2", EndExcluded: true}, true},
		{Match{StartExcluding: "1", EndIncluding: "2"}, version.Range{Start: "1", StartExcluded: true, End: "2"}, true},
		{Match{EndIncluding: "2"}, version.Range{End: "2"}, true},
	} {
		if got, ok := tt.match.Range(); got != tt.want || ok != tt.ok {
			t.Errorf("Range(%+v) = %+v, %v, want %+v, %v", tt.match, got, ok, tt.want, tt.ok)
		}
	}
}

func TestNext(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		page Page
		want int
		ok   bool
	}{
		{Page{ResultsPerPage: 2000, StartIndex: 0, TotalResults: 2001}, 2000, true},
		{Page{ResultsPerPage: 1, StartIndex: 2000, TotalResults: 2001}, 2001, false},
		{Page{ResultsPerPage: 0, StartIndex: 5, TotalResults: 9}, 5, false},
	} {
		if got, ok := tt.page.Next(); got != tt.want || ok != tt.ok {
			t.Errorf("Next(%+v) = %d, %v, want %d, %v", tt.page, got, ok, tt.want, tt.ok)
		}
	}
}

func TestTime(t *testing.T) {
	t.Parallel()
	want := time.Date(2099, 1, 2, 3, 4, 5, 67e6, time.UTC)
	for text, want := range map[string]time.Time{"2099-01-02T03:04:05.067": want, "2099-01-02T03:04:05.067Z": want, "2099-01-02": time.Date(2099, 1, 2, 0, 0, 0, 0, time.UTC), "x": {}} {
		if got := Time(text); !got.Equal(want) {
			t.Errorf("Time(%s) = %v, want %v", text, got, want)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "[]", `{"vulnerabilities":[{]}`, `{"resultsPerPage":"x"}`, `{"vulnerabilities":{}}`} {
		if _, err := Each([]byte(text), func(*Item) error { return nil }); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}

func FuzzEach(f *testing.F) {
	f.Add([]byte(page))
	f.Fuzz(func(_ *testing.T, data []byte) {
		_, _ = Each(data, func(i *Item) error {
			_ = i.Metrics.All()
			_ = Time(i.Published)
			return nil
		})
	})
}
