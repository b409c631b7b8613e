package kengine

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
	"noroshi.dev/internal/core/web/filter"
)

// plainReport is a report as a naive reading of a filter sees it.
type plainReport struct {
	id, key string
	row     ReportRow
	facts   map[string]string
	vendors []string
	task    TaskRow
}

// atom is a term with what it means, written by hand and without SQL.
type atom struct {
	text  string
	holds func(r *plainReport) bool
}

func atoms() []atom {
	fact := func(id, want string) func(r *plainReport) bool {
		return func(r *plainReport) bool { return r.facts[id] == want }
	}
	return []atom{
		{"is:kev", func(r *plainReport) bool { return r.row.KEV }},
		{"is:conflict", func(r *plainReport) bool { return r.row.Conflicts > 0 }},
		{"kev:no", func(r *plainReport) bool { return !r.row.KEV }},
		{"exploitation:active", fact("ssvc:E:1.1.0", "A")},
		{"exploitation:none,poc", func(r *plainReport) bool { return slices.Contains([]string{"N", "P"}, r.facts["ssvc:E:1.1.0"]) }},
		{"automatable:yes", fact("ssvc:A:2.0.0", "Y")},
		{"impact:total", fact("ssvc:TI:1.0.0", "T")},
		{`fact:"ssvc:A:2.0.0=N"`, fact("ssvc:A:2.0.0", "N")},
		{`fact:"ssvc:MWI:1.0.0=H"`, fact("ssvc:MWI:1.0.0", "H")},
		{"cvss:>=7", func(r *plainReport) bool { return r.row.CVSS >= 7 }},
		{"cvss:<7", func(r *plainReport) bool { return r.row.CVSS < 7 }},
		{"severity:critical", func(r *plainReport) bool { return r.row.CVSS >= 9 }},
		{"severity:<medium", func(r *plainReport) bool { return r.row.CVSS >= 0 && r.row.CVSS < 4 }},
		{"published:>=2025-01-01", func(r *plainReport) bool { return r.row.Published.Year() >= 2025 }},
		{"published:<2025-01-01", func(r *plainReport) bool { return !r.row.Published.IsZero() && r.row.Published.Year() < 2025 }},
		{"published:*", func(r *plainReport) bool { return !r.row.Published.IsZero() }},
		{"vendor:microsoft,cisco", func(r *plainReport) bool {
			return slices.Contains(r.vendors, "microsoft") || slices.Contains(r.vendors, "cisco")
		}},
		{"vendor:m*", func(r *plainReport) bool {
			return slices.ContainsFunc(r.vendors, func(v string) bool { return strings.HasPrefix(v, "m") })
		}},
		{"cve:CVE-2024-*", func(r *plainReport) bool { return strings.HasPrefix(r.key, "CVE-2024-") }},
		{"cve:cve-2025-*", func(r *plainReport) bool { return strings.HasPrefix(r.key, "CVE-2025-") }},
	}
}

// taskAtoms are terms of the task list alone.
func taskAtoms() []atom {
	has := func(r *plainReport, key string) bool {
		return slices.ContainsFunc(r.task.Possible, func(o Outcome) bool { return o.Key == key })
	}
	return append(atoms(),
		atom{"outcome:+AT", func(r *plainReport) bool { return has(r, "AT") }},
		atom{"outcome:+at", func(*plainReport) bool { return false }}, // keys have their case, on both databases
		atom{"outcome:T", func(r *plainReport) bool { return len(r.task.Possible) == 1 && has(r, "T") }},
		atom{"is:decided", func(r *plainReport) bool { return len(r.task.Possible) == 1 }},
		atom{"is:undecided", func(r *plainReport) bool { return len(r.task.Possible) != 1 }},
		atom{"decision:cisa-coordinator", func(*plainReport) bool { return true }},
		atom{"decision:CISA-coordinator", func(*plainReport) bool { return false }},
		atom{"decision:cisa_coordinator", func(*plainReport) bool { return false }},
		atom{"priority:now", func(r *plainReport) bool { return r.task.Weight() == 3 }},
		atom{"priority:<2", func(r *plainReport) bool { return r.task.Weight() < 2 }},
		atom{"state:open", func(r *plainReport) bool { return r.task.State == Open }},
		atom{"is:closed", func(r *plainReport) bool { return r.task.State == Closed }},
		atom{"cause:no_action", func(r *plainReport) bool { return r.task.Cause == CauseNoAction }},
		atom{"assignee:*", func(r *plainReport) bool { return r.task.Owner != "" }},
		atom{"assignee:me", func(r *plainReport) bool { return r.task.Owner == "org1-manager" }},
		atom{"due:*", func(r *plainReport) bool { return !r.task.Due.IsZero() }},
	)
}

