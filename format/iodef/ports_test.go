package iodef

import (
	"fmt"
	"strings"
	"testing"
)

// system is a document of each form with one system that has the address and service given.
func system(address, service, object, member string) map[Form]string {
	xml := func(name string) string {
		return `<EventData><Flow><System category="target"><Node>` + address + `</Node>` + "\n" + strings.Replace(service, "PROTOCOL", name, 1) + `</System></Flow></EventData>`
	}
	v1 := strings.NewReplacer(Namespace2, Namespace1, "2.00", "1.00", "xml:lang", "lang", "GenerationTime", "ReportTime", "watch", "other")
	return map[Form]string{
		XML1: v1.Replace(in2("<Assessment><Impact/></Assessment>", xml("ip_protocol"))),
		XML2: in2("", xml("ip-protocol")),
		JSON: inJSON(`,"EventData":[{"System":[{"category":"target","Node":{"Address":[` + object + `]}` + ",\n" + `"Service":[{"ip-protocol":6` + member + `}]}]}]`),
	}
}

const (
	anAddress = `<Address category="ipv4-addr">192.0.2.1</Address>`
	anObject  = `{"category":"ipv4-addr","value":"192.0.2.1"}`
)

// A list of ports is taken as it is written or, if it is none, noted and left empty.
func TestPortlists(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"0": "0", "80": "80", "65535": "65535", "80,443": "80,443", "1-1024": "1-1024", "80,443,8000-8080": "80,443,8000-8080",
		"1-2,3-4": "1-2,3-4", "  80  ": "80", "80-80": "80-80", "0-65535": "0-65535",
		",": "", "-": "", "80,": "", ",80": "", "80-": "", "-80": "", "80--90": "", "1-2-3": "", "80, 443": "", "80;443": "", "80:443": "",
		"http": "", "0x50": "", "８０": "", "80,443 ": "80,443", "+80": "", "80.0": "", "any": "", "*": "",
	} {
		t.Run(in, func(t *testing.T) {
			t.Parallel()
			for form, doc := range system(anAddress, `<Service PROTOCOL="6"><Portlist>`+in+`</Portlist></Service>`, anObject, `,"Portlist":"`+in+`"`) {
				d := parsed(t, []byte(doc))
				if got := d.Incidents[0].EventData[0].Flow[0].System[0].Service[0].Portlist; got != want {
					t.Errorf("%v: read %q, want %q", form, got, want)
				}
				if want != "" && len(d.Notes) > 0 || want == "" && (len(d.Notes) != 1 || d.Notes[0].Kind != Invalid || d.Notes[0].Name != "Portlist" || d.Notes[0].Line != 2) {
					t.Errorf("%v: notes %v", form, d.Notes)
				}
			}
			i := reporter()
			target(Node{Address: []Address{{Value: "192.0.2.1", Category: "ipv4-addr"}}}, Service{IPProtocol: Some(6), Portlist: in})(i)
			_, err := Write(&strings.Builder{}, XML2, &Document{Incidents: []*Incident{i}})
			if in == strings.TrimSpace(in) && (err == nil) != (want != "") {
				t.Errorf("Write() = %v, want written = %v", err, want != "")
			}
		})
	}
}

// Ports and codes are whole numbers; what is none is noted, and 0 is not nothing.
func TestIntegers(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Int{
		"0": Some(0), "1": Some(1), "65535": Some(65535), "-1": Some(-1), "+7": Some(7), "007": Some(7),
		"9223372036854775807": Some(9223372036854775807), "-9223372036854775808": Some(-9223372036854775808),
		"9223372036854775808": {}, "1.0": {}, "1e3": {}, "0x10": {}, "1 2": {}, "http": {}, "１": {}, "1_000": {}, "1,000": {}, "NaN": {},
	} {
		for _, name := range []string{"Port", "ProtoCode", "ProtoType", "ProtoField"} {
			for form, doc := range system(anAddress, fmt.Sprintf(`<Service PROTOCOL="6"><%s> %s </%[1]s></Service>`, name, in), anObject, fmt.Sprintf(`,"%s":"%s"`, name, in)) {
				d := parsed(t, []byte(doc))
				s := d.Incidents[0].EventData[0].Flow[0].System[0].Service[0]
				got := map[string]Int{"Port": s.Port, "ProtoCode": s.ProtoCode, "ProtoType": s.ProtoType, "ProtoField": s.ProtoField}
				if got[name] != want {
					t.Errorf("%v: %s %q is read as %v, want %v", form, name, in, got[name], want)
				}
				if want.Valid != (len(d.Notes) == 0) || len(d.Notes) > 1 || !want.Valid && (d.Notes[0].Kind != Invalid || d.Notes[0].Name != name || d.Notes[0].Line != 2) {
					t.Errorf("%v: %s %q: notes %v", form, name, in, d.Notes)
				}
			}
		}
	}
}

