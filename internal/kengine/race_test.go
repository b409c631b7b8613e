package kengine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
	"noroshi.dev/internal/core/web"
)

// TestTwoRuleAtOnce: of two people who rule the same version exactly one wins and the other is told;
// ruling whatever is there now, both are done one after the other.
func TestTwoRuleAtOnce(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f, ids := handed(t, db, 6)
		for _, id := range ids {
			version := f.one(t, id).Version
			var group sync.WaitGroup
			errs := make([]error, 2)
			for i, outcome := range []string{"AT", "AC"} {
				group.Go(func() {
					errs[i] = second(f.Overrule(t.Context(), f.manager, One(id, version), RuleInput{Outcome: outcome, Reason: Judgement}))
				})
			}
			group.Wait()
			v := f.one(t, id)
			if (errs[0] == nil) == (errs[1] == nil) || len(v.Rulings) != 1 || v.Version != version+1 {
				t.Errorf("errors %v, %v; %d rulings, version %d; want one winner", errs[0], errs[1], len(v.Rulings), v.Version)
			}
			if err := errors.Join(errs...); !errors.Is(err, fault.Conflict) {
				t.Errorf("the loser is told %v, want Conflict", err)
			}
			if v.Ruled == nil || v.Rulings[0].Outcome != v.Ruled.Key || len(v.History) != int(version) {
				t.Errorf("ruled %v, ruling %+v, history of %d", v.Ruled, v.Rulings[0], len(v.History))
			}
		}
	})
}

// TestBulkActsMeet: several people act on all tasks in opposite orders; all acts are done, and each
// task has as many versions as entries of its history.
func TestBulkActsMeet(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f, ids := handed(t, db, 12)
		back := make([]string, len(ids))
		for i, id := range ids {
			back[len(ids)-1-i] = id
		}
		var group sync.WaitGroup
		for i, sel := range [][]string{ids, back, ids, back} {
			group.Go(func() {
				res, err := f.Assign(t.Context(), f.manager, These(sel...), fmt.Sprint("person", i))
				if err != nil || res.Changed != len(ids) {
					t.Errorf("Assign() = %+v, %v, want all %d changed", res, err, len(ids))
				}
			})
		}
		group.Wait()
		if n := count(t, f, `SELECT COUNT(*) FROM kengine_task t WHERE version <> 1 + (SELECT COUNT(*) FROM kengine_history h WHERE h.task = t.id)`); n != 0 {
			t.Errorf("%d tasks have another version than their history tells", n)
		}
	})
}

// vulnrichment is a CVE record that CISA's analysts have given an Exploitation value.
func vulnrichment(i int, exploitation, at string) string {
	return fmt.Sprintf(`{"dataType":"CVE_RECORD","dataVersion":"5.1","cveMetadata":{"cveId":"CVE-2026-%d","assignerOrgId":"8254265b-2729-46b6-b9e3-3dfca2d5bfca","state":"PUBLISHED","dateUpdated":"%s"},
		"containers":{"cna":{"providerMetadata":{"orgId":"8254265b-2729-46b6-b9e3-3dfca2d5bfca","dateUpdated":"%s"},"title":"Report","descriptions":[{"lang":"en","value":"Something."}],"affected":[],"references":[]},
		"adp":[{"providerMetadata":{"orgId":"134c704f-9b21-4f2e-91b3-4a467353bcc0","shortName":"CISA-ADP","dateUpdated":"%s"},"title":"CISA ADP Vulnrichment","metrics":[{"other":{"type":"ssvc","content":
		{"timestamp":"%s","id":"CVE-2026-%d","options":[{"Exploitation":"%s"},{"Automatable":"yes"},{"Technical Impact":"total"}],"role":"CISA Coordinator","version":"2.0.3"}}}]}]}}`,
		1000+i, at, at, at, at, 1000+i, exploitation)
}

