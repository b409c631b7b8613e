package kengine

import (
	"errors"
	"testing"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
	"noroshi.dev/internal/core/web"
)

// TestFilters compares filters of both lists with conditions written by hand.
func TestFilters(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.demo(t, "cisa-coordinator")
		for _, c := range []struct{ filter, where string }{
			{"", `1 = 1`},
			{"is:kev", `r.kev`},
			{"cvss:>=9", `r.cvss >= 90`},
			{"severity:>=high", `r.cvss >= 70`},
			{"severity:medium", `r.cvss >= 40 AND r.cvss < 70`},
			{"-severity:>=low", `NOT r.cvss >= 1`},
			{"exploitation:active", `r.facts ->> 'ssvc:E:1.1.0' = 'A'`},
			{`fact:"ssvc:A:2.0.0=Y"`, `r.facts ->> 'ssvc:A:2.0.0' = 'Y'`},
			{"vendor:microsoft", `EXISTS (SELECT 1 FROM kengine_affected a WHERE a.report = r.id AND a.vendor = 'microsoft')`},
			{"product:windows*", `EXISTS (SELECT 1 FROM kengine_affected a WHERE a.report = r.id AND a.product LIKE 'windows%')`},
			{"cve:CVE-2024-*", `r.key LIKE 'CVE-2024-%'`},
			{"published:>=2024-01-01", `r.published >= 1704067200000000`},
			{"(is:kev OR cvss:>=9.5) vendor:cisco", `(r.kev OR r.cvss >= 95) AND EXISTS (SELECT 1 FROM kengine_affected a WHERE a.report = r.id AND a.vendor = 'cisco')`},
			{"impact:total,partial", `r.facts ->> 'ssvc:TI:1.0.0' IN ('T', 'P')`},
		} {
			want := count(t, f, `SELECT COUNT(*) FROM kengine_report r WHERE `+c.where)
			if n, err := f.CountReports(t.Context(), f.manager, parse(t, c.filter)); err != nil || n != want || want == 0 {
				t.Errorf("reports %q: %d, %v; want %d", c.filter, n, err, want)
			}
			want = count(t, f, `SELECT COUNT(*) FROM kengine_task t JOIN kengine_report r ON r.id = t.report WHERE t.rest = 0 AND `+c.where)
			if n, err := f.CountTasks(t.Context(), f.manager, parse(t, c.filter)); err != nil || n != want {
				t.Errorf("tasks %q: %d, %v; want %d", c.filter, n, err, want)
			}
		}
		for _, text := range []string{"colour:red", "is:nonsense", "cvss:high", "severity:>=red", "due:someday", "fact:x", "state:>open", "priority:9"} {
			if _, err := f.ListTasks(t.Context(), f.manager, Query{Filter: parse(t, text)}); !errors.Is(err, fault.Invalid) {
				t.Errorf("%q: %v, want Invalid", text, err)
			}
		}
	})
}

// TestPaging: in every order, forwards and backwards, every row comes once.
func TestPaging(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.demo(t, "cisa-coordinator")
		for _, sort := range TaskSorts() {
			walk(t, "tasks by "+sort, func(q Query) (web.Rows[TaskRow], error) {
				q.Filter, q.Sort = parse(t, "is:all"), sort
				return f.ListTasks(t.Context(), f.manager, q)
			}, func(r TaskRow) string { return r.ID })
		}
		for _, sort := range ReportSorts() {
			walk(t, "reports by "+sort, func(q Query) (web.Rows[ReportRow], error) {
				q.Sort = sort
				return f.ListReports(t.Context(), f.manager, q)
			}, func(r ReportRow) string { return r.ID })
		}
		if _, err := f.ListTasks(t.Context(), f.manager, Query{After: web.Cursor{"x", "y"}}); !errors.Is(err, fault.Invalid) {
			t.Errorf("a foreign place: %v, want Invalid", err)
		}
		if _, err := f.ListTasks(t.Context(), f.manager, Query{Sort: "colour"}); !errors.Is(err, fault.Invalid) {
			t.Errorf("an unknown order: %v, want Invalid", err)
		}
	})
}

func walk[T any](t *testing.T, name string, list func(Query) (web.Rows[T], error), id func(T) string) {
	t.Helper()
	var forth, back []string
	q := Query{Limit: 37}
	for {
		p, err := list(q)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, r := range p.Items {
			forth = append(forth, id(r))
		}
		if p.Older == nil {
			q = Query{Limit: 37, Before: p.Newer}
			for range p.Items {
				back = append(back, "")
			}
			break
		}
		q = Query{Limit: 37, After: p.Older}
	}
	seen := map[string]bool{}
	for _, i := range forth {
		if seen[i] {
			t.Errorf("%s: %s comes twice", name, i)
		}
		seen[i] = true
	}
	if len(forth) != demoRecords {
		t.Errorf("%s: %d rows, want %d", name, len(forth), demoRecords)
	}
	at := len(forth) - len(back)
	for q.Before != nil {
		p, err := list(q)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for i, r := range p.Items {
			if at-len(p.Items)+i < 0 || forth[at-len(p.Items)+i] != id(r) {
				t.Fatalf("%s: backwards another row at %d", name, at-len(p.Items)+i)
			}
		}
		at -= len(p.Items)
		q = Query{Limit: 37, Before: p.Newer}
	}
	if at != 0 {
		t.Errorf("%s: %d rows are not reached backwards", name, at)
	}
}

