package intake

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"noroshi.dev/format/cve"
	"noroshi.dev/format/version"
	"noroshi.dev/internal/testkit"
)

// readText reads one made-up document.
func readText(t testing.TB, text string) ([]Record, []Refusal) {
	t.Helper()
	return readAll(t, Source{Name: "in", R: strings.NewReader(text)}, Options{})
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

func ignoreRank() cmp.Option { return cmpopts.IgnoreUnexported(Observation{}) }

func TestKEVEditionsAgree(t *testing.T) {
	t.Parallel()
	fromJSON, refused := readAll(t, Source{Name: testkit.Shared(t, "data/kev/known_exploited_vulnerabilities.json")}, Options{})
	fromCSV, refusedCSV := readAll(t, Source{Name: testkit.Shared(t, "data/kev/known_exploited_vulnerabilities.csv")}, Options{})
	if len(fromJSON) != 1404 || len(refused)+len(refusedCSV) != 0 {
		t.Fatalf("%d entries, refused %v %v", len(fromJSON), reasons(refused), reasons(refusedCSV))
	}
	diff := cmp.Diff(fromJSON, fromCSV, cmpopts.IgnoreFields(Record{}, "Origin"), cmpopts.EquateEmpty(), ignoreRank())
	if diff != "" {
		t.Errorf("JSON and CSV differ:\n%.2000s", diff)
	}
	data, err := os.ReadFile(fromJSON[0].Origin.Member)
	must(t, err)
	for _, r := range fromJSON {
		if at := data[r.Origin.Offset:]; at[0] != '{' || !strings.Contains(string(at[:60]), r.ID) {
			t.Fatalf("%s is not at byte %d", r.ID, r.Origin.Offset)
		}
	}
	if o := fromCSV[1].Origin; o.Line != 3 {
		t.Errorf("second entry of CSV at %+v", o)
	}
	want := []Observation{
		{Fact: FactKEV, Values: []string{"Y"}, Source: SourceKEV, Raw: "2025-08-25", ObservedAt: day(2025, 8, 25), Evidence: "https://www.cisa.gov/known-exploited-vulnerabilities-catalog?search_api_fulltext=CVE-2025-48384"},
		{Fact: FactExploitation, Values: []string{"A"}, Source: SourceKEV, Raw: "2025-08-25", ObservedAt: day(2025, 8, 25), Evidence: "https://www.cisa.gov/known-exploited-vulnerabilities-catalog?search_api_fulltext=CVE-2025-48384", Rule: RuleKEV},
	}
	if diff := cmp.Diff(want, fromJSON[0].Observations, ignoreRank()); diff != "" {
		t.Errorf("observations (-want +got):\n%s", diff)
	}
}

func TestEPSS(t *testing.T) {
	t.Parallel()
	csv := "#model_version:v2025.03.14,score_date:2026-01-02T12:00:00+0000\ncve,epss,percentile\n" +
		"CVE-2099-1001,0.00999,0.5\nCVE-2099-1002,0.01,0.8\nCVE-2099-1003,1.5,0.9\nCVE-2099-1004,0.1,0.95\nCVE-2099-1005,0.50000,0.99\n"
	records, refusals := readText(t, csv)
	var got []string
	for _, r := range records {
		o := r.Observations[0]
		got = append(got, r.ID+" "+o.Fact+" "+strings.Join(o.Values, ",")+" "+o.Raw+" "+o.Rule)
		if len(r.Observations) != 1 || !o.ObservedAt.Equal(time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)) {
			t.Errorf("%s: observations %+v, want one of 2026-01-02", r.ID, r.Observations)
		}
	}
	want := []string{
		"CVE-2099-1001 noroshi:EPSS:1.0.0 L 0.00999 epss", "CVE-2099-1002 noroshi:EPSS:1.0.0 M 0.01 epss",
		"CVE-2099-1004 noroshi:EPSS:1.0.0 H 0.1 epss", "CVE-2099-1005 noroshi:EPSS:1.0.0 VH 0.50000 epss",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("scores (-want +got):\n%s", diff)
	}
	if len(refusals) != 1 || refusals[0].Line != 5 || refusals[0].Reason != ReasonInvalid {
		t.Errorf("refusals = %+v, want line 5", refusals)
	}
	api := `{"status":"OK","status-code":200,"version":"1.0","total":1,"data":[{"cve":"CVE-2099-1009","epss":"0.09029","percentile":"0.94031","date":"2026-01-02"}]}`
	records, refusals = readText(t, api)
	if len(records) != 1 || len(refusals) != 0 || records[0].Observations[0].Values[0] != "M" {
		t.Errorf("API: %+v, %v", records, refusals)
	}
}

