package browser

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
)

// chrome is the browser of this test binary.
var chrome Browser

func TestMain(m *testing.M) {
	code := m.Run()
	chrome.Close()
	os.Exit(code)
}

// site serves one page under the policy of the product.
func site(t *testing.T, body string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Security-Policy", "default-src 'none'; img-src data:")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, `<!doctype html><html lang="en"><head><title>t</title><link rel="icon" href="data:,"></head><body><main><h1>t</h1>`+body+`</main></body></html>`)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestAxeIsNotVacuous(t *testing.T) {
	t.Parallel()
	tab := chrome.Tab(t, Options{})
	tab.Open(site(t, `<input name="x"><p><font color="#aaaaaa">pale words on white</font></p>`))
	var got []string
	for _, v := range tab.Axe() {
		got = append(got, v.ID)
	}
	slices.Sort(got)
	if want := []string{"color-contrast", "label"}; !slices.Equal(got, want) {
		t.Errorf("Axe() = %v, want %v", got, want)
	}
}

func TestPolicyAndWidthAreSeen(t *testing.T) {
	t.Parallel()
	tab := chrome.Tab(t, Options{Width: 390})
	tab.Open(site(t, `<script>document.title = "run"</script><textarea cols="200" aria-label="wide"></textarea>`))
	tab.Wait(`document.readyState === "complete"`)
	if got := strings.Join(tab.Errors(), "\n"); !strings.Contains(got, "POLICY script-src") {
		t.Errorf("Errors() = %q, want the refused script", got)
	}
	if over, _ := tab.Wide(); over < 400 {
		t.Errorf("Wide() = %d, want more than 400", over)
	}
	if got := Eval[string](tab, "document.title"); got != "t" {
		t.Errorf("title = %q: the script ran", got)
	}
}

func TestTabsShareNothing(t *testing.T) {
	t.Parallel()
	url := site(t, "")
	with := chrome.Tab(t, Options{URL: url, Cookies: map[string]string{"a": "1"}})
	with.Open(url)
	without := chrome.Tab(t, Options{})
	without.Open(url)
	if a, b := Eval[string](with, "document.cookie"), Eval[string](without, "document.cookie"); a != "a=1" || b != "" {
		t.Errorf("cookies %q and %q, want a=1 and none", a, b)
	}
}

func TestNoScriptRunsNone(t *testing.T) {
	t.Parallel()
	tab := chrome.Tab(t, Options{NoScript: true})
	tab.Open(site(t, `<noscript><p id="off">off</p></noscript>`))
	if got := tab.Text("#off"); got != "off" {
		t.Errorf("Text() = %q, want what noscript holds", got)
	}
	tab.Check("noscript")
}

func TestName(t *testing.T) {
	t.Parallel()
	if got, want := Name("a/b", "ja", 390), "a_b-ja-390"; got != want {
		t.Errorf("Name() = %q, want %q", got, want)
	}
}
