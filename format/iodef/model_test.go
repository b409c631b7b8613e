package iodef

import (
	"encoding/xml"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// filler fills a model with everything that it can hold, by reflection, so that a field that a
// walk forgets is found.
type filler struct {
	r    *rand.Rand
	form Form
	ids  int
	left int // classes that may still be filled
}

// enums says which fields are from an enumeration.
func enums() map[string]*words {
	return map[string]*words{
		"Incident.Purpose": wordsPurpose, "Incident.Status": wordsStatus, "Contact.Role": wordsRole, "Contact.Type": wordsContact,
		"RegistryHandle.Registry": wordsRegistry, "PostalAddress.Type": wordsPostal, "Email.Type": wordsEmail, "Telephone.Type": wordsTelephone,
		"Discovery.Source": wordsDiscovery, "Assessment.Occurrence": wordsOccurrence, "SystemImpact.Severity": wordsSeverity,
		"SystemImpact.Completion": wordsCompletion, "SystemImpact.Type": wordsImpact, "BusinessImpact.Severity": wordsBusinessSeverity,
		"BusinessImpact.Type": wordsBusiness, "TimeImpact.Severity": wordsSeverity, "TimeImpact.Metric": wordsMetric,
		"TimeImpact.Duration": wordsDuration, "MonetaryImpact.Severity": wordsSeverity, "Confidence.Rating": wordsRating,
		"HistoryItem.Action": wordsAction, "Expectation.Action": wordsAction, "Expectation.Severity": wordsSeverity,
		"System.Category": wordsSystem, "System.Spoofed": wordsYesNo, "System.Virtual": wordsYesNo, "System.Ownership": wordsOwnership,
		"Address.Category": wordsAddress, "NodeRole.Category": wordsNodeRole, "Counter.Type": wordsCounter, "Counter.Unit": wordsUnit,
		"Counter.Duration": wordsDuration, "DomainData.SystemStatus": wordsSystemStatus, "DomainData.DomainStatus": wordsDomainStatus,
		"RecordPattern.Type": wordsPattern, "RecordPattern.OffsetUnit": wordsOffsetUnit, "RegistryKey.Action": wordsKeyAction,
		"HashData.Scope": wordsScope, "BulkObservable.Type": wordsBulk, "IndicatorExpression.Operator": wordsOperator,
		"SoftwareReference.SpecName": wordsSpecName, "SoftwareReference.DType": wordsSoftwareDType, "Extension.DType": wordsDType,
	}
}

func (f *filler) word(w *words) string {
	list, ext := w.in(f.form)
	all := strings.Fields(list)
	if ext && f.r.IntN(6) == 0 {
		return fmt.Sprintf("a word & <%d>", f.r.IntN(100))
	}
	return all[f.r.IntN(len(all))]
}

func (f *filler) text() string {
	pool := []string{"a", "日本語の文", `<b> & "q" ]]>`, "two\nlines\tand a tab", " blanks ", "canary'\"><script>", "𠮷", "é\u2028"}
	return fmt.Sprintf("%s-%d", pool[f.r.IntN(len(pool))], f.r.IntN(1000))
}

func (f *filler) id() string {
	f.ids++
	return fmt.Sprintf("id-%d", f.ids)
}

func (f *filler) str(class, field string, all map[string]*words) string {
	if w := all[class+"."+field]; w != nil {
		return f.word(w)
	}
	switch {
	case field == "Restriction":
		return f.word(wordsRestriction)
	case field == "ObservableID", class == "IndicatorID" && field == "ID":
		return f.id()
	case field == "Lang":
		return []string{"en", "ja", "zh-Hant-TW"}[f.r.IntN(3)]
	case field == "Timezone":
		return []string{"Z", "+09:00", "-03:30"}[f.r.IntN(3)]
	case field == "Portlist":
		return "80,443,8000-8080"
	case field == "URL":
		return fmt.Sprintf("https://example.jp/a?b=%d&c=d#e", f.r.IntN(100))
	case class == "Hash", field == "Base64":
		return "aGFzaA=="
	case class == "BulkObservable" && field == "List":
		return fmt.Sprintf("192.0.2.%d", f.r.IntN(256))
	default:
		return strings.TrimSpace(f.text())
	}
}

func (f *filler) fill(v reflect.Value, class, field string, depth int, all map[string]*words) {
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = time.Unix(1_700_000_000+f.r.Int64N(1e8), 1000*f.r.Int64N(1e6)).UTC()
		return
	case *Int:
		*x = Some(f.r.Int64N(65536))
		return
	case *[]Element:
		*x = f.elements(class, field)
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(f.str(class, field, all))
	case reflect.Float64:
		v.SetFloat(float64(f.r.IntN(1000)+1) / 4)
	case reflect.Pointer:
		if depth > 0 && f.left > 0 && f.r.IntN(3) == 0 {
			f.left--
			v.Set(reflect.New(v.Type().Elem()))
			f.fill(v.Elem(), class, field, depth-1, all)
		}
	case reflect.Slice:
		n := 1 + f.r.IntN(2)
		if v.Type().Elem().Kind() == reflect.Struct && v.Type().Elem() != reflect.TypeFor[Text]() {
			if n = max(0, f.r.IntN(4)-1); depth <= 0 || f.left < n {
				n = 0
			}
			f.left -= n
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			f.fill(v.Index(i), class, field, depth-1, all)
		}
	case reflect.Struct:
		name := v.Type().Name()
		for i := range v.NumField() {
			f.fill(v.Field(i), name, v.Type().Field(i).Name, depth, all)
		}
		f.settle(v.Addr().Interface())
	default:
		panic("a kind that no test fills: " + v.Kind().String())
	}
}