// TestReportView reads one report with everything known.
func TestReportView(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.demo(t, "cisa-coordinator")
		key := f.tasks(t, f.manager, "is:kev")[0].Report
		v, err := f.Report(t.Context(), f.manager, key)
		if err != nil {
			t.Fatal(err)
		}
		if v.Key != key || !v.KEV || len(v.Descriptions) == 0 || len(v.References) == 0 || len(v.Affected) == 0 || len(v.Tasks) != 1 || len(v.Assertions) == 0 {
			t.Errorf("view = %+v", v)
		}
		if v.Facts[0].ID != "ssvc:E:1.1.0" || v.Facts[0].Value.Source != "kev" || v.Facts[0].Assertion == nil {
			t.Errorf("first fact = %+v, want Exploitation by kev", v.Facts[0])
		}
		if _, err := f.Report(t.Context(), f.manager, "CVE-1900-0001"); !errors.Is(err, fault.NotFound) {
			t.Errorf("an unknown report: %v", err)
		}
	})
}

// TestAddReport: a report by hand is decided, found, and later joined by the feed's record.
func TestAddReport(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.install(t, f.manager, "cisa-coordinator")
		in := ReportInput{Key: "cve-2026-99999", Title: "受付システムの認証回避", Description: "未公表。", Lang: "ja", Vendor: "Example", Product: "Desk"}
		key, err := f.AddReport(t.Context(), f.manager, in)
		if err != nil || key != "CVE-2026-99999" {
			t.Fatalf("key = %q, %v", key, err)
		}
		if rows := f.tasks(t, f.manager, "認証回避"); len(rows) != 1 || keys(rows[0].Possible) != "T T* AT AC" {
			t.Errorf("tasks = %+v", rows)
		}
		if _, err := f.AddReport(t.Context(), f.manager, in); !errors.Is(err, fault.Conflict) {
			t.Errorf("twice: %v, want Conflict", err)
		}
		for _, bad := range []ReportInput{{Key: "x y", Title: "t"}, {Key: "CVE-2026-1"}, {Title: "t"}} {
			if _, err := f.AddReport(t.Context(), f.manager, bad); !errors.Is(err, fault.Invalid) {
				t.Errorf("%+v: %v, want Invalid", bad, err)
			}
		}
		if v := f.loadText(t, `{"dataType":"CVE_RECORD","dataVersion":"5.1","cveMetadata":{"cveId":"CVE-2026-99999","assignerOrgId":"8254265b-2729-46b6-b9e3-3dfca2d5bfca","state":"PUBLISHED"},
			"containers":{"cna":{"providerMetadata":{"orgId":"8254265b-2729-46b6-b9e3-3dfca2d5bfca"},"title":"Authentication bypass","descriptions":[{"lang":"en","value":"Reception desk."}],"affected":[],"references":[]}}}`); v.Changed != 1 {
			t.Errorf("the feed's record: %+v", v.Counts)
		}
		v, err := f.Report(t.Context(), f.manager, key)
		if err != nil || v.Title.EN != "Authentication bypass" || len(v.Origins) != 2 || len(v.Descriptions) != 2 {
			t.Errorf("joined: %+v, %v", v.ReportRow, err)
		}
	})
}

// TestConflicts: contradictions are listed, accepted, and opened again by other words.
func TestConflicts(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.demo(t, "cisa-coordinator")
		p, err := f.ListConflicts(t.Context(), f.manager, Query{Filter: parse(t, "is:open")})
		if err != nil || len(p.Items) == 0 {
			t.Fatalf("%d contradictions, %v", len(p.Items), err)
		}
		c := p.Items[0]
		if len(c.Sides) < 2 || c.FactName.EN == "" {
			t.Errorf("contradiction = %+v", c)
		}
		before := count(t, f, `SELECT conflicts FROM kengine_report WHERE id = ?`, c.ReportID)
		if err := f.AcceptConflict(t.Context(), f.manager, c, true, "both are right"); err != nil {
			t.Fatal(err)
		}
		if err := f.AcceptConflict(t.Context(), f.manager, c, true, ""); !errors.Is(err, fault.Conflict) {
			t.Errorf("an older version: %v, want Conflict", err)
		}
		if after := count(t, f, `SELECT conflicts FROM kengine_report WHERE id = ?`, c.ReportID); after != before-1 {
			t.Errorf("open contradictions of the report = %d, want %d", after, before-1)
		}
		n, err := f.CountConflicts(t.Context(), f.manager, parse(t, "is:accepted"))
		if err != nil || n != 1 {
			t.Errorf("accepted = %d, %v", n, err)
		}
		row := f.tasks(t, f.manager, "exploitation:none")[0]
		f.answer(t, f.manager, row.Report, "ssvc:E:1.1.0=A")
		if n, err := f.CountConflicts(t.Context(), f.manager, parse(t, "is:own")); err != nil || n != 1 {
			t.Errorf("against the feed = %d, %v", n, err)
		}
	})
}