const nvdPage = `{"resultsPerPage": 3, "startIndex": 0, "totalResults": 3, "format": "NVD_CVE", "version": "2.0", "timestamp": "2099-01-01T00:00:00.000",
"vulnerabilities": [
 {"cve": {"id": "CVE-2099-1001", "sourceIdentifier": "cna@example.org", "published": "2099-01-02T03:04:05.067", "lastModified": "2099-02-03T00:00:00.000", "vulnStatus": "Analyzed",
  "cisaExploitAdd": "2099-01-05", "cisaActionDue": "2099-01-26", "cisaRequiredAction": "Update.", "cisaVulnerabilityName": "Sample",
  "descriptions": [{"lang": "en", "value": "A flaw."}, {"lang": "es", "value": "Un fallo."}],
  "metrics": {"cvssMetricV31": [{"source": "nvd@nist.gov", "type": "Primary", "cvssData": {"version": "3.1", "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "baseScore": 9.8, "baseSeverity": "CRITICAL"}}],
              "cvssMetricV2": [{"source": "cna@example.org", "type": "Secondary", "cvssData": {"version": "2.0", "vectorString": "AV:N/AC:L/Au:N/C:P/I:P/A:P", "baseScore": 7.5}}]},
  "weaknesses": [{"source": "nvd@nist.gov", "type": "Primary", "description": [{"lang": "en", "value": "CWE-79"}, {"lang": "en", "value": "NVD-CWE-noinfo"}]}],
  "configurations": [{"nodes": [{"operator": "OR", "negate": false, "cpeMatch": [
    {"vulnerable": true, "criteria": "cpe:2.3:a:sample:some\\:thing:*:*:*:*:*:*:*:*", "versionStartExcluding": "1.0", "versionEndExcluding": "2.0", "matchCriteriaId": "X"},
    {"vulnerable": true, "criteria": "cpe:2.3:a:sample:other:3.1:*:*:*:*:*:*:*", "matchCriteriaId": "Y"},
    {"vulnerable": false, "criteria": "cpe:2.3:o:sample:os:-:*:*:*:*:*:*:*", "matchCriteriaId": "Z"}]}]}],
  "references": [{"url": "https://example.org/a", "source": "cna@example.org", "tags": ["Exploit"]}]}},
 {"cve": {"id": 7}},
 {"cve": {"id": "CVE-2099-1003", "vulnStatus": "Rejected", "metrics": {}}}]}`

func TestNVD(t *testing.T) {
	t.Parallel()
	records, refusals := readText(t, nvdPage)
	if diff := cmp.Diff([]string{"CVE-2099-1001", "CVE-2099-1003"}, ids(records)); diff != "" {
		t.Fatal(diff)
	}
	if len(refusals) != 1 || refusals[0].Reason != ReasonInvalid || nvdPage[refusals[0].Offset:][:15] != `{"cve": {"id": ` {
		t.Errorf("refusals = %+v", refusals)
	}
	r := records[0]
	if records[1].State != Rejected || r.State != Published || !cmp.Equal(r.CWEs, []string{"CWE-79"}) {
		t.Errorf("states %s, %s, CWEs %v", r.State, records[1].State, r.CWEs)
	}
	scores := []Score{
		{SourceNVD, "3.1", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8, "critical"},
		{"nvd:cna@example.org", "2.0", "AV:N/AC:L/Au:N/C:P/I:P/A:P", 7.5, "high"},
	}
	if diff := cmp.Diff(scores, r.Scores); diff != "" {
		t.Errorf("scores (-want +got):\n%s", diff)
	}
	if len(r.Products) != 2 || r.Products[0].Product != "some:thing" || r.Products[0].Vendor != "sample" {
		t.Fatalf("products = %+v, want the two vulnerable ones", r.Products)
	}
	for v, want := range map[string]string{"1.0": "unaffected", "1.0.1": "affected", "2.0": "unaffected"} {
		if got := r.Products[0].Status(v); got != want {
			t.Errorf("Status(%s) = %s, want %s", v, got, want)
		}
	}
	if got := r.Products[1].Status("3.1"); got != "affected" {
		t.Errorf("Status(3.1) = %s, want affected", got)
	}
	facts := map[string]string{}
	for _, o := range r.Observations {
		facts[o.Source+" "+o.Fact] = strings.Join(o.Values, ",")
	}
	for key, want := range map[string]string{
		"kev cisa:KEV:1.0.0": "Y", "kev ssvc:E:1.1.0": "A", "nvd cvss:AV:3.0.0": "N", "nvd cvss:CVSS:1.0.0": "C",
		"nvd:cna@example.org cvss:Au:2.0.0": "N", "nvd:cna@example.org cvss:C:1.0.0": "P",
	} {
		if facts[key] != want {
			t.Errorf("%s = %q, want %q", key, facts[key], want)
		}
	}
}

