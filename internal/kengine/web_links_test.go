package kengine

import (
	"strings"
	"testing"

	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/web/ui"
	"noroshi.dev/internal/kengine/decide"
)

// TestWhereThingsAreLookedFor: each page leads to what its readers look for there, and the menu shows
// in which part of the house they are.
func TestWhereThingsAreLookedFor(t *testing.T) {
	t.Parallel()
	const feed, json = `type="application/atom+xml" title="`, `type="application/json" title="`
	here := func(lang, path string) string { return `href="/` + lang + path + `" aria-current="page"` }
	demoSite(t, "starter", func(s *site) {
		one := s.tasks(s.t, s.manager, "is:open")[0]
		s.vars = strings.NewReplacer("{one}", one.ID, "{key}", one.Report)
		s.walk([]step{
			{"work list", "reader", false, pageOf("ja", pathTasks), nil, 200, []string{`href="/ja/console/kengine/calendar"`, ">カレンダー<", here("ja", pathTasks)}, ""},
			{"work list in English", "reader", false, pageOf("en", pathTasks), nil, 200, []string{">Calendar<", `title="` + one.Title.EN[:10]}, ""},
			{"calendar", "reader", false, pageOf("en", pathCalendars), nil, 200, []string{here("en", pathTasks)}, ""},
			{"task", "analyst", false, pageOf("ja", pathTasks+"/task/{one}"), nil, 200, []string{"新しいメモ", here("ja", pathTasks)}, ""},
			{"reports", "reader", false, pageOf("ja", pathReports), nil, 200, []string{feed, json, "/kengine/facts.atom", here("ja", pathReports)}, ""},
			{"report", "reader", false, pageOf("ja", pathReports+"/{key}"), nil, 200, []string{here("ja", pathReports)}, ""},
			{"sources", "manager", false, pageOf("ja", pathSources), nil, 200, []string{`href="/ja/kengine/facts"`, `href="/kengine/facts.json"`, feed, here("ja", pathReports)}, ""},
			{"sources in English", "manager", false, pageOf("en", pathSources), nil, 200, []string{"Public facts of this house"}, ""},
			{"imports", "manager", false, pageOf("en", pathImports), nil, 200, []string{here("en", pathReports)}, ""},
			{"contradictions", "reader", false, pageOf("en", pathConflicts), nil, 200, []string{here("en", pathReports)}, ""},
			{"models", "reader", false, pageOf("en", pathModels), nil, 200, []string{here("en", pathModels), `aria-label="State of the version"`}, ""},
			{"models in Japanese", "reader", false, pageOf("ja", pathModels), nil, 200, []string{`aria-label="版の状態"`}, ""},
			{"statistics", "reader", false, pageOf("en", pathStatistics), nil, 200, []string{here("en", pathStatistics), `aria-label="Period"`}, ""},
			{"tags", "reader", false, pageOf("en", pathTags), nil, 200, []string{here("en", pathTags)}, ""},
			{"default sets", "reader", false, pageOf("en", pathSets), nil, 200, []string{here("en", pathTags)}, ""},
			{"order of sources", "reader", false, pageOf("en", pathPolicy), nil, 200, []string{here("en", pathTags)}, ""},
		})
	})
}

// pageOf is a page in a language.
func pageOf(lang, path string) string { return "/" + lang + path }

// TestDifferencesOfDecisions: a decision that only points elsewhere is told too.
func TestDifferencesOfDecisions(t *testing.T) {
	t.Parallel()
	texts := i18n.New()
	if err := texts.Add(Room, Messages); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what         string
		lang         i18n.Lang
		diff         decide.Diff
		want, unwant string
	}{
		{"changed alone", i18n.JA, decide.Diff{DecisionsChanged: []string{"patch"}}, "変わった判断項目： patch", "なくなった"},
		{"changed in English", i18n.EN, decide.Diff{DecisionsChanged: []string{"patch"}}, "Decision changed: patch", "Decision added"},
		{"changed beside an added one", i18n.EN, decide.Diff{DecisionsAdded: []string{"triage"}, DecisionsChanged: []string{"patch"}}, "Decision changed: patch", "Decision removed"},
		{"nothing", i18n.EN, decide.Diff{}, "", "Decision"},
	} {
		var b strings.Builder
		ctx := ui.With(t.Context(), ui.Reader{Lang: c.lang, Texts: texts})
		if err := diffFacts(&diffPage{diff: c.diff}).Render(ctx, &b); err != nil {
			t.Fatal(err)
		}
		if got := b.String(); !strings.Contains(got, c.want) || strings.Contains(got, c.unwant) {
			t.Errorf("%s: %q, want %q and not %q", c.what, got, c.want, c.unwant)
		}
	}
}

// TestClosedWords: a task that a person closed has no cause, and no colon before nothing.
func TestClosedWords(t *testing.T) {
	t.Parallel()
	texts := i18n.New()
	if err := texts.Add(Room, Messages); err != nil {
		t.Fatal(err)
	}
	ctx := ui.With(t.Context(), ui.Reader{Lang: i18n.EN, Texts: texts})
	if got := closedWords(ctx, ""); strings.Contains(got, ":") || got == "" {
		t.Errorf("without a cause: %q", got)
	}
	if got := closedWords(ctx, CauseNoAsset); !strings.Contains(got, causeWord(ctx, CauseNoAsset)) {
		t.Errorf("with a cause: %q", got)
	}
}
