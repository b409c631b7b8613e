package iodef

import (
	"fmt"
	"strings"
	"testing"
)

// whole is a valid document of version 2 with a line for every class, so that a note can be held
// against the line of what was changed.
const whole = `<IODEF-Document xmlns="urn:ietf:params:xml:ns:iodef-2.0" version="2.00" xml:lang="en">
<Incident purpose="watch" status="new" restriction="amber">
<IncidentID name="csirt.example.jp">1</IncidentID>
<AlternativeID restriction="green">
<IncidentID name="csirt.example.kr">2</IncidentID></AlternativeID>
<RelatedActivity restriction="red">
<ThreatActor restriction="white"><ThreatActorID>t</ThreatActorID></ThreatActor>
<Campaign restriction="partner"><CampaignID>c</CampaignID></Campaign>
</RelatedActivity>
<DetectTime>2026-01-15T00:00:00Z</DetectTime>
<StartTime>2026-01-15T00:00:01Z</StartTime>
<EndTime>2026-01-15T00:00:02Z</EndTime>
<RecoveryTime>2026-01-15T00:00:03Z</RecoveryTime>
<ReportTime>2026-01-15T00:00:04Z</ReportTime>
<GenerationTime>2026-01-15T00:00:05Z</GenerationTime>
<Description>one</Description>
<Discovery source="siem" restriction="public">
<DetectionPattern restriction="private">
<Application><SoftwareReference spec-name="cpe" dtype="string"/></Application>
<DetectionConfiguration>alert</DetectionConfiguration></DetectionPattern></Discovery>
<Assessment occurrence="actual" restriction="default">
<SystemImpact severity="high" completion="failed" type="policy"/>
<BusinessImpact severity="none" type="extortion"/>
<TimeImpact severity="medium" metric="labor" duration="hour">3</TimeImpact>
<MonetaryImpact severity="low" currency="JPY">5</MonetaryImpact>
<Counter type="peak" unit="packet" duration="minute">9</Counter>
<Confidence rating="numeric">7</Confidence></Assessment>
<Method restriction="need-to-know">
<Reference><URL>https://example.jp/</URL></Reference></Method>
<Contact role="creator" type="organization" restriction="green">
<ContactName>C</ContactName>
<RegistryHandle registry="apnic">EX1-AP</RegistryHandle>
<PostalAddress type="street"><PAddress>Tokyo</PAddress></PostalAddress>
<Email type="direct"><EmailTo>a@example.jp</EmailTo></Email>
<Telephone type="mobile"><TelephoneNumber>+81</TelephoneNumber></Telephone>
<Timezone>+09:00</Timezone></Contact>
<EventData restriction="white">
<Flow>
<System category="source" spoofed="unknown" virtual="yes" ownership="personal">
<Node>
<DomainData system-status="fraudulent" domain-status="registryLock"><Name>example.jp</Name>
<DateDomainWasChecked>2026-01-15T00:00:06Z</DateDomainWasChecked>
<Nameservers><Server>ns</Server><Address category="ipv4-addr">192.0.2.1</Address></Nameservers></DomainData>
<Address category="ipv6-net">2001:db8::/32</Address></Node>
<NodeRole category="phishing-site"/>
<Service ip-protocol="6">
<Port>443</Port>
<ProtoCode>1</ProtoCode>
<EmailData><EmailFrom>f@example.jp</EmailFrom>
<HashData scope="email-hash"><HashTargetID>h</HashTargetID></HashData></EmailData></Service></System></Flow>
<Expectation action="block-host" severity="high"/>
<Record restriction="private">
<RecordData restriction="red">
<RecordPattern type="regex" offset="1" offsetunit="line">a+</RecordPattern>
<RecordItem dtype="string">item</RecordItem>
<FileData><File><FileName>a.exe</FileName><FileSize>4</FileSize></File></FileData>
<WindowsRegistryKeysModified><Key registryaction="add-key"><KeyName>HKLM</KeyName></Key></WindowsRegistryKeysModified>
</RecordData></Record></EventData>
<IndicatorData>
<Indicator restriction="amber">
<IndicatorID name="n" version="1">i1</IndicatorID>
<IndicatorExpression operator="xor">
<Observable><BulkObservable type="file-hash"><BulkObservableList>aa</BulkObservableList></BulkObservable></Observable>
<IndicatorReference euid-ref="e" version="2"/></IndicatorExpression></Indicator></IndicatorData>
<History restriction="green">
<HistoryItem action="training" restriction="red">
<DateTime>2026-01-15T00:00:07Z</DateTime></HistoryItem></History>
<AdditionalData dtype="csv" name="x">a,b</AdditionalData>
</Incident></IODEF-Document>
`

