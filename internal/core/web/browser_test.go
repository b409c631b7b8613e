package web

import (
	"io/fs"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/testkit"
	"noroshi.dev/internal/testkit/browser"
)

// chrome is the browser of this test binary.
var chrome browser.Browser

func TestMain(m *testing.M) {
	code := m.Run()
	chrome.Close()
	os.Exit(code)
}

// tab is a tab of a signed-in person.
func (h *house) tab(t *testing.T, o browser.Options) *browser.Tab {
	t.Helper()
	o.URL, o.Cookies = h.URL, map[string]string{"who": "x"}
	return chrome.Tab(t, o)
}

// packages asks for the script packages, without which some keys do less.
func packages(t *testing.T) {
	t.Helper()
	if _, err := fs.ReadFile(embedded, "assets/"+htmxFile); err != nil {
		testkit.Missing(t, "htmx in assets/vendor; run make assets")
	}
}

func TestGalleryLooksAndReadsWell(t *testing.T) {
	t.Parallel()
	h := open(t, func(c *Config) { c.Demo = true }, nil)
	for _, l := range i18n.Langs() {
		for _, theme := range []string{"light", "dark"} {
			for _, width := range []int64{1280, 390} {
				name := browser.Name("gallery", l, theme, width)
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					tab := h.tab(t, browser.Options{Theme: theme, Width: width})
					tab.Open(h.URL + "/" + string(l) + galleryPath)
					tab.Check(name)
				})
			}
		}
	}
}

func TestPagesOfTheShellInTheBrowser(t *testing.T) {
	t.Parallel()
	h := open(t, nil, nil)
	for name, path := range map[string]string{"keys": keysPath, "go": goPath + "?q=a", "missing": "/nothing", "public": "/public"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tab := h.tab(t, browser.Options{Width: 390, Allow: []string{"404"}})
			for _, l := range i18n.Langs() {
				tab.Open(h.URL + "/" + string(l) + path)
				tab.Check(browser.Name(name, l))
			}
		})
	}
}

func TestThemeOfThePerson(t *testing.T) {
	t.Parallel()
	a := analyst()
	a.Theme = "dark"
	h := open(t, func(c *Config) { c.Sessions = sessions{a} }, nil)
	tab := h.tab(t, browser.Options{Theme: "light"})
	tab.Open(h.URL + "/ja/console/keys")
	if got := browser.Eval[string](tab, "getComputedStyle(document.body).backgroundColor + getComputedStyle(document.documentElement).backgroundColor"); !strings.Contains(got, "rgb(18, 20, 23)") {
		t.Errorf("ground = %s, want the dark one", got)
	}
}

// chosen is how many rows are chosen, as the page shows it.
const chosen = `[...document.querySelectorAll("tr[data-row][aria-selected=true]")].map((r) => r.rowIndex).join()`

// filtered is true when the rows of the whole filter text are there and settled.
const filtered = `(new URLSearchParams(location.search).get("q") || "").endsWith("jjx?") && !document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")`