// grow writes a random filter of depth and what it means.
func grow(random *rand.Rand, from []atom, depth int) atom {
	var a atom
	switch n := random.IntN(4); {
	case depth == 0 || n == 0:
		a = from[random.IntN(len(from))]
	default:
		x, y := grow(random, from, depth-1), grow(random, from, depth-1)
		if n == 1 {
			a = atom{"(" + x.text + " OR " + y.text + ")", func(r *plainReport) bool { return x.holds(r) || y.holds(r) }}
		} else {
			a = atom{"(" + x.text + " " + y.text + ")", func(r *plainReport) bool { return x.holds(r) && y.holds(r) }}
		}
	}
	if random.IntN(3) == 0 && !strings.HasPrefix(a.text, "-") {
		inner := a.holds
		a = atom{"-" + a.text, func(r *plainReport) bool { return !inner(r) }}
	}
	return a
}

// plainReports reads all reports with what the naive reading needs.
func plainReports(t *testing.T, f *fixture) []*plainReport {
	t.Helper()
	var out []*plainReport
	tasks := map[string]TaskRow{}
	all, err := f.ListTasks(t.Context(), f.manager, Query{Filter: parse(t, "is:all"), Limit: MaxLimit})
	must(t, err)
	for _, task := range all.Items {
		tasks[task.Report] = task
	}
	page, err := f.ListReports(t.Context(), f.manager, Query{Limit: MaxLimit})
	must(t, err)
	for _, row := range page.Items {
		r := &plainReport{id: row.ID, key: row.Key, row: row, task: tasks[row.Key], facts: map[string]string{}}
		facts, err := storage.One(t.Context(), f.DB.Read(), "t", "", storage.Scalar[[]byte], `SELECT facts FROM kengine_report WHERE id = ?`, row.ID)
		must(t, err)
		values, err := parseFacts(facts)
		must(t, err)
		for _, v := range values {
			r.facts[v.Fact] = strings.Join(v.Values, " ")
		}
		r.vendors, err = storage.List(t.Context(), f.DB.Read(), storage.Scalar[string], `SELECT vendor FROM kengine_affected WHERE report = ?`, row.ID)
		must(t, err)
		out = append(out, r)
	}
	return out
}

// TestFiltersMeanWhatTheySay compares random filters, negations and groups included, with a naive
// evaluation, on both databases.
func TestFiltersMeanWhatTheySay(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.demo(t, "cisa-coordinator")
		f.reported(t, "Nothing is known about this one", "Nor this")
		for i, row := range f.tasks(t, f.manager, "") {
			if i%3 == 0 {
				must(t, second(f.Assign(t.Context(), f.manager, These(row.ID), []string{"org1-manager", "x"}[i%2])))
			}
		}
		reports := plainReports(t, f)
		random := rand.New(rand.NewPCG(20, 26))
		filters := append(slices.Clone(atoms()), make([]atom, 0, 100)...)
		for range 60 {
			filters = append(filters, grow(random, atoms(), 3))
		}
		for _, a := range filters {
			for _, text := range []string{a.text, "-(" + a.text + ")"} {
				holds := func(r *plainReport) bool { return a.holds(r) == (text == a.text) }
				p, err := f.ListReports(t.Context(), f.manager, Query{Filter: parse(t, text), Limit: MaxLimit})
				must(t, err)
				var got []string
				for _, r := range p.Items {
					got = append(got, r.ID)
				}
				sameRows(t, "reports "+text, got, reports, holds)
			}
		}
		for range 60 {
			a := grow(random, taskAtoms(), 3)
			rows := f.tasks(t, f.manager, "is:all "+a.text)
			var got []string
			for _, r := range rows {
				got = append(got, r.ReportID)
			}
			sameRows(t, "tasks "+a.text, got, reports, func(r *plainReport) bool { return r.task.ID != "" && a.holds(r) })
		}
	})
}

