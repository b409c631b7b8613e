package iodef

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every word of restriction is written and comes back; version 1 has the nearest stricter one.
func TestRestrictions(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]struct {
		v1   string
		lost bool
		ext  bool
	}{
		"default": {"default", false, false}, "public": {"public", false, false},
		"need-to-know": {"need-to-know", false, false}, "private": {"private", false, false},
		"partner": {"need-to-know", true, false}, "white": {"public", true, false}, "green": {"need-to-know", true, false},
		"amber": {"need-to-know", true, false}, "red": {"private", true, false},
		"amber+strict": {"private", true, true}, "clear": {"private", true, true}, "TLP:RED": {"private", true, true}, "WHITE": {"private", true, true},
	} {
		for name, set := range map[string]func(*Incident, string){
			"Incident":   func(i *Incident, s string) { i.Restriction = s },
			"IncidentID": func(i *Incident, s string) { i.Restriction, i.ID.Restriction = "", s },
			"Contact":    func(i *Incident, s string) { i.Restriction, i.Contact[0].Restriction = "", s },
			"EventData":  func(i *Incident, s string) { i.Restriction, i.EventData = "", []EventData{{Restriction: s}} },
			"AdditionalData": func(i *Incident, s string) {
				i.Restriction, i.AdditionalData = "", []Extension{{DType: "string", Restriction: s, Value: "v"}}
			},
		} {
			t.Run(name+" "+word, func(t *testing.T) {
				t.Parallel()
				doc, lost := part(t, XML1, func(i *Incident) { set(i, word) })
				if !strings.Contains(doc, `restriction="`+want.v1+`"`) || slices.Contains(lost, Loss{name + "/restriction", 1}) != want.lost {
					t.Errorf("version 1 has not %s, or lost %v:\n%s", want.v1, lost, doc)
				}
				doc, lost = part(t, XML2, func(i *Incident) { set(i, word) })
				if strings.Contains(doc, `ext-restriction="`+word+`"`) != want.ext || len(lost) > 0 {
					t.Errorf("version 2 lost %v:\n%s", lost, doc)
				}
				once := parsed(t, []byte(doc))
				if diff := cmp.Diff(once.Incidents, parsed(t, written(t, JSON, once)).Incidents); diff != "" {
					t.Errorf("JSON has another one:\n%s", diff)
				}
				if again := string(written(t, XML2, once)); again != doc {
					t.Error("version 2 changes when it is read and written again")
				}
			})
		}
	}
}

