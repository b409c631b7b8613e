package kengine

import (
	"slices"
	"testing"

	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
	"noroshi.dev/internal/kengine/trust"
)

// TestSupportOfARecommendation: five reports of equal facts are overruled; a sixth of the same facts tells of them, and the
// counts of its tree add up.
func TestSupportOfARecommendation(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.demo(t, "cisa-coordinator")
		row := f.tasks(t, f.manager, "is:undecided")[5]
		if v := f.one(t, row.ID); v.Support.Known() || v.Support.Counted != 0 || v.Support.Tree == nil {
			t.Errorf("before any ruling: %+v", v.Support)
		}
		five := f.overruleFive(t, "AT")
		f.answer(t, f.manager, row.Report, "ssvc:E:1.1.0=N", "ssvc:A:2.0.0=N", "ssvc:TI:1.0.0=P", "ssvc:MWI:1.0.0=M")
		in := f.importPast(t, f.pastAsTheModelSays(t, 1, ""))
		got := f.one(t, row.ID).Support
		if got.Equal != (trust.Support{Total: 5}) || !got.Known() || got.Equal.Confidence() != 1./7 {
			t.Errorf("equal facts: %+v, confidence %v; want none of 5, 1/7", got.Equal, got.Equal.Confidence())
		}
		if got.Counted != 5+in.Added || got.Tree.Root.Count != got.Counted || got.Leaf.Total-got.Imported != 5 || got.Leaf.Agree != got.Imported || got.Imported == 0 {
			t.Errorf("leaf: %+v of %d counted, %d imported, %d at the root; want 5 own against the rest", got.Leaf, got.Counted, got.Imported, got.Tree.Root.Count)
		}
		ends := 0
		for _, n := range f.m(t).Places(got.Tree, f.m(t).Unknown()) {
			if n.Fact == nil {
				ends += n.Count
			}
		}
		if ends != got.Counted {
			t.Errorf("the ends count %d rulings, want %d", ends, got.Counted)
		}
		if _, err := f.Overrule(t.Context(), f.manager, These(five[0]), RuleInput{Outcome: "AC", Reason: Exception}); err != nil {
			t.Fatal(err)
		}
		after := f.one(t, row.ID).Support
		if after.Equal.Total != 5 || after.Counted != got.Counted-1 || after.Leaf.Total != got.Leaf.Total-1 {
			t.Errorf("after one became an exception: %+v; want it without the leaf", after)
		}
		if own := f.one(t, five[1]).Support; own.Equal.Total != 4 {
			t.Errorf("a report counts %d rulings on equal facts, want the 4 others", own.Equal.Total)
		}
	})
}

// m is the model in force.
func (f *fixture) m(t *testing.T) *Active {
	t.Helper()
	models, err := f.ActiveModels(t.Context(), f.DB.Read(), "org1")
	if err != nil || len(models) != 1 {
		t.Fatal(len(models), err)
	}
	return &models[0]
}

// TestTaskPageTellsItsSupport: the words and the counts stand on the page, in both languages.
func TestTaskPageTellsItsSupport(t *testing.T) {
	t.Parallel()
	demoSite(t, "cisa-coordinator", func(s *site) {
		five := s.overruleFive(s.t, "AT")
		path := "/console/kengine/task/" + five[0]
		s.get("reader", "/en"+path).wants(s.t, "support", 200, "Confidence", "0 of 4 past rulings on equal facts", "Support of the leaf", "0 of 4 past rulings at this end", "The numbers count 4 past rulings", `class="seen"`)
		s.get("reader", "/ja"+path).wants(s.t, "in Japanese", 200, "確信度", "過去の判断 4 件のうち 0 件", "葉の裏付け", "過去の判断 4 件がそれぞれの場所")
		open := s.tasks(s.t, s.manager, "is:undecided")
		at := slices.IndexFunc(open, func(r TaskRow) bool { return len(r.Possible) > 1 })
		s.get("reader", "/en/console/kengine/task/"+open[at].ID).wants(s.t, "undecided", 200, "!Support of the leaf")
	})
}
