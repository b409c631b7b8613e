package iodef

import (
	"testing"
)

// Each part that version 2 demands is missed at the line of the class that lacks it.
func TestMissingPartsAreNoted(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ cut, now, at, path, name string }{
		{` purpose="watch"`, "", "<Incident ", "/Incident", "purpose"},
		{` name="csirt.example.jp"`, "", "<IncidentID>", "/IncidentID", "name"},
		{`1</IncidentID>`, "</IncidentID>", "<IncidentID name", "/IncidentID", "text"},
		{`<IncidentID name="csirt.example.kr">2</IncidentID>`, "", "<AlternativeID", "/AlternativeID", "IncidentID"},
		{` spec-name="cpe"`, "", "<SoftwareReference", "/SoftwareReference", "spec-name"},
		{` metric="labor"`, "", "<TimeImpact", "/TimeImpact", "metric"},
		{` unit="packet"`, "", "<Counter", "/Counter", "unit"},
		{` rating="numeric"`, "", "<Confidence", "/Confidence", "rating"},
		{` role="creator"`, "", "<Contact ", "/Contact", "role"},
		{` type="organization"`, "", "<Contact ", "/Contact", "type"},
		{`<PAddress>Tokyo</PAddress>`, "", "<PostalAddress", "/PostalAddress", "PAddress"},
		{`<EmailTo>a@example.jp</EmailTo>`, "", "<Email ", "/Email", "EmailTo"},
		{`<TelephoneNumber>+81</TelephoneNumber>`, "", "<Telephone ", "/Telephone", "TelephoneNumber"},
		{`<Name>example.jp</Name>`, "", "<DomainData", "/DomainData", "Name"},
		{`<Server>ns</Server>`, "", "<Nameservers", "/Nameservers", "Server"},
		{`<Address category="ipv4-addr">192.0.2.1</Address>`, "", "<Nameservers", "/Nameservers", "Address"},
		{`192.0.2.1`, "", "<Nameservers", "/Nameservers/Address", "value"},
		{` category="phishing-site"`, "", "<NodeRole", "/NodeRole", "category"},
		{` scope="email-hash"`, "", "<HashData", "/HashData", "scope"},
		{` type="regex"`, "", "<RecordPattern", "/RecordPattern", "type"},
		{` dtype="string">item`, ">item", "<RecordItem", "/RecordItem", "dtype"},
		{`<File><FileName>a.exe</FileName><FileSize>4</FileSize></File>`, "", "<FileData", "/FileData", "File"},
		{`<Key registryaction="add-key"><KeyName>HKLM</KeyName></Key>`, "", "<Windows", "/WindowsRegistryKeysModified", "Key"},
		{`<KeyName>HKLM</KeyName>`, "", "<Windows", "/Key", "KeyName"},
		{` type="file-hash"`, "", "<Observable", "/BulkObservable", "type"},
		{`<BulkObservableList>aa</BulkObservableList>`, "", "<Observable", "/BulkObservable", "BulkObservableList"},
		{` euid-ref="e"`, "", "<IndicatorReference", "/IndicatorReference", "uid-ref or euid-ref"},
		{`i1</IndicatorID>`, "</IndicatorID>", "<IndicatorID", "/IndicatorID", "an NCName as text"},
		{` action="training"`, "", "<HistoryItem", "/HistoryItem", "action"},
		{`<DateTime>2026-01-15T00:00:07Z</DateTime>`, "", "<HistoryItem", "/HistoryItem", "DateTime"},
		{`<Application><SoftwareReference spec-name="cpe" dtype="string"/></Application>`, "", "<DetectionPattern", "/DetectionPattern", "Application"},
		{`<IndicatorID name="n" version="1">i1</IndicatorID>`, "", "<Indicator ", "/Indicator", "IndicatorID"},
		{`<URL>https://example.jp/</URL>`, `<ReferenceName xmlns="urn:ietf:params:xml:ns:iodef-enum-1.0" specIndex="1"/>`, "<ReferenceName", "/ReferenceName", "ID"},
		{` dtype="csv"`, "", "<AdditionalData", "/AdditionalData", "dtype"},
		{`<GenerationTime>2026-01-15T00:00:05Z</GenerationTime>`, "", "<Incident ", "/Incident", "GenerationTime"},
	} {
		t.Run(tt.path+" "+tt.name, func(t *testing.T) {
			t.Parallel()
			doc, _ := changed(t, whole, tt.cut, tt.now)
			_, line := changed(t, doc, tt.at, "")
			noted(t, doc, Note{Line: line, Kind: Missing, Name: tt.name, Path: tt.path})
		})
	}
}

