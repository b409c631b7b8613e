package kengine

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
	"noroshi.dev/internal/kengine/learn"
)

// queued gives the room a queue of jobs, which nobody works on.
func (f *fixture) queued(t *testing.T) {
	t.Helper()
	registry := jobs.NewRegistry()
	f.registerJobs(registry)
	queue, err := jobs.New(f.DB, registry, f.Log)
	if err != nil {
		t.Fatal(err)
	}
	if err := queue.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.Jobs = queue
}

// onlyDecision is the key of the only decision of the model in force.
func (f *fixture) onlyDecision(t testing.TB) string {
	t.Helper()
	keys, err := f.learnable(t.Context(), "org1", "")
	if err != nil || len(keys) != 1 {
		t.Fatalf("decisions in force: %v, %v", keys, err)
	}
	return keys[0]
}

// candidates lists what was learnt.
func (f *fixture) candidates(t *testing.T) []Candidate {
	t.Helper()
	list, err := f.Candidates(t.Context(), f.manager)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// importPast imports a file of rulings.
func (f *fixture) importPast(t testing.TB, text string) HistoryImport {
	t.Helper()
	out, err := f.ImportHistory(t.Context(), f.manager, "", "past.csv", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// pastAsTheModelSays is a CSV file of rulings that the CISA coordinator's model would make, n of each combination,
// without those that rule one outcome.
func (f *fixture) pastAsTheModelSays(t testing.TB, n int, without string) string {
	t.Helper()
	l, err := f.lesson(t.Context(), f.DB.Read(), "org1", f.onlyDecision(t))
	if err != nil {
		t.Fatal(err)
	}
	table, err := l.loaded.Model.Flatten(l.loaded.Model.Nodes[l.loaded.Model.Node(l.subject.Outcome.ID)])
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("report")
	for _, id := range table.Inputs {
		b.WriteString("," + id.String())
	}
	b.WriteString(",outcome\n")
	for i, row := range table.Rows {
		for j := range n {
			if row.Then == without {
				break
			}
			fmt.Fprintf(&b, "OLD-%d-%d,%s,%s\n", i, j, strings.Join(row.When, ","), row.Then)
		}
	}
	return b.String()
}

// TestCorrectionsBecomeAModel is the story of learning: history comes in, five reports are overruled, a
// candidate appears, a person puts it into force, the five agree, and the older version comes back.
func TestCorrectionsBecomeAModel(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.demo(t, "cisa-coordinator")
		in := f.importPast(t, f.pastAsTheModelSays(t, 1, "T"))
		if in.Added < 10 || in.Refused != 0 {
			t.Fatalf("import = %+v", in)
		}
		first, err := f.Learn(t.Context(), f.manager, "")
		if err != nil || len(first) != 1 || first[0].Status != CandidateNone || first[0].Evidence.Reason != learn.Agrees || first[0].Cases != int64(in.Added) {
			t.Fatalf("a history that agrees: %+v, %v", first, err)
		}
		five := f.overruleFive(t, "AT")
		if _, err := f.learn(t.Context(), identity.System("kengine.learn").In("org1"), in.Decision); err != nil {
			t.Fatal(err)
		}
		list := f.candidates(t)
		if len(list) != 1 || list[0].Status != CandidateReady || list[0].Evidence.Way != learn.Revised || list[0].Cases != int64(in.Added)+5 {
			t.Fatalf("candidates = %+v", list)
		}
		c := list[0]
		f.checkEvidence(t, &c, five)
		before := f.one(t, five[0])
		if keys(before.Possible) == "AT" || !before.Deviates {
			t.Fatalf("the candidate decides although nobody put it into force: %+v", before.Possible)
		}
		base := f.model(t, c.Base)
		if err := f.ActivateCandidate(t.Context(), member("org1", identity.Analyst), c.ID, f.model(t, c.Model).Edit); !errors.Is(err, fault.Denied) {
			t.Errorf("an analyst puts it into force: %v", err)
		}
		if err := f.ActivateCandidate(t.Context(), f.manager, c.ID, f.model(t, c.Model).Edit); err != nil {
			t.Fatal(err)
		}
		if err := f.DecideAll(t.Context(), "org1"); err != nil {
			t.Fatal(err)
		}
		for _, id := range five {
			if v := f.one(t, id); keys(v.Possible) != "AT" || v.Deviates {
				t.Errorf("task %s: %s, deviates %v; want AT", id, keys(v.Possible), v.Deviates)
			}
		}
		if got := f.candidates(t)[0].Status; got != CandidateActive {
			t.Errorf("status = %s, want active", got)
		}
		if err := f.Activate(t.Context(), f.manager, c.Base, f.model(t, c.Base).Edit); err != nil {
			t.Fatal(err)
		}
		if err := f.DecideAll(t.Context(), "org1"); err != nil {
			t.Fatal(err)
		}
		if v := f.one(t, five[0]); keys(v.Possible) == "AT" || f.model(t, c.Base).Source != base.Source {
			t.Errorf("after the way back: %s", keys(v.Possible))
		}
	})
}

// overruleFive answers five reports alike and rules them otherwise than recommended.
func (f *fixture) overruleFive(t *testing.T, outcome string) []string {
	t.Helper()
	var ids []string
	for _, row := range f.tasks(t, f.manager, "is:undecided")[:5] {
		f.answer(t, f.manager, row.Report, "ssvc:E:1.1.0=N", "ssvc:A:2.0.0=N", "ssvc:TI:1.0.0=P", "ssvc:MWI:1.0.0=M")
		res, err := f.Overrule(t.Context(), f.manager, These(row.ID), RuleInput{Outcome: outcome, Reason: LogicWrong})
		if err != nil || res.Changed != 1 {
			t.Fatalf("overrule: %+v, %v", res, err)
		}
		ids = append(ids, row.ID)
	}
	return ids
}

// checkEvidence compares what a candidate tells with the five rulings that it was made of.
func (f *fixture) checkEvidence(t *testing.T, c *Candidate, five []string) {
	t.Helper()
	e := &c.Evidence
	flipped := map[string]bool{}
	for _, v := range e.Flipped {
		flipped[v.Task] = true
		if v.To[0] != "AT" || len(v.From) != 1 || v.From[0] == "AT" {
			t.Errorf("flip %+v", v)
		}
	}
	for _, id := range five {
		if !flipped[id] {
			t.Errorf("task %s is not among the flips %+v", id, e.Flipped)
		}
	}
	if len(e.Leaves) != 1 || e.Leaves[0].To[0] != "AT" || e.After.Accuracy <= e.Before.Accuracy || e.Against != 5 || e.Flips < 5 {
		t.Errorf("evidence = %+v", e)
	}
	d, err := f.DiffModels(t.Context(), f.manager, c.Model, "")
	if err != nil || len(d.Nodes) != 1 {
		t.Errorf("difference %+v, %v", d, err)
	}
	again, err := f.Learn(t.Context(), f.manager, c.Decision)
	if err != nil || len(again) != 1 || again[0].ID != c.ID {
		t.Errorf("learning the same history again: %+v, %v", again, err)
	}
}

func TestHistoryIsImportedOnce(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.install(t, f.manager, "cisa-coordinator")
		text := f.pastAsTheModelSays(t, 2, "")
		for i, want := range []HistoryImport{{Added: 72}, {Same: 72}} {
			got := f.importPast(t, text)
			if got.Added != want.Added || got.Same != want.Same {
				t.Errorf("import %d: %+v, want %+v", i, got, want)
			}
		}
		broken := f.importPast(t, text[:strings.IndexByte(text, '\n')+1]+"a,?,?,?,?,nothing\n")
		if broken.Refused != 1 || broken.Added != 0 || broken.Refusals[0].Line != 2 || broken.Refusals[0].Reason != "outcome" {
			t.Errorf("a wrong row: %+v", broken)
		}
		for _, bad := range []struct {
			actor          identity.Actor
			decision, text string
			want           error
		}{
			{member("org1", identity.Reader), "", text, fault.Denied},
			{f.manager, "nothing", text, fault.NotFound},
			{member("org2", identity.Manager), "", text, fault.NotFound},
			{f.manager, "", "a,b\n", fault.Invalid},
		} {
			if _, err := f.ImportHistory(t.Context(), bad.actor, bad.decision, "x", strings.NewReader(bad.text)); !errors.Is(err, bad.want) {
				t.Errorf("ImportHistory(%s, %q) = %v, want %v", bad.actor.ID, bad.decision, err, bad.want)
			}
		}
		if n, err := f.ForgetHistory(t.Context(), f.manager, f.onlyDecision(t)); err != nil || n != 72 {
			t.Errorf("forgot %d, %v; want 72", n, err)
		}
		if got := f.importPast(t, text); got.Added != 72 {
			t.Errorf("after forgetting: %+v", got)
		}
	})
}

