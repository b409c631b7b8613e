package vrda

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/feed"
	"noroshi.dev/format/internal/guard"
)

func sample() Data {
	return Data{
		Lang: "ja", Provider: Provider{ID: "csirt.example", Name: "CSIRT", URL: "https://csirt.example/"}, SourceType: Advisory,
		Vulinfo: Vulinfo{
			ID: "CVE-2026-0001", Revision: 3, Title: "題 <1>", Overview: "概要 & 影響",
			Affected: []Affected{{Status: "vulnerable", Vendor: "V", Product: "P", CPEs: []string{"cpe:/a:v:p"}, PURLs: []string{"pkg:npm/p"}, Versions: []string{"1.0 以下"}}},
			Facts: []Fact{
				{Namespace: "cvss", Key: "AV", Version: "2.0.0", Values: []Value{{"N", "ネットワーク"}}, Source: "NVD", Evidence: "https://example.org/", Observed: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)},
				{Namespace: "ssvc", Key: "E", Version: "1.1.0", Values: []Value{{"P", ""}, {"A", ""}}},
				{Key: "unknown"},
			},
			Related: []Related{{Type: "advisory", Title: "t", URL: "https://example.org/a"}},
			Public:  time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Published: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), Updated: time.Date(2026, 1, 3, 0, 0, 0, 0, time.UTC),
		},
	}
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := Write(&b, sample()); err != nil {
		t.Fatal(err)
	}
	first := b.String()
	d, err := Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	if d.Feed || len(d.Entries) != 1 {
		t.Fatalf("read %+v", d)
	}
	if diff := cmp.Diff(sample(), *d.Entries[0].Data); diff != "" {
		t.Errorf("%s\n%s", diff, first)
	}
	var again bytes.Buffer
	if err := Write(&again, *d.Entries[0].Data); err != nil || again.String() != first {
		t.Errorf("the second writing differs (%v):\n%s", err, again.String())
	}
}

func TestFeedRoundTrip(t *testing.T) {
	t.Parallel()
	since := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	other := sample()
	other.Vulinfo.ID = "CVE-2026-0002"
	head := feed.Feed{ID: "tag:csirt.example,2026-04-01:vrda", Lang: "ja", Title: "VRDA", Updated: since}
	f, err := Feed(head, "csirt.example", since, []Data{sample(), other}, func(d Data) []feed.Link {
		return []feed.Link{{Rel: "alternate", Href: "https://csirt.example/" + d.Vulinfo.ID}}
	})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := feed.Write(&b, f); err != nil {
		t.Fatal(err)
	}
	d, err := Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	if !d.Feed || d.Title != "VRDA" || d.Lang != "ja" || len(d.Entries) != 2 {
		t.Fatalf("read %+v", d)
	}
	e := d.Entries[1]
	if diff := cmp.Diff(&other, e.Data); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"cpe:/a:v:p", "pkg:npm/p"}, e.Categories); diff != "" {
		t.Error(diff)
	}
	if e.ID != "tag:csirt.example,2026-04-01:vrda/csirt.example/CVE-2026-0002/3" || e.Links[0].Href != "https://csirt.example/CVE-2026-0002" || e.Content != "概要 & 影響" {
		t.Errorf("entry %+v", e)
	}
}

// What is publicly known of the original shape, filled with made-up content.
const original = `<?xml version="1.0" encoding="UTF-8"?>
<VrdaData xmlns="http://vrda.example/m" xmlns:v="http://vuldef.example/"><VrdaDataProvider><Name>JP</Name></VrdaDataProvider>
<VrdaDataSourceType>Advisory/Alert</VrdaDataSourceType><Unknown a="1"><x>kept</x></Unknown>
<v:Vulinfo><v:VulinfoID revision="2">CVE-2012-0001</v:VulinfoID><v:VulinfoData><v:Title> t </v:Title><v:VulinfoDescription>d</v:VulinfoDescription>
<v:Affected><v:AffectedItem><v:Cpe>cpe:/a:v:p:1</v:Cpe></v:AffectedItem><v:AffectedItem>cpe:/o:v:q</v:AffectedItem></v:Affected>
<FactAnalysis><Cvss><AV>N</AV><AC value="L"/></Cvss><Item name="Exposure">high</Item><Empty/></FactAnalysis><v:Later/></v:VulinfoData></v:Vulinfo></VrdaData>`

