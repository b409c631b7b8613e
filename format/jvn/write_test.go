package jvn

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/testkit"
)

// validate holds a document against the official schemas through the entry schema of the
// reference data.
func validate(t *testing.T, doc string) {
	t.Helper()
	schema := testkit.Shared(t, "data/jvn/driver/myjvn_hnd.xsd")
	lint, err := exec.LookPath("xmllint")
	if err != nil {
		testkit.Missing(t, "xmllint")
	}
	cmd := exec.CommandContext(t.Context(), lint, "--nonet", "--noout", "--schema", filepath.Base(schema), "-")
	cmd.Dir = filepath.Dir(schema)
	cmd.Stdin = strings.NewReader(doc)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, lines(string(out), "validity error", "parser error"))
	}
}

// lines keeps the lines that hold one of the words; warnings on skipped imports are usual.
func lines(s string, words ...string) string {
	var kept []string
	for _, line := range strings.Split(s, "\n") {
		for _, w := range words {
			if strings.Contains(line, w) {
				kept = append(kept, line)
			}
		}
	}
	return strings.Join(kept, "\n")
}

// What is read from the official samples and written again is valid and reads the same.
func TestRoundTripOfOfficialSamples(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"dataFeed_jvndb_detail_hnd.xml", "getVulnDetailInfo_hnd_JVNDB-2017-009608.xml", "getVulnDetailInfo_hnd_JVNDB-2018-009328.xml", "getVulnDetailInfo_hnd_JVNDB-2021-002774.xml", "getVulnDetailInfo_hnd_JVNDB-2022-000097.xml"} {
		d, err := ReadDetail(openShared(t, name))
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := WriteDetail(&b, d); err != nil {
			t.Fatal(err)
		}
		validate(t, b.String())
		again, err := ReadDetail(&b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(d, again); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	o, err := ReadOverview(openShared(t, "getVulnOverviewList_hnd.xml"))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := WriteOverview(&b, o); err != nil {
		t.Fatal(err)
	}
	validate(t, b.String())
	again, err := ReadOverview(&b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(o, again); diff != "" {
		t.Error(diff)
	}
}

// everything is a made-up note that uses every element of VULDEF 3.2 that is written.
func everything() *Detail {
	at := NewDate(time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC))
	return &Detail{
		Lang: "ja", Version: VersionVuldef, Handling: Handling{Structures: []MarkingStructure{{Model: "TLP", Color: "WHITE"}}}, Status: noStatus(),
		Vulinfos: []Vulinfo{{
			Restriction: "public", ID: "JVN#12345678", GroupID: "g",
			Data: Data{
				Restriction: "public", Severity: "High", Publication: "open", Title: "題 <1 & 2>",
				Description: &Description{ExploitRange: "remote", VulnerabilityType: "design error", Overview: "概要", Detail: []string{"詳細"}, CWE: []RelatedItem{{Type: "cwe", ID: "CWE-79", Title: "XSS"}}},
				Affected: []AffectedItem{{
					Status: VulnerableInvestigating, Restriction: "public", Name: "V", Product: "P", CPEs: []DetailCPE{{"2.2", "cpe:/a:v:p"}},
					Versions: []VersionNumber{{Text: "1.0 以下"}, {Begin: &Bound{"ge", "1"}, End: &Bound{"lt", "2"}}}, Builds: []VersionNumber{{Operator: "lt", Text: "7"}}, Descriptions: []string{"d"},
				}},
				Impact:         &Impact{CVSS: []CVSS{{Version: "3.1", Severity: &Severity{"Base", "Critical"}, Base: "9.8", Vector: "CVSS:3.1/AV:N", Temporal: "9.0", Environmental: "8.0"}}, Items: []ImpactItem{{Severity: "High", Type: "admin", Descriptions: []string{"i"}}}},
				Solution:       []SolutionItem{{Type: "fixed", Descriptions: []string{"s"}, URLs: []string{"https://v.example/"}}},
				Exploit:        []ExploitItem{{Type: "poc", Descriptions: []string{"e"}, URLs: []string{"https://x.example/"}}},
				Related:        []RelatedItem{{Type: "advisory", Name: "CVE", ID: "CVE-2026-0001", Title: "t", URL: "https://c.example/", Description: "d"}},
				Credit:         []CreditItem{{Name: "N", Descriptions: []string{"found"}}},
				Contact:        []ContactItem{{Type: "organisation", Name: "C", Descriptions: []string{"d"}, Emails: []string{"c@c.example"}, Telephones: []string{"1"}, Fax: "2", TimeZone: "+09:00"}},
				History:        []HistoryItem{{Number: "1", At: at, Published: at, Updated: at, Descriptions: []string{"掲載"}}},
				FirstPublished: at, LastUpdated: at, Public: at,
			},
		}},
	}
}

func TestWriteDetailWithEverything(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := WriteDetail(&b, everything()); err != nil {
		t.Fatal(err)
	}
	validate(t, b.String())
	again, err := ReadDetail(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(everything(), again); diff != "" {
		t.Error(diff)
	}
}

func TestWriteDetailRefuses(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Detail){
		"nothing":            func(d *Detail) { d.Vulinfos = nil },
		"no number":          func(d *Detail) { d.Vulinfos[0].ID = "" },
		"scores alone":       func(d *Detail) { d.Vulinfos[0].Data.Impact.Items = nil },
		"TLP of version two": func(d *Detail) { d.Handling.Structures[0].Color = "AMBER+STRICT" },
	} {
		d := everything()
		change(d)
		var b bytes.Buffer
		if err := WriteDetail(&b, d); err == nil || b.Len() > 0 {
			t.Errorf("%s: err = %v with %d bytes written", name, err, b.Len())
		}
	}
}

func TestWriteOverviewFromScratch(t *testing.T) {
	t.Parallel()
	at := NewDate(time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC))
	o := &Overview{
		Lang:    "en",
		Channel: Channel{About: "https://p.example/rss", Title: "t", Link: "https://p.example/", Description: "d", Creator: "c", Date: at, Handling: Handling{Structures: []MarkingStructure{{Model: "TLP", Color: "CLEAR"}}}},
		Items: []Item{{
			About: "https://p.example/1", Title: "one", Link: "https://p.example/1", Identifier: "JVNVU#12345678",
			CPEs: []CPE{{Version: "2.2", Name: "cpe:/a:v:p", Impact: "vulnerable"}}, Date: Date{Text: "not a date"}, Modified: parseDate("2026-04-01"),
		}},
		Status: Status{Method: "getVulnOverviewList", ReturnCode: "0", Max: 50, Total: 1, Returned: 1, First: 1, Parameters: map[string]string{"feed": "hnd", "keyword": `a"b`}},
	}
	var b bytes.Buffer
	if err := WriteOverview(&b, o); err != nil {
		t.Fatal(err)
	}
	validate(t, b.String())
	for _, want := range []string{`color="WHITE"`, `vendor=""`, `keyword="a&quot;b"`, `<dcterms:modified>2026-04-01T00:00:00+09:00</dcterms:modified>`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("lacks %s:\n%s", want, b.String())
		}
	}
	o.Items[0].Title = ""
	if err := WriteOverview(&bytes.Buffer{}, o); err == nil {
		t.Error("an item without title is accepted")
	}
}