// The second of a part that may stand once is skipped and noted where it stands; the first is kept.
func TestRepeatedPartsAreNoted(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ part, again, path, name string }{
		{`<IncidentID name="csirt.example.jp">1</IncidentID>`, `<IncidentID name="z">9</IncidentID>`, "/Incident", "IncidentID"},
		{`<DetectTime>2026-01-15T00:00:00Z</DetectTime>`, `<DetectTime>2027-01-15T00:00:00Z</DetectTime>`, "/Incident", "DetectTime"},
		{`<StartTime>2026-01-15T00:00:01Z</StartTime>`, `<StartTime>2027-01-15T00:00:00Z</StartTime>`, "/Incident", "StartTime"},
		{`<EndTime>2026-01-15T00:00:02Z</EndTime>`, `<EndTime>2027-01-15T00:00:00Z</EndTime>`, "/Incident", "EndTime"},
		{`<RecoveryTime>2026-01-15T00:00:03Z</RecoveryTime>`, `<RecoveryTime/>`, "/Incident", "RecoveryTime"},
		{`<ReportTime>2026-01-15T00:00:04Z</ReportTime>`, `<ReportTime/>`, "/Incident", "ReportTime"},
		{`<GenerationTime>2026-01-15T00:00:05Z</GenerationTime>`, `<GenerationTime/>`, "/Incident", "GenerationTime"},
		{`<Application><SoftwareReference spec-name="cpe" dtype="string"/></Application>`, `<Application/>`, "/DetectionPattern", "Application"},
		{`<SoftwareReference spec-name="cpe" dtype="string"/>`, `<SoftwareReference spec-name="swid"/>`, "/Application", "SoftwareReference"},
		{`<Confidence rating="numeric">7</Confidence>`, `<Confidence rating="low">1</Confidence>`, "/Assessment", "Confidence"},
		{`<PAddress>Tokyo</PAddress>`, `<PAddress>Osaka</PAddress>`, "/PostalAddress", "PAddress"},
		{`<EmailTo>a@example.jp</EmailTo>`, `<EmailTo>b@example.jp</EmailTo>`, "/Email", "EmailTo"},
		{`<TelephoneNumber>+81</TelephoneNumber>`, `<TelephoneNumber>+82</TelephoneNumber>`, "/Telephone", "TelephoneNumber"},
		{`<Timezone>+09:00</Timezone>`, `<Timezone>Z</Timezone>`, "/Contact", "Timezone"},
		{`<Name>example.jp</Name>`, `<Name>example.kr</Name>`, "/DomainData", "Name"},
		{`<DateDomainWasChecked>2026-01-15T00:00:06Z</DateDomainWasChecked>`, `<DateDomainWasChecked/>`, "/DomainData", "DateDomainWasChecked"},
		{`<Server>ns</Server>`, `<Server>ns2</Server>`, "/Nameservers", "Server"},
		{`<Port>443</Port>`, `<Port>80</Port>`, "/Service", "Port"},
		{`<ProtoCode>1</ProtoCode>`, `<ProtoCode>2</ProtoCode>`, "/Service", "ProtoCode"},
		{`<EmailFrom>f@example.jp</EmailFrom>`, `<EmailFrom/>`, "/EmailData", "EmailFrom"},
		{`<HashTargetID>h</HashTargetID>`, `<HashTargetID>i</HashTargetID>`, "/HashData", "HashTargetID"},
		{`<FileName>a.exe</FileName>`, `<FileName>b.exe</FileName>`, "/File", "FileName"},
		{`<FileSize>4</FileSize>`, `<FileSize>5</FileSize>`, "/File", "FileSize"},
		{`<KeyName>HKLM</KeyName>`, `<KeyName>HKCU</KeyName>`, "/Key", "KeyName"},
		{`<IndicatorID name="n" version="1">i1</IndicatorID>`, `<IndicatorID name="n" version="1">i2</IndicatorID>`, "/Indicator", "IndicatorID"},
		{`<DateTime>2026-01-15T00:00:07Z</DateTime>`, `<DateTime/>`, "/HistoryItem", "DateTime"},
	} {
		t.Run(tt.path+" "+tt.name, func(t *testing.T) {
			t.Parallel()
			doc, line := changed(t, whole, tt.part, tt.part+"\n"+tt.again)
			noted(t, doc, Note{Line: line + 1, Kind: Repeated, Name: tt.name, Path: tt.path})
			before, after := written(t, XML2, parsed(t, []byte(whole))), written(t, XML2, parsed(t, []byte(doc)))
			if string(before) != string(after) {
				t.Errorf("the second %s changes what is read", tt.name)
			}
		})
	}
}