// TestImportWhileRuling: documents come in and change outcomes while people act on the same tasks:
// no import fails, nobody's act is lost, and every change is in a history.
func TestImportWhileRuling(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		const n = 20
		f := setUp(t, db)
		f.install(t, f.manager, "cisa-coordinator")
		batch := func(exploitation string, round int) string {
			lines := make([]string, n)
			for i := range lines {
				lines[i] = strings.ReplaceAll(vulnrichment(i, exploitation, fmt.Sprintf("2026-01-%02dT00:00:00Z", round+1)), "\n", "")
			}
			return strings.Join(lines, "\n")
		}
		if v := f.loadText(t, batch("none", 0)); v.Added != n {
			t.Fatalf("counts = %+v", v.Counts)
		}
		ids := f.tasks(t, f.manager, "is:all")
		var group sync.WaitGroup
		group.Go(func() {
			for round, e := range []string{"active", "poc", "none", "active"} {
				v, err := f.Import(t.Context(), f.manager, "round", strings.NewReader(batch(e, round+1)), ImportOptions{})
				if err != nil || v.Changed != n {
					t.Errorf("round %d: %+v, %v", round, v.Counts, err)
				}
			}
		})
		for _, who := range []string{"a", "b"} {
			group.Go(func() {
				for range 8 {
					for _, row := range ids {
						if err := second(f.Assign(t.Context(), f.manager, These(row.ID), who)); err != nil {
							t.Errorf("assign: %v", err)
						}
					}
				}
			})
		}
		group.Wait()
		if acts := count(t, f, `SELECT COUNT(*) FROM kengine_history WHERE what = 'assign'`); acts != 2*8*n {
			t.Errorf("%d acts are told, want %d", acts, 2*8*n)
		}
		if n := count(t, f, `SELECT COUNT(*) FROM kengine_task t WHERE version <> 1 + (SELECT COUNT(*) FROM kengine_history h WHERE h.task = t.id)`); n != 0 {
			t.Errorf("%d tasks have another version than their history tells", n)
		}
		for _, row := range f.tasks(t, f.manager, "is:all") {
			if got := keys(row.Possible); got != "AT AC" {
				t.Errorf("%s: possible = %s, want AT AC as the last documents say", row.Report, got)
			}
		}
	})
}

// TestActivationRace: two drafts of one model are put into force at once; one is in force in the end.
func TestActivationRace(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.install(t, f.manager, "starter")
		for range 4 {
			var drafts []*ModelView
			for range 3 {
				drafts = append(drafts, f.draft(t, NewDraft{Builtin: "starter"}))
			}
			var group sync.WaitGroup
			for _, d := range drafts {
				group.Go(func() {
					if err := f.Activate(t.Context(), f.manager, d.ID, d.Edit); err != nil && !errors.Is(err, fault.Conflict) {
						t.Errorf("Activate() = %v, want nil or Conflict", err)
					}
				})
			}
			group.Wait()
			if n := count(t, f, `SELECT COUNT(*) FROM kengine_model WHERE status = 'active' AND key = 'starter'`); n != 1 {
				t.Fatalf("%d versions are in force, want 1", n)
			}
		}
	})
}

// TestDraftsRace: drafts of one model made at once get versions of their own.
func TestDraftsRace(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				if err := second(f.CreateDraft(t.Context(), f.manager, NewDraft{Builtin: "starter"})); err != nil && !errors.Is(err, fault.Conflict) {
					t.Errorf("CreateDraft() = %v", err)
				}
			})
		}
		group.Wait()
		if n := count(t, f, `SELECT COUNT(*) - COUNT(DISTINCT version) FROM kengine_model`); n != 0 {
			t.Errorf("%d versions are given twice", n)
		}
	})
}

// TestPagingWhileReportsCome: a list is walked page by page while reports come in: every row that was
// there at the beginning comes once, and none twice.
func TestPagingWhileReportsCome(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.install(t, f.manager, "cisa-coordinator")
		for i := range 40 {
			f.come(t, fmt.Sprintf("CVE-2025-%d", 1000+i))
		}
		for _, sort := range ReportSorts() {
			new := 0
			pagesOnce(t, "reports by "+sort, func(q Query) ([]string, web.Cursor, error) {
				f.come(t, fmt.Sprintf("%s-%d", strings.ToUpper(sort), new))
				new++
				q.Sort, q.Filter = sort, parse(t, "cve:CVE-2025-*")
				p, err := f.ListReports(t.Context(), f.manager, q)
				var ids []string
				for _, r := range p.Items {
					ids = append(ids, r.ID)
				}
				return ids, p.Older, err
			})
		}
		for _, sort := range TaskSorts() {
			new := 0
			pagesOnce(t, "tasks by "+sort, func(q Query) ([]string, web.Cursor, error) {
				f.come(t, fmt.Sprintf("T-%s-%d", strings.ToUpper(sort), new))
				new++
				q.Sort, q.Filter = sort, parse(t, "cve:CVE-2025-*")
				p, err := f.ListTasks(t.Context(), f.manager, q)
				var ids []string
				for _, r := range p.Items {
					ids = append(ids, r.ID)
				}
				return ids, p.Older, err
			})
		}
	})
}

func (f *fixture) come(tb testing.TB, key string) {
	tb.Helper()
	_, err := f.AddReport(context.WithoutCancel(tb.Context()), f.manager, ReportInput{Key: key, Title: "T", Lang: "en"})
	must(tb, err)
}

func pagesOnce(t *testing.T, name string, list func(Query) ([]string, web.Cursor, error)) {
	t.Helper()
	seen := map[string]int{}
	for q := (Query{Limit: 7}); ; {
		ids, next, err := list(q)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, id := range ids {
			seen[id]++
		}
		if next == nil {
			break
		}
		q = Query{Limit: 7, After: next}
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s: %s comes %d times", name, id, n)
		}
	}
	if len(seen) != 40 {
		t.Errorf("%s: %d rows, want 40", name, len(seen))
	}
}