func sameRows(t *testing.T, name string, got []string, reports []*plainReport, holds func(*plainReport) bool) {
	t.Helper()
	var want []string
	for _, r := range reports {
		if holds(r) {
			want = append(want, r.id)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s finds %d, want %d: %s", name, len(got), len(want), differ(got, want, reports))
	}
}

// differ names a report that only one of two lists holds.
func differ(got, want []string, reports []*plainReport) string {
	for _, r := range reports {
		if slices.Contains(got, r.id) != slices.Contains(want, r.id) {
			return fmt.Sprintf("%s, found %v", r.key, slices.Contains(got, r.id))
		}
	}
	return ""
}

// TestKeysAreFoundAsWritten: ids whose letters are small are found as they are and as people type them.
func TestKeysAreFoundAsWritten(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.reported(t, "x")
		for _, q := range []string{
			`INSERT INTO kengine_alias (alias, report) SELECT 'GHSA-jfh8-c2jp-5v3q', id FROM kengine_report`,
			`INSERT INTO kengine_alias (alias, report) SELECT 'JVNDB-2026-000001', id FROM kengine_report`,
		} {
			must(t, f.write(t, q))
		}
		for text, want := range map[string]int64{
			"key:CVE-2026-1000": 1, "key:cve-2026-1000": 1, "key:CVE-2026-*": 1, "key:GHSA-jfh8-c2jp-5v3q": 1, "key:jvndb-2026-000001": 1,
			"key:CVE-2026-1001,CVE-2026-1000": 1, "key:GHSA-x": 0, "key:CVE-2026-100": 0, "key:%": 0, "key:CVE_2026-1000": 0, "key:_VE-2026-*": 0,
		} {
			if n, err := f.CountReports(t.Context(), f.manager, parse(t, text)); n != want || err != nil {
				t.Errorf("%s finds %d, %v; want %d", text, n, err, want)
			}
		}
	})
}

// TestPeer_CVE_2023_48656 tries values that would be SQL, JSON paths or patterns in every field.
func TestPeer_CVE_2023_48656(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.install(t, f.manager, "cisa-coordinator")
		f.reported(t, "x")
		for _, value := range []string{
			"'", "' OR 1=1 --", `"`, "$", "$[", "$.x", "$[=x", "$.a[=b", `a"b=c`, "%", "_", `\`, "*", "**", "x*", "a*b", "+", "+'", "0", "-1", "99999999999999999999", "NaN", "1e400",
			"NULL", "?", "$1", "ssvc:E:1.1.0=A", "ssvc:E:1.1.0='", "é", "１", "\u202e", "/", "a/b", "9999-12-31", "0000-01-01", "-40001d", "1d", "-9999999h",
		} {
			for list, fields := range map[string][]string{"task": TaskFields(), "report": ReportFields(), "conflict": ConflictFields()} {
				for _, field := range fields {
					op := []filter.Op{filter.Is, filter.Is, filter.Ge, filter.Lt}[len(field+value)%4]
					e := filter.Expr{Kind: filter.Term, Field: field, Op: op, Value: value, Quoted: true}
					if err := f.counted(t, list, e); err != nil {
						t.Errorf("%s %s:%s%q = %v, want a fault of the filter or rows", list, field, op, value, err)
					}
				}
			}
		}
	})
}

// counted counts by a filter; a fault is fine.
func (f *fixture) counted(t *testing.T, list string, e filter.Expr) error {
	t.Helper()
	var err error
	switch list {
	case "task":
		_, err = f.CountTasks(t.Context(), f.manager, e)
	case "report":
		_, err = f.CountReports(t.Context(), f.manager, e)
	default:
		_, err = f.CountConflicts(t.Context(), f.manager, e)
	}
	return notInvalid(err)
}

// notInvalid returns err unless it is a fault.Invalid.
func notInvalid(err error) error {
	if errors.Is(err, fault.Invalid) {
		return nil
	}
	return err
}

// write runs a statement.
func (f *fixture) write(t *testing.T, query string, args ...any) error {
	t.Helper()
	return f.DB.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		return second(tx.ExecContext(ctx, query, args...))
	})
}
