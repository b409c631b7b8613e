package cve_test

import (
	"fmt"

	"noroshi.dev/format/cve"
	"noroshi.dev/format/version"
)

const published = `{"dataType":"CVE_RECORD","dataVersion":"5.1",
 "cveMetadata":{"cveId":"CVE-2099-10001","state":"PUBLISHED","datePublished":"2099-01-02T03:04:05"},
 "containers":{"cna":{"title":"Overflow in Example",
  "affected":[{"vendor":"example","product":"server","defaultStatus":"unaffected",
   "versions":[{"version":"1.0.0","lessThan":"2.0.0","status":"affected","versionType":"semver","changes":[{"at":"1.4.2","status":"unaffected"}]}]}],
  "metrics":[{"cvssV3_1":{"vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H","baseScore":9.8}},
   {"other":{"type":"ssvc","content":{"role":"CISA Coordinator","options":[{"Exploitation":"poc"},{"Automatable":"yes"}]}}}]}}}`

func ExampleDecode() {
	var rec cve.Record
	if err := cve.Decode([]byte(published), &rec); err != nil {
		panic(err)
	}
	at, _ := cve.ParseTime(rec.Metadata.DatePublished)
	fmt.Println(rec.Metadata.ID, at, rec.Containers.CNA.Title)
	for _, score := range rec.Containers.CNA.Metrics[0].CVSS() {
		fmt.Println(score.Version, score.BaseScore)
	}
	// Output:
	// CVE-2099-10001 2099-01-02 03:04:05 +0000 UTC Overflow in Example
	// 3.1 9.8
}

func ExampleAffected_Status() {
	var rec cve.Record
	if err := cve.Decode([]byte(published), &rec); err != nil {
		panic(err)
	}
	product := rec.Containers.CNA.Affected[0]
	for _, v := range []string{"0.9.0", "1.0.0", "1.4.1", "1.4.2", "2.0.0"} {
		fmt.Println(v, product.Status(v))
	}
	// Output:
	// 0.9.0 unaffected
	// 1.0.0 affected
	// 1.4.1 affected
	// 1.4.2 unaffected
	// 2.0.0 unaffected
}

func ExampleDecide() {
	entries := []cve.Entry{{Range: version.Range{Kind: "semver", Start: "1.0.0", End: "2.0.0", EndExcluded: true}, Status: cve.StatusAffected}}
	fmt.Println(cve.Decide(entries, cve.StatusUnaffected, "1.10.0"))
	fmt.Println(cve.Decide(entries, "", "2.0.0"))
	// Output:
	// affected
	// unknown
}

func ExampleDecoder_ReadSSVC() {
	var d cve.Decoder
	var rec cve.Record
	if err := d.Decode([]byte(published), &rec); err != nil {
		panic(err)
	}
	choices, err := d.ReadSSVC(rec.Containers.CNA.Metrics[1].Other.Content)
	if err != nil {
		panic(err)
	}
	fmt.Println(choices.Role, choices.Options)
	// Output: CISA Coordinator [{Exploitation poc} {Automatable yes}]
}

func ExampleDecoder_ReadKEV() {
	var d cve.Decoder
	listing, err := d.ReadKEV([]byte(`{"dateAdded":"2099-01-05","reference":"https://example.org/kev"}`))
	fmt.Println(listing.DateAdded, err)
	_, err = d.ReadKEV([]byte(`{"dateAdded":5}`))
	fmt.Println(err)
	// Output:
	// 2099-01-05 <nil>
	// cve: content of a metric: want a string at byte 13
}
