package csaf

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/internal/guard"
)

// full is a made-up document of 2.1 that uses every part Read understands.
const full = `{
"$schema": "https://docs.oasis-open.org/csaf/csaf/v2.1/schema/csaf.json",
"document": {"csaf_version": "2.1", "category": "csaf_security_advisory", "title": "T", "lang": "ja",
  "distribution": {"text": "d", "tlp": {"label": "GREEN"}}, "aggregate_severity": {"text": "High"},
  "publisher": {"category": "vendor", "name": "V", "namespace": "https://v.example"},
  "tracking": {"id": "V-1", "aliases": ["W-1"], "status": "final", "version": "2", "current_release_date": "2026-01-02T03:04:05Z", "initial_release_date": "soon",
    "revision_history": [{"date": "2026-01-02T03:04:05Z", "number": "2", "summary": "s"}]},
  "notes": [{"category": "summary", "text": "n"}], "references": [{"category": "self", "summary": "r", "url": "https://v.example/1.json"}]},
"product_tree": {
  "branches": [{"category": "vendor", "name": "V", "branches": [{"category": "product_name", "name": "P", "branches": [
    {"category": "product_version_range", "name": "vers:semver/<2.0.0", "product": {"product_id": "A", "name": "V P <2", "product_identification_helper": {"purls": ["pkg:npm/p"], "cpe": "cpe:2.3:a:v:p:*:*:*:*:*:*:*:*"}}},
    {"category": "platform", "name": "linux", "branches": [{"category": "product_version", "name": "2.0.0", "product": {"product_id": "B", "name": "V P 2"}}]}]}]}],
  "full_product_names": [{"product_id": "H", "name": "Host"}],
  "product_groups": [{"group_id": "G", "product_ids": ["A", "C"]}],
  "product_paths": [{"beginning_product_reference": "A", "full_product_name": {"product_id": "C", "name": "P on Host"}, "subpaths": [{"category": "installed_on", "next_product_reference": "H"}]}]},
"vulnerabilities": [{"cve": "CVE-2026-0001", "title": "v", "cwes": [{"id": "CWE-79", "name": "XSS", "version": "4.13"}], "ids": [{"system_name": "s", "text": "1"}],
  "disclosure_date": "2026-01-01T00:00:00Z",
  "product_status": {"known_affected": ["A", "C"], "fixed": ["B"], "unknown": ["H"]},
  "flags": [{"label": "component_not_present", "product_ids": ["B"]}],
  "involvements": [{"party": "vendor", "status": "completed"}],
  "first_known_exploitation_dates": [{"date": "2026-01-03T00:00:00Z", "exploitation_date": "2026-01-02T00:00:00Z", "product_ids": ["A"]}],
  "threats": [{"category": "exploit_status", "details": "seen", "group_ids": ["G"]}],
  "remediations": [{"category": "vendor_fix", "details": "update", "url": "https://v.example/2", "product_ids": ["A"], "group_ids": ["G", "none"]}],
  "metrics": [{"products": ["A"], "source": "https://s.example", "content": {
    "cvss_v4": {"version": "4.0", "vectorString": "CVSS:4.0/AV:N", "baseScore": 9.3, "baseSeverity": "CRITICAL"},
    "epss": {"probability": "0.9", "percentile": "0.99", "timestamp": "2026-01-01T00:00:00Z"},
    "ssvc_v2": {"schemaVersion": "2.0.0"}, "qualitative_severity_rating": "high"}}, {"products": ["B"], "content": {"cvss_v2": {"version": "2.0", "vectorString": "AV:N"}}}]}]}`

func TestParseTree(t *testing.T) {
	t.Parallel()
	d, err := Read(strings.NewReader("\xef\xbb\xbf" + full))
	if err != nil {
		t.Fatal(err)
	}
	helper := Product{VersionRange: "vers:semver/<2.0.0", CPE: "cpe:2.3:a:v:p:*:*:*:*:*:*:*:*", PURLs: []string{"pkg:npm/p"}}
	want := []Product{
		{ID: "H", Name: "Host"},
		{ID: "A", Name: "V P <2", Vendor: "V", Product: "P", VersionRange: helper.VersionRange, CPE: helper.CPE, PURLs: helper.PURLs},
		{ID: "B", Name: "V P 2", Vendor: "V", Product: "P", Version: "2.0.0", Branches: map[string]string{"platform": "linux"}},
		{ID: "C", Name: "P on Host", Vendor: "V", Product: "P", VersionRange: helper.VersionRange, CPE: helper.CPE, PURLs: helper.PURLs, Parts: []Part{{"A", ""}, {"H", "installed_on"}}},
	}
	if diff := cmp.Diff(want, d.Products); diff != "" {
		t.Error(diff)
	}
	if d.TLP != "GREEN" || d.Severity != "High" || d.Tracking.Current.IsZero() || !d.Tracking.Initial.IsZero() || d.Tracking.Initial.Text != "soon" {
		t.Errorf("document %+v", d)
	}
}

