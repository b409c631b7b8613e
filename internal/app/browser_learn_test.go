//go:build !race

package app

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/web/filter"
	"noroshi.dev/internal/kengine"
	"noroshi.dev/internal/testkit/browser"
)

// TestStoryLearn teaches a model: import a history, overrule five reports, see the candidate that appears and what it
// changes, put it into force until the five agree, and roll back.
func TestStoryLearn(t *testing.T) {
	t.Parallel()
	stories(t, map[i18n.Lang]string{i18n.JA: demoLogin, i18n.EN: demoLogin}, func(s *story) {
		five, outcome := s.alike()
		s.teach(five[0], outcome)
		for _, id := range five {
			s.overrule(id, outcome)
		}
		c := s.learnt(five)
		s.open("/console/kengine/candidate/" + c.ID)
		text := s.tab.Text("main")
		for _, id := range five {
			if v := s.task(id); !v.Deviates || !strings.Contains(text, v.Report) {
				s.t.Errorf("%s: deviates %v, named by the candidate %v", v.Report, v.Deviates, strings.Contains(text, v.Report))
			}
		}
		if n := browser.Eval[int](s.tab, `document.querySelectorAll("main svg .changed").length`); n < 2 {
			s.t.Errorf("%d marked places; want one in each tree", n)
		}
		s.tab.Check(browser.Name("story-learn-candidate", s.lang))
		s.leaves(func() { s.tab.Press("d") })
		s.tab.Check(browser.Name("story-learn-beside", s.lang))
		s.open("/console/kengine/candidate/" + c.ID)
		s.sends(`form[action$="/activate"] button`)
		s.told()
		s.until(five, func(v *kengine.TaskView) bool { return !v.Deviates && v.Possible[0].Key == outcome })
		s.open("/console/kengine/model/" + c.Base + "/impact")
		s.sends(`form[action$="/activate"] button`)
		s.told()
		s.until(five, func(v *kengine.TaskView) bool { return v.Deviates })
		if got := s.status(c.Base) + " " + s.status(c.Model); got != "active retired" {
			s.t.Errorf("after the way back the versions are %s", got)
		}
	})
}

// alike answers five reports alike, such that they come to an end of the tree where nothing was ruled, and returns them with
// an outcome that is not recommended.
func (s *story) alike() (ids []string, outcome string) {
	s.t.Helper()
	q, err := filter.Parse("is:undecided is:unruled")
	if err != nil {
		s.t.Fatal(err)
	}
	rows, err := s.rooms.kengine.ListTasks(s.t.Context(), s.who.actor, kengine.Query{Filter: q, Limit: 5})
	if err != nil || len(rows.Items) < 5 {
		s.t.Fatalf("%d undecided tasks, %v", len(rows.Items), err)
	}
	first := s.task(rows.Items[0].ID)
	for turn := range 24 {
		claims := make([]kengine.Claim, len(first.Inputs))
		for i, f := range first.Inputs {
			claims[i] = kengine.Claim{Fact: f.ID, Values: []string{f.Fact.Values[(turn>>i)%len(f.Fact.Values)].Key}}
		}
		s.state(first.Report, claims)
		v := s.task(first.ID)
		if len(v.Possible) != 1 || v.Support.Leaf.Total > 0 {
			continue
		}
		for i := range rows.Items {
			s.state(rows.Items[i].Report, claims)
			ids = append(ids, rows.Items[i].ID)
		}
		at := slices.IndexFunc(v.Outcomes, func(o kengine.Outcome) bool { return o.Key != v.Possible[0].Key })
		return ids, v.Outcomes[at].Key
	}
	s.t.Fatal("every end of the tree has rulings")
	return nil, ""
}

func (s *story) state(report string, claims []kengine.Claim) {
	s.t.Helper()
	if _, err := s.rooms.kengine.AddAssertion(s.t.Context(), s.who.actor, report, kengine.AssertionInput{Claims: claims}); err != nil {
		s.t.Fatal(err)
	}
}

// teach imports rulings that were made elsewhere by the page: one on the facts of a task, and a row that is refused.
func (s *story) teach(like, outcome string) {
	s.t.Helper()
	v := s.task(like)
	head, row := []string{"report"}, []string{"OLD-1"}
	for i := range v.Inputs {
		head, row = append(head, v.Inputs[i].ID), append(row, strings.Join(v.Inputs[i].Value.Values, " "))
	}
	text := strings.Join(append(head, "outcome"), ",") + "\n" + strings.Join(append(row, outcome), ",") + "\nOLD-2,x\n"
	file := filepath.Join(s.t.TempDir(), "past.csv")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.open("/console/kengine/candidate")
	s.leaves(func() { s.tab.Press("i") })
	s.tab.Do(chromedp.SetUploadFiles(chromedp.CSS(`input[name="file"]`), []string{file}))
	s.sends(`main form[enctype] button[type="submit"]`)
	s.told()
	if text := s.tab.Text("main"); !strings.Contains(text, "past.csv") || browser.Eval[int](s.tab, `document.querySelectorAll("main tbody tr").length`) != 1 {
		s.t.Errorf("what came of the file: %s", text)
	}
	s.tab.Check(browser.Name("story-learn-history", s.lang))
}

// overrule rules a task otherwise because the logic is wrong.
func (s *story) overrule(id, outcome string) {
	s.t.Helper()
	s.open("/console/kengine/task/" + id)
	s.tab.Click(`.recommend details.fold:has(form[action*="/overrule"]) summary`)
	s.tab.Click(`form[action*="/overrule"] input[name="outcome"][value="` + outcome + `"]`)
	s.tab.Click(`form[action*="/overrule"] input[name="reason"][value="` + string(kengine.LogicWrong) + `"]`)
	s.sends(`form[action*="/overrule"] button`)
	s.told()
}

// learnt waits for the candidate that the background makes of all five corrections.
func (s *story) learnt(five []string) kengine.Candidate {
	s.t.Helper()
	var found kengine.Candidate
	s.wait("no candidate knows the five corrections", func(ctx context.Context) bool {
		list, err := s.rooms.kengine.Candidates(ctx, s.who.actor)
		if err != nil {
			s.t.Fatal(err)
		}
		at := slices.IndexFunc(list, func(c kengine.Candidate) bool {
			return c.Status == kengine.CandidateReady && flips(&c, five)
		})
		if at >= 0 {
			found = list[at]
		}
		return at >= 0
	})
	return found
}

// flips reports whether a candidate would recommend otherwise for each of some tasks.
func flips(c *kengine.Candidate, tasks []string) bool {
	for _, id := range tasks {
		if !slices.ContainsFunc(c.Evidence.Flipped, func(f kengine.FlipEvidence) bool { return f.Task == id }) {
			return false
		}
	}
	return true
}

// until waits until the background has decided all tasks so.
func (s *story) until(ids []string, so func(*kengine.TaskView) bool) {
	s.t.Helper()
	s.wait("the tasks are not decided so", func(context.Context) bool {
		for _, id := range ids {
			if v := s.task(id); !so(&v) {
				return false
			}
		}
		return true
	})
}

// patience is how long a story waits for the background.
const patience = time.Minute

func (s *story) wait(what string, done func(context.Context) bool) {
	s.t.Helper()
	ctx, stop := context.WithTimeout(s.t.Context(), patience)
	defer stop()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for !done(ctx) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			s.t.Fatalf("%s after %s", what, patience)
		}
	}
}
