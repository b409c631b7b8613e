package jvn

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/internal/guard"
	"noroshi.dev/internal/testkit"
)

func openShared(t *testing.T, name string) *bytes.Reader {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(testkit.Shared(t, "data/jvn/examples/hnd"), name))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(data)
}

func TestReadOverviewOfficialSample(t *testing.T) {
	t.Parallel()
	o, err := ReadOverview(openShared(t, "getVulnOverviewList_hnd.xml"))
	if err != nil {
		t.Fatal(err)
	}
	if o.Lang != "ja" || len(o.Items) != 2 || o.Channel.Handling.TLP() != "WHITE" {
		t.Fatalf("lang %q, %d items, TLP %q", o.Lang, len(o.Items), o.Channel.Handling.TLP())
	}
	i := o.Items[0]
	if i.Identifier != "JVNDB-2025-002953" || !strings.HasPrefix(i.Title, "WordPress 用 Sunshine Photo Cart") {
		t.Errorf("item %q %q", i.Identifier, i.Title)
	}
	wantCPE := []CPE{{Version: "2.2", Vendor: "Sunshine Photo Cart", Product: "Sunshine Photo Cart", Name: "cpe:/a:sunshinephotocart:sunshine_photo_cart"}}
	if diff := cmp.Diff(wantCPE, i.CPEs); diff != "" {
		t.Error(diff)
	}
	wantScore := []Score{{Version: "3.0", Type: "Base", Severity: "Critical", Score: "9.8", Vector: "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}
	if diff := cmp.Diff(wantScore, i.CVSS); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"CVE-2025-31084"}, i.CVEs()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"CWE-502"}, i.CWEs()); diff != "" {
		t.Error(diff)
	}
	if want := time.Date(2025, 4, 4, 5, 45, 58, 0, time.UTC); !i.Modified.Time.Equal(want) {
		t.Errorf("modified %v, want %v", i.Modified.Time, want)
	}
	if next, ok := o.Status.Next(); !o.Status.OK() || o.Status.Total != 6 || next != 3 || !ok {
		t.Errorf("status %+v, next %d %v", o.Status, next, ok)
	}
	if got := o.Status.Parameters["maxCountItem"]; got != "2" {
		t.Errorf("echo of maxCountItem = %q", got)
	}
}

func TestReadDetailOfficialSamples(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		ids, cves, cwes []string
		affected        int
		base            string
	}{
		"dataFeed_jvndb_detail_hnd.xml":               {[]string{"JVNDB-2025-000001", "JVNDB-2025-000002", "JVNDB-2025-000003", "JVNDB-2017-009608", "JVNDB-2018-009328", "JVNDB-2021-002774", "JVNDB-2022-000097"}, []string{"CVE-2025-21603"}, []string{"CWE-79"}, 1, "4.8"},
		"getVulnDetailInfo_hnd_JVNDB-2017-009608.xml": {[]string{"JVNDB-2017-009608"}, []string{"CVE-2017-14937"}, []string{"CWE-327"}, 1, "1.9"},
		"getVulnDetailInfo_hnd_JVNDB-2018-009328.xml": {[]string{"JVNDB-2018-009328"}, nil, nil, 2, "10"},
		"getVulnDetailInfo_hnd_JVNDB-2021-002774.xml": {[]string{"JVNDB-2021-002774"}, []string{"CVE-2021-36745"}, nil, 1, ""},
		"getVulnDetailInfo_hnd_JVNDB-2022-000097.xml": {[]string{"JVNDB-2022-000097"}, []string{"CVE-2022-41993", "CVE-2022-46287", "CVE-2022-46288"}, []string{"CWE-79", "CWE-20"}, 1, "4.3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := ReadDetail(openShared(t, name))
			if err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, v := range d.Vulinfos {
				ids = append(ids, v.ID)
				if v.Data.Title == "" || v.Overview() == "" || v.Data.Public.Time.IsZero() || v.Data.LastUpdated.Time.IsZero() {
					t.Errorf("%s lacks title, overview or dates", v.ID)
				}
			}
			if diff := cmp.Diff(want.ids, ids); diff != "" {
				t.Fatal(diff)
			}
			v := d.Vulinfos[0]
			if diff := cmp.Diff(want.cves, v.CVEs()); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(want.cwes, v.CWEs()); diff != "" {
				t.Error(diff)
			}
			if got := len(v.Data.Affected); got != want.affected {
				t.Errorf("%d affected items, want %d", got, want.affected)
			}
			if scores := v.CVSS(); (len(scores) > 0) != (want.base != "") || len(scores) > 0 && scores[0].Base != want.base {
				t.Errorf("scores %+v, want first base %q", scores, want.base)
			}
			if d.Handling.TLP() != "WHITE" || d.Lang != "ja" || !d.Status.OK() {
				t.Errorf("TLP %q, lang %q, status %+v", d.Handling.TLP(), d.Lang, d.Status)
			}
		})
	}
}

