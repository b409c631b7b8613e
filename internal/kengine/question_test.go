package kengine

import (
	"errors"
	"fmt"
	"testing"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
	"noroshi.dev/internal/kengine/decide"
)

// reported adds reports by hand and returns their keys.
func (f *fixture) reported(tb testing.TB, titles ...string) []string {
	tb.Helper()
	keys := make([]string, len(titles))
	for i, title := range titles {
		key := fmt.Sprintf("CVE-2026-%d", 1000+i)
		_, err := f.AddReport(tb.Context(), f.manager, ReportInput{Key: key, Title: title, Description: title, Lang: "en"})
		if err != nil {
			tb.Fatalf("add report %s: %v", title, err)
		}
		keys[i] = key
	}
	return keys
}

// say states facts about a report.
func (f *fixture) say(tb testing.TB, a identity.Actor, key string, claims ...Claim) {
	tb.Helper()
	if _, err := f.AddAssertion(tb.Context(), a, key, AssertionInput{Claims: claims}); err != nil {
		tb.Fatalf("assert about %s: %v", key, err)
	}
}

func (f *fixture) form(tb testing.TB, key string) *Form {
	tb.Helper()
	v, err := f.Form(tb.Context(), f.manager, key)
	if err != nil {
		tb.Fatalf("form %s: %v", key, err)
	}
	return v
}

func TestFormAsksOnlyWhatStillMatters(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.install(t, f.manager, "cisa-coordinator")
		key := f.reported(t, "Something is wrong")[0]
		form := f.form(t, key)
		if len(form.Questions) != 4 || form.Done() || len(form.Decisions) != 1 || len(form.Decisions[0].Possible) != 4 {
			t.Fatalf("nothing is known: %d questions, %+v", len(form.Questions), form.Decisions)
		}
		for i := 1; i < len(form.Questions); i++ {
			if form.Questions[i].Gain > form.Questions[i-1].Gain {
				t.Errorf("question %d tells more than the one before", i)
			}
		}
		f.say(t, f.manager, key, Claim{Fact: "ssvc:E:1.1.0", Values: []string{"N"}}, Claim{Fact: "ssvc:A:2.0.0", Values: []string{"N"}})
		f.say(t, f.manager, key, Claim{Fact: "ssvc:TI:1.0.0", Values: []string{"P"}})
		form = f.form(t, key)
		if !form.Done() || len(form.Decisions[0].Possible) != 1 || form.Decisions[0].Possible[0].Key != "T" {
			t.Errorf("with E, A and TI at their lowest nothing can change: questions %+v, decisions %+v", form.Questions, form.Decisions)
		}
		if len(form.Known) != 3 || form.Known[0].Assertion == nil || form.Known[0].Value.Source != SourceAnalyst {
			t.Errorf("known = %+v", form.Known)
		}
		if _, err := f.Form(t.Context(), f.manager, "CVE-1999-0000"); !errors.Is(err, fault.NotFound) {
			t.Errorf("a report that is not there: %v", err)
		}
		if _, err := f.Form(t.Context(), identity.Actor{}, key); !errors.Is(err, fault.Denied) {
			t.Errorf("nobody asks for a form: %v", err)
		}
	})
}