func TestJVN(t *testing.T) {
	t.Parallel()
	records, refusals := readAll(t, Source{Name: testkit.Shared(t, "data/jvn/examples/hnd/getVulnDetailInfo_hnd_JVNDB-2022-000097.xml")}, Options{})
	if len(records) != 1 || len(refusals) != 0 {
		t.Fatalf("detail: %v, %v", ids(records), reasons(refusals))
	}
	r := records[0]
	if r.ID != "JVNDB-2022-000097" || r.Kind != KindJVNDetail || len(r.Aliases) == 0 || len(r.Products) == 0 || len(r.Scores) == 0 || r.Descriptions[0].Lang != "ja" {
		t.Errorf("detail = %+v", r)
	}
	for _, o := range r.Observations {
		if o.Source != SourceJVN || !strings.HasPrefix(o.Fact, "cvss:") || o.ObservedAt.IsZero() {
			t.Errorf("observation %+v", o)
		}
	}
	records, refusals = readAll(t, Source{Name: testkit.Shared(t, "data/jvn/examples/hnd/getVulnOverviewList_hnd.xml")}, Options{})
	if len(records) == 0 || len(refusals) != 0 || records[0].Kind != KindJVNOverview || !strings.HasPrefix(records[0].ID, "JVNDB-") {
		t.Errorf("overview: %v, %v", ids(records), reasons(refusals))
	}
	_, refusals = readAll(t, Source{Name: testkit.Shared(t, "data/jvn/examples/hnd/dataFeed_jvndb_rss_hnd.xml")}, Options{})
	if len(refusals) != 1 || refusals[0].Line == 0 || refusals[0].Reason != ReasonSyntax {
		t.Errorf("feed that is not well-formed: %+v, want a line", refusals)
	}
}

func TestCSAF(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"data/csaf/csaf_2.0/examples", "data/csaf/csaf_2.1/examples"} {
		root := testkit.Shared(t, dir)
		n := 0
		err := filepath.Walk(root, func(path string, info os.FileInfo, err error) error {
			if err != nil || info.IsDir() || !strings.HasSuffix(path, ".json") {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil || !strings.Contains(string(data), `"csaf_version"`) {
				return err
			}
			records, refusals := readAll(t, Source{Name: path}, Options{})
			if len(records) == 0 || len(refusals) > 0 {
				t.Errorf("%s: %d records, refused %v", path, len(records), reasons(refusals))
			}
			for _, r := range records {
				if r.Advisory == "" || r.ID == "" || r.Kind != KindCSAF {
					t.Errorf("%s: %+v", path, r)
				}
			}
			n += len(records)
			return nil
		})
		if err != nil || n < 5 {
			t.Errorf("%s: %d records, %v", dir, n, err)
		}
	}
}

const osvRecord = `{"schema_version": "1.6.0", "id": "GHSA-aaaa-bbbb-cccc", "modified": "2099-01-02T00:00:00Z", "published": "2099-01-01T00:00:00Z",
"aliases": ["CVE-2099-1007"], "summary": "Sample", "details": "More.", "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N"}],
"affected": [{"package": {"ecosystem": "npm", "name": "sample", "purl": "pkg:npm/sample"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.2.3"}]}]}],
"references": [{"type": "WEB", "url": "https://example.org"}]}`

func TestOSV(t *testing.T) {
	t.Parallel()
	records, refusals := readText(t, osvRecord+"\n"+strings.Replace(osvRecord, `"published"`, `"withdrawn": "2099-03-01T00:00:00Z", "published"`, 1))
	if len(records) != 2 || len(refusals) != 0 {
		t.Fatalf("%v, %v", ids(records), refusals)
	}
	r := records[0]
	if r.ID != "GHSA-aaaa-bbbb-cccc" || r.Aliases[0] != "CVE-2099-1007" || r.State != Published || records[1].State != Rejected {
		t.Errorf("record = %+v", r)
	}
	if records[1].Origin.Offset != int64(len(osvRecord))+1 {
		t.Errorf("offset = %d", records[1].Origin.Offset)
	}
	if got := r.Products[0].Status("1.2.2"); got != "affected" {
		t.Errorf("Status(1.2.2) = %s", got)
	}
	if got := r.Products[0].Status("1.2.3"); got != "unaffected" {
		t.Errorf("Status(1.2.3) = %s", got)
	}
}

