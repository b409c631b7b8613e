package kengine

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/kengine/intake"
)

func TestCut(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   string
		n    int
		want string
	}{
		"short":                   {"abc", 3, "abc"},
		"long":                    {"abcd", 3, "ab…"},
		"counted in characters":   {"脆弱性情報", 5, "脆弱性情報"},
		"never half a character":  {"脆弱性情報", 3, "脆弱…"},
		"no space before the end": {"ab cd", 4, "ab…"},
		"nothing":                 {"", 3, ""},
		"no room":                 {"abc", 0, ""},
		"room for the sign":       {"abc", 1, "…"},
		"zeros are replaced":      {"a\x00b", 9, "a\uFFFDb"},
		"broken letters too":      {"a\xffb", 9, "a\uFFFDb"},
		"and in what is cut":      {"a\x00bcd", 3, "a\uFFFD…"},
	} {
		if got := cut(c.in, c.n); got != c.want {
			t.Errorf("%s: cut(%q, %d) = %q, want %q", name, c.in, c.n, got, c.want)
		}
	}
}

func TestOneLineAndSentence(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		" a  b\n\tc ": "a b c", "a b": "a b", " a ": "a", "": "", "\r\n": "", "a\u3000b": "a\u3000b",
	} {
		if got := oneLine(in); got != want {
			t.Errorf("oneLine(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"One. Two.": "One.", "Version 1.2 is bad. Next": "Version 1.2 is bad.", "一つ。二つ。": "一つ。", "no end": "no end", "": "", "End.": "End.", "A. B。C": "A. B。",
	} {
		if got := sentence(in); got != want {
			t.Errorf("sentence(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]bool{"": false, "abc": false, "漢": true, "ひ": true, "カ": true, "é": false, "한": false, "a、": false} {
		if got := hasJapanese(in); got != want {
			t.Errorf("hasJapanese(%q) = %v", in, got)
		}
	}
}

// TestZerosInDocuments: the character zero is replaced, a text that speaks of \u0000 stays.
func TestZerosInDocuments(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`"a"`: `"a"`, `"\u0000"`: `"\ufffd"`, `"a\u0000b\u0000"`: `"a\ufffdb\ufffd"`, `"\\u0000"`: `"\\u0000"`, `"\\\u0000"`: `"\\\ufffd"`,
		`"\\\\u0000"`: `"\\\\u0000"`, `"\u00001"`: `"\ufffd1"`, ``: ``, `\u0000`: `\ufffd`,
	} {
		if got := string(withoutZero([]byte(in))); got != want {
			t.Errorf("withoutZero(%s) = %s, want %s", in, got, want)
		}
	}
}

func TestStems(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"cpe:2.3:a:Microsoft:Windows:10:*:*:*:*:*:*:*": "a:microsoft:windows", "cpe:2.3:o:v:p": "o:v:p", "cpe:/a:v:p:1": "a:v:p", "cpe:/a:V:P": "a:v:p",
		"cpe:2.3:a:v": "", "cpe:/a:v": "", "": "", "x": "", "cpe:2.2:a:v:p": "",
	} {
		if got := stem(in); got != want {
			t.Errorf("stem(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{" A  B ": "a b", "n/a": "", "N/A": "", "": "", "Ｘ": "ｘ"} {
		if got := name(in); got != want {
			t.Errorf("name(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestKeysOfRecords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		id      string
		aliases []string
		key     string
		ids     []string
	}{
		{"CVE-2026-1", nil, "CVE-2026-1", []string{"CVE-2026-1"}},
		{"JVNDB-2026-1", []string{"CVE-2026-1"}, "CVE-2026-1", []string{"JVNDB-2026-1", "CVE-2026-1"}},
		{"RHSA-1", []string{"CVE-2026-1", "CVE-2026-2"}, "RHSA-1", []string{"RHSA-1", "CVE-2026-1", "CVE-2026-2"}},
		{"CVE-2026-1", []string{"CVE-2026-2", "", "CVE-2026-1"}, "CVE-2026-1", []string{"CVE-2026-1", "CVE-2026-2"}},
		{"GHSA-x", []string{"", "DSA-1"}, "GHSA-x", []string{"GHSA-x", "DSA-1"}},
	} {
		r := &intake.Record{ID: c.id, Aliases: c.aliases}
		if got := chooseKey(r); got != c.key {
			t.Errorf("chooseKey(%s %v) = %s, want %s", c.id, c.aliases, got, c.key)
		}
		if got := identities(r); !slices.Equal(got, c.ids) {
			t.Errorf("identities(%s %v) = %v, want %v", c.id, c.aliases, got, c.ids)
		}
	}
}

func TestScores(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		scores []intake.Score
		want   int64
	}{
		"none":                   {nil, -1},
		"the newest version":     {[]intake.Score{{Version: "2.0", Value: 10}, {Version: "3.1", Value: 5.5}, {Version: "3.0", Value: 9}}, 55},
		"the highest of one":     {[]intake.Score{{Version: "3.1", Value: 5.5}, {Version: "3.1", Value: 7.8}, {Version: "3.1", Value: 6}}, 78},
		"zero is a score":        {[]intake.Score{{Version: "3.1", Value: 0}}, 0},
		"rounded, not cut":       {[]intake.Score{{Version: "3.1", Value: 7.1999999}}, 72},
		"version 4 before all 3": {[]intake.Score{{Version: "4.0", Value: 1}, {Version: "3.1", Value: 10}}, 10},
	} {
		for range 6 {
			rand.Shuffle(len(c.scores), func(i, j int) { c.scores[i], c.scores[j] = c.scores[j], c.scores[i] })
			p := &prepared{cvss: -1}
			if p.score(c.scores); p.cvss != c.want {
				t.Errorf("%s: %d, want %d", name, p.cvss, c.want)
			}
		}
	}
	if got := []float64{score(-1), score(0), score(98)}; !slices.Equal(got, []float64{-1, 0, 9.8}) {
		t.Errorf("scores = %v", got)
	}
	for in, want := range map[string]int64{"0": 0, "9.8": 98, "10": 100, "7.05": 71} {
		if got, ok := readScore(in); got != want || !ok {
			t.Errorf("readScore(%q) = %d, %v", in, got, ok)
		}
	}
	for _, in := range []string{"", "-0.1", "10.1", "NaN", "Inf", "high"} {
		if _, ok := readScore(in); ok {
			t.Errorf("readScore(%q) is taken", in)
		}
	}
}

func TestTitles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		r                    intake.Record
		title, titleJA, lang string
	}{
		"its own":               {intake.Record{Title: "A  title"}, "A title", "", "en"},
		"the first sentence":    {intake.Record{Descriptions: []intake.Text{{Lang: "en", Value: "First. Second."}}}, "First.", "", "en"},
		"English before others": {intake.Record{Descriptions: []intake.Text{{Lang: "ja", Value: "一。"}, {Lang: "en-US", Value: "One."}}}, "One.", "", "en"},
		"Japanese alone":        {intake.Record{Descriptions: []intake.Text{{Lang: "ja", Value: "一。二。"}}}, "一。", "", "ja"},
		"another language":      {intake.Record{Descriptions: []intake.Text{{Lang: "de", Value: "Eins. Zwei."}}}, "Eins.", "", "de"},
		"Japanese of JVN":       {intake.Record{Kind: intake.KindJVNDetail, Title: "認証の欠如"}, "認証の欠如", "認証の欠如", "en"},
		"English of JVN":        {intake.Record{Kind: intake.KindJVNDetail, Title: "Missing"}, "Missing", "", "en"},
		"nothing":               {intake.Record{}, "", "", "en"},
	} {
		p := &prepared{}
		if p.describe(&c.r); p.title != c.title || p.titleJA != c.titleJA || p.lang != c.lang {
			t.Errorf("%s: %q, %q, %s", name, p.title, p.titleJA, p.lang)
		}
	}
}

func TestProductsOfLists(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]intake.Product{
		"Cisco IOS": {Vendor: "Cisco", Product: "IOS"}, "curl": {Vendor: "curl", Product: "Curl", Package: "x"}, "x": {Vendor: "n/a", Package: "x"},
		"": {Vendor: "n/a", Product: "n/a"}, "IOS": {Product: "IOS"},
		"Fortinet FortiOS": {Vendor: "Fortinet", Product: "Fortinet FortiOS"}, "fortinet_os": {Vendor: "Fortinet", Product: "fortinet_os"},
		"Go Google": {Vendor: "Go", Product: "Google"}, "製品 製品": {Vendor: " 製品 ", Product: " 製品 製品"}, "Acme": {Vendor: "Acme"},
	} {
		if got := productText(&p); !strings.EqualFold(got, want) {
			t.Errorf("productText(%+v) = %q, want %q", p, got, want)
		}
	}
	p := &prepared{}
	p.listProducts([]intake.Product{
		{Vendor: "V", Product: "P", CPEs: []string{"cpe:2.3:a:v:p:1:*:*:*:*:*:*:*", "cpe:2.3:a:v:p:2:*:*:*:*:*:*:*", "cpe:2.3:a:v:q:*:*:*:*:*:*:*:*"}}, {Vendor: "V", Product: "P"}, {},
	})
	want := []affected{{"v", "p", "a:v:p", ""}, {"v", "p", "a:v:q", ""}, {"v", "p", "", ""}}
	if !slices.Equal(p.affected, want) || p.products != "V P" {
		t.Errorf("affected = %+v, products %q", p.affected, p.products)
	}
}

// TestHeadsMergeInAnyOrder: the row of a report does not depend on which document came first.
func TestHeadsMergeInAnyOrder(t *testing.T) {
	t.Parallel()
	origins := []origin{
		{kind: intake.KindKEV, head: head{State: "published", Title: "kev", Products: "k", CVSS: -1, Published: day(9), Modified: day(20)}},
		{kind: intake.KindCVE, head: head{State: "rejected", Title: "cve", CVSS: -1, Modified: day(3)}},
		{kind: intake.KindNVD, head: head{State: "published", Title: "nvd", Summary: "s", Lang: "en", CVSS: 98, Vector: "v", Published: day(2), Modified: day(30)}},
		{kind: intake.KindJVNDetail, head: head{State: "published", Title: "jvn", TitleJA: "じ", Summary: "j", Lang: "ja", CVSS: 10}},
		{kind: KindManual, head: head{State: "published", Title: "hand", TitleJA: "手", CVSS: -1}},
	}
	want := head{State: "rejected", Title: "cve", TitleJA: "じ", Summary: "s", Lang: "en", Products: "k", Published: day(2), Modified: day(30), CVSS: 98, Vector: "v"}
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		random.Shuffle(len(origins), func(i, j int) { origins[i], origins[j] = origins[j], origins[i] })
		kept := slices.Clone(origins)
		leadingFirst(kept)
		if diff := cmp.Diff(want, mergeHeads(kept)); diff != "" {
			t.Fatalf("merged (-want +got):\n%s", diff)
		}
	}
}

