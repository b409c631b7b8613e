package web

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/testkit"
)

// packed is the length of a file after gzip -9.
func packed(t *testing.T, data []byte) int {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

func TestBudgets(t *testing.T) {
	t.Parallel()
	css, err := fs.ReadFile(embedded, "assets/noroshi.css")
	if err != nil {
		t.Fatal(err)
	}
	if n := packed(t, css); n > 8000 {
		t.Errorf("stylesheet = %d bytes packed, want at most 8,000", n)
	}
	own, err := fs.ReadFile(embedded, "assets/noroshi.js")
	if err != nil {
		t.Fatal(err)
	}
	htmx, err := fs.ReadFile(embedded, "assets/"+htmxFile)
	if err != nil {
		testkit.Missing(t, "htmx in assets/vendor; run make assets")
	}
	if n := packed(t, own) + packed(t, htmx); n > 20_000 {
		t.Errorf("scripts = %d bytes packed, want at most 20,000", n)
	}
}

// classAttr finds class attributes of templ sources and strings in Go that write HTML.
var classAttr = regexp.MustCompile(`class="([^"]*)"`)

// classExpr finds class expressions of templ sources and the words in them.
var (
	classExpr = regexp.MustCompile(`class=\{([^}]*)\}`)
	classWord = regexp.MustCompile(`"([a-z][a-z0-9 -]*)"`)
	cssClass  = regexp.MustCompile(`\.([a-zA-Z][a-zA-Z0-9_-]*)`)
	cssIgnore = regexp.MustCompile(`(?s)/\*.*?\*/|"[^"]*"`)
)

// classesOf returns the class names that a source file writes.
func classesOf(source string) []string {
	var out []string
	for _, m := range classAttr.FindAllStringSubmatch(source, -1) {
		out = append(out, strings.Fields(m[1])...)
	}
	for _, m := range classExpr.FindAllStringSubmatch(source, -1) {
		for _, w := range classWord.FindAllStringSubmatch(m[1], -1) {
			out = append(out, strings.Fields(w[1])...)
		}
	}
	return out
}

// unknownClasses are the names of a source that the stylesheet does not know.
func unknownClasses(css, source string) []string {
	known := map[string]bool{}
	for _, m := range cssClass.FindAllStringSubmatch(cssIgnore.ReplaceAllString(css, ""), -1) {
		known[m[1]] = true
	}
	var out []string
	for _, c := range classesOf(source) {
		if !known[c] && !strings.ContainsAny(c, "`+{}'(") {
			out = append(out, c)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// behind are names that need no rule: the console is the default, and a variable.
func behind() []string { return []string{"console", "class"} }

func TestEveryClassIsInTheStylesheet(t *testing.T) {
	t.Parallel()
	css, err := fs.ReadFile(embedded, "assets/noroshi.css")
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(testkit.Root(t), "internal")
	files := 0
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		drawing := strings.Contains(path, "web/chart/") && !strings.HasSuffix(path, "_test.go")
		if err != nil || d.IsDir() || !drawing && !strings.HasSuffix(path, ".templ") {
			return err
		}
		files++
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, c := range unknownClasses(string(css), string(source)) {
			if !slices.Contains(behind(), c) {
				t.Errorf("%s: class %q is not in noroshi.css", path, c)
			}
		}
		if strings.Contains(string(source), " style=") {
			t.Errorf("%s: a style attribute, which the policy refuses", path)
		}
		return nil
	})
	if err != nil || files < 8 {
		t.Errorf("%d files, %v", files, err)
	}
	if got := unknownClasses(".a{} .b-c:hover{}", `<p class="a no"> class={ "b-c", templ.KV("bad", x) }`); !slices.Equal(got, []string{"bad", "no"}) {
		t.Errorf("unknownClasses() = %v: the check sees nothing", got)
	}
}

func TestAssetsAreImmutableAndPacked(t *testing.T) {
	t.Parallel()
	h := open(t, nil, nil)
	page := h.ask(t, "GET", "/ja/public", "", nil)
	for _, url := range regexp.MustCompile(`/assets/[a-z/.]+\.[0-9a-f]{12}\.(css|js|svg)`).FindAllString(page.body, -1) {
		got := h.ask(t, "GET", url, "", nil, "Accept-Encoding", "gzip")
		if got.StatusCode != http.StatusOK || !strings.Contains(got.Header.Get("Cache-Control"), "immutable") || got.Header.Get("Content-Type") == "" {
			t.Errorf("%s = %d %v", url, got.StatusCode, got.Header)
		}
		if got.Header.Get("Content-Encoding") != "gzip" && len(got.body) > 500 {
			t.Errorf("%s is not packed", url)
		}
	}
	if got := h.ask(t, "GET", "/assets/noroshi.000000000000.css", "", nil); got.StatusCode != http.StatusNotFound || strings.Contains(got.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("an asset that is not there = %d %v", got.StatusCode, got.Header)
	}
	a, err := newAssets(fstest.MapFS{"assets/vendor/.gitkeep": {}, "assets/x.css": {Data: []byte("a{}")}})
	if err != nil || len(a.files) != 1 || !a.has("x.css") || a.has(htmxFile) {
		t.Errorf("newAssets() = %v, %v", a, err)
	}
}

func TestMessagesOfTheShellAgree(t *testing.T) {
	t.Parallel()
	c := i18n.New()
	if err := addMessages(c); err != nil {
		t.Fatal(err)
	}
	for _, err := range c.Check() {
		t.Error(err)
	}
}

// keyInSource finds message keys of the shell in its sources.
var keyInSource = regexp.MustCompile(`"(web\.[a-z_]+(?:\.[a-z_]+)*)"`)

func TestEveryKeyHasATextAndEveryTextIsUsed(t *testing.T) {
	t.Parallel()
	c := i18n.New()
	if err := addMessages(c); err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	var all strings.Builder
	for _, dir := range []string{".", "ui", "chart", "filter", "gallery", "../api"} {
		names, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if !strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, ".templ") || strings.HasSuffix(name, "_templ.go") || strings.HasSuffix(name, "_test.go") {
				continue
			}
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(source)
			for _, m := range keyInSource.FindAllStringSubmatch(string(source), -1) {
				used[m[1]] = true
				known := c.Has(i18n.JA, m[1]) || c.Has(i18n.JA, m[1]+".invalid")
				if !known && !slices.Contains([]string{"web.form", "web.list", "web.use"}, m[1]) {
					t.Errorf("%s: key %q has no text", name, m[1])
				}
			}
		}
	}
	for _, key := range c.Keys(i18n.JA) {
		base := strings.TrimSuffix(strings.TrimSuffix(key, ".invalid"), ".other")
		made := strings.HasPrefix(key, "web.filter.") || strings.HasPrefix(key, "web.api.parameter.") // joined in code
		if strings.HasPrefix(key, "web.") && !used[key] && !used[base] && !made {
			t.Errorf("text %q is not used", key)
		}
	}
}
