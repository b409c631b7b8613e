package jvn

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/version"
)

func TestParseVersionsUnderstands(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]version.Range{
		"1.0～2.0":            {Start: "1.0", End: "2.0"},
		"1.0〜2.0":            {Start: "1.0", End: "2.0"},
		"バージョン 1.0 ～ 2.0 未満": {Start: "1.0", End: "2.0", EndExcluded: true},
		"1.0 から 2.0 より前":     {Start: "1.0", End: "2.0", EndExcluded: true},
		"1.0 より後 2.0 以下":     {Start: "1.0", StartExcluded: true, End: "2.0"},
		"2.0 より後":            {Start: "2.0", StartExcluded: true},
		"2.0 より新しいバージョン":     {Start: "2.0", StartExcluded: true},
		"later than 2.0":     {Start: "2.0", StartExcluded: true},
		"> 2.0":              {Start: "2.0", StartExcluded: true},
		">= 2.0":             {Start: "2.0"},
		"< 2.0":              {End: "2.0", EndExcluded: true},
		"<= 2.0":             {End: "2.0"},
		"2.0 まで":             {End: "2.0"},
		"2.0 以前":             {End: "2.0"},
		"2.0 より以前":           {End: "2.0", EndExcluded: true},
		"2.0 以前のバージョンは含まない":           {End: "2.0", EndExcluded: true},
		"2.0 及びそれ以前のバージョン":            {End: "2.0"},
		"2.0 およびそれ以降":                 {Start: "2.0"},
		"earlier than 2.0":            {End: "2.0", EndExcluded: true},
		"2.0 and below":               {End: "2.0"},
		"2.0 or later":                {Start: "2.0"},
		"from 1.0 to 2.0":             {Start: "1.0", End: "2.0"},
		"from 1.0 prior to 2.0":       {Start: "1.0", End: "2.0", EndExcluded: true},
		"1.0 and later, prior to 2.0": {Start: "1.0", End: "2.0", EndExcluded: true},
		"Example Server v3":           {Exact: "3"},
		"1.2.3-beta.4":                {Exact: "1.2.3-beta.4"},
		"1.0~rc1":                     {Exact: "1.0~rc1"},
		"1.0.":                        {Exact: "1.0"},
		"ver 2.0 （Windows 版 CVE を含む）": {Exact: "2.0"},
		"全てのバージョン":                    {},
		"All versions":                {},
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			if got, ok := ParseVersions(text); !ok || got != want {
				t.Errorf("ParseVersions() = %+v, %v, want %+v", got, ok, want)
			}
		})
	}
}

// What is ambiguous must stay a text: a wrong range hides a vulnerability.
func TestParseVersionsDoesNotGuess(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"1.0 と 2.0", "1.0、2.0", "1.0 または 2.0", "1.0 から 2.0", "2.0 未満 1.0 以上", "1.0 以前および 2.0 以前", "before 2.0 and later than 1.0",
		"1.0 の一部", "1.0 (", "1.0 for Windows", "最新版", "1.0 以上 2.0 以上", "1 2 3 4 5 以下",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			if got, ok := ParseVersions(text); ok {
				t.Errorf("ParseVersions() = %+v, want not understood", got)
			}
		})
	}
}

// Every range written in the phrases of JVN is read back as it was.
func TestPhrasesComeBack(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(8, 1))
	from := map[bool]string{false: "以上", true: "より後"}
	until := map[bool]string{false: "以下", true: "未満"}
	for range 500 {
		want := version.Range{
			Start: fmt.Sprintf("%d.%d", r.IntN(9), r.IntN(99)), StartExcluded: r.IntN(2) == 0,
			End: fmt.Sprintf("%d.%d.%d", 10+r.IntN(9), r.IntN(9), r.IntN(9)), EndExcluded: r.IntN(2) == 0,
		}
		text := fmt.Sprintf("バージョン %s%s %s%s", want.Start, from[want.StartExcluded], want.End, until[want.EndExcluded])
		if got, ok := ParseVersions(text); !ok || got != want {
			t.Fatalf("%s is read as %+v, %v, want %+v", text, got, ok, want)
		}
	}
}