func TestKeyboard(t *testing.T) {
	t.Parallel()
	packages(t)
	h := open(t, nil, nil)
	tab := h.tab(t, browser.Options{})
	tab.Open(h.URL + "/ja" + galleryPath)
	tab.Do(chromedp.Evaluate[chromedp.Void]("document.activeElement.blur()"))
	if got := browser.Eval[bool](tab, `document.querySelector("[data-bulk]").hidden`); !got {
		t.Error("the bulk bar shows though nothing is chosen")
	}
	tab.Press("jx")
	tab.Press("jj")
	tab.Press("X")
	if got := browser.Eval[string](tab, chosen); got != "1,2,3" {
		t.Errorf("chosen rows = %s, want 1,2,3", got)
	}
	if got := tab.Text("[data-selected]"); got != "3 件を選択" {
		t.Errorf("bar = %q", got)
	}
	tab.Picture("bulk")
	tab.Press("kx")
	if got := browser.Eval[string](tab, chosen); got != "1,3" {
		t.Errorf("chosen rows = %s, want 1,3", got)
	}
	tab.Press("/")
	tab.Press("jjx?") // the rows filtered meanwhile come without a choice
	if got := browser.Eval[string](tab, `document.activeElement.id + document.activeElement.value + `+chosen); !strings.HasPrefix(got, "qis:open assignee:*") || !strings.HasSuffix(strings.TrimSuffix(got, "1,3"), "jjx?") {
		t.Errorf("letters in a field do something: %q", got)
	}
	tab.Press(kb.Escape)
	tab.Press("?")
	tab.Wait(`document.querySelector("#keys").open`)
	tab.Picture("keys-dialog")
	tab.Press(kb.Escape)
	tab.Press("k", chromedp.KeyModifiers(kb.ModifierCtrl))
	tab.Wait(`document.querySelector("#palette").open`)
	tab.Type("#palette-q", "abc")
	tab.Wait(`document.querySelector("#palette-hits").textContent.includes("found abc")`)
	tab.Check("palette")
	tab.Press(kb.Escape)
	tab.Wait(filtered) // else the swap would take the focus of the row
	tab.Press("j")
	tab.Press(kb.Enter)
	tab.Wait(`location.search.includes("id=")`)
	tab.Check("keyboard")
}

func TestPaletteOpensItsFirstHit(t *testing.T) {
	t.Parallel()
	packages(t)
	h := open(t, nil, nil)
	tab := h.tab(t, browser.Options{})
	tab.Open(h.URL + "/ja/console/keys")
	tab.Press("k", chromedp.KeyModifiers(kb.ModifierCtrl))
	tab.Type("#palette-q", "abc")
	tab.Wait(`document.querySelector("#palette-hits").textContent.includes("found abc")`)
	tab.Press(kb.Enter)
	tab.Wait(`location.pathname === "/ja/console/thing/1"`)
}

func TestChordsGoToPages(t *testing.T) {
	t.Parallel()
	h := open(t, nil, nil)
	tab := h.tab(t, browser.Options{})
	tab.Open(h.URL + "/ja/console/keys")
	tab.Press("gw")
	tab.Wait(`location.pathname === "/ja/console/_gallery"`)
}

func TestSingleLettersCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	a := analyst()
	a.NoKeys = true
	h := open(t, func(c *Config) { c.Sessions = sessions{a} }, nil)
	tab := h.tab(t, browser.Options{})
	tab.Open(h.URL + "/ja" + galleryPath)
	tab.Do(chromedp.Evaluate[chromedp.Void]("document.activeElement.blur()"))
	tab.Press("j?")
	if got := browser.Eval[string](tab, `document.activeElement.tagName + document.querySelector("#keys").open`); got != "BODYfalse" {
		t.Errorf("letters do something: %s", got)
	}
}

func TestErrorsOfRequestsAreShown(t *testing.T) {
	t.Parallel()
	packages(t)
	h := open(t, nil, func(rs *Routes) {
		rs.Get("/console/live", manage(), func(http.ResponseWriter, *http.Request) error { return nil })
	})
	tab := h.tab(t, browser.Options{Allow: []string{"403", "Response Status Error Code"}})
	tab.Open(h.URL + "/ja" + galleryPath)
	tab.Do(chromedp.Evaluate[chromedp.Void](`htmx.ajax("GET", "/ja/console/live", "#rows")`))
	tab.Wait(`document.querySelector("#status").textContent.includes("権限がありません")`)
	tab.Check("error-notice")
}

func TestWithoutScripts(t *testing.T) {
	t.Parallel()
	h := open(t, nil, nil)
	tab := h.tab(t, browser.Options{NoScript: true})
	tab.Open(h.URL + "/ja" + galleryPath)
	tab.Check("gallery-noscript")
	tab.Click(`a[data-open="palette"]`)
	tab.Type("#go-q", "abc")
	tab.Press(kb.Enter)
	tab.Wait(`location.search === "?q=abc"`)
	if got := tab.Text("main .hits"); !strings.Contains(got, "found abc") {
		t.Errorf("hits = %q", got)
	}
}
