package iodef

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func updating() bool {
	f := flag.Lookup("update")
	return f != nil && f.Value.String() == "true"
}

func TestMain(m *testing.M) {
	flag.Bool("update", false, "write the golden files anew")
	flag.Parse()
	os.Exit(m.Run())
}

// phishing is the incident that one desk sends to another: a report, a site, a request.
func phishing() *Incident {
	at := time.Date(2026, 1, 15, 9, 30, 0, 0, time.FixedZone("", 9*3600))
	return &Incident{
		Purpose: "mitigation", Status: "in-progress", Lang: "ja", Restriction: "amber",
		ID:             IncidentID{ID: "2026-0042", Name: "csirt.example.jp"},
		AlternativeID:  &AlternativeID{IncidentID: []IncidentID{{ID: "77", Name: "csirt.example.kr"}}},
		DetectTime:     at,
		ReportTime:     at.Add(time.Hour),
		GenerationTime: at.Add(2 * time.Hour),
		Description:    []Text{{Value: "銀行を騙るフィッシングサイト", Lang: "ja"}, {Value: "A site that poses as a bank", Lang: "en"}},
		Discovery:      []Discovery{{Source: "external-notification"}},
		Assessment: []Assessment{{
			Occurrence: "actual", IncidentCategory: Plain("rsit:fraud/phishing"),
			Impact:     []Impact{{System: &SystemImpact{Severity: "medium", Completion: "succeeded", Type: "breach-credential"}}},
			Confidence: &Confidence{Rating: "high", Value: 1},
		}},
		Method: []Method{{Reference: []Reference{{Name: Text{Value: "CVE-2026-0001"}, SpecIndex: Some(1), URL: []string{"https://example.org/kit?a=1&b=2"}}}}},
		Contact: []Contact{{
			Role: "creator", Type: "organization", Name: Plain("Example CSIRT"), Timezone: "+09:00",
			Email: []Email{{To: "incident@csirt.example.jp"}}, Telephone: []Telephone{{Number: "+81-3-0000-0000"}},
			RegistryHandle: []RegistryHandle{{Handle: "EX1-AP", Registry: "apnic"}},
		}},
		EventData: []EventData{{
			Description: Plain(`<a href="x">`),
			Flow: []Flow{{System: []System{{
				Category: "target",
				Node: Node{
					DomainData: []DomainData{{Name: "bank.example.org", SystemStatus: "fraudulent", DomainStatus: "assignedAndActive"}},
					Address:    []Address{{Value: "198.51.100.7", Category: "ipv4-addr"}, {Value: "https://bank.example.org/login", Category: "site-uri"}},
				},
				NodeRole: []NodeRole{{Category: "phishing-site"}},
				Service:  []Service{{IPProtocol: Some(6), Port: Some(443)}},
			}}}},
			Expectation: []Expectation{{Action: "contact-target-site", Severity: "high", EndTime: at.Add(24 * time.Hour), Description: Plain("please take it down")}},
			Record:      &Record{Data: []RecordData{{Item: []Extension{{DType: "string", Meaning: "mail header", Value: "Received: from x\nby y"}}}}},
		}},
		History: &History{Item: []HistoryItem{{Action: "status-triage", DateTime: at.Add(time.Hour), Description: Plain("triaged")}}},
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for name, form := range map[string]Form{"phishing.v1.xml": XML1, "phishing.v2.xml": XML2, "phishing.json": JSON} {
		d := &Document{Lang: "ja", Incidents: []*Incident{phishing()}}
		got := written(t, form, d)
		file := filepath.Join("testdata", name+".golden")
		if updating() {
			if err := os.WriteFile(file, got, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		if bad := invalid(t, form, got); bad != "" {
			t.Errorf("%s: %s", name, bad)
		}
		again := parsed(t, got)
		if len(again.Notes) > 0 {
			t.Errorf("%s: %v", name, again.Notes)
		}
		if diff := cmp.Diff(d, clean(again)); form != XML1 && diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}