// The two kinds of document are told apart, and every other official answer is refused by name.
func TestOfficialSamplesOfOtherKinds(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"getAlertList_hnd.xml", "getVendorList_hnd.xml", "getProductList_hnd.xml", "dataFeed_myjvn_vendor_hnd.xml", "dataFeed_myjvn_product_hnd.xml", "getStatistics_hnd_sumAll.xml", "getStatistics_hnd_sumCvss.xml", "getStatistics_hnd_sumCwe.xml", "getStatistics_hnd_sumJvnDb.xml"} {
		if _, err := ReadOverview(openShared(t, name)); !errors.Is(err, ErrKind) {
			t.Errorf("ReadOverview(%s) = %v, want ErrKind", name, err)
		}
		if _, err := ReadDetail(openShared(t, name)); !errors.Is(err, ErrKind) {
			t.Errorf("ReadDetail(%s) = %v, want ErrKind", name, err)
		}
	}
}

func TestNotWellFormedIsRefusedWithItsPlace(t *testing.T) {
	t.Parallel()
	var items int
	_, err := EachOverview(openShared(t, "dataFeed_jvndb_rss_hnd.xml"), func(Item) error {
		items++
		return nil
	})
	var placed *guard.Error
	if !errors.As(err, &placed) || placed.Line != 116 {
		t.Fatalf("err = %v, want one at line 116", err)
	}
	if items == 0 {
		t.Error("no item was handed over before the fault")
	}
}

const head = `<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:sec="https://jvn.jp/rss/mod_sec/3.0/" xmlns:status="https://jvndb.jvn.jp/myjvn/Status">`

func TestReadOverviewTolerance(t *testing.T) {
	t.Parallel()
	noHit := `<Result xmlns="http://jvndb.jvn.jp/myjvn/Results" xmlns:status="http://jvndb.jvn.jp/myjvn/Status"><status:Status retCd="0" totalRes="0" totalResRet="0" firstRes="" errCd=""/></Result>`
	failed := strings.ReplaceAll(noHit, `retCd="0"`, `retCd="1" errMsg="no such method"`)
	item := `<item rdf:about="a"><sec:identifier> X-1 </sec:identifier><sec:cpe> cpe:/a:v:p </sec:cpe><dc:date xmlns:dc="http://purl.org/dc/elements/1.1/">yesterday</dc:date></item>`
	for _, tt := range []struct {
		name, doc string
		check     func(*Overview) bool
	}{
		{"no hit", noHit, func(o *Overview) bool { return len(o.Items) == 0 && o.Status.OK() && o.Status.First == -1 }},
		{"error", failed, func(o *Overview) bool { return !o.Status.OK() && o.Status.ErrorMessage == "no such method" }},
		{"https namespaces", head + item + `</rdf:RDF>`, func(o *Overview) bool { return o.Items[0].Identifier == "X-1" }},
		{"byte order mark", "\xef\xbb\xbf<?xml version='1.0'?>" + head + item + `</rdf:RDF>`, func(o *Overview) bool { return len(o.Items) == 1 }},
		{"cpe without vendor", head + item + `</rdf:RDF>`, func(o *Overview) bool { return o.Items[0].CPEs[0].Name == "cpe:/a:v:p" }},
		{"wrong date", head + item + `</rdf:RDF>`, func(o *Overview) bool {
			return o.Items[0].Date.Text == "yesterday" && o.Items[0].Date.Time.IsZero()
		}},
		{"unknown elements", head + `<x><y/></x>` + item + `</rdf:RDF>`, func(o *Overview) bool { return len(o.Items) == 1 }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o, err := ReadOverview(strings.NewReader(tt.doc))
			if err != nil {
				t.Fatal(err)
			}
			if !tt.check(o) {
				t.Errorf("read %+v", o)
			}
		})
	}
}