// TestCandidatesReplaceEachOther: one that nobody touched makes room for the next, one that was edited stays.
func TestCandidatesReplaceEachOther(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.demo(t, "cisa-coordinator")
		f.overruleFive(t, "AT")
		one, err := f.Learn(t.Context(), f.manager, "")
		if err != nil || one[0].Status != CandidateReady {
			t.Fatalf("%+v, %v", one, err)
		}
		f.overruleFive(t, "AT")
		two, err := f.Learn(t.Context(), f.manager, "")
		if err != nil || two[0].ID == one[0].ID || two[0].Cases != 10 || len(f.candidates(t)) != 1 {
			t.Fatalf("%+v, %v", two, err)
		}
		if _, err := f.Model(t.Context(), f.manager, one[0].Model); !errors.Is(err, fault.NotFound) {
			t.Errorf("the draft of the older candidate: %v", err)
		}
		v := f.model(t, two[0].Model)
		f.edit(t, v, ModelEdit{Kind: EditDefault, Fact: "ssvc:TI:1.0.0", Values: []string{"T"}})
		f.overruleFive(t, "AT")
		if _, err := f.Learn(t.Context(), f.manager, ""); err != nil || len(f.candidates(t)) != 2 {
			t.Fatalf("%d candidates, %v; want the edited one kept", len(f.candidates(t)), err)
		}
		newest := f.candidates(t)[0]
		if err := f.DiscardCandidate(t.Context(), f.manager, newest.ID, f.model(t, newest.Model).Edit); err != nil {
			t.Fatal(err)
		}
		if got := f.candidates(t)[0]; got.ID != newest.ID || got.Status != CandidateDiscarded {
			t.Errorf("after discarding: %+v", got)
		}
		if err := f.ActivateCandidate(t.Context(), f.manager, newest.ID, 1); !errors.Is(err, fault.Conflict) {
			t.Errorf("a discarded one into force: %v", err)
		}
		if _, err := f.Candidate(t.Context(), member("org2", identity.Manager), newest.ID); !errors.Is(err, fault.NotFound) {
			t.Errorf("another organisation reads it: %v", err)
		}
	})
}

// TestEachCorrectionIsLearntInTheBackground: an overruling leaves a job in its transaction, a confirmation none.
func TestEachCorrectionIsLearntInTheBackground(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.demo(t, "cisa-coordinator")
		f.queued(t)
		f.overruleFive(t, "AT")
		found, err := f.Jobs.List(t.Context(), jobs.Filter{Kinds: []string{learnJob{}.Kind()}})
		if err != nil || len(found) != 1 {
			t.Fatalf("%d jobs after five rulings, %v; want one", len(found), err)
		}
	})
}