func TestRangeOfBoundsAndOperators(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		v    VersionNumber
		want string
		ok   bool
	}{
		"bounds win over the text":       {VersionNumber{Text: "9", Begin: &Bound{Value: "1"}}, ">=1", true},
		"bounds left out on both sides":  {VersionNumber{Begin: &Bound{"gt", "1"}, End: &Bound{"lt", "2"}}, ">1|<2", true},
		"greater than":                   {VersionNumber{Operator: "gt", Text: "1"}, ">1", true},
		"less or equal":                  {VersionNumber{Operator: "le", Text: "1"}, "<=1", true},
		"equal":                          {VersionNumber{Operator: "eq", Text: "1"}, "=1", true},
		"an operator without a version":  {VersionNumber{Operator: "lt"}, "*", false},
		"nothing at all":                 {VersionNumber{}, "*", false},
		"unequal is no range":            {VersionNumber{Operator: "ne", Text: "1"}, "*", false},
		"a text that nobody understands": {VersionNumber{Text: "一部"}, "*", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := tt.v.Range()
			if ok != tt.ok || ok && got.String() != tt.want {
				t.Errorf("Range() = %v, %v, want %s, %v", got, ok, tt.want, tt.ok)
			}
		})
	}
}

func TestPlainTextOfTags(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ in, want string }{
		"a list":                      {"<ul><li>a</li><li>b</li></ul>", "- a\n- b"},
		"an ordered list":             {"<OL><LI>a</LI></OL>", "- a"},
		"paragraphs":                  {"<p>a</p><p>b</p>", "a\n\nb"},
		"breaks of every spelling":    {"a<br>b<br/>c<br />d<BR>e", "a\nb\nc\nd\ne"},
		"a link keeps its words":      {`see <a href="https://x/?a>">here</a>`, `see ">here`},
		"bold falls away":             {"a <b>b</b> c", "a b c"},
		"a comparison stays":          {"a < b and c > d", "a < b and c > d"},
		"an address in brackets goes": {"<x@example.org>", ""},
		"entities":                    {"&lt;script&gt; &amp;amp; &#26085;", "<script> &amp; 日"},
		"escaped tags become text":    {"&lt;b&gt;", "<b>"},
		"a backslash and n":           {`a\nb`, "a\nb"},
		"no end of a tag":             {"a <b", "a <b"},
		"many without an end":         {"<a<a<a<a", "<a<a<a<a"},
		"an end after a bare sign":    {"1 < 2 <b>x</b>", "1 < 2 x"},
		"blanks around":               {"\n a \n", "a"},
		"nothing":                     {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := PlainText(tt.in); got != tt.want {
				t.Errorf("PlainText(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

// Each less-than sign looked for its end to the end of the text: a record of 16 MiB took hours.
func TestPlainTextOfHostileTextIsLinear(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"tags without end": strings.Repeat("<a", 4<<20), "ends without tag": strings.Repeat(">", 4<<20), "signs": strings.Repeat("< ", 4<<20)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			done := make(chan int, 1)
			go func() { done <- len(PlainText(text)) }()
			select {
			case n := <-done:
				if n < len(text)-1 {
					t.Errorf("%d of %d bytes are left", n, len(text))
				}
			case <-time.After(10 * time.Second):
				t.Fatal("did not end within 10s")
			}
		})
	}
}

func TestStatusPages(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		first, returned, total, next int
		ok                           bool
	}{
		"the first of three pages":   {1, 50, 120, 51, true},
		"the second":                 {51, 50, 120, 101, true},
		"the last":                   {101, 20, 120, 0, false},
		"exactly full":               {1, 50, 50, 0, false},
		"one more than a page":       {1, 50, 51, 51, true},
		"none":                       {1, 0, 0, 0, false},
		"an answer that returns 0":   {1, 0, 10, 0, false},
		"an answer without numbers":  {-1, -1, -1, 0, false},
		"a first of 0 is no answer":  {0, 50, 120, 0, false},
		"a total that is not known":  {1, 50, -1, 0, false},
		"more returned than in all":  {1, 60, 50, 0, false},
		"a first beyond the results": {200, 50, 120, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			next, ok := Status{First: tt.first, Returned: tt.returned, Total: tt.total}.Next()
			if next != tt.next || ok != tt.ok {
				t.Errorf("Next() = %d, %v, want %d, %v", next, ok, tt.next, tt.ok)
			}
		})
	}
}