// changed replaces the first old and says on which line it stood.
func changed(t *testing.T, doc, old, now string) (string, int) {
	t.Helper()
	before, after, found := strings.Cut(doc, old)
	if !found {
		t.Fatalf("the document has no %s", old)
	}
	return before + now + after, 1 + strings.Count(before, "\n")
}

// noted reads a document that is not refused and holds it to one note.
func noted(t *testing.T, doc string, want Note) {
	t.Helper()
	d := parsed(t, []byte(doc))
	if len(d.Notes) != 1 {
		t.Fatalf("%d notes: %v, want one: %v", len(d.Notes), d.Notes, want)
	}
	got := d.Notes[0]
	if got.Line != want.Line || got.Kind != want.Kind || got.Name != want.Name || got.Near != want.Near || !strings.HasSuffix(got.Path, want.Path) {
		t.Errorf("note %v\nwant %v", got, want)
	}
}

func TestWholeIsValid(t *testing.T) {
	t.Parallel()
	if bad := lint(t, XML2, []byte(whole)); bad != "" {
		t.Error(bad)
	}
	d := parsed(t, []byte(whole))
	if len(d.Notes) > 0 {
		t.Errorf("notes on a valid document: %v", d.Notes)
	}
	for _, form := range []Form{XML1, XML2, JSON} {
		doc := written(t, form, d)
		if bad := invalid(t, form, doc); bad != "" {
			t.Errorf("%v: %s", form, bad)
		}
		if again := parsed(t, doc); len(again.Notes) > 0 {
			t.Errorf("%v: notes on what we wrote: %v", form, again.Notes)
		}
	}
}

// A word outside of an enumeration is kept and noted, with the word that it was meant to be.
func TestWordsAreNoted(t *testing.T) {
	t.Parallel()
	one := string(written(t, JSON, parsed(t, []byte(whole))))
	for _, tt := range []struct{ class, name, good, bad string }{
		{"Incident", "purpose", "watch", "watc"},
		{"Incident", "status", "new", "neu"},
		{"Incident", "restriction", "amber", "ambar"},
		{"AlternativeID", "restriction", "green", "Green"},
		{"RelatedActivity", "restriction", "red", "rd"},
		{"ThreatActor", "restriction", "white", "withe"},
		{"Campaign", "restriction", "partner", "partners"},
		{"Discovery", "source", "siem", "siam"},
		{"Discovery", "restriction", "public", "publik"},
		{"DetectionPattern", "restriction", "private", "PRIVATE"},
		{"SoftwareReference", "spec-name", "cpe", "cpe2"},
		{"SoftwareReference", "dtype", "string", "text-string"},
		{"Assessment", "occurrence", "actual", "actuel"},
		{"Assessment", "restriction", "default", "defalt"},
		{"SystemImpact", "severity", "high", "hight"},
		{"SystemImpact", "completion", "failed", "fail"},
		{"SystemImpact", "type", "policy", "polici"},
		{"BusinessImpact", "severity", "none", "non"},
		{"BusinessImpact", "type", "extortion", "extorsion"},
		{"TimeImpact", "severity", "medium", "middium"},
		{"TimeImpact", "metric", "labor", "labour"},
		{"TimeImpact", "duration", "hour", "hours"},
		{"MonetaryImpact", "severity", "low", "lo"},
		{"Counter", "type", "peak", "peek"},
		{"Counter", "unit", "packet", "packets"},
		{"Counter", "duration", "minute", "min ute"},
		{"Confidence", "rating", "numeric", "numerical"},
		{"Method", "restriction", "need-to-know", "need_to_know"},
		{"Contact", "role", "creator", "creater"},
		{"Contact", "type", "organization", "organisation"},
		{"RegistryHandle", "registry", "apnic", "APNIC"},
		{"PostalAddress", "type", "street", "streat"},
		{"Email", "type", "direct", "dirct"},
		{"Telephone", "type", "mobile", "mobil"},
		{"System", "category", "source", "sorce"},
		{"System", "spoofed", "unknown", "unknow"},
		{"System", "virtual", "yes", "Yes"},
		{"System", "ownership", "personal", "personel"},
		{"DomainData", "system-status", "fraudulent", "fraudulant"},
		{"DomainData", "domain-status", "registryLock", "registrylock"},
		{"Address", "category", "ipv4-addr", "ipv4_addr"},
		{"NodeRole", "category", "phishing-site", "phising-site"},
		{"HashData", "scope", "email-hash", "mail-hash"},
		{"Expectation", "action", "block-host", "block-hosts"},
		{"Expectation", "severity", "high", "hihg"},
		{"RecordPattern", "type", "regex", "regexp"},
		{"RecordPattern", "offsetunit", "line", "lines"},
		{"RecordItem", "dtype", "string", "strng"},
		{"Key", "registryaction", "add-key", "addkey"},
		{"Indicator", "restriction", "amber", "ambre"},
		{"IndicatorExpression", "operator", "xor", "xxor"},
		{"BulkObservable", "type", "file-hash", "filehash"},
		{"HistoryItem", "action", "training", "trainning"},
		{"HistoryItem", "restriction", "red", "rede"},
		{"AdditionalData", "dtype", "csv", "cvs"},
	} {
		near := tt.good
		if tt.bad == "text-string" {
			near = ""
		}
		want := Note{Kind: Word, Name: tt.name, Near: near, Path: "/" + tt.class}
		t.Run(tt.class+" "+tt.name+" in XML", func(t *testing.T) {
			t.Parallel()
			from := strings.Index(whole, "<"+tt.class+" ")
			doc, line := changed(t, whole[from:], fmt.Sprintf(` %s="%s"`, tt.name, tt.good), fmt.Sprintf(` %s="%s"`, tt.name, tt.bad))
			want := want
			want.Line = line + strings.Count(whole[:from], "\n")
			noted(t, whole[:from]+doc, want)
		})
		t.Run(tt.class+" "+tt.name+" in JSON", func(t *testing.T) {
			t.Parallel()
			from := strings.Index(one, `"`+tt.class+`":`)
			if from < 0 {
				t.Fatalf("no %s", tt.class)
			}
			doc, line := changed(t, one[from:], fmt.Sprintf(`"%s":"%s"`, tt.name, tt.good), fmt.Sprintf(`"%s":"%s"`, tt.name, tt.bad))
			want := want
			want.Line = line + strings.Count(one[:from], "\n")
			noted(t, one[:from]+doc, want)
		})
	}
}