// Every category of address is written valid and comes back as it was, in each form.
func TestAddressesOfEveryCategory(t *testing.T) {
	t.Parallel()
	for category, values := range map[string][]string{
		"asn":             {"64496", "4294967295", "AS64496"},
		"atm":             {"47.0005.80.ffe100.0000.f21a.26d8.0020ea000ee0.00"},
		"e-mail":          {"a@example.jp", `"a b"@example.jp`, "あ@例え.jp"},
		"mac":             {"00:00:5e:00:53:01", "00-00-5E-00-53-01"},
		"ipv4-addr":       {"192.0.2.1", "0.0.0.0", "255.255.255.255"},
		"ipv4-net":        {"192.0.2.0/24", "0.0.0.0/0", "192.0.2.1/32"},
		"ipv4-net-mask":   {"192.0.2.0/255.255.255.0"},
		"ipv4-net-masked": {"192.0.2.x"},
		"ipv6-addr":       {"2001:db8::1", "::", "::ffff:192.0.2.1", "fe80::1"},
		"ipv6-net":        {"2001:db8::/32", "::/0"},
		"ipv6-net-mask":   {"2001:db8::/ffff:ffff::"},
		"ipv6-net-masked": {"2001:db8::x"},
		"site-uri":        {"https://example.jp/a?b=1&c=<d>", "ftp://example.jp/"},
		"onion":           {"abcdefghijklmnop.onion"},
	} {
		for _, value := range values {
			t.Run(category+" "+value, func(t *testing.T) {
				t.Parallel()
				want := Address{Value: value, Category: category, VLANName: "v", VLANNum: Some(7)}
				for _, form := range []Form{XML1, XML2, JSON} {
					doc, _ := part(t, form, target(Node{Address: []Address{want}}))
					list, _ := wordsAddress.in(form)
					if has(list, category) == strings.Contains(doc, "ext-category") {
						t.Errorf("%v: ext-category is wrong for %s", form, category)
					}
					d := parsed(t, []byte(doc))
					if got := d.Incidents[0].EventData[0].Flow[0].System[0].Node.Address; len(got) != 1 || got[0] != want || len(d.Notes) > 0 {
						t.Errorf("%v: read %+v, notes %v", form, got, d.Notes)
					}
				}
			})
		}
	}
}

// The reader keeps the text of an address, whatever it is, and says what is not there.
func TestAddressesThatAreNone(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		attributes, value, object string
		category, read            string
		notes                     map[Form]int
	}{
		{` category="ipv4-addr"`, "999.0.2.1", `{"category":"ipv4-addr","value":"999.0.2.1"}`, "ipv4-addr", "999.0.2.1", nil},
		{` category="ipv6-addr"`, "192.0.2.1", `{"category":"ipv6-addr","value":"192.0.2.1"}`, "ipv6-addr", "192.0.2.1", nil},
		{` category="ipv4-addr"`, " 192.0.2.1\n", `{"category":"ipv4-addr","value":" 192.0.2.1 "}`, "ipv4-addr", "192.0.2.1", nil},
		{` category="ipv4-addr"`, "192[.]0[.]2[.]1", `{"category":"ipv4-addr","value":"192[.]0[.]2[.]1"}`, "ipv4-addr", "192[.]0[.]2[.]1", nil},
		{` category="ipv4-addr"`, "", `{"category":"ipv4-addr"}`, "ipv4-addr", "", map[Form]int{XML1: 1, XML2: 1, JSON: 1}},
		{` category="ipv4-addr"`, "  ", `{"category":"ipv4-addr","value":"  "}`, "ipv4-addr", "", map[Form]int{XML1: 1, XML2: 1, JSON: 1}},
		{` category="ipv5-addr"`, "1", `{"category":"ipv5-addr","value":"1"}`, "ipv5-addr", "1", map[Form]int{XML1: 1, XML2: 1, JSON: 1}},
		{` category="ext-value" ext-category="onion"`, "x.onion", `{"category":"ext-value","ext-category":"onion","value":"x.onion"}`, "onion", "x.onion", nil},
		{` category="ext-value"`, "x", `{"category":"ext-value","value":"x"}`, "ext-value", "x", map[Form]int{XML1: 1, XML2: 1, JSON: 1}},
		{` category="ipv4-addr" vlan-num="x"`, "1", `{"category":"ipv4-addr","vlan-num":"x","value":"1"}`, "ipv4-addr", "1", map[Form]int{XML1: 1, XML2: 1, JSON: 1}},
	} {
		service := `<Service PROTOCOL="6"/>`
		for form, doc := range system(`<Address`+tt.attributes+`>`+tt.value+`</Address>`, service, tt.object, "") {
			d := parsed(t, []byte(doc))
			got := d.Incidents[0].EventData[0].Flow[0].System[0].Node.Address
			if len(got) != 1 || got[0].Category != tt.category || got[0].Value != tt.read || len(d.Notes) != tt.notes[form] {
				t.Errorf("%v: %s %q is read as %+v, notes %v", form, tt.attributes, tt.value, got, d.Notes)
			}
		}
	}
	for form, want := range map[Form]string{XML1: "ipv4-addr", XML2: "ipv6-addr", JSON: "ipv6-addr"} {
		d := parsed(t, []byte(system("<Address>1</Address>", `<Service PROTOCOL="6"/>`, `{"value":"1"}`, "")[form]))
		if got := d.Incidents[0].EventData[0].Flow[0].System[0].Node.Address[0].Category; got != want || len(d.Notes) > 0 != (form == JSON) {
			t.Errorf("%v: without a category it is %s, notes %v, want the default %s", form, got, d.Notes, want)
		}
	}
}