// Two neighbours of a sequence that change places are both taken, and the one that is late is noted.
func TestOrderIsNoted(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ first, second, path, name string }{
		{`<DetectTime>2026-01-15T00:00:00Z</DetectTime>`, `<StartTime>2026-01-15T00:00:01Z</StartTime>`, "/Incident", "StartTime"},
		{`<StartTime>2026-01-15T00:00:01Z</StartTime>`, `<EndTime>2026-01-15T00:00:02Z</EndTime>`, "/Incident", "EndTime"},
		{`<EndTime>2026-01-15T00:00:02Z</EndTime>`, `<RecoveryTime>2026-01-15T00:00:03Z</RecoveryTime>`, "/Incident", "RecoveryTime"},
		{`<RecoveryTime>2026-01-15T00:00:03Z</RecoveryTime>`, `<ReportTime>2026-01-15T00:00:04Z</ReportTime>`, "/Incident", "ReportTime"},
		{`<ReportTime>2026-01-15T00:00:04Z</ReportTime>`, `<GenerationTime>2026-01-15T00:00:05Z</GenerationTime>`, "/Incident", "GenerationTime"},
		{`<GenerationTime>2026-01-15T00:00:05Z</GenerationTime>`, `<Description>one</Description>`, "/Incident", "Description"},
		{`<Email type="direct"><EmailTo>a@example.jp</EmailTo></Email>`, `<Telephone type="mobile"><TelephoneNumber>+81</TelephoneNumber></Telephone>`, "/Contact", "Telephone"},
		{`<Port>443</Port>`, `<ProtoCode>1</ProtoCode>`, "/Service", "ProtoCode"},
		{`<RecordPattern type="regex" offset="1" offsetunit="line">a+</RecordPattern>`, `<RecordItem dtype="string">item</RecordItem>`, "/RecordData", "RecordItem"},
		{`<ContactName>C</ContactName>`, `<RegistryHandle registry="apnic">EX1-AP</RegistryHandle>`, "/Contact", "RegistryHandle"},
	} {
		t.Run(tt.path+" "+tt.name, func(t *testing.T) {
			t.Parallel()
			doc, line := changed(t, whole, tt.first+"\n"+tt.second, tt.second+"\n"+tt.first)
			noted(t, doc, Note{Line: line, Kind: Order, Name: tt.name, Path: tt.path})
			if bad := lint(t, XML2, []byte(doc)); bad == "" {
				t.Error("the schema takes this order")
			}
			before, after := written(t, XML2, parsed(t, []byte(whole))), written(t, XML2, parsed(t, []byte(doc)))
			if string(before) != string(after) {
				t.Error("the order changes what is read")
			}
		})
	}
}
