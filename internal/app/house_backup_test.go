package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/app/backup"
	"noroshi.dev/internal/core/progress"
	"noroshi.dev/internal/core/storage"
)

// tablesOf returns the tables of a house as a backup knows them.
func tablesOf(ctx context.Context, h *House) ([]backup.Table, error) {
	return backup.Tables(ctx, h.db, h.db.Read())
}

// rowsOf reads every row of every table of the database's own catalogue, so that
// a table which the backup does not know is seen. The queue's tables and the
// search indexes are made anew, as the documentation says.
func rowsOf(t *testing.T, h *House) map[string][]string {
	t.Helper()
	query := "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
	if h.db.Dialect() == storage.Postgres {
		query = "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema()"
	}
	names, err := storage.List(t.Context(), h.db.Read(), storage.Scalar[string], query)
	if err != nil {
		t.Fatal(err)
	}
	known, err := tablesOf(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, name := range names {
		if strings.HasPrefix(name, "river_") || strings.HasSuffix(name, "_schema") || strings.Contains(name, "_fts") {
			continue
		}
		at := slices.IndexFunc(known, func(k backup.Table) bool { return k.Name == name })
		if at < 0 {
			t.Errorf("the backup does not know the table %s", name)
			continue
		}
		rows := []string{}
		for row, err := range known[at].Rows(t.Context(), h.db.Read()) {
			if err != nil {
				t.Fatal(err)
			}
			rows = append(rows, plainRow(t, known[at], row))
		}
		slices.Sort(rows)
		out[name] = rows
	}
	return out
}

// plainRow writes a row so that both databases write it alike.
func plainRow(t *testing.T, table backup.Table, row []any) string {
	t.Helper()
	var b strings.Builder
	for i, c := range table.Columns {
		v, err := backup.Canonical(c.Kind, row[i])
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s=%v|", c.Name, v)
	}
	return b.String()
}

// demoHouse is a house with the data of the demo.
func demoHouse(t *testing.T, d storage.Dialect) *House {
	t.Helper()
	c := Config{Config: settingsFor(t, d), Demo: true}
	if err := furnishDemo(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	return openHouse(t, c)
}

func TestBackupOfTheDemoComesBackRowByRow(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]storage.Dialect{
		{storage.SQLite, storage.SQLite}, {storage.SQLite, storage.Postgres}, {storage.Postgres, storage.SQLite},
	} {
		t.Run(pair[0].String()+" to "+pair[1].String(), func(t *testing.T) {
			t.Parallel()
			h := demoHouse(t, pair[0])
			ref, err := h.blobs.Put(t.Context(), strings.NewReader("a blob"))
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "house.tar.zst")
			wrote, err := h.Backup(t.Context(), file, progress.New(os.Stderr, "", 0))
			if err != nil {
				t.Fatal(err)
			}
			want := rowsOf(t, h)
			for _, table := range []string{"identity_person", "audit_entry", "kengine_report", "kengine_task"} {
				if len(want[table]) == 0 {
					t.Errorf("the demo has no row in %s: the test would show nothing", table)
				}
			}
			c := Config{Config: settingsFor(t, pair[1])}
			open := func() (*os.File, error) { return os.Open(file) }
			got, err := restoreInto(t.Context(), c, open, nil, true, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !got.Verified || len(wrote.Fingerprints) == 0 || !cmp.Equal(got.Fingerprints, wrote.Fingerprints) {
				t.Errorf("fingerprints %v, wrote %v", got.Fingerprints, wrote.Fingerprints)
			}
			again := openHouse(t, c)
			if diff := cmp.Diff(want, rowsOf(t, again)); diff != "" {
				t.Errorf("rows (-house +restored):\n%.3000s", diff)
			}
			if size, err := again.blobs.Verify(t.Context(), ref.SHA256); err != nil || size != ref.Size {
				t.Errorf("the blob came back with %d bytes, %v", size, err)
			}
			now, err := again.Fingerprints(t.Context())
			if err != nil || !cmp.Equal(now, wrote.Fingerprints) {
				t.Errorf("fingerprints of the restored house = %v, %v, want %v", now, err, wrote.Fingerprints)
			}
			if _, err := restoreInto(t.Context(), c, open, nil, false, nil); err == nil {
				t.Error("a second restore over the first was taken")
			}
		})
	}
}