func TestStatusOK(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{"0": true, "": true, "1": false, "-1": false, "00": false} {
		if got := (Status{ReturnCode: code}).OK(); got != want {
			t.Errorf("OK() of %q = %v, want %v", code, got, want)
		}
	}
}

func TestTLPOfMarkings(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		list []MarkingStructure
		want string
	}{
		"none":                        {nil, ""},
		"the label in capitals":       {[]MarkingStructure{{"TLP", "amber"}}, "AMBER"},
		"a model in small letters":    {[]MarkingStructure{{"tlp", "WHITE"}}, "WHITE"},
		"no model named":              {[]MarkingStructure{{"", "RED"}}, "RED"},
		"another model is passed":     {[]MarkingStructure{{"IEP", "RED"}, {"TLP", "GREEN"}}, "GREEN"},
		"an empty colour is passed":   {[]MarkingStructure{{"TLP", ""}, {"TLP", "GREEN"}}, "GREEN"},
		"the first of two is the one": {[]MarkingStructure{{"TLP", "RED"}, {"TLP", "WHITE"}}, "RED"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := (Handling{tt.list}).TLP(); got != tt.want {
				t.Errorf("TLP() = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestIdentifiersOfOneKindEachOnce(t *testing.T) {
	t.Parallel()
	ids := []string{"CVE-2026-0001", " cve-2026-0002 ", "CVE-2026-0001", "CWE-79", "CWE-noinfo", "CWE-Other", "JVN#123", "CVE-", "", "cwe-089"}
	var item Item
	var v Vulinfo
	for _, id := range ids {
		item.References = append(item.References, Reference{ID: id})
		v.Data.Related = append(v.Data.Related, RelatedItem{ID: id})
	}
	v.Data.Description = &Description{Overview: "text", CWE: []RelatedItem{{ID: "CWE-20"}, {ID: "CWE-79"}}}
	for name, tt := range map[string]struct{ got, want []string }{
		"CVE of an item":     {item.CVEs(), []string{"CVE-2026-0001", "CVE-2026-0002"}},
		"CWE of an item":     {item.CWEs(), []string{"CWE-79", "CWE-089"}},
		"CVE of a detail":    {v.CVEs(), []string{"CVE-2026-0001", "CVE-2026-0002"}},
		"CWE of a detail":    {v.CWEs(), []string{"CWE-20", "CWE-79", "CWE-089"}},
		"none of the zero":   {Vulinfo{}.CVEs(), nil},
		"no CWE of the zero": {Vulinfo{}.CWEs(), nil},
	} {
		if !slices.Equal(tt.got, tt.want) {
			t.Errorf("%s: %q, want %q", name, tt.got, tt.want)
		}
	}
	if v.Overview() != "text" || (Vulinfo{}).Overview() != "" || (Vulinfo{}).CVSS() != nil {
		t.Error("a Vulinfo without description or impact has some")
	}
}

func TestDatesAsTheyOccur(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2026-04-01T09:00:00+09:00":     "2026-04-01T00:00:00Z",
		"2026-04-01T00:00:00Z":          "2026-04-01T00:00:00Z",
		"2026-04-01T09:00:00.25+09:00":  "2026-04-01T00:00:00.25Z",
		"2026-04-01T09:00:00":           "2026-04-01T00:00:00Z",
		"2026-04-01T09:00+09:00":        "2026-04-01T00:00:00Z",
		"2026-04-01":                    "2026-03-31T15:00:00Z",
		"2026/04/01":                    "2026-03-31T15:00:00Z",
		"\n\t2026-04-01T00:00:00Z \n":   "2026-04-01T00:00:00Z",
		"2026-02-30":                    "",
		"2026年4月1日":                     "",
		"":                              "",
		"2026-04-01T25:00:00Z":          "",
		"Wed, 01 Apr 2026 00:00:00 GMT": "",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			d := parseDate(text)
			got := ""
			if !d.Time.IsZero() {
				got = d.Time.UTC().Format(time.RFC3339Nano)
			}
			if got != want || d.Text != strings.TrimSpace(text) {
				t.Errorf("parseDate() = %s with the text %q, want %s", got, d.Text, want)
			}
		})
	}
}