// elements are XML of another standard, if the field is one for them.
func (f *filler) elements(class, field string) []Element {
	e := Element{Name: xml.Name{Space: "urn:example:x", Local: "thing"}, Attrs: []xml.Attr{{Name: xml.Name{Local: "a"}, Value: f.text()}, {Name: xml.Name{Space: "urn:example:y", Local: "b"}, Value: "1"}}}
	e.Children = []Element{{Name: xml.Name{Space: "urn:example:z", Local: "inner"}, Text: f.text()}}
	switch {
	case class == "Method":
		e.Name = xml.Name{Space: namespaceSCI, Local: field}
	case class == "Certificate":
		e = Element{Name: xml.Name{Space: namespaceSign, Local: "X509Data"}, Children: []Element{{Name: xml.Name{Space: namespaceSign, Local: "X509SubjectName"}, Text: "CN=a"}}}
	case field == "Signature", f.form == JSON, class == "Extension" && f.r.IntN(2) == 0:
		return nil
	}
	return []Element{e}
}

// settle makes a class keep the rules that its comment states.
func (f *filler) settle(class any) {
	switch x := class.(type) {
	case *Impact:
		*x = []Impact{{System: &SystemImpact{Type: "unknown"}}, {Time: &TimeImpact{Value: 2, Metric: "labor"}}, {Monetary: &MonetaryImpact{Value: 1.5, Currency: "JPY"}}, {Business: x.Business}, {Intended: x.Intended}, {System: x.System}}[f.r.IntN(6)]
		if *x == (Impact{}) {
			x.System = &SystemImpact{Type: "unknown", Description: []Text{{Value: "d", Lang: "ja"}}}
		}
	case *DetectionPattern:
		x.Application.Description = Plain("an application")
		if f.r.IntN(2) == 0 {
			x.Description = nil
		} else {
			x.Configuration = nil
		}
	case *Reference:
		if !ncname(x.Name.Value) {
			x.Name.Value = "CVE-2026-0001"
		}
		x.Name.Lang, x.Name.TranslationID = "", ""
	case *RelatedActivity:
		if f.form == JSON {
			x.Description = Plain("d")
		}
	case *Incident:
		x.Contact = append(x.Contact, Contact{Role: "creator", Type: "person"})
	case *Software:
		x.Vendor, x.Family, x.Name, x.Version, x.Patch, x.SWID, x.ConfigID = "", "", "", "", "", "", ""
	case *SoftwareReference:
		if f.form == XML2 {
			x.Value = ""
		}
	case *Certificate:
		if f.form == JSON {
			x.X509Data = nil
		} else {
			x.Base64 = ""
		}
	case *Method:
		if f.form == JSON {
			x.AttackPattern, x.Vulnerability, x.Weakness = nil, nil, nil
		}
	case *Extension:
		if len(x.Elements) > 0 {
			x.Value = strings.TrimSpace(x.Value)
		}
	default:
		f.settleMore(class)
	}
}