// What is written in another case or with an underscore is taken, and the right name is given.
func TestSpellingsAreNoted(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ old, now, path, name, near string }{
		{`status="new"`, `Status="new"`, "/Incident", "Status", "status"},
		{`system-status=`, `system_status=`, "/DomainData", "system_status", "system-status"},
		{`domain-status=`, `Domain-Status=`, "/DomainData", "Domain-Status", "domain-status"},
		{`ip-protocol=`, `ip_protocol=`, "/Service", "ip_protocol", "ip-protocol"},
		{`spec-name=`, `spec_name=`, "/SoftwareReference", "spec_name", "spec-name"},
		{`euid-ref=`, `euid_ref=`, "/IndicatorReference", "euid_ref", "euid-ref"},
		{`offsetunit=`, `offsetUnit=`, "/RecordPattern", "offsetUnit", "offsetunit"},
		{`<Description>one</Description>`, `<description>one</description>`, "/Incident", "description", "Description"},
		{`<Timezone>+09:00</Timezone>`, `<TimeZone>+09:00</TimeZone>`, "/Contact", "TimeZone", "Timezone"},
		{`<Port>443</Port>`, `<port>443</port>`, "/Service", "port", "Port"},
		{`<FileSize>4</FileSize>`, `<Filesize>4</Filesize>`, "/File", "Filesize", "FileSize"},
		{`<Server>ns</Server>`, `<server>ns</server>`, "/Nameservers", "server", "Server"},
		{`<ContactName>C</ContactName>`, `<Contactname>C</Contactname>`, "/Contact", "Contactname", "ContactName"},
		{`<GenerationTime>2026-01-15T00:00:05Z</GenerationTime>`, `<generationtime>2026-01-15T00:00:05Z</generationtime>`, "/Incident", "generationtime", "GenerationTime"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			doc, line := changed(t, whole, tt.old, tt.now)
			noted(t, doc, Note{Line: line, Kind: Spelling, Name: tt.name, Near: tt.near, Path: tt.path})
			if got, want := clean(parsed(t, []byte(doc))), clean(parsed(t, []byte(whole))); fmt.Sprint(got.Incidents[0].Description) != fmt.Sprint(want.Incidents[0].Description) {
				t.Error("the text under the other spelling is not taken")
			}
		})
	}
}