func TestNews(t *testing.T) {
	t.Parallel()
	stored := []origin{{kind: intake.KindCVE, digest: "a", head: head{Modified: day(5)}}}
	for name, c := range map[string]struct {
		kind   intake.Kind
		digest string
		at     time.Time
		want   bool
	}{
		"the same":               {intake.KindCVE, "a", day(5), false},
		"the same, said later":   {intake.KindCVE, "a", day(6), false},
		"another of that time":   {intake.KindCVE, "b", day(5), true},
		"a newer one":            {intake.KindCVE, "b", day(6), true},
		"an older one":           {intake.KindCVE, "b", day(4), false},
		"another kind, as old":   {intake.KindNVD, "a", day(1), true},
		"another kind, no time":  {intake.KindKEV, "x", time.Time{}, true},
		"the kind, without time": {intake.KindCVE, "b", time.Time{}, false},
	} {
		f := &found{prepared: &prepared{kind: c.kind, digest: c.digest, modified: c.at}}
		if got := news(f, stored); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// TestAliasesAreNotShared: an id that is another report's is no alias, and neither is another CVE.
func TestAliasesAreNotShared(t *testing.T) {
	t.Parallel()
	p := &prepared{key: "CVE-2026-1", ids: []string{"JVNDB-1", "CVE-2026-1", "CVE-2026-2", "VU#1", "GHSA-1"}}
	if got := p.aliases("CVE-2026-1", map[string]string{"GHSA-1": "other"}); !slices.Equal(got, []string{"JVNDB-1", "VU#1"}) {
		t.Errorf("aliases = %v", got)
	}
	for name, c := range map[string]struct {
		there map[string]string
		want  string
	}{
		"nowhere": {nil, ""}, "by its own id": {map[string]string{"JVNDB-1": "a", "CVE-2026-1": "b"}, "a"}, "by its key": {map[string]string{"CVE-2026-1": "b"}, "b"},
		"not by an advisory": {map[string]string{"VU#1": "c"}, ""},
	} {
		if got := p.find(c.there); got != c.want {
			t.Errorf("found %s: %q, want %q", name, got, c.want)
		}
	}
}
