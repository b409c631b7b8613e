package gallery

import (
	"context"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/web/ui"
)

// page is the gallery in a language.
func page(t *testing.T, l i18n.Lang) string {
	t.Helper()
	texts := i18n.New()
	if err := texts.Add("web", os.DirFS("..")); err != nil {
		t.Fatal(err)
	}
	ctx := ui.With(context.Background(), ui.Reader{Lang: l, Texts: texts, Now: day(), Path: "/console/_gallery", Query: url.Values{}})
	var b strings.Builder
	if err := Page().Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGalleryShowsEveryComponent(t *testing.T) {
	t.Parallel()
	for _, l := range i18n.Langs() {
		got := page(t, l)
		for _, part := range []string{
			`class="tabs"`, `class="filters"`, `class="chip"`, `class="list"`, `class="stack"`, "data-row", `class="bulk"`, `class="pager"`,
			`class="notice bad"`, `class="notice open"`, `class="notice good"`, `class="steps"`, "tlp-red", "tlp-amber", "tlp-green", "tlp-clear",
			`class="mark now"`, `class="mark soon"`, `class="mark plan"`, `class="mark none"`, `class="state bad"`, `class="state open"`, `class="state good"`, `class="state unknown"`,
			`class="fact"`, "data-copy", `class="embargo-clock"`, "<ins>", "<del>", `type="datetime-local"`, `type="radio"`, `type="file"`, "<textarea", "<select", "<dialog",
			`class="empty"`, `class="history"`, `class="card"`, `class="score"`, `class="question field"`, `class="card recommend"`, `class="thread plain"`, `class="card mail"`, `class="menu"`,
			`class="chart"`, `class="chart spark"`, `class="tree"`, "q5", `class="quote"`, `class="crumb"`,
		} {
			if !strings.Contains(got, part) {
				t.Errorf("%s: the gallery does not show %s", l, part)
			}
		}
		if key := regexp.MustCompile(`\b(web|i18n)\.[a-z_]+\.[a-z_.]+\b`).FindString(got); key != "" {
			t.Errorf("%s: the gallery shows the key %s", l, key)
		}
		if strings.Contains(got, " style=") || strings.Contains(got, "<script") || regexp.MustCompile(` on[a-z]+=`).MatchString(got) {
			t.Errorf("%s: the gallery has a style or a script inside", l)
		}
	}
}

func TestEnglishGalleryIsEnglish(t *testing.T) {
	t.Parallel()
	if found := regexp.MustCompile(`[\p{Hiragana}\p{Katakana}]+`).FindString(page(t, i18n.EN)); found != "" {
		t.Errorf("the English gallery has %q", found)
	}
}

func TestIdsAreUnique(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(page(t, i18n.JA), -1) {
		if seen[m[1]] {
			t.Errorf("id %q twice", m[1])
		}
		seen[m[1]] = true
	}
	if len(seen) < 10 {
		t.Errorf("%d ids: the check sees nothing", len(seen))
	}
}

func TestListIsAFragment(t *testing.T) {
	t.Parallel()
	texts := i18n.New()
	if err := texts.Add("web", os.DirFS("..")); err != nil {
		t.Fatal(err)
	}
	ctx := ui.With(context.Background(), ui.Reader{Lang: i18n.JA, Texts: texts, Now: day()})
	var b strings.Builder
	if err := templ.RenderFragments(ctx, &b, Page(), "list"); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); !strings.HasPrefix(got, `<p class="chips">`) || strings.Contains(got, `class="filters"`) {
		t.Errorf("fragment = %.200s", got)
	}
}
