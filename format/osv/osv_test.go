package osv

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/internal/guard"
)

const record = `{"schema_version": "1.6.0", "id": "GHSA-aaaa-bbbb-cccc", "modified": "2026-02-03T04:05:06.7Z", "published": "2026-01-01T00:00:00Z", "withdrawn": null,
 "aliases": ["CVE-2026-0001", "CVE-2026-0001"], "upstream": ["CVE-2026-0002"], "related": ["CVE-2020-0001"], "summary": "s", "details": "d",
 "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
 "affected": [{"package": {"ecosystem": "npm", "name": "left", "purl": "pkg:npm/left"},
   "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.2.3"}, {"introduced": "2.0.0"}, {"last_affected": "2.1.0"}]}],
   "versions": ["9.9.9"]}],
 "references": [{"type": "FIX", "url": "https://example.org/fix"}], "database_specific": {"x": 1}}`

func TestRead(t *testing.T) {
	t.Parallel()
	r, err := Read(strings.NewReader(record))
	if err != nil {
		t.Fatal(err)
	}
	if r.ID != "GHSA-aaaa-bbbb-cccc" || r.Modified.IsZero() || !r.Withdrawn.IsZero() || r.Affected[0].Package.PURL != "pkg:npm/left" || r.Severity[0].Type != "CVSS_V3" || r.References[0].Type != "FIX" {
		t.Errorf("read %+v", r)
	}
	if diff := cmp.Diff([]string{"CVE-2026-0001", "CVE-2026-0002"}, r.CVEs()); diff != "" {
		t.Error(diff)
	}
	for v, want := range map[string]bool{"0.0.1": true, "1.2.2": true, "1.2.3": false, "1.9.0": false, "2.0.0": true, "2.1.0": true, "2.1.1": false, "9.9.9": true} {
		if got := r.Affected[0].Contains(v); got != want {
			t.Errorf("Contains(%s) = %v, want %v", v, got, want)
		}
	}
}

func TestReadList(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		doc  string
		want int
	}{
		"one":    {record, 1},
		"list":   {"[" + record + "," + record + "]", 2},
		"answer": {`{"vulns": [` + record + `]}`, 1},
		"none":   {`{"vulns": []}`, 0},
		"{} is how a query without hits is answered": {`{}`, 0},
	} {
		list, err := ReadList(strings.NewReader(tt.doc))
		if err != nil || len(list) != tt.want {
			t.Errorf("%s: %d records, %v, want %d", name, len(list), err, tt.want)
		}
	}
	for _, doc := range []string{"", "7", `{"vulns": 7}`, `[{}]`, `null`, `{"vulns": [{}]}`} {
		if _, err := ReadList(strings.NewReader(doc)); err == nil {
			t.Errorf("ReadList(%q) is accepted", doc)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	if _, err := Read(strings.NewReader(`{"cveID": "x"}`)); !errors.Is(err, ErrKind) {
		t.Errorf("another kind: %v, want ErrKind", err)
	}
	var placed *guard.Error
	if _, err := Read(strings.NewReader("{\n \"id\": 7}")); !errors.As(err, &placed) || placed.Line != 2 {
		t.Errorf("a wrong type: %v, want line 2", err)
	}
	if _, err := Read(strings.NewReader(strings.Repeat(`{"a":`, MaxDepth+1))); !errors.Is(err, guard.ErrLimit) {
		t.Errorf("too deep: %v, want ErrLimit", err)
	}
}

func TestRanges(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, kind, ecosystem string
		events                []Event
		want                  []string
	}{
		{"never fixed", "SEMVER", "npm", []Event{{Introduced: "1.0.0"}}, []string{">=1.0.0"}},
		{"all versions", "SEMVER", "npm", []Event{{Introduced: "0"}}, []string{"*"}},
		{"events out of order", "ECOSYSTEM", "PyPI", []Event{{Fixed: "1.2"}, {Introduced: "0"}}, []string{"<1.2"}},
		{"fixed and introduced again at one version", "ECOSYSTEM", "PyPI", []Event{{Introduced: "1"}, {Fixed: "2"}, {Introduced: "2"}, {Fixed: "3"}}, []string{">=1|<2", ">=2|<3"}},
		{"double introduction", "ECOSYSTEM", "Debian:12", []Event{{Introduced: "1"}, {Introduced: "1.5"}, {Fixed: "2"}}, []string{">=1|<2"}},
		{"limit", "SEMVER", "npm", []Event{{Introduced: "0"}, {Limit: "2.0.0"}}, []string{"<2.0.0"}},
		{"limit cuts whole ranges", "SEMVER", "npm", []Event{{Introduced: "1.0.0"}, {Fixed: "1.5.0"}, {Introduced: "3.0.0"}, {Limit: "2.0.0"}}, []string{">=1.0.0|<1.5.0"}},
		{"no limit", "SEMVER", "npm", []Event{{Introduced: "1.0.0"}, {Limit: "*"}}, []string{">=1.0.0"}},
		{"commits", "GIT", "", []Event{{Introduced: "0"}, {Introduced: "abc"}, {Fixed: "def"}}, []string{"=abc"}},
		{"a fix alone", "SEMVER", "npm", []Event{{Fixed: "1.0.0"}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := Affected{Package: Package{Ecosystem: tt.ecosystem}, Ranges: []Range{{Type: tt.kind, Events: tt.events}}}
			var got []string
			for _, r := range a.VersionRanges() {
				got = append(got, r.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEcosystemOrders(t *testing.T) {
	t.Parallel()
	deb := Affected{Package: Package{Ecosystem: "Debian:12"}, Ranges: []Range{{Type: "ECOSYSTEM", Events: []Event{{Introduced: "0"}, {Fixed: "1.0~rc1-1"}}}}}
	if deb.Contains("1.0") || !deb.Contains("1.0~beta") {
		t.Error("Debian's order of ~ is not honoured")
	}
}

func FuzzReadList(f *testing.F) {
	f.Add([]byte(record), "1.0")
	f.Add([]byte(`{"vulns":[{"id":"a","affected":[{"ranges":[{"type":"GIT","events":[{"limit":"1"}]}]}]}]}`), "")
	f.Fuzz(func(_ *testing.T, data []byte, v string) {
		list, err := ReadList(bytes.NewReader(data))
		if err != nil {
			return
		}
		for _, r := range list {
			r.CVEs()
			for _, a := range r.Affected {
				a.Contains(v)
			}
		}
	})
}
