package feed

import (
	"bytes"
	"encoding/xml"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"noroshi.dev/format/internal/markup"
	"noroshi.dev/internal/testkit"
)

func at(hour int) time.Time {
	return time.Date(2026, 4, 1, hour, 0, 0, 0, time.FixedZone("JST", 9*3600))
}

func sample() Feed {
	id := TagID("CSIRT.example", at(12), "view/未処理 1")
	return Feed{
		ID: id, Lang: "ja", Title: "対応が必要な項目 <1 & 2>", Subtitle: "毎時", Updated: at(12),
		Author: Person{Name: "CSIRT", URI: "https://csirt.example/", Email: "c@csirt.example"},
		Rights: "TLP:GREEN", Generator: "noroshi",
		Links:      []Link{{Rel: "self", Href: "https://csirt.example/a?b=1&c=2", Type: "application/atom+xml", Lang: "ja"}},
		Categories: []Category{{Term: "task", Scheme: "https://csirt.example/s", Label: "作業"}},
		Prefixes:   []Prefix{{Prefix: "x", Namespace: "urn:x"}},
		Extensions: []Element{markup.New("urn:x", "total", "2")},
		Entries: []Entry{
			{ID: id + "/1", Title: "一", Updated: at(11), Published: at(10), Summary: "概要", Content: "<p>a</p>", ContentType: HTML, Links: []Link{{Rel: "alternate", Href: "https://csirt.example/1"}}, Categories: []Category{{Term: "cpe:/a:v:p"}}},
			{ID: id + "/2", Lang: "en", Title: "two", Updated: at(9), Content: "a\x00b\r\nc", Author: Person{Name: "other"}, Extensions: []Element{markup.New("urn:y", "fact", "N").With("key", "AV \"q\"")}},
		},
	}
}

func write(t *testing.T, f Feed) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, f); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWrite(t *testing.T) {
	t.Parallel()
	got := write(t, sample())
	if got != write(t, sample()) {
		t.Error("two writings differ")
	}
	for _, want := range []string{
		`<feed xmlns="http://www.w3.org/2005/Atom" xmlns:x="urn:x" xmlns:ns1="urn:y" xml:lang="ja">`,
		`<id>tag:csirt.example,2026-04-01:view/%E6%9C%AA%E5%87%A6%E7%90%86%201</id>`,
		`<title>対応が必要な項目 &lt;1 &amp; 2&gt;</title>`,
		`<updated>2026-04-01T03:00:00Z</updated>`,
		`<content type="html">&lt;p&gt;a&lt;/p&gt;</content>`,
		"<content type=\"text\">a\ufffdb&#13;\nc</content>",
		`<x:total>2</x:total>`,
		`<ns1:fact key="AV &quot;q&quot;">N</ns1:fact>`,
		`<category term="cpe:/a:v:p"/>`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("feed lacks %s:\n%s", want, got)
		}
	}
}

// The schema of Atom that MyJVN uses is the judge; it lives with the reference data.
func TestWriteIsValid(t *testing.T) {
	t.Parallel()
	schema := testkit.Shared(t, "data/jvn/driver/myjvn_hnd.xsd")
	lint, err := exec.LookPath("xmllint")
	if err != nil {
		testkit.Missing(t, "xmllint")
	}
	cmd := exec.CommandContext(t.Context(), lint, "--nonet", "--noout", "--schema", filepath.Base(schema), "-")
	cmd.Dir = filepath.Dir(schema)
	// The schema demands declarations for foreign elements, which RFC 4287 does not.
	f := sample()
	f.Extensions, f.Entries[1].Extensions = nil, nil
	cmd.Stdin = strings.NewReader(write(t, f))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

func TestReadBack(t *testing.T) {
	t.Parallel()
	var got struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		Title   string   `xml:"title"`
		Entries []struct {
			ID      string `xml:"id"`
			Content string `xml:"content"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal([]byte(write(t, sample())), &got); err != nil {
		t.Fatal(err)
	}
	if got.Title != sample().Title || len(got.Entries) != 2 || got.Entries[0].Content != "<p>a</p>" || got.Entries[1].Content != "a\ufffdb\r\nc" {
		t.Errorf("read back %+v", got)
	}
}

func TestWriteRefuses(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Feed){
		"no id":         func(f *Feed) { f.ID = "" },
		"relative id":   func(f *Feed) { f.Entries[0].ID = "1" },
		"no title":      func(f *Feed) { f.Title = "" },
		"no time":       func(f *Feed) { f.Entries[1].Updated = time.Time{} },
		"no author":     func(f *Feed) { f.Author = Person{} },
		"twice":         func(f *Feed) { f.Entries[1].ID, f.Entries[1].Updated = f.Entries[0].ID, f.Entries[0].Updated },
		"no alternate":  func(f *Feed) { f.Entries[0].Content, f.Entries[0].Links[0].Rel = "", "self" },
		"empty entry":   func(f *Feed) { f.Entries[1].Content = "" },
		"a name of XML": func(f *Feed) { f.Extensions = []Element{markup.New("urn:x", "a b", "")} },
	} {
		f := sample()
		change(&f)
		var b bytes.Buffer
		if err := Write(&b, f); err == nil || b.Len() > 0 {
			t.Errorf("%s: err = %v with %d bytes written", name, err, b.Len())
		}
	}
}

func TestWriteEntry(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := WriteEntry(&b, sample().Entries[1], nil); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), `<entry xmlns="http://www.w3.org/2005/Atom" xmlns:ns1="urn:y" xml:lang="en">`) {
		t.Errorf("entry %s", b.String())
	}
	if err := WriteEntry(&b, sample().Entries[0], nil); err == nil {
		t.Error("an entry without author is accepted")
	}
}

func FuzzWrite(f *testing.F) {
	f.Add("title", "content", "term")
	f.Add("\x00\xff", "]]>", "\n\t\"'&<>\r\ufffe")
	f.Fuzz(func(t *testing.T, title, content, term string) {
		feed := sample()
		feed.Title, feed.Entries[0].Content, feed.Categories[0].Term = "t"+title, content, "t"+term
		var b bytes.Buffer
		if err := Write(&b, feed); err != nil {
			t.Fatal(err)
		}
		if err := xml.Unmarshal(b.Bytes(), new(struct{ XMLName xml.Name })); err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, b.String())
		}
	})
}
