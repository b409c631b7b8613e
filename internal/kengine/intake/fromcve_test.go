package intake

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/cve"
	"noroshi.dev/format/version"
)

const wildRecord = `{"dataType": "CVE_RECORD", "dataVersion": "5.1",
"cveMetadata": {"cveId": "CVE-2099-10001", "state": "PUBLISHED", "datePublished": "2099-01-02T03:04:05", "dateUpdated": "2099-02-03T04:05:06.700Z"},
"containers": {
 "cna": {"title": "Sample", "providerMetadata": {"shortName": "sample", "dateUpdated": "2099-01-02T00:00:00Z"},
  "descriptions": [{"lang": "en", "value": "A flaw."}, {"lang": "ja", "value": "欠陥。"}],
  "problemTypes": [{"descriptions": [{"lang": "en", "type": "CWE", "cweId": "CWE-79", "description": "x"}, {"lang": "en", "type": "text", "description": "y"}]}],
  "affected": [{"vendor": "v", "product": "p", "defaultStatus": "unaffected", "versions": [{"version": "1.0", "lessThan": "2.0", "status": "affected", "versionType": "semver"}]}],
  "references": [{"url": "https://example.org/1", "tags": ["exploit"]}],
  "metrics": [{"other": {"type": "SSVCv2.0", "content": {"Automatable": "YES", "Exploitation": "PoC"}}},
              {"other": {"type": "Vendor scale", "content": {"value": "grave"}}},
              {"cvssV3_1": {"version": "3.1", "baseScore": 5.0, "baseSeverity": "MEDIUM"}}]},
 "adp": [
  {"title": "CVE Program Container", "providerMetadata": {"shortName": "CVE"}, "references": [{"url": "https://example.org/1", "tags": ["x_transferred"]}, {"url": "https://example.org/2"}]},
  {"title": "CISA ADP Vulnrichment", "providerMetadata": {"shortName": "CISA-ADP", "dateUpdated": "2099-03-01T00:00:00Z"},
   "problemTypes": [{"descriptions": [{"lang": "en", "cweId": "CWE-79"}, {"lang": "en", "cweId": "CWE-80"}]}],
   "metrics": [{"other": {"type": "ssvc", "content": {"id": "CVE-2099-10001", "role": "CISA Coordinator", "version": "2.0.3", "timestamp": "2099-03-02T04:05:06.123456Z",
     "options": [{"Exploitation": "None"}, {"Automatable": "SLOW"}, {"Technical Impact": "total"}, {"Weather": "fine"}]}}},
    {"other": {"type": "kev", "content": {"dateAdded": "2099-03-03", "reference": "https://example.org/kev"}}},
    {"other": {"type": "ssvc", "content": {"options": 7}}}]}]}}`

func TestFromCVE(t *testing.T) {
	t.Parallel()
	records, refusals := readText(t, wildRecord)
	if len(records) != 1 || len(refusals) != 0 {
		t.Fatalf("%v, %v", ids(records), refusals)
	}
	page := "https://www.cve.org/CVERecord?id=CVE-2099-10001"
	cisa, at := "adp:CISA-ADP", time.Date(2099, 3, 2, 4, 5, 6, 123456000, time.UTC)
	want := Record{
		Kind: KindCVE, Origin: Origin{Member: "in"}, ID: "CVE-2099-10001", State: Published, Title: "Sample",
		Published: time.Date(2099, 1, 2, 3, 4, 5, 0, time.UTC), Modified: time.Date(2099, 2, 3, 4, 5, 6, 700e6, time.UTC),
		Descriptions: []Text{{"en", "A flaw."}, {"ja", "欠陥。"}},
		CWEs:         []string{"CWE-79", "CWE-80"},
		Scores:       []Score{{Source: "cna", Version: "3.1", Value: 5, Severity: "medium"}},
		Products: []Product{{
			Source: "cna", Vendor: "v", Product: "p", DefaultStatus: "unaffected",
			Versions: []cve.Entry{{Range: version.Range{Kind: "semver", Start: "1.0", End: "2.0", EndExcluded: true}, Status: "affected"}},
		}},
		References: []Reference{
			{URL: "https://example.org/1", Source: "cna", Tags: []string{"exploit"}},
			{URL: "https://example.org/2", Source: "adp:CVE"},
		},
		Observations: []Observation{
			{Fact: FactAutomatable, Values: []string{"Y"}, Source: "cna", Evidence: page, ObservedAt: day(2099, 1, 2), Raw: "YES"},
			{Fact: FactExploitation, Values: []string{"P"}, Source: "cna", Evidence: page, ObservedAt: day(2099, 1, 2), Raw: "PoC"},
			{Fact: FactExploitation, Values: []string{"N"}, Source: cisa, Evidence: page, ObservedAt: at, Raw: "None"},
			{Fact: FactTechnicalImpact, Values: []string{"T"}, Source: cisa, Evidence: page, ObservedAt: at, Raw: "total"},
			{Fact: FactKEV, Values: []string{"Y"}, Source: "kev", Evidence: "https://example.org/kev", ObservedAt: day(2099, 3, 3), Raw: "2099-03-03"},
			{Fact: FactExploitation, Values: []string{"A"}, Source: "kev", Evidence: "https://example.org/kev", ObservedAt: day(2099, 3, 3), Raw: "2099-03-03", Rule: RuleKEV},
		},
		Unmapped: []Unmapped{
			{Source: "cna", Name: "Vendor scale", Value: `{"value": "grave"}`, Reason: ReasonUnknownFact},
			{Source: cisa, Name: "Automatable", Value: "SLOW", Reason: ReasonUnknownValue},
			{Source: cisa, Name: "Weather", Value: "fine", Reason: ReasonUnknownFact},
			{Source: cisa, Name: "ssvc", Value: `{"options": 7}`, Reason: ReasonInvalid, Detail: "cve: content of a metric: want a list at byte 12"},
		},
	}
	if diff := cmp.Diff(want, records[0], ignoreRank()); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
}

