package iodef

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// part returns what is written of an incident that change has changed, and what is lost.
func part(t *testing.T, form Form, change func(*Incident)) (string, []Loss) {
	t.Helper()
	i := reporter()
	change(i)
	var b bytes.Buffer
	lost, err := Write(&b, form, &Document{Lang: "en", Incidents: []*Incident{i}})
	if err != nil {
		t.Fatal(err)
	}
	if bad := invalid(t, form, b.Bytes()); bad != "" {
		t.Errorf("%s\n%s", bad, b.Bytes())
	}
	return b.String(), lost
}

func target(n Node, s ...Service) func(*Incident) {
	return func(i *Incident) {
		i.EventData = []EventData{{Flow: []Flow{{System: []System{{Category: "target", Node: n, Service: s}}}}}}
	}
}

// What RFC 7970 renamed is written under the name of each version.
func TestNamesOfTheVersions(t *testing.T) {
	t.Parallel()
	address := []Address{{Value: "192.0.2.1", Category: "ipv4-addr"}}
	checked := time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 9*3600))
	for name, tt := range map[string]struct {
		change   func(*Incident)
		v1, v2   string
		json     string
		lost     string // of version 1
		lostMore string // of version 2
	}{
		"impact": {
			func(i *Incident) {
				i.Assessment = []Assessment{{Impact: []Impact{{System: &SystemImpact{Type: "recon", Description: Plain("a scan")}}}}}
			},
			`<Impact type="recon">a scan</Impact>`, `<SystemImpact type="ext-value" ext-type="recon"><Description>a scan</Description></SystemImpact>`,
			`{"SystemImpact":{"type":"ext-value","ext-type":"recon","Description":["a scan"]}}`, "", "",
		},
		"no assessment": {func(*Incident) {}, `<Assessment><Impact type="unknown"/></Assessment>`, `<Contact`, `"Contact":`, "Incident/restriction", ""},
		"business impact": {
			func(i *Incident) {
				i.Assessment = []Assessment{{Impact: []Impact{{Business: &BusinessImpact{Type: "extortion"}}}}}
			},
			`<Assessment><Impact type="unknown"/></Assessment>`, `<BusinessImpact type="extortion"/>`, `{"BusinessImpact":{"type":"extortion"}}`, "Assessment/BusinessImpact", "",
		},
		"domain": {
			target(Node{DomainData: []DomainData{{Name: "www.example.jp", Checked: checked}}}),
			`<Node><NodeName>www.example.jp</NodeName><DateTime>2026-01-02T03:04:05+09:00</DateTime></Node>`,
			`<DomainData><Name>www.example.jp</Name><DateDomainWasChecked>2026-01-02T03:04:05+09:00</DateDomainWasChecked></DomainData>`,
			`"DomainData":[{"system-status":"unknown","domain-status":"unknown","Name":"www.example.jp"`, "", "",
		},
		"ICMP": {
			target(Node{Address: address}, Service{IPProtocol: Some(1), ProtoType: Some(8), ProtoCode: Some(0)}),
			`<Service ip_protocol="1"><ProtoType>8</ProtoType><ProtoCode>0</ProtoCode></Service>`,
			`<Service ip-protocol="1"><ProtoCode>0</ProtoCode><ProtoType>8</ProtoType></Service>`, `"ip-protocol":1,"ProtoCode":0,"ProtoType":8`, "", "",
		},
		"service without protocol": {target(Node{Address: address}, Service{Port: Some(0)}), `</Node></System>`, `<Service><Port>0</Port></Service>`, `{"Port":0}`, "System/Service", ""},
		"port and list":            {target(Node{Address: address}, Service{IPProtocol: Some(6), Port: Some(1), Portlist: "2"}), `<Port>1</Port></Service>`, `<Port>1</Port><Portlist>2</Portlist>`, `"Port":1,"Portlist":"2"`, "Service/Portlist", ""},
		"a page":                   {target(Node{Address: []Address{{Value: "https://a/", Category: "site-uri"}}}), `category="ext-value" ext-category="site-uri"`, `category="site-uri"`, `"category":"site-uri"`, "", ""},
		"counter": {
			func(i *Incident) {
				i.Assessment = []Assessment{{Impact: []Impact{{Monetary: &MonetaryImpact{Value: 1e20, Currency: "JPY"}}}, Counter: []Counter{{Value: 16777217, Type: "peak", Unit: "mbit"}}}}
			},
			`<MonetaryImpact currency="JPY">1e+20</MonetaryImpact><Counter type="ext-value" ext-type="mbit">16777217</Counter>`,
			`<Counter type="peak" unit="mbit">16777217</Counter>`, `"type":"peak","unit":"mbit","value":16777217`, "Counter/type", "",
		},
		"mail and telephone": {
			func(i *Incident) {
				i.Contact[0].Email = []Email{{To: "a@example.jp", Description: Plain("day")}}
				i.Contact[0].Telephone = []Telephone{{Type: "fax", Number: "1"}, {Type: "hotline", Number: "2"}}
			},
			`<Email meaning="day">a@example.jp</Email><Telephone>2</Telephone><Fax>1</Fax>`,
			`<Email><EmailTo>a@example.jp</EmailTo><Description>day</Description></Email><Telephone type="fax"><TelephoneNumber>1</TelephoneNumber></Telephone>`,
			`"Telephone":[{"type":"fax","TelephoneNumber":"1"}`, "Telephone/type", "",
		},
		"reference": {
			func(i *Incident) { i.Method = []Method{{Reference: []Reference{{Name: Text{Value: "CVE 1"}}}}} },
			`<Reference><ReferenceName>CVE 1</ReferenceName></Reference>`, `<Reference><Description>CVE 1</Description></Reference>`, `"Reference":[{"Description":["CVE 1"]}]`, "", "",
		},
		"software": {
			func(i *Incident) {
				target(Node{Address: address})(i)
				i.EventData[0].Flow[0].System[0].OperatingSystem = []Software{{Vendor: "V", Name: "N", Version: "1"}}
			},
			`<OperatingSystem vendor="V" name="N" version="1"/>`, `<OperatingSystem><Description>V N 1</Description></OperatingSystem>`, `"OperatingSystem":[{"Description":["V N 1"]}]`, "", "",
		},
		"an action of one's own": {
			func(i *Incident) {
				i.EventData = []EventData{{Expectation: []Expectation{{Action: "training", EndTime: checked}}}}
			},
			`<Expectation action="ext-value" ext-action="training">`, `<Expectation action="training">`, `"action":"training"`, "", "",
		},
		"a restriction of one's own": {func(i *Incident) { i.Restriction = "amber+strict" }, `restriction="private"`, `restriction="ext-value" ext-restriction="amber+strict"`, `"ext-restriction":"amber+strict"`, "Incident/restriction", ""},
		"green":                      {func(i *Incident) { i.Restriction = "green" }, `restriction="need-to-know"`, `restriction="green"`, `"restriction":"green"`, "Incident/restriction", ""},
		"white":                      {func(i *Incident) { i.Restriction = "white" }, `restriction="public"`, `restriction="white"`, `"restriction":"white"`, "Incident/restriction", ""},
		"bad values":                 {func(i *Incident) { i.ObservableID, i.Lang = "1 x", "x y" }, `<Incident purpose="reporting" restriction`, `<Incident purpose="reporting" restriction`, `{"purpose":"reporting","restriction"`, "Incident/lang", "Incident/lang Incident/observable-id"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for form, want := range map[Form]string{XML1: tt.v1, XML2: tt.v2, JSON: tt.json} {
				got, lost := part(t, form, tt.change)
				if !strings.Contains(got, want) {
					t.Errorf("%v: got\n%s\nwant %s", form, got, want)
				}
				losses := tt.lost
				if form != XML1 {
					losses = tt.lostMore
				}
				for name := range strings.FieldsSeq(losses) {
					if !slices.ContainsFunc(lost, func(l Loss) bool { return l.Name == name && l.Count > 0 }) {
						t.Errorf("%v: lost %v, want %s", form, lost, name)
					}
				}
				if form != XML1 && losses == "" && len(lost) > 0 {
					t.Errorf("%v: lost %v", form, lost)
				}
			}
		})
	}
}