func (f *filler) settleMore(class any) {
	switch x := class.(type) {
	case *Node:
		x.Address = append(x.Address, Address{Value: "192.0.2.1", Category: "ipv4-addr"})
	case *Flow:
		x.System = append(x.System, System{Node: Node{Address: []Address{{Value: "a@example.jp", Category: "e-mail"}}}})
	case *EventData:
		if f.form == JSON && len(x.Flow) > 0 {
			x.Flow = x.Flow[:1]
		}
	case *Record:
		if x.Restriction = ""; len(x.Data) == 0 {
			x.Data = []RecordData{{Item: []Extension{{DType: "string", Value: "line"}}}}
		}
	case *Nameserver:
		x.Address = append(x.Address, Address{Value: "2001:db8::1", Category: "ipv6-addr"})
	case *DomainData:
		if x.SameContact = ""; len(x.Contact) == 0 {
			x.SameContact = "example.jp"
		}
	case *History:
		if len(x.Item) == 0 {
			x.Item = []HistoryItem{{Action: "training", DateTime: time.Unix(1e9, 0).UTC()}}
		}
	case *Assessment:
		if len(x.Impact) == 0 {
			x.Impact = []Impact{{System: &SystemImpact{Type: "policy"}}}
		}
	case *AlternativeID:
		x.IncidentID = append(x.IncidentID, IncidentID{ID: "9", Name: "csirt.example.kr"})
	case *AlternativeIndicatorID:
		x.ID = append(x.ID, IndicatorID{ID: f.id(), Name: "n", Version: "1"})
	case *RegistryKeys:
		x.Key = append(x.Key, RegistryKey{Name: "HKLM"})
	case *FileData:
		x.File = append(x.File, File{Name: "a.exe"})
	case *CertificateData:
		if len(x.Certificate) == 0 {
			*x = CertificateData{Certificate: []Certificate{{Base64: "aGFzaA==", X509Data: nil}}}
			x.Certificate[0].X509Data = f.elements("Certificate", "X509Data")
			f.settle(&x.Certificate[0])
		}
	case *HashData:
		if f.form == JSON && !has(wordsScope.v2, x.Scope) { // the draft's schema forgets ext-scope
			x.Scope = "file-contents"
		}
		for i := range x.FuzzyHash {
			x.FuzzyHash[i].Value = []Extension{{DType: "string", Value: "3:a:b"}}
		}
	case *Contact:
		if x.Role == "" {
			x.Role, x.Type = "creator", "person"
		}
	case *Indicator:
		f.settleIndicator(x)
	case *NodeRole:
		if x.Category == "anonymization" { // which the draft's schema misspells
			x.Category = "phishing-site"
		}
	case *IndicatorReference:
		if x.UID = f.id(); f.r.IntN(2) == 0 {
			x.UID = ""
		} else {
			x.EUID = ""
		}
	case *IndicatorExpression:
		x.Reference = append(x.Reference, IndicatorReference{EUID: "e"})
		for i := range x.ObservableRef {
			x.ObservableRef[i] = fmt.Sprintf("id-%d", 1+f.r.IntN(max(1, f.ids)))
		}
	case *Observable:
		f.settleObservable(x)
	case *BulkObservable:
		if x.List = append(x.List, "example.jp"); f.r.IntN(2) == 0 && x.Hash != nil {
			x.Format = nil
		} else if x.Hash = nil; len(x.Format) == 0 {
			x.Format = []Extension{{DType: "string", Value: "f"}}
		}
	}
}