func TestImpactIsWhatActivationDoes(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		first := f.draft(t, NewDraft{Builtin: "cisa-coordinator"})
		if err := f.Activate(t.Context(), f.manager, first.ID, first.Edit); err != nil {
			t.Fatal(err)
		}
		keys := f.reported(t, "one", "two", "three")
		everything := func(e, mwi string) []Claim {
			return []Claim{
				{Fact: "ssvc:E:1.1.0", Values: []string{e}},
				{Fact: "ssvc:A:2.0.0", Values: []string{"Y"}},
				{Fact: "ssvc:TI:1.0.0", Values: []string{"T"}},
				{Fact: "ssvc:MWI:1.0.0", Values: []string{mwi}},
			}
		}
		f.say(t, f.manager, keys[0], everything("A", "H")...)
		f.say(t, f.manager, keys[1], everything("N", "L")...)
		if err := f.DecideAll(t.Context(), f.manager.Organisation); err != nil {
			t.Fatal(err)
		}
		second := f.draft(t, NewDraft{Copy: first.ID})
		node := second.Model.Decisions[0].Outcome
		table := second.Model.Nodes[second.Model.Node(node)].Table
		row := -1
		for i, r := range table.Rows {
			if r.Then == "AC" && r.When[0] == "A" && r.When[1] == "Y" && r.When[2] == "T" && r.When[3] == "H" {
				row = i
			}
		}
		second = f.edit(t, second, ModelEdit{Kind: EditRow, Node: node.String(), Row: row, Outcome: "AT"})

		impact, err := f.Impact(t.Context(), f.manager, second.ID)
		if err != nil {
			t.Fatal(err)
		}
		if impact.From == nil || impact.From.ID != first.ID || impact.Reports != 3 || len(impact.Decisions) != 1 {
			t.Fatalf("impact = %+v", impact)
		}
		// the report about which nothing is known can still become "act" by another row
		if d := impact.Decisions[0]; d.Changed != 1 || d.Shifts[0].Examples[0] != keys[0] || d.Shifts[0].From[0].Key != "AC" || d.Shifts[0].To[0].Key != "AT" {
			t.Errorf("decision = %+v", d)
		}
		if err := f.Activate(t.Context(), f.manager, second.ID, second.Edit); err != nil {
			t.Fatal(err)
		}
		if err := f.DecideAll(t.Context(), f.manager.Organisation); err != nil {
			t.Fatal(err)
		}
		if got := count(t, f, `SELECT COUNT(*) FROM kengine_task WHERE outcome = 'AT'`); got != 1 {
			t.Errorf("%d tasks have the new outcome, want 1", got)
		}
		after, err := f.Impact(t.Context(), f.manager, second.ID)
		if err != nil || after.Decisions[0].Changed != 0 {
			t.Errorf("the version in force changes %d reports, want none: %v", after.Decisions[0].Changed, err)
		}
		fresh := f.draft(t, NewDraft{Builtin: "starter"})
		impact, err = f.Impact(t.Context(), f.manager, fresh.ID)
		if err != nil || impact.From != nil || impact.Decisions[0].Changed != 3 {
			t.Errorf("a model that is new: %+v, %v", impact, err)
		}
		total := 0
		for _, c := range impact.Decisions[0].After {
			total += c.Count
		}
		if total != 3 || decide.None.Rank() != 0 {
			t.Errorf("counts add up to %d, want 3", total)
		}
	})
}

// TestImpactKnowsConditionalSets: what a default set gives under a condition counts before and
// after activation alike.
func TestImpactKnowsConditionalSets(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.install(t, f.manager, "cisa-coordinator")
		_, err := f.AddReport(t.Context(), f.manager, ReportInput{Key: "CVE-2026-2000", Title: "x", Description: "x", Lang: "en", Vendor: "acme", Product: "thing"})
		if err != nil {
			t.Fatal(err)
		}
		f.say(t, f.manager, "CVE-2026-2000", Claim{Fact: "ssvc:E:1.1.0", Values: []string{"A"}},
			Claim{Fact: "ssvc:A:2.0.0", Values: []string{"Y"}}, Claim{Fact: "ssvc:TI:1.0.0", Values: []string{"T"}})
		if _, err := f.CreateSet(t.Context(), f.manager, SetInput{
			Name: "acme matters", Condition: "vendor:acme", Justification: "it runs the ward",
			Facts: []Claim{{Fact: "ssvc:MWI:1.0.0", Values: []string{"H"}}},
		}); err != nil {
			t.Fatal(err)
		}
		if err := f.DecideAll(t.Context(), f.manager.Organisation); err != nil {
			t.Fatal(err)
		}
		if got := count(t, f, `SELECT COUNT(*) FROM kengine_task WHERE outcome = 'AC'`); got != 1 {
			t.Fatalf("%d tasks are decided by the set, want 1", got)
		}
		models, err := f.Models(t.Context(), f.manager)
		if err != nil {
			t.Fatal(err)
		}
		impact, err := f.Impact(t.Context(), f.manager, models[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		after := impact.Decisions[0].After
		if len(after) != 1 || len(after[0].Outcomes) != 1 || after[0].Outcomes[0].Key != "AC" {
			t.Errorf("impact decides %+v, the task list AC", after)
		}
	})
}