func TestRejected(t *testing.T) {
	t.Parallel()
	records, _ := readText(t, `{"dataType":"CVE_RECORD","cveMetadata":{"cveId":"CVE-2099-10002","state":"REJECTED"},
"containers":{"cna":{"providerMetadata":{"shortName":"sample"},"rejectedReasons":[{"lang":"en","value":"A duplicate."}],"replacedBy":["CVE-2099-10001"]}}}`)
	if len(records) != 1 {
		t.Fatal(ids(records))
	}
	r := records[0]
	if r.State != Rejected || len(r.Descriptions) != 1 || r.Descriptions[0].Value != "A duplicate." || len(r.ReplacedBy) != 1 || len(r.Observations) != 0 {
		t.Errorf("record = %+v", r)
	}
}

func TestClip(t *testing.T) {
	t.Parallel()
	if got := clip("short"); got != "short" {
		t.Errorf("clip = %q", got)
	}
	long := strings.Repeat("狼煙", MaxRaw)
	if got := clip(long); len(got) > MaxRaw || len(got) < MaxRaw-3 || !strings.HasPrefix(long, got) || strings.Contains(got, "\ufffd") {
		t.Errorf("clip keeps %d bytes", len(got))
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(wildRecord))
	f.Add([]byte(nvdPage))
	f.Add([]byte(osvRecord))
	f.Add([]byte("#model_version:v1,score_date:2026-01-01\ncve,epss,percentile\nCVE-2099-1001,0.1,0.2\n"))
	f.Add([]byte("cveID,dateAdded,cwes\nCVE-2099-1001,2026-01-01,\"CWE-1, CWE-2\"\n"))
	f.Add([]byte(`{"catalogVersion":"1","vulnerabilities":[{"cveID":"CVE-2099-1001","dateAdded":"2026-01-01"}]}`))
	f.Add([]byte(`{"document":{"csaf_version":"2.0","tracking":{"id":"x"}},"vulnerabilities":[{"cve":"CVE-2099-1001"}]}`))
	f.Add([]byte(`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>`))
	f.Add([]byte(`<VULDEF-Document xmlns="http://jvn.jp/vuldef/"/>`))
	f.Add([]byte(`<VrdaData/>`))
	f.Add(packGzipOf(f, packTarOf(f, made(2)...)))
	f.Add(packZipOf(f, made(2)...))
	f.Fuzz(func(t *testing.T, data []byte) {
		opt := Options{Workers: 1, MaxBytes: 1 << 22, MaxMember: 1 << 20, MaxMembers: 1000}
		_, _ = lastError(Source{Name: "in", R: strings.NewReader(string(data))}, opt)
	})
}

// TestEmptyLists: the lists of a record that says nothing are empty and not nil, be it the first of
// its decoder or a later one, because the digest of a stored record tells the two apart.
func TestEmptyLists(t *testing.T) {
	t.Parallel()
	const bare = `{"dataType":"CVE_RECORD","cveMetadata":{"cveId":"CVE-2099-10001","state":"REJECTED"},"containers":{"cna":{}}}`
	files := []file{{"a.json", bare}, {"b.json", madeRecord("CVE-2099-10002")}, {"c.json", bare}}
	records, refusals := readAll(t, Source{Name: "in", R: bytes.NewReader(packTarOf(t, files...))}, Options{Workers: 1})
	if len(records) != 3 || len(refusals) > 0 {
		t.Fatalf("%v, refused %v; want three records", ids(records), reasons(refusals))
	}
	for _, r := range []Record{records[0], records[2]} {
		if r.References == nil || r.Products == nil || r.Observations == nil || len(r.References)+len(r.Products)+len(r.Observations) > 0 {
			t.Errorf("references %#v, products %#v, observations %#v; want empty lists", r.References, r.Products, r.Observations)
		}
	}
}
