//go:build !race

package app

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/view"
	"noroshi.dev/internal/kengine"
	"noroshi.dev/internal/testkit/browser"
)

// sheet is one page of the house that is looked at in the browser.
type sheet struct {
	path   string // below the language
	nobody bool   // seen by a reader who is not signed in
	allow  []string
	every  bool // in every language, theme and width, not in two of the eight
}

// name is the path as part of a picture's name.
func (p sheet) name() string {
	path, _, _ := strings.Cut(strings.Trim(p.path, "/"), "?")
	if path == "" {
		path = "start"
	}
	return strings.ReplaceAll(path, "/", "_")
}

// sampleQueries find an object for a path parameter by the segment before it,
// where authz_test.go knows no table of the organisation.
var sampleQueries = map[string]string{
	"report": "SELECT key FROM kengine_report ORDER BY key LIMIT 1", "people": "SELECT id FROM identity_person ORDER BY id LIMIT 1",
	"proof": "SELECT '1'", "builtin": "SELECT 'starter'",
}

// important pages are looked at in all eight ways.
var important = []string{"/{$}", "/console/kengine", "/console/kengine/task/{id}", "/console/kengine/report/{key}/form", "/console/kengine/model/{id}"}

// sample returns an object for the parameter after a path segment, "" if the demo
// has none.
func (s *served) sample(t *testing.T, c caller, segment string) string {
	t.Helper()
	query, args := sampleQueries[segment], []any(nil)
	if table := ownedBy[segment]; table != "" {
		query, args = "SELECT id FROM "+table+" WHERE organisation = ? ORDER BY id LIMIT 1", []any{c.actor.Organisation}
	}
	if query == "" {
		t.Errorf("no sample for what follows %q; add it to sampleQueries", segment)
		return ""
	}
	found, err := storage.List(t.Context(), s.db.Read(), storage.Scalar[string], query, args...)
	if err != nil {
		t.Fatal(err)
	}
	return append(found, "")[0]
}

// filled is a pattern with an object of the demo for each parameter.
func (s *served) filled(t *testing.T, c caller, pattern string) (string, bool) {
	t.Helper()
	parts := strings.Split(strings.TrimSuffix(pattern, "{$}"), "/")
	for i, part := range parts {
		if !strings.HasPrefix(part, "{") {
			continue
		}
		if parts[i] = s.sample(t, c, parts[i-1]); parts[i] == "" {
			return "", false
		}
	}
	return strings.Join(parts, "/"), true
}

// sheets are the pages of every declared route that answers by a page, with an
// object of the demo where a route names one, and the pages of states that no
// route shows by itself.
func (s *served) sheets(t *testing.T) []sheet {
	t.Helper()
	demo, nobody := s.session(t, demoLogin), caller{}
	if w := s.send(demo, http.MethodPost, "/en/console/account/codes/begin"); w.Code != http.StatusSeeOther {
		t.Fatalf("one-time codes: %d", w.Code)
	}
	draft := s.furnished(t, demo)
	var out []sheet
	for _, d := range everything(t, s.House) {
		if d.method != http.MethodGet || d.api || d.bare || strings.HasPrefix(d.pattern, "/link/") || strings.HasPrefix(d.pattern, "/sign-in/") {
			continue
		}
		path, ok := s.filled(t, demo, d.pattern)
		if !ok {
			t.Errorf("the demo has no object for %s", d.pattern)
			continue
		}
		p := sheet{path: path, every: slices.Contains(important, d.pattern)}
		switch {
		case s.shows(t, nobody, path):
			p.nobody = true
		case !s.shows(t, demo, path):
			continue
		}
		out = append(out, p)
	}
	for _, part := range []string{"/edit", "/edit?part=action", "/edit?part=fact", "/edit?part=name", "/text", "/impact"} {
		out = append(out, sheet{path: "/console/kengine/model/" + draft + part, every: part == "/edit"})
	}
	return append(out, s.states(t, demo)...)
}

