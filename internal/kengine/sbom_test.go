package kengine

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
)

// bill is a bill of materials of these package URLs and a few components that cannot be taken.
func bill(purls ...string) string {
	var parts []string
	for _, p := range purls {
		name := p[strings.LastIndexByte(p, '/')+1 : strings.LastIndexByte(p, '@')]
		parts = append(parts, fmt.Sprintf(`{"type":"library","name":%q,"version":%q,"purl":%q}`, name, p[strings.LastIndexByte(p, '@')+1:], p))
	}
	parts = append(parts, `{"type":"library","name":"nobody","version":"1"}`, `{"type":"library","name":"bad","version":"1","purl":"nonsense"}`,
		`{"type":"application","name":"Shop*","version":"1.5","supplier":{"name":"Acme"}}`, parts[0])
	return `{"bomFormat":"CycloneDX","specVersion":"1.5","version":1,"components":[` + strings.Join(parts, ",") + `]}`
}

func TestImportSBOM(t *testing.T) {
	t.Parallel()
	bothWithModel(t, func(t *testing.T, f *fixture) {
		ctx := t.Context()
		f.loadText(t, record("CVE-2026-0001", "Acme", "Shop", "2.0", "CWE-79"))
		take := func(name, text string) TagImport {
			t.Helper()
			got, err := f.ImportSBOM(ctx, f.manager, name, strings.NewReader(text), TagInput{Exposure: "open"})
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		figures := func(r TagImport) [5]int { return [5]int{r.Added, r.Updated, r.Same, r.Gone, len(r.Skipped)} }
		first := bill("pkg:npm/left@1.0", "pkg:npm/right@2.0")
		if got := figures(take("shop", first)); got != [5]int{3, 0, 0, 0, 3} {
			t.Fatalf("first: %v", got)
		}
		before := hash(t, f)
		if got := figures(take("shop", first)); got != [5]int{0, 0, 3, 0, 3} || hash(t, f) != before {
			t.Errorf("again: %v", got)
		}
		f.decideAll(t, "org1")
		if v := f.valueOf(t, "CVE-2026-0001", "ssvc:EXP"); !slices.Equal(v.Values, []string{"O"}) || v.Source != "tag:Shop* 1.5" {
			t.Errorf("exposure %+v", v)
		}
		left := f.tagNamed(t, "left")
		in := left.TagInput
		in.Owner, in.Criticality = "me", "high"
		if err := f.UpdateTag(ctx, f.manager, left.ID, left.Version, in); err != nil {
			t.Fatal(err)
		}
		if got := figures(take("shop", bill("pkg:npm/left@1.1", "pkg:npm/third@1.0"))); got != [5]int{1, 1, 1, 1, 3} {
			t.Errorf("upgrade: %v", got)
		}
		if got := f.tagNamed(t, "left"); got.ID != left.ID || got.Owner != "me" || got.Criticality != "high" || got.Release != "1.1" {
			t.Errorf("after the upgrade: %+v", got)
		}
		if got := f.tagNamed(t, "right"); got.Active || got.Gone.IsZero() {
			t.Errorf("what is gone: %+v", got)
		}
		if got := figures(take("shop", first)); got != [5]int{0, 2, 1, 1, 3} {
			t.Errorf("back: %v", got)
		}
		if got := f.tagNamed(t, "right"); !got.Active || !got.Gone.IsZero() {
			t.Errorf("what came back: %+v", got)
		}
		if got := figures(take("other", bill("pkg:npm/left@1.0"))); got != [5]int{2, 0, 0, 0, 3} {
			t.Errorf("another document: %v", got)
		}
		for _, bad := range []string{"", "{}", "nonsense", `{"bomFormat":"CycloneDX","components":[`} {
			if _, err := f.ImportSBOM(ctx, f.manager, "bad", strings.NewReader(bad), TagInput{}); !errors.Is(err, fault.Invalid) {
				t.Errorf("%q: %v", bad, err)
			}
		}
		if _, err := f.ImportSBOM(ctx, member("org1", identity.Reader), "x", strings.NewReader(first), TagInput{}); err == nil {
			t.Error("a reader imports")
		}
	})
}

// tagNamed returns the first tag whose name has a word.
func (f *fixture) tagNamed(t *testing.T, word string) Tag {
	t.Helper()
	page, err := f.Tags(t.Context(), f.manager, Query{Filter: parse(t, "is:all "+word)})
	if err != nil || len(page.Items) == 0 {
		t.Fatalf("%s: %v, %v", word, page, err)
	}
	return page.Items[0]
}

func TestTagsOutAndIn(t *testing.T) {
	t.Parallel()
	bothWithModel(t, func(t *testing.T, f *fixture) {
		ctx, other := t.Context(), member("org2", identity.Manager)
		for _, in := range []TagInput{
			{Name: "one", Vendor: "a, b", Product: `with "quotes"`, Release: "1", Criticality: "low", Active: true},
			{CPE: "cpe:/a:acme:shop:1.0", Owner: "=me", Facts: append(impact("MF"), Claim{Fact: "ssvc:EXP:1.0.1", Values: []string{"C", "O"}})},
			{PURL: "pkg:npm/%40x/y@1.0", Active: true},
		} {
			if _, err := f.CreateTag(ctx, f.manager, in); err != nil {
				t.Fatal(err)
			}
		}
		export := func(a identity.Actor) string {
			var b bytes.Buffer
			w := csv.NewWriter(&b)
			_ = w.Write(TagColumns())
			for tag, err := range f.ExportTags(ctx, a, Query{}) {
				if err != nil {
					t.Fatal(err)
				}
				_ = w.Write(tag.Cells())
			}
			w.Flush()
			return b.String()
		}
		text := export(f.manager)
		got, err := f.ImportTags(ctx, f.manager, "tags.csv", strings.NewReader(text))
		if err != nil || got.Same != 3 || got.Added+got.Updated+len(got.Skipped) != 0 {
			t.Errorf("the own export again: %+v, %v", got, err)
		}
		if got, err = f.ImportTags(ctx, other, "tags.csv", strings.NewReader(text)); err != nil || got.Added != 3 {
			t.Errorf("in another organisation: %+v, %v", got, err)
		}
		if export(other) != text {
			t.Errorf("there it is\n%s\nhere\n%s", export(other), text)
		}
		got, err = f.ImportTags(ctx, f.manager, "x.csv", strings.NewReader("\ufeffProduct,Exposure\nnew,open\nnew,open\nbad,far\n,\n"))
		if err != nil || got.Added != 1 || len(got.Skipped) != 3 || got.Skipped[0].Line != 3 {
			t.Errorf("with mistakes: %+v, %v", got, err)
		}
		for _, bad := range []string{"", "colour\nred\n", "product\n\"open"} {
			if _, err := f.ImportTags(ctx, f.manager, "x.csv", strings.NewReader(bad)); !errors.Is(err, fault.Invalid) {
				t.Errorf("%q: %v", bad, err)
			}
		}
	})
}

func FuzzTagFile(f *testing.F) {
	f.Add("product,facts\nopenssl,ssvc:E:1.1.0=A\n")
	f.Fuzz(func(t *testing.T, text string) {
		var r TagImport
		list, err := r.lines(strings.NewReader(text), func(*TagInput) error { return nil })
		if err == nil && len(list)+len(r.Skipped)+r.More != r.Read {
			t.Fatalf("%d taken, %d skipped of %d", len(list), len(r.Skipped), r.Read)
		}
	})
}