// Each row of the table in the package comment, read from either version, is one model, and that
// model is written as either version.
func TestVersionsTurnIntoEachOther(t *testing.T) {
	t.Parallel()
	const event1, event2 = `<EventData><Flow><System category="target">`, `</System></Flow></EventData>`
	node := func(inner string) string { return event1 + `<Node>` + inner + `</Node>` + event2 }
	for name, tt := range map[string]struct{ v1, v2 string }{
		"a domain": {node(`<NodeName>a.example.jp</NodeName>`), node(`<DomainData><Name>a.example.jp</Name></DomainData>`)},
		"a domain with its time": {
			node(`<NodeName>a.example.jp</NodeName><DateTime>2026-01-02T03:04:05Z</DateTime>`),
			node(`<DomainData><Name>a.example.jp</Name><DateDomainWasChecked>2026-01-02T03:04:05Z</DateDomainWasChecked></DomainData>`),
		},
		"two domains": {
			node(`<NodeName>a.example.jp</NodeName><NodeName>b.example.jp</NodeName>`),
			node(`<DomainData><Name>a.example.jp</Name></DomainData><DomainData><Name>b.example.jp</Name></DomainData>`),
		},
		"a role": {
			event1 + `<Node>` + anAddress + `<NodeRole category="www"/></Node>` + event2,
			event1 + `<Node>` + anAddress + `</Node><NodeRole category="www"/>` + event2,
		},
		"a role of one's own": {
			event1 + `<Node>` + anAddress + `<NodeRole category="ext-value" ext-category="phishing-site"/></Node>` + event2,
			event1 + `<Node>` + anAddress + `</Node><NodeRole category="phishing-site"/>` + event2,
		},
		"a role with text": {
			event1 + `<Node>` + anAddress + `<NodeRole lang="ja" category="mail">郵便</NodeRole></Node>` + event2,
			event1 + `<Node>` + anAddress + `</Node><NodeRole category="mail"><Description xml:lang="ja">郵便</Description></NodeRole>` + event2,
		},
		"a service": {
			event1 + `<Node>` + anAddress + `</Node><Service ip_protocol="6"><Port>80</Port></Service>` + event2,
			event1 + `<Node>` + anAddress + `</Node><Service ip-protocol="6"><Port>80</Port></Service>` + event2,
		},
		"a list of ports": {
			event1 + `<Node>` + anAddress + `</Node><Service ip_protocol="17"><Portlist>53,123</Portlist></Service>` + event2,
			event1 + `<Node>` + anAddress + `</Node><Service ip-protocol="17"><Portlist>53,123</Portlist></Service>` + event2,
		},
		"type and code": {
			event1 + `<Node>` + anAddress + `</Node><Service ip_protocol="1"><ProtoType>3</ProtoType><ProtoCode>1</ProtoCode></Service>` + event2,
			event1 + `<Node>` + anAddress + `</Node><Service ip-protocol="1"><ProtoCode>1</ProtoCode><ProtoType>3</ProtoType></Service>` + event2,
		},
		"a counter": {
			node(anAddress + `<Counter type="packet">3</Counter>`),
			node(anAddress + `<Counter type="count" unit="packet">3</Counter>`),
		},
		"a rate": {
			node(anAddress + `<Counter type="byte" duration="second">3</Counter>`),
			node(anAddress + `<Counter type="count" unit="byte" duration="second">3</Counter>`),
		},
		"a counter of one's own": {
			node(anAddress + `<Counter type="ext-value" ext-type="mbit">3</Counter>`),
			node(anAddress + `<Counter type="count" unit="mbit">3</Counter>`),
		},
		"an address of version 2": {
			node(`<Address category="ext-value" ext-category="site-uri">https://a/</Address>`),
			node(`<Address category="site-uri">https://a/</Address>`),
		},
		"an action of version 2": {
			`<EventData><Expectation action="ext-value" ext-action="honeypot"/></EventData>`, `<EventData><Expectation action="honeypot"/></EventData>`,
		},
		"an action of both": {`<EventData><Expectation action="investigate" severity="low"/></EventData>`, `<EventData><Expectation action="investigate" severity="low"/></EventData>`},
		"a log of version 2's actions": {
			`<History><HistoryItem action="ext-value" ext-action="training"><DateTime>2026-01-02T03:04:05Z</DateTime></HistoryItem></History>`,
			`<History><HistoryItem action="training"><DateTime>2026-01-02T03:04:05Z</DateTime></HistoryItem></History>`,
		},
		"evidence": {
			`<EventData><Record><RecordData><RecordItem dtype="string">x</RecordItem></RecordData></Record></EventData>`,
			`<EventData><Record><RecordData><RecordItem dtype="string">x</RecordItem></RecordData></Record></EventData>`,
		},
		"data of version 2's types": {`<AdditionalData dtype="ext-value" ext-dtype="json">{}</AdditionalData>`, `<AdditionalData dtype="json">{}</AdditionalData>`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			to1 := strings.NewReplacer(Namespace2, Namespace1, "2.00", "1.00", ` xml:lang="en"`, ` lang="en"`, "GenerationTime", "ReportTime", "watch", "other")
			v1 := strings.Replace(to1.Replace(in2("<Assessment><Impact/></Assessment>", "PART")), "PART", tt.v1, 1)
			v2 := strings.Replace(strings.Replace(in2("<Assessment><SystemImpact type=\"unknown\"/></Assessment>", "PART"), "watch", "other", 1), "PART", tt.v2, 1)
			old, now := parsed(t, []byte(v1)), parsed(t, []byte(v2))
			if len(old.Notes)+len(now.Notes) > 0 {
				t.Fatalf("notes %v and %v", old.Notes, now.Notes)
			}
			from1, from2 := written(t, XML1, old), written(t, XML1, now)
			if !strings.Contains(string(from2), tt.v1) {
				t.Errorf("version 1 is\n%s\nand not\n%s", from2, tt.v1)
			}
			if diff := cmp.Diff(string(from1), string(from2)); diff != "" {
				t.Errorf("version 1 of either differs:\n%s", diff)
			}
			if doc := written(t, XML2, old); !strings.Contains(string(doc), tt.v2) {
				t.Errorf("version 2 is\n%s\nand not\n%s", doc, tt.v2)
			}
			for form, doc := range map[Form]string{XML1: v1, XML2: v2} {
				if bad := lint(t, form, []byte(doc)); bad != "" {
					t.Errorf("the row is not valid: %s", bad)
				}
			}
		})
	}
}
