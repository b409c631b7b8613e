//go:build !race

package app

import (
	"path"
	"testing"

	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/testkit/browser"
)

// another chooses another outcome at the last leaf of a tree or row of a table and
// names the button that keeps it.
const another = `(() => {
	const form = [...document.querySelectorAll("ol.outline form, tr form")].reverse().find((f) => f.querySelector("button[name=kind][value=outcome], input[name=kind][value=row]"));
	const select = form.querySelector("select[name=outcome]");
	select.value = [...select.options].find((o) => o.value !== select.value).value;
	(form.querySelector("button[name=kind][value=outcome]") || form.querySelector("button")).id = "keep-it";
	return select.value;
})()`

// TestStoryModel changes how an organisation decides: copy the model in force,
// change a leaf, see how many reports would change, put it into force.
func TestStoryModel(t *testing.T) {
	t.Parallel()
	stories(t, map[i18n.Lang]string{i18n.JA: demoLogin, i18n.EN: demoLogin}, func(s *story) {
		if s.lang == i18n.JA {
			s.open("/console/kengine")
			s.leaves(func() {
				browser.Eval[string](s.tab, `(() => { const e = document.querySelector("#switch-organisation"); e.value = [...e.options].find((o) => !o.selected).value; e.form.requestSubmit(); return "" })()`)
			})
		}
		s.open("/console/kengine/model?status=active") // above it may stand what was learnt
		s.sends("main .title a")
		s.leaves(func() { s.tab.Press("n") })
		s.tab.Check(browser.Name("story-model-editor", s.lang))
		draft := path.Base(path.Dir(browser.Eval[string](s.tab, `location.pathname`)))
		before := s.status(draft)
		if before != "draft" {
			s.t.Fatalf("the copy %s is %q", draft, before)
		}
		browser.Eval[string](s.tab, another)
		s.sends("#keep-it")
		s.leaves(func() { s.tab.Press("i") })
		if browser.Eval[int](s.tab, `document.querySelectorAll("main section table td a.fact").length`) == 0 {
			s.t.Errorf("no report is named that would change: %.800s", s.tab.Text("main"))
		}
		s.tab.Check(browser.Name("story-model-impact", s.lang))
		s.sends(`form[action$="/activate"] button`)
		s.told()
		if after := s.status(draft); after != "active" {
			s.t.Errorf("the copy is %q after it was put into force", after)
		}
		s.tab.Wait(at(draft))
	})
}

// status is the state of a model's version in the database.
func (s *story) status(id string) string {
	s.t.Helper()
	found, err := storage.List(s.t.Context(), s.db.Read(), storage.Scalar[string], `SELECT status FROM kengine_model WHERE id = ?`, id)
	if err != nil {
		s.t.Fatal(err)
	}
	return append(found, "")[0]
}
