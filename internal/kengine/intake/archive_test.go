package intake

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/testkit"
)

// tally counts what the archive of analysts' records is known to hold.
type tally map[string]int

func (c tally) add(r *Record) {
	c["records"]++
	c[string(r.State)]++
	if !strings.HasPrefix(r.ID, "CVE-") {
		c["wrong id"]++
	}
	for _, o := range r.Observations {
		c.observation(&o)
	}
	scored := false
	for _, s := range r.Scores {
		c[source(s.Source)+" "+s.Version]++
		scored = scored || s.Version == "3.0" || s.Version == "3.1"
	}
	if !scored && r.State == Published {
		c["without v3"]++
	}
	for _, p := range r.Products {
		if strings.HasPrefix(p.Source, SourceADP) {
			c["adp products"]++
			if len(p.CPEs) > 0 {
				c["adp products with cpe"]++
			}
		}
	}
	for _, u := range r.Unmapped {
		c["unmapped "+u.Reason]++
	}
}

func (c tally) observation(o *Observation) {
	if o.Rule == RuleCVSS {
		c["cvss"]++
		return
	}
	c[o.Source+" "+o.Fact+" "+strings.Join(o.Values, "")]++
	if o.Source == "adp:CISA-ADP" {
		c["raw "+o.Fact+" "+o.Raw]++
	}
	if o.ObservedAt.IsZero() {
		c["without time"]++
	}
}

func source(s string) string {
	if strings.HasPrefix(s, SourceADP) {
		return "adp"
	}
	return s
}

// readAll reads a source whole and fails on an error.
func readAll(t testing.TB, src Source, opt Options) (records []Record, refusals []Refusal) {
	t.Helper()
	for b, err := range Read(context.Background(), src, opt) {
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, b.Records...)
		refusals = append(refusals, b.Refusals...)
	}
	return records, refusals
}

func TestArchive(t *testing.T) {
	t.Parallel()
	archive := testkit.Shared(t, "data/vulnrichment.tar.zst")
	got := tally{}
	exploitation := map[string]string{}
	var size int64
	for b, err := range Read(context.Background(), Source{Name: archive}, Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		size += b.Bytes
		for _, r := range b.Refusals {
			t.Errorf("refused: %v", r.Error())
		}
		for i := range b.Records {
			r := &b.Records[i]
			got.add(r)
			for _, o := range r.Observations {
				if o.Fact == FactExploitation && o.Source == "adp:CISA-ADP" {
					exploitation[r.ID] = o.Values[0]
				}
			}
		}
	}
	if size != 216_475_383 {
		t.Errorf("size = %d", size)
	}
	if diff := cmp.Diff(archiveCounts(), got); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	checkContradictions(t, exploitation)
}

// checkContradictions compares the catalogue with the analysts' Exploitation.
func checkContradictions(t *testing.T, exploitation map[string]string) {
	t.Helper()
	listed, _ := readAll(t, Source{Name: testkit.Shared(t, "data/kev/known_exploited_vulnerabilities.json")}, Options{})
	got := map[string]int{}
	in := map[string]bool{}
	for i := range listed {
		in[listed[i].ID] = true
		if value, ok := exploitation[listed[i].ID]; ok {
			got["common"]++
			got[value]++
		}
	}
	if diff := cmp.Diff(map[string]int{"common": 202, "A": 172, "N": 25, "P": 5}, got); diff != "" {
		t.Errorf("KEV against Exploitation (-want +got):\n%s", diff)
	}
	var unlisted []string
	for id, value := range exploitation {
		if value == "A" && !in[id] {
			unlisted = append(unlisted, id)
		}
	}
	slices.Sort(unlisted)
	if diff := cmp.Diff([]string{"CVE-2021-4043", "CVE-2022-21894", "CVE-2023-24932"}, unlisted); diff != "" {
		t.Errorf("active but not listed (-want +got):\n%s", diff)
	}
}

// archiveCounts are the figures of the archive's description (records, SSVC by spelling, KEV, CVSS
// by source and version), and beside them figures that were counted with another program.
func archiveCounts() tally {
	return tally{
		"records": 32142, "published": 32070, "rejected": 72,
		"raw ssvc:E:1.1.0 none": 26469, "raw ssvc:E:1.1.0 None": 71,
		"raw ssvc:E:1.1.0 poc": 5344, "raw ssvc:E:1.1.0 PoC": 11,
		"raw ssvc:E:1.1.0 active": 155, "raw ssvc:E:1.1.0 Active": 20,
		"raw ssvc:A:2.0.0 no": 26205, "raw ssvc:A:2.0.0 No": 74,
		"raw ssvc:A:2.0.0 yes": 5758, "raw ssvc:A:2.0.0 Yes": 33,
		"raw ssvc:TI:1.0.0 partial": 21986, "raw ssvc:TI:1.0.0 Partial": 3,
		"raw ssvc:TI:1.0.0 total": 9978, "raw ssvc:TI:1.0.0 Total": 103,
		"adp:CISA-ADP ssvc:E:1.1.0 N": 26540, "adp:CISA-ADP ssvc:E:1.1.0 P": 5355, "adp:CISA-ADP ssvc:E:1.1.0 A": 175,
		"adp:CISA-ADP ssvc:A:2.0.0 N": 26279, "adp:CISA-ADP ssvc:A:2.0.0 Y": 5791,
		"adp:CISA-ADP ssvc:TI:1.0.0 P": 21989, "adp:CISA-ADP ssvc:TI:1.0.0 T": 10081,
		"kev cisa:KEV:1.0.0 Y": 184, "kev ssvc:E:1.1.0 A": 184,
		"cna 3.1": 17872, "cna 3.0": 4349, "cna 2.0": 2424, "cna 4.0": 1813, "adp 3.1": 3182,
		"without v3": 9120,
		// One naming authority (CVE-2023-4309) carries four choices of its own, without a list.
		"cna ssvc:A:2.0.0 Y": 1, "cna ssvc:E:1.1.0 P": 1, "cna ssvc:TI:1.0.0 T": 1, "cna ssvc:VD:1.0.0 C": 1,
		// Vendors' own scales: 331 of one, 210 texts, 12 "unknown", 7 links to policies.
		"unmapped " + ReasonUnknownFact: 560,
		"adp products":                  40073, "adp products with cpe": 40073,
		"cvss": 257886,
	}
}
