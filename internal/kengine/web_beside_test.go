package kengine

import (
	"testing"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web/ui"
	"noroshi.dev/internal/kengine/decide"
)

// TestSideBySide compares versions by the page: two of one model, one with itself, with another model, and with versions
// that are not there or not one's own.
func TestSideBySide(t *testing.T) {
	t.Parallel()
	demoSite(t, "cisa-coordinator", func(s *site) {
		rows, err := s.Models(s.t.Context(), s.manager)
		if err != nil || len(rows) != 1 {
			s.t.Fatalf("%d models, %v", len(rows), err)
		}
		active := rows[0].ID
		smaller, _, err := s.SimplifyDraft(s.t.Context(), s.manager, active, "", decide.AsTree)
		if err != nil {
			s.t.Fatal(err)
		}
		s.install(s.t, member("org2", identity.Manager), "starter")
		theirs, err := s.Models(s.t.Context(), member("org2", identity.Manager))
		if err != nil || len(theirs) == 0 {
			s.t.Fatalf("%d models of the other organisation, %v", len(theirs), err)
		}
		foreign := theirs[0].ID
		page := func(from, to string) string { return "/en/console/kengine/model/" + from + "/diff?to=" + to }
		s.walk([]step{
			{what: "two forms", actor: "reader", path: page(active, smaller), status: 200, texts: []string{"<svg", `value="` + smaller + `" selected`, "!" + foreign}},
			{what: "the other way round", actor: "reader", path: page(smaller, active), status: 200, texts: []string{`value="` + active + `" selected`}},
			{what: "the one in force by default", actor: "reader", path: "/en/console/kengine/model/" + smaller + "/diff", status: 200, texts: []string{`value="` + active + `" selected`}},
			{what: "one version twice", actor: "reader", path: page(active, active), status: 200, texts: []string{"!selected"}},
			{what: "in Japanese", actor: "analyst", path: "/ja/console/kengine/model/" + active + "/diff?to=" + smaller, status: 200},
			{what: "to a foreign one", actor: "manager", path: page(active, foreign), status: 404, texts: []string{"!starter"}},
			{what: "from a foreign one", actor: "manager", path: page(foreign, active), status: 404, texts: []string{"!starter"}},
			{what: "a foreign one twice", actor: "manager", path: page(foreign, foreign), status: 404},
			{what: "as a stranger", actor: "stranger", path: page(active, smaller), status: 404},
			{what: "their own against ours", actor: "stranger", path: page(foreign, active), status: 404},
			{what: "nothing of the name", actor: "reader", path: page(active, "nothing"), status: 404},
		})
		d, err := s.DiffModels(s.t.Context(), s.manager, active, active)
		if err != nil || len(d.Nodes)+len(d.DecisionsAdded)+len(d.DecisionsChanged) != 0 {
			s.t.Errorf("a version against itself: %+v, %v", d, err)
		}
		s.checkBesides(active, smaller)
	})
}

// checkBesides draws a node in both versions, in one alone, and where neither has it.
func (s *site) checkBesides(from, to string) {
	s.t.Helper()
	x, y := s.model(s.t, from), s.model(s.t, to)
	outcome := x.Model.Decisions[0].Outcome
	both := besideOf(x, y, outcome)
	if !both.any() || both.before.view == nil || both.after.view == nil || both.after.view.Leaves != 18 {
		s.t.Errorf("both: %+v", both)
	}
	if added := besideOf(nil, y, outcome); !added.any() || added.before.view != nil || added.before.small() {
		s.t.Errorf("added: %+v", added)
	}
	if gone := besideOf(x, nil, outcome); !gone.any() || gone.after.small() {
		s.t.Errorf("gone: %+v", gone)
	}
	none := besideOf(x, y, ssvc.ID{Namespace: "ssvc", Key: "NONE", Version: "1.0.0"})
	if none.any() {
		s.t.Errorf("a fact of neither: %+v", none)
	}
	broken := *y
	broken.Compiled = nil
	if half := besideOf(x, &broken, outcome); half.after.view != nil {
		s.t.Errorf("a version with errors is drawn: %+v", half)
	}
}

// TestOtherVersionToCompareWith: the one in force; for that one, the version before it.
func TestOtherVersionToCompareWith(t *testing.T) {
	t.Parallel()
	row := func(id string, version int64, s decide.Status) ModelRow {
		return ModelRow{ID: id, Version: version, Status: s}
	}
	v3, v2, v1 := row("c", 3, decide.Draft), row("b", 2, decide.Active), row("a", 1, decide.Retired)
	for name, c := range map[string]struct {
		of   ModelRow
		all  []ModelRow
		want string
	}{
		"a draft":                  {v3, []ModelRow{v3, v2, v1}, "b"},
		"the one in force":         {v2, []ModelRow{v3, v2, v1}, "a"},
		"a retired one":            {v1, []ModelRow{v3, v2, v1}, "b"},
		"the first in force":       {v2, []ModelRow{v3, v2}, ""},
		"a draft with none before": {v3, []ModelRow{v3}, ""},
		"a draft after a retired":  {v3, []ModelRow{v3, v1}, ""},
	} {
		p := &modelPage{ModelView: &ModelView{ModelRow: c.of}, versions: c.all}
		if got := p.other(); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestWhatCameOfAFile: its weight, and the decision by its name or, where no model in force has it, by its key.
func TestWhatCameOfAFile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		added, same, refused int
		want                 ui.Kind
	}{{1, 0, 0, ui.Good}, {0, 0, 0, ui.Good}, {0, 3, 0, ui.Good}, {1, 0, 1, ui.Open}, {0, 1, 9, ui.Open}, {0, 0, 1, ui.Bad}} {
		f := PastFile{HistoryImport: HistoryImport{Added: c.added, Same: c.same, Refused: c.refused}}
		if got := f.kind(); got != c.want {
			t.Errorf("%d added, %d the same, %d refused: %v, want %v", c.added, c.same, c.refused, got, c.want)
		}
	}
	rows := []PastRulings{{Decision: "m/d", Name: decide.Text{EN: "Patch", JA: "適用"}, Active: true}, {Decision: "m/e", Active: true}, {Decision: "m/gone", Name: decide.Text{EN: "Gone"}}}
	for decision, want := range map[string]string{"m/e": "m/e", "m/none": "m/none"} {
		if got := decisionCalled(t.Context(), rows, decision); got != want {
			t.Errorf("%s is called %q, want %q", decision, got, want)
		}
	}
	v := &pastPage{rows: rows}
	if got := v.active(); len(got) != 2 || len(v.rows) != 3 {
		t.Errorf("in force: %+v of %d", got, len(v.rows))
	}
	h := PastRulings{Facts: []string{"ssvc:E:1.1.0", "ssvc:A:2.0.0"}}
	if got, want := h.heading(), "report,analyst,at,ssvc:E:1.1.0,ssvc:A:2.0.0,outcome"; got != want {
		t.Errorf("heading %q, want %q", got, want)
	}
}