// furnished adds what the demo has none of, for the pages about it: a source, a
// saved view with a subscription, a default set, what was learnt, and a draft of a model, whose id it
// returns.
func (s *served) furnished(t *testing.T, c caller) string {
	t.Helper()
	_, err := s.rooms.kengine.CreateSource(t.Context(), c.actor, kengine.SourceInput{Name: "KEV", URL: "https://example.com/kev.json", Period: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	saved, err := s.views.Save(t.Context(), c.actor, view.View{Path: "/console/kengine", Name: "Cisco", Query: "q=cisco", Organisation: c.actor.Organisation})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.views.Subscribe(t.Context(), c.actor, saved.ID, view.Atom, ""); err != nil {
		t.Fatal(err)
	}
	draft, err := s.rooms.kengine.CreateDraft(t.Context(), c.actor, kengine.NewDraft{Builtin: "starter"})
	if err != nil {
		t.Fatal(err)
	}
	set := kengine.SetInput{Name: "Web", Condition: "cwe:CWE-79", Facts: []kengine.Claim{{Fact: "ssvc:MI:2.0.0", Values: []string{"MF"}}}, Justification: "No mission depends on these pages."}
	if _, err := s.rooms.kengine.CreateSet(t.Context(), c.actor, set); err != nil {
		t.Fatal(err)
	}
	past := "report,E,outcome\nOLD-1,A,nothing\nOLD-2,A\n" // rows that are refused, with their reasons
	if _, err := s.rooms.kengine.ImportHistory(t.Context(), c.actor, s.decision(t, c), "past.csv", strings.NewReader(past)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.rooms.kengine.Learn(t.Context(), c.actor, ""); err != nil {
		t.Fatal(err)
	}
	return draft
}

// decision is the key of a decision in force.
func (s *served) decision(t *testing.T, c caller) string {
	t.Helper()
	rows, err := s.rooms.kengine.Past(t.Context(), c.actor)
	if err != nil || len(rows) == 0 {
		t.Fatalf("%d decisions, %v", len(rows), err)
	}
	return rows[0].Decision
}

// shows reports whether a path answers by a page; anything worse than a refusal
// or a way elsewhere fails the test.
func (s *served) shows(t *testing.T, c caller, path string) bool {
	t.Helper()
	w := s.send(c, http.MethodGet, "/en"+path)
	if w.Code >= http.StatusInternalServerError {
		t.Errorf("%s: %d", path, w.Code)
	}
	return w.Code == http.StatusOK && strings.HasPrefix(w.Header().Get("Content-Type"), "text/html")
}

// states are pages in a state of their own: a task in each state, an empty list,
// a filter that cannot be read, a page that is not there, a link.
func (s *served) states(t *testing.T, c caller) []sheet {
	t.Helper()
	secret, err := s.identity.IssueSignInLink(t.Context(), commandLine(), s.ids["tanaka"])
	if err != nil {
		t.Fatal(err)
	}
	out := []sheet{
		{path: "/link/" + secret, nobody: true},
		{path: "/nothing", nobody: true, allow: []string{"404"}},
		{path: "/console/kengine/task/" + absentID, allow: []string{"404"}},
		{path: "/console/go?q=cisco"},
		{path: "/console/kengine?q=zzzz"},
		{path: "/console/kengine?q=%28%28", allow: []string{"422"}},
		{path: "/console/kengine?q=is:all"},
	}
	ids, err := storage.List(t.Context(), s.db.Read(), storage.Scalar[string], `SELECT MAX(id) FROM kengine_task WHERE organisation = ? GROUP BY state`, c.actor.Organisation)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		out = append(out, sheet{path: "/console/kengine/task/" + id})
	}
	return out
}

// look is one way to look at a page.
type look struct {
	lang  i18n.Lang
	theme string
	width int64
}

// looks are the ways in which a page is looked at: a dark phone in English and a
// light desk in Japanese for each, all eight for the important ones. Every rule of
// the stylesheet meets both grounds and both widths, and each text both languages.
func (p sheet) looks() []look {
	if !p.every {
		return []look{{i18n.EN, "dark", 390}, {i18n.JA, "light", 1280}}
	}
	var out []look
	for _, l := range i18n.Langs() {
		for _, theme := range []string{"light", "dark"} {
			out = append(out, look{l, theme, 1280}, look{l, theme, 390})
		}
	}
	return out
}

// reader is who looks at a page.
func (p sheet) reader() string {
	if p.nobody {
		return ""
	}
	return demoLogin
}

// TestEveryPageInTheBrowser opens every page of the house and holds what each
// promises: nothing found by axe, nothing wider than the window, no breach of the
// policy, nothing on the console. Nothing here changes the house.
func TestEveryPageInTheBrowser(t *testing.T) {
	t.Parallel()
	s := serveDemo(t, noon)
	views := 0
	sheets := s.sheets(t)
	for _, p := range sheets {
		for _, v := range p.looks() {
			views++
			name := browser.Name(p.name(), v.lang, v.theme, v.width)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				tab := s.tab(t, p.reader(), browser.Options{Theme: v.theme, Width: v.width, Allow: p.allow})
				tab.Open(s.url(v.lang, p.path))
				tab.Check(name)
				if got := browser.Eval[string](tab, `document.documentElement.lang + document.querySelectorAll("main h1").length`); got != string(v.lang)+"1" {
					t.Errorf("language and number of headings = %s", got)
				}
			})
		}
	}
	t.Logf("%d pages, %d views", len(sheets), views)
}

// dead are controls that do nothing without scripts: seen, and in no form.
const dead = `[...document.querySelectorAll("main button, main select, main input")].filter((b) => !b.form && b.checkVisibility()).map((b) => b.outerHTML.slice(0, 120)).join("\n")`

// TestEveryPageWithoutScripts opens every page with scripts off, in both
// languages: the content is there and every control works by a form.
func TestEveryPageWithoutScripts(t *testing.T) {
	t.Parallel()
	s := serveDemo(t, noon)
	for _, p := range s.sheets(t) {
		for _, l := range i18n.Langs() {
			name := browser.Name(p.name(), l, "noscript")
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				tab := s.tab(t, p.reader(), browser.Options{NoScript: true, Allow: p.allow})
				tab.Open(s.url(l, p.path))
				tab.Check(name)
				if text := tab.Text("main"); len(text) < 20 {
					t.Errorf("the page says %q", text)
				}
				if got := browser.Eval[string](tab, dead); got != "" {
					t.Errorf("controls that need scripts:\n%s", got)
				}
			})
		}
	}
}