func TestReadOverviewRefuses(t *testing.T) {
	t.Parallel()
	deep := head + strings.Repeat("<a>", MaxDepth) + strings.Repeat("</a>", MaxDepth) + `</rdf:RDF>`
	for name, doc := range map[string]string{
		"empty":             "",
		"no XML":            "JVNDB-2025-000001",
		"cut":               head + "<item>",
		"entity bomb":       `<!DOCTYPE r [<!ENTITY a "aaaa">]>` + head + "</rdf:RDF>",
		"undeclared entity": head + "<item>&nbsp;</item></rdf:RDF>",
		"too deep":          deep,
		"two roots":         head + "</rdf:RDF><a/>",
		"mismatch":          head + "<item></iten></rdf:RDF>",
		"text behind":       head + "</rdf:RDF>x",
		"encoding":          `<?xml version="1.0" encoding="utf-7"?>` + head + "</rdf:RDF>",
	} {
		_, err := ReadOverview(strings.NewReader(doc))
		var placed *guard.Error
		if !errors.As(err, &placed) {
			t.Errorf("%s: err = %v, want an error with its place", name, err)
		}
	}
	big := head + "<item><title>" + strings.Repeat("x", MaxRecordBytes+1<<16) + "</title></item></rdf:RDF>"
	if _, err := ReadOverview(strings.NewReader(big)); !errors.Is(err, guard.ErrLimit) {
		t.Errorf("a huge record: err = %v, want ErrLimit", err)
	}
}

func TestEachStopsOnError(t *testing.T) {
	t.Parallel()
	stop := errors.New("stop")
	_, err := EachOverview(openShared(t, "getVulnOverviewList_hnd.xml"), func(Item) error { return stop })
	if !errors.Is(err, stop) {
		t.Errorf("EachOverview = %v, want the error of the callback", err)
	}
	_, err = EachDetail(openShared(t, "dataFeed_jvndb_detail_hnd.xml"), func(Vulinfo) error { return stop })
	if !errors.Is(err, stop) {
		t.Errorf("EachDetail = %v, want the error of the callback", err)
	}
}

func TestShiftJIS(t *testing.T) {
	t.Parallel()
	doc := `<?xml version="1.0" encoding="Shift_JIS"?>` + head + "<item><title>\x90\xc6\x8e\xe3\x90\xab</title></item></rdf:RDF>"
	o, err := ReadOverview(strings.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	if o.Items[0].Title != "脆弱性" {
		t.Errorf("title %q", o.Items[0].Title)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(head + "<item><title>t</title></item></rdf:RDF>"))
	f.Add([]byte(`<VULDEF-Document xmlns="https://jvn.jp/vuldef/"><Vulinfo><VulinfoID>1</VulinfoID><VulinfoData><Affected><AffectedItem><VersionNumber operator="lt">1.0<RangeBegin>2</RangeBegin></VersionNumber></AffectedItem></Affected></VulinfoData></Vulinfo></VULDEF-Document>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if d, err := ReadDetail(bytes.NewReader(data)); err == nil {
			var b bytes.Buffer
			if WriteDetail(&b, d) == nil {
				if _, err := ReadDetail(&b); err != nil {
					t.Fatalf("what was written cannot be read: %v", err)
				}
			}
			for _, v := range d.Vulinfos {
				_, _, _ = v.CVEs(), v.CWEs(), PlainText(v.Overview())
				for _, a := range v.Data.Affected {
					for _, n := range a.Versions {
						n.Range()
					}
				}
			}
		}
		_, _ = ReadOverview(bytes.NewReader(data))
	})
}
