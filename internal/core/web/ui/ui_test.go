package ui

import (
	"context"
	"io"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/web/filter"
)

// now is the present of the tests.
func now() time.Time { return time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC) }

// texts are the messages of the shell.
func texts() *i18n.Catalogue {
	c := i18n.New()
	if err := c.Add("web", os.DirFS("..")); err != nil {
		panic(err)
	}
	return c
}

// reading is a context with a reader of a list page.
func reading(l i18n.Lang, change func(*Reader)) context.Context {
	r := Reader{Lang: l, Texts: texts(), Now: now(), Path: "/console/list", Query: url.Values{"q": {"is:open"}, "after": {"x"}}, Asset: func(n string) string { return "/assets/" + n }}
	if change != nil {
		change(&r)
	}
	return With(context.Background(), r)
}

// html is what a component writes; children are within it.
func html(ctx context.Context, t *testing.T, c templ.Component, children ...templ.Component) string {
	t.Helper()
	for _, child := range children {
		ctx = templ.WithChildren(ctx, child)
	}
	var b strings.Builder
	if err := c.Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPaths(t *testing.T) {
	t.Parallel()
	ctx := reading(i18n.EN, nil)
	for _, tt := range []struct{ got, want string }{
		{URL(ctx, "/console/kengine"), "/en/console/kengine"},
		{URL(ctx, "/report/%s/edit", "a/b ?"), "/en/report/a%2Fb%20%3F/edit"},
		{URL(ctx, "/page/%d", 7), "/en/page/7"},
		{URL(ctx, "/100%"), "/en/100%"},
		{Here(ctx), "/en/console/list?after=x&q=is%3Aopen"},
		{Here(ctx, "after", "", "sort", "due"), "/en/console/list?q=is%3Aopen&sort=due"},
		{filtered(ctx, ""), "/en/console/list?q="},
		{alternate(ctx, i18n.JA), "/ja/console/list?after=x&q=is%3Aopen"},
		{exportURL(ctx, "/console/export", "csv", "1"), "/en/console/export?bom=1&format=csv&q=is%3Aopen"},
		{Changed(nil), ""},
		{T(ctx, "i18n.field.too_long", "max", 5), "At most 5 characters."},
		{string(From(context.Background()).Lang), "ja"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
	if !current(ctx, "/console") || current(ctx, "/con") || current(ctx, "/") {
		t.Error("current() takes the wrong menu entry")
	}
}

func TestComponents(t *testing.T) {
	t.Parallel()
	ctx := reading(i18n.EN, nil)
	e, err := filter.Parse("is:open -x")
	if err != nil {
		t.Fatal(err)
	}
	bad := Trouble{Title: "Mend", Fields: map[string]string{"name": "Fill this in."}}
	for name, tt := range map[string]struct{ got, want string }{
		"text is escaped":           {html(ctx, t, Mark(Now, "<b>")), `<span class="mark now">&lt;b&gt;</span>`},
		"script addresses die":      {html(ctx, t, Fact("x", "javascript:alert(1)")), `href="about:invalid#TemplFailedSanitizationURL"`},
		"a state has its word":      {html(ctx, t, State(Bad, "Affected")), `<span class="state bad">Affected</span>`},
		"TLP strict in words":       {html(ctx, t, TLP("amber+strict")), `<span class="tlp tlp-amber">TLP:AMBER+STRICT</span>`},
		"TLP unknown is not shaped": {html(ctx, t, TLP("TLP:WHITE")), `class="tlp tlp-clear"`},
		"time with zone":            {html(ctx, t, TimeTag(now())), `<time datetime="2026-11-23T03:00:00Z">2026-11-23 03:00 UTC</time>`},
		"no time is a dash":         {html(ctx, t, TimeAgo(time.Time{})), "—"},
		"overdue in words":          {html(ctx, t, Due(now().AddDate(0, 0, -1), false)), `<span class="meta bad">1 day overdue</span>`},
		"overdue since an hour":     {html(ctx, t, Due(now().Add(-time.Hour), false)), "overdue</span>"},
		"due later":                 {html(ctx, t, Due(now().AddDate(0, 0, 2), false)), `<span class="meta">in 2 days</span>`},
		"embargo in both zones":     {html(ctx, t, Embargo(now().AddDate(0, 0, 8))), "2026-12-01 12:00 JST (03:00 UTC), in 8 days"},
		"chip removes its term":     {html(ctx, t, Chips(Filters{Expr: e})), `href="/en/console/list?q=-x"`},
		"chip of the last term":     {html(ctx, t, Chips(Filters{Expr: filter.Expr{Nodes: e.Nodes[:1]}})), `href="/en/console/list?q="`},
		"a filter that is wrong":    {html(ctx, t, Chips(Filters{Error: "no"})), `<p class="error" id="q-error" role="alert">no</p>`},
		"filter input names error":  {html(ctx, t, FilterBar(Filters{Text: `"`, Error: "no"})), `aria-invalid="true" aria-describedby="q-error"`},
		"field error is described":  {html(ctx, t, Input(Field{Name: "name", Label: "Name", Hint: "h", Required: true, Trouble: bad})), `aria-describedby="f-name-hint f-name-error" aria-invalid="true"`},
		"summary links the field":   {html(ctx, t, Summary(bad, []Label{{"name", "Name"}})), `<a href="#f-name">Name: Fill this in.</a>`},
		"no trouble, no summary":    {html(ctx, t, Summary(Trouble{}, nil)), ""},
		"question keeps its error":  {html(ctx, t, Ask(Question{Name: "name", Text: "T", Trouble: bad})), `id="f-name-error"`},
		"pager without older":       {html(ctx, t, Pages(Pager{Newer: "c"})), `href="/en/console/list?before=c&amp;q=is%3Aopen"`},
		"pager of one page":         {html(ctx, t, Pages(Pager{})), ""},
		"sorted column":             {html(ctx, t, th(Column{Label: "Due", Sort: "due", Sorted: "ascending"})), `aria-sort="ascending"`},
		"select names its row":      {html(ctx, t, SelectCell("1", "CVE-1")), `name="id" value="1" aria-label="Choose CVE-1"`},
		"unread is found":           {html(ctx, t, Thread([]Note{{ID: "1"}, {ID: "2", Unread: true}})), `href="#note-2"`},
		"nothing unread, no link":   {html(ctx, t, Thread([]Note{{ID: "1"}})), `<ol class="thread plain"><li id="note-1" class="">`},
		"never seen in words":       {html(ctx, t, Matrix("c", []Party{{Name: "A", Kind: Unknown, Status: "?"}})), "Not seen yet"},
		"when prints the zone":      {html(ctx, t, When(Field{Name: "w", Label: "W"}, now())), `value="2026-11-23T03:00"`},
		"when keeps what was typed": {html(ctx, t, When(Field{Name: "w", Label: "W", Value: "soon"}, now())), `value="soon"`},
		"hits that are none":        {html(ctx, t, GoPage("/console/go", "x", Found{Failed: true})), "Nothing found."},
		"steps":                     {html(ctx, t, Steps([]Step{{Label: "a", Done: true}, {Label: "b", Current: true}})), `<li class="done">a</li><li class="" aria-current="step">b</li>`},
	} {
		if !strings.Contains(tt.got, tt.want) || tt.want == "" && tt.got != "" {
			t.Errorf("%s: want %q in\n%s", name, tt.want, tt.got)
		}
	}
}

func TestShell(t *testing.T) {
	t.Parallel()
	body := templ.ComponentFunc(func(_ context.Context, w io.Writer) error { _, err := io.WriteString(w, "BODY"); return err })
	ctx := reading(i18n.JA, func(r *Reader) { r.Theme, r.NoKeys, r.Name = "dark", true, "佐藤" })
	got := html(ctx, t, Shell(Frame{
		Page: Page{Title: "一覧", Modules: []string{"x.js"}, Styles: []string{"y.css"}, Reading: true}, GoPath: "/console/go", AccountPath: "/a",
		Menu: []MenuItem{{Label: "仕事", Path: "/console/list", Chord: "g w", Count: 3}}, Flash: &Flash{Text: "済", Kind: "good"},
		Scripts: []string{"/assets/h.js"}, HTMX: "{}", Organisations: []Organisation{{ID: "1", Name: "A", Current: true}, {ID: "2", Name: "B"}}, SwitchPath: "/switch",
	}, body))
	for _, want := range []string{
		`<html lang="ja" data-no-keys="true" data-theme="dark">`, "<title>一覧 — 狼煙</title>", `class="reading"`, "BODY", `data-chord="g w"`, `aria-current="page"`,
		`<div class="notice good"><p>済</p></div>`, `src="/assets/h.js" defer`, `src="/assets/x.js"`, `href="/assets/y.css"`, `<option value="1" selected>A</option>`,
		`action="/ja/switch"`, `<dialog id="palette"`, `<dialog id="keys"`, "<kbd>g</kbd>  <kbd>w</kbd>", `href="/en/console/list?after=x&amp;q=is%3Aopen"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the shell lacks %q:\n%s", want, got)
		}
	}
	plain := html(reading(i18n.EN, nil), t, Shell(Frame{SignInPath: "/sign-in"}, body))
	for _, unwanted := range []string{"<dialog", "data-theme", "htmx-config", "<select"} {
		if strings.Contains(plain, unwanted) {
			t.Errorf("the shell for nobody has %q", unwanted)
		}
	}
	if !strings.Contains(plain, `href="/en/sign-in"`) {
		t.Error("nobody cannot sign in")
	}
}

// TestPresentEntry: the entry of the page is the closest that holds it, and none where none does.
func TestPresentEntry(t *testing.T) {
	t.Parallel()
	menu := []MenuItem{
		{Path: "/w", Holds: []string{"/w/task", "/w/view"}}, {Path: "/w/report", Holds: []string{"/w/report", "/w/import"}}, {Path: "/w/model"}, {Path: "/w/model/deep"}, {Path: "/people"},
	}
	for path, want := range map[string]string{
		"/w": "/w", "/w/task/1": "/w", "/w/view": "/w", "/w/tasks": "", "/w/import/new": "/w/report", "/w/report": "/w/report", "/w/model/1": "/w/model",
		"/w/model/deep/1": "/w/model/deep", "/people/7": "/people", "/peoples": "", "/account": "", "/w/unknown": "",
	} {
		ctx := reading(i18n.EN, func(r *Reader) { r.Path = path })
		if got := present(ctx, menu); got != want {
			t.Errorf("%s: present entry %q, want %q", path, got, want)
		}
	}
}

// TestMenuAside: what few need is in one menu where it is several things, else in the bar.
func TestMenuAside(t *testing.T) {
	t.Parallel()
	body := templ.ComponentFunc(func(context.Context, io.Writer) error { return nil })
	menu := []MenuItem{{Label: "Work", Path: "/w"}, {Label: "People", Path: "/people", Aside: true}, {Label: "Audit", Path: "/audit", Aside: true, Chord: "g z"}}
	for _, c := range []struct {
		name, path   string
		menu         []MenuItem
		want, unwant []string
	}{
		{"one", "/w", menu[:2], []string{">Work", ">People"}, []string{"<details class=\"menu\""}},
		{"several", "/w", menu, []string{`<details class="menu"><summary>More</summary>`, `data-chord="g z"`, `href="/en/w" aria-current="page"`}, []string{`aria-current="true"`}},
		{"the present page is in the menu", "/people/1", menu, []string{`<summary aria-current="true">`, `href="/en/people" aria-current="page"`}, []string{`href="/en/w" aria-current`}},
		{"the own account", "/account/security", menu, []string{`href="/en/account" aria-current="true"`}, []string{`aria-current="page"`}},
	} {
		ctx := reading(i18n.EN, func(r *Reader) { r.Path, r.Name = c.path, "N" })
		got := html(ctx, t, Shell(Frame{Menu: c.menu, AccountPath: "/account"}, body))
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: lacks %q:\n%s", c.name, want, got)
			}
		}
		for _, unwanted := range c.unwant {
			if strings.Contains(got, unwanted) {
				t.Errorf("%s: has %q", c.name, unwanted)
			}
		}
	}
}

func TestCompactRows(t *testing.T) {
	t.Parallel()
	ctx := reading(i18n.EN, func(r *Reader) { r.Compact = true })
	if got := html(ctx, t, Table("list", "c", nil)); !strings.Contains(got, `class="list compact"`) {
		t.Errorf("table = %s", got)
	}
}