func TestVRDA(t *testing.T) {
	t.Parallel()
	records, refusals := readText(t, `<?xml version="1.0"?>
<VrdaData xmlns="https://noroshi.dev/ns/vrda/1" version="1.0" xml:lang="en"><VrdaDataProvider id="p" name="P"/>
<VrdaDataSourceType>advisory</VrdaDataSourceType>
<Vulinfo><VulinfoID>CVE-2099-1008</VulinfoID><VulinfoRevision>2</VulinfoRevision><VulinfoData><Title>Sample</Title>
<FactAnalysis><Fact namespace="ssvc" key="E" version="1.1.0" observed="2099-01-01T00:00:00Z"><Value>P</Value><Value>A</Value></Fact>
<Fact key="Severity"><Value>high</Value></Fact></FactAnalysis></VulinfoData></Vulinfo></VrdaData>`)
	if len(records) != 1 || len(refusals) != 0 {
		t.Fatalf("%v, %v", ids(records), refusals)
	}
	r := records[0]
	want := []Observation{{Fact: FactExploitation, Values: []string{"P", "A"}, Source: SourceVRDA, ObservedAt: day(2099, 1, 1), Raw: "P A"}}
	if diff := cmp.Diff(want, r.Observations, ignoreRank()); diff != "" {
		t.Errorf("observations (-want +got):\n%s", diff)
	}
	if len(r.Unmapped) != 1 || r.Unmapped[0].Name != "Severity" {
		t.Errorf("unmapped = %+v, want Severity", r.Unmapped)
	}
}

func TestSequences(t *testing.T) {
	t.Parallel()
	a, b := madeRecord("CVE-2099-10001"), madeRecord("CVE-2099-10002")
	want := []string{"CVE-2099-10001", "CVE-2099-10002"}
	tests := []struct {
		name, text string
		want       []string
		refused    []string
	}{
		{"lines", a + "\n" + b + "\n", want, []string{}},
		{"list", "[" + a + "," + b + "]", want, []string{}},
		{"list with a stranger", "[" + a + `,{"x": 1},` + b + "]", want, []string{"in " + ReasonUnknownKind}},
		{"list with a wrong record", "[" + a + "," + strings.Replace(a, "PUBLISHED", "DRAFT", 1) + "," + b + "]", want, []string{"in " + ReasonInvalid}},
		{"list that is cut", "[" + a + "," + b[:80], want[:1], []string{"in " + ReasonSyntax}},
		{"list without end", "[" + a + "," + b, want, []string{"in " + ReasonTruncated}},
		{"empty list", "[]", []string{}, []string{}},
		{"number", "[1,2]", []string{}, []string{"in " + ReasonUnknownKind, "in " + ReasonUnknownKind}},
		{"stranger", `{"hello": "world"}`, []string{}, []string{"in " + ReasonUnknownKind}},
		{"stranger in XML", `<html></html>`, []string{}, []string{"in " + ReasonUnknownKind}},
		{"document type", `<!DOCTYPE x [<!ENTITY e "e">]><rdf/>`, []string{}, []string{"in " + ReasonSyntax}},
		{"text", "hello", []string{}, []string{"in " + ReasonUnknownKind}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			records, refusals := readText(t, tt.text)
			if diff := cmp.Diff(tt.want, ids(records)); diff != "" {
				t.Errorf("ids (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.refused, reasons(refusals)); diff != "" {
				t.Errorf("refusals (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCPEParts(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][3]string{
		"cpe:2.3:a:sample:some\\:thing:1.0:*:*:*:*:*:*:*": {"sample", "some:thing", "1.0"},
		"cpe:/a:sample:thing:1.0":                         {"sample", "thing", "1.0"},
		"cpe:/a:sample:thing":                             {"sample", "thing", ""},
		"cpe:2.3:o:sample":                                {"sample", "", ""},
		"":                                                {},
		`cpe:2.3:a:x\`:                                    {"x", "", ""},
	} {
		if got := cpeParts(name); got != want {
			t.Errorf("cpeParts(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestProductStatusWithoutEntries(t *testing.T) {
	t.Parallel()
	p := Product{}
	if got := p.Status("1"); got != cve.StatusUnknown {
		t.Errorf("Status = %s, want unknown", got)
	}
	p.Versions = []cve.Entry{{Range: version.Range{Exact: "1"}, Status: cve.StatusAffected}}
	if got := p.Status("1"); got != cve.StatusAffected {
		t.Errorf("Status = %s, want affected", got)
	}
}
