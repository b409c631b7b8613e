//go:build !race

package kengine

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
	"noroshi.dev/internal/testkit"
)

// The whole archive takes ten minutes with the race detector, which learns nothing from it that the
// imports of import_test.go do not tell: `make test` runs it.

// TestImportArchive imports the whole archive and the KEV catalogue and asserts the counts that
// are known of them; then each record with CISA's three values is compared with the table.
func TestImportArchive(t *testing.T) {
	t.Parallel()
	path, kev := testkit.Shared(t, archive), testkit.Shared(t, kevJSON)
	db := storagetest.Open(t, storage.SQLite, clock.Wall{})
	if err := migrated(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	f := setUp(t, db)
	f.install(t, f.manager, "cisa-coordinator")

	v := f.load(t, path)
	if want := (Counts{Records: 32142, Added: 32142}); v.Counts != want {
		t.Fatalf("counts = %+v, want %+v", v.Counts, want)
	}
	for _, c := range []struct {
		query string
		want  int64
	}{
		{`SELECT COUNT(*) FROM kengine_report WHERE state = 'published'`, 32070},
		{`SELECT COUNT(*) FROM kengine_report WHERE state = 'rejected'`, 72},
		{`SELECT COUNT(*) FROM kengine_report WHERE kev`, 184},
		{`SELECT COUNT(*) FROM kengine_report WHERE facts ->> 'ssvc:A:2.0.0' = 'Y'`, 5791},
		{`SELECT COUNT(*) FROM kengine_report WHERE facts ->> 'ssvc:TI:1.0.0' = 'T'`, 10081},
		{`SELECT COUNT(*) FROM kengine_task`, 32070},
		{`SELECT COUNT(*) FROM kengine_task WHERE state = 'closed' AND cause <> 'no_action'`, 0},
		{`SELECT COUNT(*) FROM kengine_report_fts_doc`, 32142},
	} {
		if got := count(t, f, c.query); got != c.want {
			t.Errorf("%s = %d, want %d", c.query, got, c.want)
		}
	}
	checkOutcomes(t, f)

	before := hash(t, f)
	if v := f.load(t, path); v.Counts != (Counts{Records: 32142, Same: 32142}) {
		t.Errorf("again: counts = %+v", v.Counts)
	}
	if diff := cmp.Diff(before, hash(t, f)); diff != "" {
		t.Errorf("the same archive again changed the state (-before +after):\n%s", diff)
	}

	v = f.load(t, kev)
	if want := (Counts{Records: 1404, Added: 1202, Changed: 202}); v.Counts != want {
		t.Errorf("KEV: counts = %+v, want %+v", v.Counts, want)
	}
	// Of 202 common ids CISA's analysts say 172 times active: 30 contradictions about Exploitation.
	if got := count(t, f, `SELECT COUNT(*) FROM kengine_conflict c JOIN kengine_origin o ON o.report = c.report AND o.kind = 'kev' WHERE c.fact = 'ssvc:E:1.1.0'`); got != 30 {
		t.Errorf("contradictions about Exploitation = %d, want 30", got)
	}
}

// checkOutcomes compares every task of the CISA coordinator model with an evaluation of the table
// that is independent of the store: all outcomes that some value of MWI gives, and one for each.
func checkOutcomes(t *testing.T, f *fixture) {
	t.Helper()
	models, err := f.ActiveModels(t.Context(), f.DB.Read(), f.manager.Organisation)
	if err != nil {
		t.Fatal(err)
	}
	m := models[0]
	table := coordinatorTable()
	rows, err := storage.List(t.Context(), f.DB.Read(), func(scan func(...any) error) ([4]string, error) {
		var r [4]string
		err := scan(&r[0], &r[1], &r[2], &r[3])
		return r, err
	}, `SELECT r.facts ->> 'ssvc:E:1.1.0', r.facts ->> 'ssvc:A:2.0.0', r.facts ->> 'ssvc:TI:1.0.0', t.outcomes
		FROM kengine_task t JOIN kengine_report r ON r.id = t.report`)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		row, ok := table[r[0]+r[1]+r[2]]
		if !ok {
			t.Fatalf("no row for %q", r)
		}
		want := ""
		for _, o := range []string{"T", "T*", "AT", "AC"} {
			if row[0] == o || row[1] == o || row[2] == o {
				want += " " + o
			}
		}
		if " "+r[3] != want {
			t.Fatalf("%v: outcomes = %q, want%s", r[:3], r[3], want)
		}
		for i, mwi := range []string{"L", "M", "H"} {
			k := m.know([]Value{
				{Fact: "ssvc:E:1.1.0", Values: []string{r[0]}},
				{Fact: "ssvc:A:2.0.0", Values: []string{r[1]}},
				{Fact: "ssvc:TI:1.0.0", Values: []string{r[2]}},
				{Fact: "ssvc:MWI:1.0.0", Values: []string{mwi}},
			})
			if got := m.OutcomeFact(0).Keys(m.Decide(k.sets)[0].Set); len(got) != 1 || got[0] != row[i] {
				t.Fatalf("%v with MWI %s: %v, want %s", r[:3], mwi, got, row[i])
			}
		}
	}
	if len(rows) != 32070 {
		t.Errorf("%d tasks compared, want 32070", len(rows))
	}
}
