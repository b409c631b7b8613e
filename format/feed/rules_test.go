package feed

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

// One thing is changed in each case; the wording names the entry and what it lacks.
func TestWriteNamesTheRuleThatIsBroken(t *testing.T) {
	t.Parallel()
	alternate := Link{Rel: "alternate", Href: "https://x/1"}
	for name, tt := range map[string]struct {
		change func(*Feed)
		want   string // empty: it is taken
	}{
		"as it is":                           {func(*Feed) {}, ""},
		"a relative id":                      {func(f *Feed) { f.ID = "feed/1" }, `feed: id "feed/1" is no absolute IRI`},
		"no title":                           {func(f *Feed) { f.Title = "" }, "has no title"},
		"no time":                            {func(f *Feed) { f.Updated = time.Time{} }, "has no time of change"},
		"an entry with a relative id":        {func(f *Feed) { f.Entries[0].ID = "1" }, `feed: entry 1: id "1" is no absolute IRI`},
		"an entry without title":             {func(f *Feed) { f.Entries[0].Title = "" }, "feed: entry 1: "},
		"an entry without time":              {func(f *Feed) { f.Entries[0].Updated = time.Time{} }, "has no time of change"},
		"nobody wrote it":                    {func(f *Feed) { f.Author = Person{}; f.Entries[0].Author = Person{Email: "x@y"} }, "neither the entry nor the feed has an author"},
		"an entry twice at the same time":    {func(f *Feed) { f.Entries = append(f.Entries, f.Entries[0]) }, "occurs twice with the same time"},
		"neither content nor alternate link": {func(f *Feed) { f.Entries[0].Content = ""; f.Entries[0].Links = nil }, "neither content nor a link of rel alternate"},
		"an alternate link in place of it":   {func(f *Feed) { f.Entries[0].Content = ""; f.Entries[0].Links = []Link{alternate} }, ""},
		"a link without rel is alternate":    {func(f *Feed) { f.Entries[0].Content = ""; f.Entries[0].Links = []Link{{Href: "https://x"}} }, ""},
		"a link of the feed without address": {func(f *Feed) { f.Links = []Link{{Rel: "self"}} }, "feed: link 1 has no address"},
		"a link of an entry without address": {func(f *Feed) { f.Entries[0].Links = []Link{alternate, {Rel: "related"}} }, "feed: entry 1: link 2 has no address"},
		"two alternate links of one kind":    {func(f *Feed) { f.Links = []Link{alternate, {Href: "https://x/2"}} }, "feed: link 2 is a second one of rel alternate"},
		"alternate links of two languages":   {func(f *Feed) { f.Links = []Link{alternate, {Rel: "alternate", Href: "https://x/2", Lang: "en"}} }, ""},
		"alternate links of two types":       {func(f *Feed) { f.Links = []Link{alternate, {Rel: "alternate", Href: "https://x/2", Type: "text/csv"}} }, ""},
		"two related links": {func(f *Feed) {
			f.Links = []Link{{Rel: "related", Href: "https://x/1"}, {Rel: "related", Href: "https://x/1"}}
		}, ""},
		"a category without term":         {func(f *Feed) { f.Categories = []Category{{Label: "l"}} }, "feed: category 1 has no term"},
		"a category of an entry likewise": {func(f *Feed) { f.Entries[0].Categories = []Category{{Term: "a"}, {Scheme: "urn:x"}} }, "feed: entry 1: category 2 has no term"},
		"content as xhtml":                {func(f *Feed) { f.Entries[0].ContentType = "xhtml" }, "content of type xhtml; write it as html"},
		"one prefix for two namespaces": {func(f *Feed) {
			f.Prefixes = []Prefix{{Prefix: "a", Namespace: "urn:a"}, {Prefix: "a", Namespace: "urn:b"}}
		}, `prefix "a" stands for urn:a and for urn:b`},
		"a prefix named twice": {func(f *Feed) {
			f.Prefixes = []Prefix{{Prefix: "a", Namespace: "urn:a"}, {Prefix: "a", Namespace: "urn:a"}}
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := Feed{
				ID: "urn:feed", Title: "t", Updated: at(1), Author: Person{Name: "N"},
				Entries: []Entry{{ID: "urn:1", Title: "e", Updated: at(1), Content: "c"}},
			}
			tt.change(&f)
			var b bytes.Buffer
			err := Write(&b, f)
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("Write() = %v, want that it is taken", err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want) || b.Len() > 0):
				t.Errorf("Write() = %v after %d bytes, want a text with %q", err, b.Len(), tt.want)
			}
		})
	}
}

func TestTagIDOfEverySpecificPart(t *testing.T) {
	t.Parallel()
	since := time.Date(2026, 4, 1, 23, 0, 0, 0, time.FixedZone("", -5*60*60)) // the second of April in UTC
	for specific, want := range map[string]string{
		"case/1": "case/1", "a b": "a%20b", "日本": "%E6%97%A5%E6%9C%AC", "a?b#c": "a%3Fb%23c", "a%b": "a%25b", "": "", "x:y": "x:y",
	} {
		if got := TagID("CSIRT.Example", since, specific); got != "tag:csirt.example,2026-04-02:"+want {
			t.Errorf("TagID(%q) = %s", specific, got)
		}
	}
}

func ExampleTagID() {
	fmt.Println(TagID("csirt.example", time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC), "case/事案 1"))
	// Output: tag:csirt.example,2026-04-01:case/%E4%BA%8B%E6%A1%88%201
}
