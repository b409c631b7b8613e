package vrda

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/feed"
	"noroshi.dev/format/internal/guard"
)

func readOne(t *testing.T, doc string) Data {
	t.Helper()
	d, err := Read(strings.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Entries) != 1 || d.Entries[0].Data == nil {
		t.Fatalf("read %+v", d)
	}
	return *d.Entries[0].Data
}

// vulinfo wraps the content of VulinfoData.
func vulinfo(data string) string {
	return "<VrdaData><Vulinfo><VulinfoID>X-1</VulinfoID><VulinfoData>" + data + "</VulinfoData></Vulinfo></VrdaData>"
}

// The shapes that facts may have below FactAnalysis in documents that are not of our profile.
func TestFactsOfEveryShape(t *testing.T) {
	t.Parallel()
	value := func(key, v, label string) Fact {
		f := Fact{Key: key}
		if v != "" {
			f.Values = []Value{{v, label}}
		}
		return f
	}
	for name, tt := range map[string]struct {
		xml  string
		want []Fact
	}{
		"the name of an element is the key": {"<Impact>High</Impact>", []Fact{value("Impact", "High", "")}},
		"an attribute key wins":             {`<F key="k" name="n">v</F>`, []Fact{value("k", "v", "")}},
		"then an attribute name":            {`<F name="n" id="i">v</F>`, []Fact{value("n", "v", "")}},
		"then an attribute id":              {`<F id="i" fact="f">v</F>`, []Fact{value("i", "v", "")}},
		"then an attribute fact":            {`<F fact="f">v</F>`, []Fact{value("f", "v", "")}},
		"an attribute value wins over text": {`<F value="a" label="L">b</F>`, []Fact{value("F", "a", "L")}},
		"an empty leaf is not known":        {"<F/>", []Fact{value("F", "", "")}},
		"leaves of groups":                  {"<G><A>1</A><H><B>2</B></H></G><C>3</C>", []Fact{value("A", "1", ""), value("B", "2", ""), value("C", "3", "")}},
		"our profile": {
			`<Fact namespace="n" key="k" version="1" source="s" evidence="e" observed="2026-01-02T00:00:00Z"><Value label="L">a</Value><Value>b</Value><Other>c</Other></Fact>`,
			[]Fact{{Namespace: "n", Key: "k", Version: "1", Source: "s", Evidence: "e", Observed: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), Values: []Value{{"a", "L"}, {"b", ""}}}},
		},
		"our profile with its value as text":  {`<Fact key="k">v</Fact>`, []Fact{value("k", "v", "")}},
		"our profile without a value":         {`<Fact key="k"/>`, []Fact{value("k", "", "")}},
		"our profile with an empty value":     {`<Fact key="k"><Value> </Value></Fact>`, []Fact{value("k", "", "")}},
		"a Fact without a key is a leaf":      {`<Fact>v</Fact>`, []Fact{value("Fact", "v", "")}},
		"blanks around a value do not belong": {"<F>\n v \n</F>", []Fact{value("F", "v", "")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := readOne(t, vulinfo("<FactAnalysis>"+tt.xml+"</FactAnalysis>")).Vulinfo.Facts
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAffectedOfEveryShape(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		xml  string
		want Affected
	}{
		"everything":              {`<AffectedItem affectedstatus="vulnerable"><Name>V</Name><ProductName>P</ProductName><Cpe>cpe:/a:v:p</Cpe><Purl>pkg:npm/p</Purl><VersionNumber>1.0</VersionNumber></AffectedItem>`, Affected{Status: "vulnerable", Vendor: "V", Product: "P", CPEs: []string{"cpe:/a:v:p"}, PURLs: []string{"pkg:npm/p"}, Versions: []string{"1.0"}}},
		"a vendor by its name":    {"<AffectedItem><VendorName>V</VendorName></AffectedItem>", Affected{Vendor: "V"}},
		"CPE in capitals":         {"<AffectedItem><CPE>cpe:/a:v</CPE></AffectedItem>", Affected{CPEs: []string{"cpe:/a:v"}}},
		"a bare CPE name":         {"<Product> cpe:/a:v:p </Product>", Affected{CPEs: []string{"cpe:/a:v:p"}}},
		"a bare text is no CPE":   {"<Product>P</Product>", Affected{}},
		"empty names fall out":    {"<AffectedItem><Cpe/><VersionNumber> </VersionNumber></AffectedItem>", Affected{}},
		"several versions":        {"<AffectedItem><VersionNumber>1</VersionNumber><VersionNumber>2</VersionNumber></AffectedItem>", Affected{Versions: []string{"1", "2"}}},
		"another namespace":       {`<x:AffectedItem xmlns:x="urn:x"><x:Name>V</x:Name></x:AffectedItem>`, Affected{Vendor: "V"}},
		"a status nobody defined": {`<AffectedItem affectedstatus="maybe"/>`, Affected{Status: "maybe"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := readOne(t, vulinfo("<Affected>"+tt.xml+"</Affected>")).Vulinfo.Affected
			if diff := cmp.Diff([]Affected{tt.want}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRevisionAndProviderOfEveryShape(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ xml, want string }{
		"our profile":                     {`<VrdaDataProvider id="p"/><Vulinfo><VulinfoID>X</VulinfoID><VulinfoRevision>3</VulinfoRevision></Vulinfo>`, "p/X/3"},
		"revision as an attribute":        {`<VrdaDataProvider id="p"/><Vulinfo><VulinfoID revision="4">X</VulinfoID></Vulinfo>`, "p/X/4"},
		"an element named Revision":       {`<VrdaDataProvider id="p"/><Vulinfo><VulinfoID>X</VulinfoID><Revision> 5 </Revision></Vulinfo>`, "p/X/5"},
		"a revision that is no number":    {`<VrdaDataProvider id="p"/><Vulinfo><VulinfoID>X</VulinfoID><Revision>two</Revision></Vulinfo>`, "p/X/0"},
		"a revision below nothing":        {`<VrdaDataProvider id="p"/><Vulinfo><VulinfoID>X</VulinfoID><Revision>-1</Revision></Vulinfo>`, "p/X/0"},
		"a provider by its name":          {`<VrdaDataProvider name="P"/><Vulinfo><VulinfoID>X</VulinfoID></Vulinfo>`, "P/X/0"},
		"a provider as text":              {`<VrdaDataProvider> P </VrdaDataProvider><Vulinfo><VulinfoID>X</VulinfoID></Vulinfo>`, "P/X/0"},
		"a provider as elements":          {`<VrdaDataProvider><ID>p</ID><Name>N</Name></VrdaDataProvider><Vulinfo><VulinfoID>X</VulinfoID></Vulinfo>`, "p/X/0"},
		"the id wins over the name":       {`<VrdaDataProvider id="p" name="N"/><Vulinfo><VulinfoID>X</VulinfoID></Vulinfo>`, "p/X/0"},
		"no provider":                     {`<Vulinfo><VulinfoID>X</VulinfoID></Vulinfo>`, "/X/0"},
		"elements in another order":       {`<Vulinfo><Revision>2</Revision><VulinfoID>X</VulinfoID></Vulinfo><VrdaDataProvider id="p"/>`, "p/X/2"},
		"blanks around the number":        {`<Vulinfo><VulinfoID> X </VulinfoID></Vulinfo>`, "/X/0"},
		"an attribute in capitals counts": {`<VrdaDataProvider ID="p"/><Vulinfo><VulinfoID>X</VulinfoID></Vulinfo>`, "p/X/0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := readOne(t, "<VrdaData>"+tt.xml+"</VrdaData>")
			if got := data.Identity(); got != tt.want {
				t.Errorf("Identity() = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestTimesWithoutZoneAreJapanese(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2014-04-01T09:00:00+09:00": "2014-04-01T00:00:00Z", "2014-04-01T00:00:00Z": "2014-04-01T00:00:00Z",
		"2014-04-01T09:00:00": "2014-04-01T00:00:00Z", "2014-04-01": "2014-03-31T15:00:00Z", "soon": "0001-01-01T00:00:00Z", "": "0001-01-01T00:00:00Z",
	} {
		if got := instant(text).UTC().Format(time.RFC3339); got != want {
			t.Errorf("instant(%q) = %s, want %s", text, got, want)
		}
	}
}

func TestUnknownElementsAreKept(t *testing.T) {
	t.Parallel()
	d := readOne(t, `<VrdaData><A>1</A><Vulinfo><VulinfoID>X</VulinfoID><B>2</B><VulinfoData><C><D>3</D></C></VulinfoData></Vulinfo></VrdaData>`)
	if len(d.Extra) != 1 || d.Extra[0].Text != "1" || len(d.Vulinfo.Extra) != 2 || d.Vulinfo.Extra[0].Text != "2" || d.Vulinfo.Extra[1].Value("D") != "3" {
		t.Errorf("kept %+v and %+v", d.Extra, d.Vulinfo.Extra)
	}
}

func TestWriteTellsWhatIsMissing(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*Data)
		want   string
	}{
		"no number":               {func(d *Data) { d.Vulinfo.ID = "" }, "number and provider of the data are required"},
		"no provider":             {func(d *Data) { d.Provider = Provider{URL: "https://x"} }, "number and provider of the data are required"},
		"a fact without key":      {func(d *Data) { d.Vulinfo.Facts[1].Key = "" }, "CVE-2026-0001: a fact has no key"},
		"a value without key":     {func(d *Data) { d.Vulinfo.Facts[0].Values[0].Key = "" }, "CVE-2026-0001: a value of the fact AV has no key"},
		"an extra without a name": {func(d *Data) { d.Extra = []Element{{}} }, "is no name of an element"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := sample()
			tt.change(&d)
			var b bytes.Buffer
			if err := Write(&b, d); err == nil || !strings.Contains(err.Error(), tt.want) || b.Len() > 0 {
				t.Errorf("Write() = %v after %d bytes, want a text with %q", err, b.Len(), tt.want)
			}
			head := feed.Feed{ID: "urn:x", Title: "t", Updated: time.Unix(1, 0)}
			f, err := Feed(head, "csirt.example", time.Unix(0, 0), []Data{d}, nil)
			if err == nil {
				err = feed.Write(&b, f)
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) || b.Len() > 0 {
				t.Errorf("Feed() = %v after %d bytes, want a text with %q", err, b.Len(), tt.want)
			}
		})
	}
}

// A feed whose head was made by an earlier call declared the prefix twice, which is no XML.
func TestFeedOfAFeedIsWellFormed(t *testing.T) {
	t.Parallel()
	head := feed.Feed{ID: "urn:x", Title: "t", Updated: time.Unix(1, 0)}
	first, err := Feed(head, "csirt.example", time.Unix(0, 0), []Data{sample()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	more := sample()
	more.Vulinfo.Revision++
	second, err := Feed(first, "csirt.example", time.Unix(0, 0), []Data{more}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := feed.Write(&b, second); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "xmlns:vrda="); n != 1 {
		t.Errorf("the prefix is declared %d times", n)
	}
	d, err := Read(&b)
	if err != nil || len(d.Entries) != 2 || d.Entries[1].Data.Vulinfo.Revision != more.Vulinfo.Revision {
		t.Errorf("read %+v, %v", d, err)
	}
}

func TestCategoriesAreTheProductsEachOnce(t *testing.T) {
	t.Parallel()
	d := sample()
	d.Vulinfo.Affected = []Affected{{CPEs: []string{"cpe:/a:a", "cpe:/a:b"}, PURLs: []string{"pkg:npm/a"}}, {CPEs: []string{"cpe:/a:a"}, PURLs: []string{"pkg:npm/a", "pkg:npm/b"}}}
	f, err := Feed(feed.Feed{}, "CSIRT.example", time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC), []Data{d}, func(d Data) []feed.Link {
		return []feed.Link{{Rel: "alternate", Href: "https://csirt.example/" + d.Vulinfo.ID}}
	})
	if err != nil {
		t.Fatal(err)
	}
	e := f.Entries[0]
	var terms []string
	for _, c := range e.Categories {
		terms = append(terms, c.Term)
	}
	if got := strings.Join(terms, " "); got != "cpe:/a:a cpe:/a:b pkg:npm/a pkg:npm/b" {
		t.Errorf("categories %s", got)
	}
	if e.ID != "tag:csirt.example,2026-04-01:vrda/csirt.example/CVE-2026-0001/3" || e.Links[0].Href != "https://csirt.example/CVE-2026-0001" {
		t.Errorf("id %s, link %s", e.ID, e.Links[0].Href)
	}
}

func TestReadTellsThePlace(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("<a>", MaxDepth)
	for name, tt := range map[string]struct {
		doc, want string
		is        error
	}{
		"another root":       {"\n<html/>", "line 2, column 8: root element html", ErrKind},
		"a feed of no Atom":  {"<feed/>", "root element feed", ErrKind},
		"too deep":           {"<VrdaData>" + deep, "nested deeper than 32", guard.ErrLimit},
		"cut":                {"<VrdaData>\n<Vulinfo>", "line 2", nil},
		"a second document":  {"<VrdaData/><VrdaData/>", "after the end of the document", nil},
		"a DOCTYPE":          {"<!DOCTYPE x><VrdaData/>", "remove the DOCTYPE", nil},
		"nothing":            {"", "is this an XML file?", nil},
		"a record too large": {"<VrdaData>" + strings.Repeat(" ", MaxRecordBytes+1<<16) + "</VrdaData>", "a record is larger than 8388608 bytes", guard.ErrLimit},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Read(strings.NewReader(tt.doc))
			if err == nil || !strings.HasPrefix(err.Error(), "vrda: ") || !strings.Contains(err.Error(), tt.want) || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("Read() = %v, want a text with %q", err, tt.want)
			}
		})
	}
}

func TestRandomDataComesBack(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(6, 6))
	text := func() string { return []string{"a", "日本 語", "1 < 2 & 3", `"q"`, "x\ny", "]]>", "<b>"}[r.IntN(7)] }
	at := func() time.Time { return time.Unix(r.Int64N(4e9), 0).UTC() }
	for range 300 {
		want := sample()
		want.Vulinfo.Title, want.Vulinfo.Overview, want.Provider.Name = text(), text(), text()
		want.Vulinfo.Updated, want.Vulinfo.Public, want.Vulinfo.Revision = at(), at(), 1+r.IntN(1000)
		want.Vulinfo.Facts = nil
		for i := range 1 + r.IntN(4) {
			f := Fact{Namespace: text(), Key: fmt.Sprintf("k%d", i), Source: text(), Observed: at()}
			for range r.IntN(3) {
				f.Values = append(f.Values, Value{text(), text()})
			}
			want.Vulinfo.Facts = append(want.Vulinfo.Facts, f)
		}
		var b bytes.Buffer
		if err := Write(&b, want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, readOne(t, b.String())); diff != "" {
			t.Fatal(diff)
		}
	}
}

func ExampleData_Identity() {
	d := Data{Provider: Provider{ID: "csirt.example"}, Vulinfo: Vulinfo{ID: "CVE-2026-0001", Revision: 2}}
	fmt.Println(d.Identity())
	// Output: csirt.example/CVE-2026-0001/2
}