func TestIncompleteIsRefused(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*Incident){
		"Incident: purpose is required":                              func(i *Incident) { i.Purpose = "" },
		"Incident/IncidentID: name is required":                      func(i *Incident) { i.ID.Name = "" },
		"Incident: Contact is required":                              func(i *Incident) { i.Contact = nil },
		"Incident: GenerationTime is required":                       func(i *Incident) { i.GenerationTime = time.Time{} },
		"Incident: DetectTime is in the year 10001":                  func(i *Incident) { i.DetectTime = time.Date(10001, 1, 1, 0, 0, 0, 0, time.UTC) },
		`Incident/Contact: Timezone "JST" is not of its pattern`:     func(i *Incident) { i.Contact[0].Timezone = "JST" },
		"Incident/EventData/Flow/System/Node: DomainData or Address": target(Node{}),
		"Assessment/MonetaryImpact: -1 cannot be the value": func(i *Incident) {
			i.Assessment = []Assessment{{Impact: []Impact{{Monetary: &MonetaryImpact{Value: -1}}}}}
		},
		`AdditionalData: markup: "a b" is no name of an element`: func(i *Incident) {
			e := Element{}
			e.Name.Local = "a b"
			i.EventData = []EventData{{AdditionalData: []Extension{{Elements: []Element{e}}}}}
		},
		"EventData/Record/RecordData/CertificateData: Certificate is": func(i *Incident) {
			i.EventData = []EventData{{Record: &Record{Data: []RecordData{{Certificate: []CertificateData{{}}}}}}}
		},
	} {
		i := reporter()
		change(i)
		_, err := Write(io.Discard, XML2, &Document{Incidents: []*Incident{i}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Write() = %v, want %s", err, want)
		}
	}
	loop := EventData{}
	loop.EventData = []EventData{{}}
	loop.EventData[0].EventData = loop.EventData
	i := reporter()
	i.EventData = loop.EventData
	if _, err := Write(io.Discard, XML2, &Document{Incidents: []*Incident{i}}); err == nil || !strings.Contains(err.Error(), "nested too deep") {
		t.Errorf("Write() = %.200v, want a limit", err)
	}
}