func (f *filler) settleIndicator(x *Indicator) {
	o, e, r := x.Observable, x.Expression, x.Reference
	x.Observable, x.ObservableRef, x.Expression, x.Reference = nil, "", nil, nil
	switch {
	case o != nil:
		x.Observable = o
	case e != nil:
		x.Expression = e
	case r != nil:
		x.Reference = r
	default:
		x.ObservableRef = "id-1"
	}
}

// settleObservable keeps one field, any of those that are set.
func (f *filler) settleObservable(x *Observable) {
	v := reflect.ValueOf(x).Elem()
	var set []int
	for i := range v.NumField() {
		if k := v.Field(i).Kind(); k == reflect.Pointer && !v.Field(i).IsNil() || k == reflect.Slice && v.Field(i).Len() > 0 {
			set = append(set, i)
		}
	}
	if len(set) == 0 {
		x.Address = &Address{Value: "192.0.2.2", Category: "ipv4-addr"}
		return
	}
	keep := set[f.r.IntN(len(set))]
	for _, i := range set {
		if i != keep {
			v.Field(i).SetZero()
		}
	}
}

func (f *filler) document(depth int) *Document {
	d := &Document{Lang: "ja", FormatID: "f", PrivateEnumName: "n", PrivateEnumID: "i"}
	all := enums()
	for range 2 {
		f.left = 150
		i := &Incident{}
		f.fill(reflect.ValueOf(i).Elem(), "", "", depth, all)
		d.Incidents = append(d.Incidents, i)
	}
	f.fill(reflect.ValueOf(&d.AdditionalData).Elem(), "Document", "AdditionalData", 2, all)
	return d
}

// Whatever the model of version 2 can hold is written valid and reads back equal.
func TestWholeModelSurvives(t *testing.T) {
	t.Parallel()
	schema := checker(t)
	for _, form := range []Form{XML2, JSON} {
		for seed := range uint64(24) {
			t.Run(fmt.Sprintf("%v %d", form, seed), func(t *testing.T) {
				t.Parallel()
				f := &filler{r: rand.New(rand.NewPCG(seed, 1)), form: form}
				d := f.document(3 + int(seed%4))
				doc := written(t, form, d)
				bad := ""
				if form == JSON {
					bad = against(schema, doc)
				} else {
					bad = lint(t, form, doc)
				}
				if bad != "" {
					t.Errorf("%s\n%.4000s", bad, doc)
				}
				again := parsed(t, doc)
				if len(again.Notes) > 0 {
					t.Errorf("notes on what we wrote: %v", again.Notes[0])
				}
				if diff := cmp.Diff(d, clean(again), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("%.4000s", diff)
				}
			})
		}
	}
}

// Whatever the model holds is valid as version 1 too, and what version 1 can say is stable.
func TestWholeModelAsVersion1(t *testing.T) {
	t.Parallel()
	for seed := range uint64(24) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			f := &filler{r: rand.New(rand.NewPCG(seed, 1)), form: XML2}
			doc := written(t, XML1, f.document(3+int(seed%4)))
			if bad := lint(t, XML1, doc); bad != "" {
				t.Errorf("%s\n%.4000s", bad, doc)
			}
			d := parsed(t, doc)
			if len(d.Notes) > 0 {
				t.Errorf("notes on what we wrote: %v", d.Notes[0])
			}
			again := written(t, XML1, d)
			if string(again) != string(doc) {
				t.Error("version 1 changes when it is read and written again")
			}
			if diff := cmp.Diff(d, parsed(t, again)); diff != "" {
				t.Errorf("%.4000s", diff)
			}
			// And by way of version 2.
			if diff := cmp.Diff(d.Incidents, parsed(t, written(t, XML2, d)).Incidents, cmpopts.IgnoreFields(Incident{}, "GenerationTime"), cmpopts.IgnoreTypes(Software{}, Reference{})); diff != "" {
				t.Errorf("%.4000s", diff)
			}
		})
	}
}
