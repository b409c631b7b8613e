package browser

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"noroshi.dev/internal/testkit"
)

// Violation is a rule of axe that a page breaks.
type Violation struct {
	ID    string   `json:"id"`
	Help  string   `json:"help"`
	Nodes []string `json:"nodes"` // markup of the elements, with what is wrong
}

// axeRun runs the rules and returns what matters of its report.
const axeRun = `axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then((r) => JSON.stringify(
	r.violations.map((v) => ({id: v.id, help: v.help, nodes: v.nodes.map((n) => n.target.join(" ") + "  " + n.failureSummary)}))))`

// axeScript returns the script of axe.
func axeScript(tb testing.TB) string {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join(testkit.Root(tb), "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		testkit.Missing(tb, "axe-core in node_modules; run make assets")
	}
	return string(data)
}

// Axe returns the rules that the present page breaks.
func (t *Tab) Axe() []Violation {
	t.tb.Helper()
	t.Do(chromedp.Evaluate[chromedp.Void](axeScript(t.tb)))
	var found []Violation
	if err := json.Unmarshal([]byte(Eval[string](t, axeRun)), &found); err != nil {
		t.tb.Fatalf("browser: axe: %v", err)
	}
	return found
}

// Wide returns by how many pixels the page is wider than its window, 0 if it is
// not, and names the elements that stick out.
func (t *Tab) Wide() (int, string) {
	t.tb.Helper()
	over := Eval[int](t, `document.documentElement.scrollWidth - document.documentElement.clientWidth`)
	if over <= 0 {
		return 0, ""
	}
	return over, Eval[string](t, `[...document.querySelectorAll("main *, header *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".frame, .scroll, .tabs, nav"))
		.slice(0, 5).map((e) => e.tagName + "." + e.getAttribute("class")).join(", ")`)
}

// Errors returns the errors on the console since the tab was opened, those that
// Options.Allow names left out.
func (t *Tab) Errors() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []string
	for _, e := range t.errors {
		allowed := false
		for _, a := range t.options.Allow {
			allowed = allowed || strings.Contains(e, a)
		}
		if !allowed {
			out = append(out, e)
		}
	}
	return out
}

// Check holds what every page promises and takes a picture under name. Where
// scripts are off axe cannot run and is left out.
func (t *Tab) Check(name string) {
	t.tb.Helper()
	t.Picture(name)
	if !t.options.NoScript {
		for _, v := range t.Axe() {
			t.tb.Errorf("%s: axe %s: %s\n%s", name, v.ID, v.Help, strings.Join(v.Nodes, "\n"))
		}
		if over, where := t.Wide(); over > 0 {
			t.tb.Errorf("%s: the page is %d px wider than its window: %s", name, over, where)
		}
	}
	for _, e := range t.Errors() {
		t.tb.Errorf("%s: console: %s", name, e)
	}
}

// Name joins the parts of a picture's name: page, language, theme and width.
func Name(parts ...any) string {
	text := make([]string, len(parts))
	for i, p := range parts {
		text[i] = fmt.Sprint(p)
	}
	return strings.ReplaceAll(strings.Join(text, "-"), "/", "_")
}