func TestParseVulnerability(t *testing.T) {
	t.Parallel()
	d, err := Parse([]byte(full))
	if err != nil {
		t.Fatal(err)
	}
	v := d.Vulnerabilities[0]
	for id, want := range map[string]string{"A": Affected, "B": Fixed, "C": Affected, "H": Unknown, "X": ""} {
		if got := v.Status.Of(id); got != want {
			t.Errorf("Of(%s) = %q, want %q", id, got, want)
		}
	}
	if diff := cmp.Diff([]string{"A", "C"}, v.Remediations[0].Products); diff != "" {
		t.Errorf("groups are not resolved: %s", diff)
	}
	if diff := cmp.Diff([]string{"A", "C"}, v.Threats[0].Products); diff != "" {
		t.Errorf("groups are not resolved: %s", diff)
	}
	first := v.Scores[0]
	if first.EPSS.Probability != "0.9" || first.Rating != "high" || first.Source != "https://s.example" || !json.Valid(first.SSVC) || first.CVSS[0].Base != 9.3 {
		t.Errorf("score %+v", first)
	}
	if second := v.Scores[1]; second.SSVC != nil || second.EPSS != nil || second.CVSS[0].Base != -1 {
		t.Errorf("score %+v", second)
	}
	if v.Exploited[0].ExploitationDate.IsZero() || v.Flags[0].Label != "component_not_present" || v.Involvements[0].Party != "vendor" || v.Disclosed.IsZero() {
		t.Errorf("vulnerability %+v", v)
	}
}

func TestAffectedWinsOverContradiction(t *testing.T) {
	t.Parallel()
	s := Status{KnownNotAffected: []string{"A"}, Fixed: []string{"A"}, LastAffected: []string{"A"}}
	if got := s.Of("A"); got != Affected {
		t.Errorf("Of = %q, want %q", got, Affected)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		doc  string
		want error
		line int
	}{
		"empty":          {"", nil, 1},
		"another object": {`{"document": {}}`, ErrVersion, 0},
		"version 1.2":    {`{"document": {"csaf_version": "1.2"}}`, ErrVersion, 0},
		"cut":            {"{\n\"document\": {", nil, 2},
		"wrong type":     {"{\n\"document\": {\n\"title\": 7}}", nil, 3},
		"list":           {"[]", nil, 1},
		"text behind":    {full + "x", nil, 0},
		"too deep":       {strings.Repeat(`{"product_tree":`, MaxDepth+1), guard.ErrLimit, 1},
	} {
		_, err := Parse([]byte(tt.doc))
		if err == nil {
			t.Errorf("%s: accepted", name)
			continue
		}
		if tt.want != nil && !errors.Is(err, tt.want) {
			t.Errorf("%s: err = %v, want %v", name, err, tt.want)
		}
		var placed *guard.Error
		if tt.line > 0 && (!errors.As(err, &placed) || placed.Line != tt.line) {
			t.Errorf("%s: err = %v, want line %d", name, err, tt.line)
		}
	}
	if _, err := Parse(make([]byte, MaxBytes+1)); !errors.Is(err, guard.ErrLimit) {
		t.Errorf("too large: err = %v, want ErrLimit", err)
	}
}

// A circle of combinations, which mandatory test 6.1.3 forbids, must end.
func TestCircleEnds(t *testing.T) {
	t.Parallel()
	doc := `{"document":{"csaf_version":"2.0"},"product_tree":{"relationships":[
	 {"category":"installed_on","product_reference":"B","relates_to_product_reference":"A","full_product_name":{"product_id":"A","name":"a"}},
	 {"category":"installed_on","product_reference":"A","relates_to_product_reference":"B","full_product_name":{"product_id":"B","name":"b"}}]}}`
	d, err := Parse([]byte(doc))
	if err != nil || len(d.Products) != 2 {
		t.Errorf("Parse = %+v, %v", d, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(full))
	f.Add([]byte(`{"document":{"csaf_version":"2.0"},"vulnerabilities":[{"scores":[{"cvss_v3":{}}],"cwe":{}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Parse(data)
		if err != nil {
			return
		}
		if len(d.Index()) > len(d.Products) {
			t.Fatal("more ids than products")
		}
		if again, err := Read(bytes.NewReader(data)); err != nil || len(again.Products) != len(d.Products) {
			t.Fatalf("Read and Parse differ: %v", err)
		}
	})
}