// A date without seconds was written as it was read; the schemas refuse it.
func TestDatesAreWrittenAsTheSchemaDemands(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2026-04-01T09:00:00+09:00": "2026-04-01T09:00:00+09:00",
		"2026-04-01T00:00:00Z":      "2026-04-01T00:00:00Z",
		"2026-04-01T09:00+09:00":    "2026-04-01T09:00:00+09:00",
		"2026-04-01T09:00:00":       "2026-04-01T09:00:00+09:00",
		"2026-04-01":                "2026-04-01T00:00:00+09:00",
		"2026-04-01T09:00:00,5Z":    "2026-04-01T18:00:00+09:00",
		"no date":                   "",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			d := everything()
			d.Vulinfos[0].Data.Public = parseDate(text)
			var b bytes.Buffer
			if err := WriteDetail(&b, d); err != nil {
				t.Fatal(err)
			}
			_, rest, found := strings.Cut(b.String(), "<DatePublic>")
			got, _, _ := strings.Cut(rest, "<")
			if got != want || found != (want != "") {
				t.Errorf("DatePublic is %q, want %q", got, want)
			}
			validate(t, b.String())
		})
	}
}

func TestWriteDetailTellsWhatIsMissing(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*Detail)
		want   string
	}{
		"no vulnerability":    {func(d *Detail) { d.Vulinfos = nil }, "VULDEF demands at least one vulnerability"},
		"no number":           {func(d *Detail) { d.Vulinfos[0].ID = "" }, "vulnerability 1: no number"},
		"scores without text": {func(d *Detail) { d.Vulinfos[0].Data.Impact.Items = nil }, "vulnerability 1: an impact needs at least one item"},
		"a label of TLP 2":    {func(d *Detail) { d.Handling = Handling{[]MarkingStructure{{"TLP", "AMBER+STRICT"}}} }, "TLP:AMBER+STRICT cannot be written"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := everything()
			tt.change(d)
			var b bytes.Buffer
			if err := WriteDetail(&b, d); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("WriteDetail() = %v, want a text with %q", err, tt.want)
			}
			if b.Len() > 0 {
				t.Errorf("%d bytes were written before the refusal", b.Len())
			}
		})
	}
}

func TestWriteOverviewTellsWhatIsMissing(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		o    Overview
		want string
	}{
		"no address": {Overview{Items: []Item{{About: "a", Title: "t"}, {Title: "t"}}}, "item 2: no address or no title"},
		"no title":   {Overview{Items: []Item{{About: "a"}}}, "item 1: no address or no title"},
		"a label":    {Overview{Channel: Channel{Handling: Handling{[]MarkingStructure{{"TLP", "PURPLE"}}}}}, "TLP:PURPLE cannot be written"},
		"a parameter twice": {
			Overview{Status: Status{Method: "getVulnOverviewList", Parameters: map[string]string{"lang": "ja", "method": "x"}}},
			"has the attribute method twice",
		},
		"a parameter that is no name": {
			Overview{Status: Status{Method: "getVulnOverviewList", Parameters: map[string]string{"a b": "x"}}},
			`"a b" is no name of an element or attribute`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			if err := WriteOverview(&b, &tt.o); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("WriteOverview() = %v, want a text with %q", err, tt.want)
			}
			if b.Len() > 0 {
				t.Errorf("%d bytes were written before the refusal", b.Len())
			}
		})
	}
}