func TestReadIsTolerant(t *testing.T) {
	t.Parallel()
	d, err := Read(strings.NewReader(original))
	if err != nil {
		t.Fatal(err)
	}
	data := d.Entries[0].Data
	v := data.Vulinfo
	if data.SourceType != Advisory || data.Provider.Name != "JP" || v.ID != "CVE-2012-0001" || v.Revision != 2 || v.Title != "t" || v.Overview != "d" {
		t.Errorf("read %+v", data)
	}
	want := []Fact{{Key: "AV", Values: []Value{{Key: "N"}}}, {Key: "AC", Values: []Value{{Key: "L"}}}, {Key: "Exposure", Values: []Value{{Key: "high"}}}, {Key: "Empty"}}
	if diff := cmp.Diff(want, v.Facts); diff != "" {
		t.Error(diff)
	}
	if len(v.Affected) != 2 || v.Affected[0].CPEs[0] != "cpe:/a:v:p:1" || v.Affected[1].CPEs[0] != "cpe:/o:v:q" {
		t.Errorf("affected %+v", v.Affected)
	}
	if len(data.Extra) != 1 || data.Extra[0].Value("x") != "kept" || len(v.Extra) != 1 || v.Extra[0].Name.Local != "Later" {
		t.Errorf("unknown elements are lost: %+v, %+v", data.Extra, v.Extra)
	}
	if data.Identity() != "JP/CVE-2012-0001/2" {
		t.Errorf("identity %s", data.Identity())
	}
}

func TestReadFeedWithoutData(t *testing.T) {
	t.Parallel()
	doc := `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><id>i</id><title>t</title><updated>2012-01-02T03:04:05+09:00</updated><link rel="alternate" hreflang="ja" href="/ja"/><rights>r</rights>
<entry><id>e</id><title>e</title><updated>bad</updated><published>2012-01-01</published><summary>s</summary><category term="cpe:/a:v:p"/><link href="/x.xml" type="text/xml"/><content type="html">&lt;b></content><x xmlns="urn:x"/></entry></feed>`
	d, err := Read(strings.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	e := d.Entries[0]
	if e.Data != nil || e.Content != "<b>" || e.Links[0].Type != "text/xml" || !e.Updated.IsZero() || e.Published.IsZero() || len(e.Extra) != 1 || d.Links[0].Lang != "ja" || len(d.Extra) != 1 {
		t.Errorf("read %+v", d)
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		doc  string
		want error
	}{
		"another root":    {"<rss/>", ErrKind},
		"cut":             {"<VrdaData><Vulinfo>", nil},
		"entity":          {`<!DOCTYPE a [<!ENTITY b "c">]><VrdaData>&b;</VrdaData>`, nil},
		"deep":            {"<VrdaData>" + strings.Repeat("<a>", MaxDepth+1), guard.ErrLimit},
		"large":           {"<VrdaData><a>" + strings.Repeat("x", MaxRecordBytes+1<<16) + "</a></VrdaData>", guard.ErrLimit},
		"second document": {"<VrdaData/><VrdaData/>", nil},
		"many elements":   {"<VrdaData>" + strings.Repeat("<a/>", 100_001) + "</VrdaData>", guard.ErrLimit},
	} {
		_, err := Read(strings.NewReader(tt.doc))
		var placed *guard.Error
		if !errors.As(err, &placed) && !errors.Is(err, guard.ErrLimit) || tt.want != nil && !errors.Is(err, tt.want) {
			t.Errorf("%s: err = %v, want one with its place, %v", name, err, tt.want)
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Data){
		"no number":   func(d *Data) { d.Vulinfo.ID = "" },
		"no provider": func(d *Data) { d.Provider = Provider{} },
		"no key":      func(d *Data) { d.Vulinfo.Facts[0].Key = "" },
	} {
		d := sample()
		change(&d)
		if err := Write(&bytes.Buffer{}, d); err == nil {
			t.Errorf("%s is accepted", name)
		}
		if _, err := Feed(feed.Feed{}, "a", time.Time{}, []Data{d}, nil); err == nil {
			t.Errorf("%s is accepted in a feed", name)
		}
	}
}

func TestSourceType(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"Advisory/Alert": Advisory, "注意喚起": Advisory, " その他 ": Other, "News": Other, "blog": "blog"} {
		if got := sourceType(in); got != want {
			t.Errorf("sourceType(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(original))
	f.Add([]byte(`<feed xmlns="http://www.w3.org/2005/Atom"><entry><content><VrdaData/></content></entry></feed>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		for _, e := range d.Entries {
			if e.Data == nil {
				continue
			}
			var b bytes.Buffer
			if Write(&b, *e.Data) != nil {
				continue
			}
			again, err := Read(&b)
			if err != nil {
				t.Fatalf("what was written cannot be read: %v\n%s", err, b.String())
			}
			if got, want := again.Entries[0].Data.Identity(), e.Data.Identity(); got != want {
				t.Fatalf("identity %q became %q", want, got)
			}
		}
	})
}