// An event that is refused leaves no trace, and the stream goes on.
func TestRefusedEventLeavesNoTrace(t *testing.T) {
	t.Parallel()
	for _, form := range []Form{XML1, XML2, JSON} {
		var b bytes.Buffer
		w := begun(t, &b, form)
		bad := EventData{Flow: []Flow{{System: []System{{Node: Node{Address: []Address{{Value: "1"}}}}}}}}
		good, err := Export{}.Event(scans(1)[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range []*EventData{&bad, &good, &bad, &good} {
			if err := w.Event(e); (err != nil) != (e == &bad) {
				t.Fatal(err)
			}
		}
		broken := reporter()
		broken.Contact = nil
		if err := w.Begin(broken); err == nil {
			t.Error("an incident without contact is written")
		}
		if err := w.Begin(reporter()); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if bad := invalid(t, form, b.Bytes()); bad != "" {
			t.Errorf("%s\n%s", bad, b.Bytes())
		}
		if d := parsed(t, b.Bytes()); len(d.Incidents) != 2 || len(d.Incidents[0].EventData) != 2 {
			t.Errorf("%v: read %d incidents", form, len(d.Incidents))
		}
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriterStates(t *testing.T) {
	t.Parallel()
	if _, err := Write(io.Discard, XML2, &Document{}); err == nil {
		t.Error("a document without incidents is written")
	}
	w := begun(t, failing{}, XML2)
	if err := w.Close(); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("Close() = %v", err)
	}
	if err := w.Begin(reporter()); err == nil {
		t.Error("writing goes on after a failure")
	}
	w = begun(t, io.Discard, XML2)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Event(&EventData{}); err == nil {
		t.Error("an event is written after the end")
	}
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		holds     func(string) bool
		good, bad []string
	}{
		"language": {language, []string{"en", "zh-Hant-TW", "x-1"}, []string{"", "-", "en-", "e n", "abcdefghi", "1a", "日本"}},
		"ncname":   {ncname, []string{"a", "_1", "CVE-2026-1"}, []string{"", "1", "a b", "-a", "a:b", "日"}},
		"portlist": {portlist, []string{"1", "1,2-3", "0-65535"}, []string{"", ",", "1-", "1-2-3", "a", "1,,2"}},
		"timezone": {timezone, []string{"Z", "+09:00", "-14:59"}, []string{"", "JST", "+9:00", "+15:00", "+09:60", "+0a:00", "+-9:00"}},
	} {
		for _, s := range tt.good {
			if !tt.holds(s) {
				t.Errorf("%s refuses %q", name, s)
			}
		}
		for _, s := range tt.bad {
			if tt.holds(s) {
				t.Errorf("%s accepts %q", name, s)
			}
		}
	}
	for word, want := range map[string]string{"Wach": "watch", "reportin": "reporting", "zzzzzz": "", "mitigations": "mitigation"} {
		if got := nearest(wordsPurpose.v2, word); got != want {
			t.Errorf("nearest(%q) = %q, want %q", word, got, want)
		}
	}
	if diff := cmp.Diff(`"\u0000\n\t\r\"\\`+"\ufffd日\"", string(appendString(nil, "\x00\n\t\r\"\\\xff日"))); diff != "" {
		t.Error(diff)
	}
}