// filled puts a text into every string below v, so that a field that is written or read wrongly shows.
func filled(r *rand.Rand, v reflect.Value) {
	switch {
	case v.Type() == reflect.TypeFor[Date]():
		v.Set(reflect.ValueOf(NewDate(time.Unix(r.Int64N(4e9), 0))))
	case v.Kind() == reflect.String:
		texts := []string{"a", "日本 語", "1 < 2 & 3", `"q"`, "<b>x</b>", "&amp;", "]]>"}
		v.SetString(texts[r.IntN(len(texts))])
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		filled(r, v.Elem())
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1+r.IntN(2), 2))
		for i := range v.Len() {
			filled(r, v.Index(i))
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			filled(r, v.Field(i))
		}
	}
}

func TestEveryFieldOfADetailComesBack(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	for range 50 {
		var list []Vulinfo
		filled(r, reflect.ValueOf(&list).Elem())
		var b bytes.Buffer
		if err := WriteDetail(&b, &Detail{Lang: "ja", Vulinfos: list}); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		d, err := ReadDetail(&b)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if diff := cmp.Diff(list, d.Vulinfos, sameInstant()); diff != "" {
			t.Fatalf("%s\n%s", diff, text)
		}
	}
}

func TestEveryFieldOfAnItemComesBack(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(2, 1))
	for range 50 {
		var list []Item
		filled(r, reflect.ValueOf(&list).Elem())
		var b bytes.Buffer
		if err := WriteOverview(&b, &Overview{Lang: "en", Items: list}); err != nil {
			t.Fatal(err)
		}
		o, err := ReadOverview(&b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(list, o.Items, sameInstant()); diff != "" || o.Lang != "en" {
			t.Fatalf("%s %s", o.Lang, diff)
		}
	}
}

func sameInstant() cmp.Option {
	return cmp.Comparer(func(a, b Date) bool { return a.Text == b.Text && a.Time.Equal(b.Time) })
}

func TestStatusComesBack(t *testing.T) {
	t.Parallel()
	want := Status{
		Version: "3.3", Method: "getVulnOverviewList", Lang: "ja", ReturnCode: "0", Total: 120, Returned: 50, First: 51, Max: 50,
		Parameters: map[string]string{"feed": "hnd", "keyword": "日本", "startItem": "51"},
	}
	var b bytes.Buffer
	if err := WriteOverview(&b, &Overview{Status: want}); err != nil {
		t.Fatal(err)
	}
	first := b.String()
	o, err := ReadOverview(&b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, o.Status); diff != "" {
		t.Error(diff)
	}
	for range 20 { // parameters are a map
		var again bytes.Buffer
		if err := WriteOverview(&again, &Overview{Status: want}); err != nil || again.String() != first {
			t.Fatalf("another writing differs, %v", err)
		}
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.ErrUnsupported }

func TestWritersPassTheErrorOn(t *testing.T) {
	t.Parallel()
	if err := WriteDetail(failing{}, everything()); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("WriteDetail() = %v", err)
	}
	if err := WriteOverview(failing{}, &Overview{}); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("WriteOverview() = %v", err)
	}
}

func ExamplePlainText() {
	fmt.Println(PlainText("次の製品が影響を受けます。<ul><li>A &amp; B</li><li>C</li></ul>"))
	// Output:
	// 次の製品が影響を受けます。
	//
	// - A & B
	// - C
}

func ExampleStatus_Next() {
	next, ok := Status{First: 1, Returned: 50, Total: 120}.Next()
	fmt.Println(next, ok)
	// Output: 51 true
}
