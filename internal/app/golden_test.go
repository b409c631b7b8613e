package app

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/core/module"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/testkit"
)

var update = flag.Bool("update", false, "write golden files anew")

// golden compares got with a file of the tree; -update writes it anew.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	path = filepath.Join(testkit.Root(t), filepath.FromSlash(path))
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
		t.Errorf("%s is not what the house makes; if the change is meant, run: go test ./internal/app -run Golden -update\n%s", path, diff)
	}
}

// TestOpenAPIGolden keeps the interface that programs rely on from changing unseen.
func TestOpenAPIGolden(t *testing.T) {
	t.Parallel()
	h := openHouse(t, Config{Config: settingsFor(t, storage.SQLite)})
	s, err := h.site()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := s.api.Document()
	if err != nil {
		t.Fatal(err)
	}
	doc = bytes.ReplaceAll(doc, []byte(h.config.BaseURL), []byte("http://localhost:8686"))
	doc = regexp.MustCompile(`"version": "[^"]*"`).ReplaceAll(doc, []byte(`"version": "VERSION"`))
	golden(t, "doc/openapi.json", append(doc, '\n'))
}

// TestSchemaGolden keeps a readable picture of all tables, of both databases'
// common form as SQLite holds it.
func TestSchemaGolden(t *testing.T) {
	t.Parallel()
	h := openHouse(t, Config{Config: settingsFor(t, storage.SQLite)})
	rows, err := storage.List(t.Context(), h.db.Read(), storage.Scalar[string],
		`SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%' AND tbl_name NOT LIKE 'river%'
		AND name NOT LIKE '%\_fts\_%' ESCAPE '\' AND name NOT LIKE '%\_schema' ESCAPE '\' ORDER BY tbl_name, type DESC, name`)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	b.WriteString("-- All tables of noroshi, as the embedded database holds them. Made by: go test ./internal/app -run Golden -update\n")
	for _, sql := range rows {
		fmt.Fprintf(&b, "\n%s;\n", strings.TrimSpace(sql))
	}
	golden(t, "doc/schema.sql", b.Bytes())
}

// TestTheTwoDatabasesHaveTheSameTables compares names, columns and kinds.
func TestTheTwoDatabasesHaveTheSameTables(t *testing.T) {
	t.Parallel()
	lite := openHouse(t, Config{Config: settingsFor(t, storage.SQLite)})
	post := openHouse(t, Config{Config: settingsFor(t, storage.Postgres)})
	if diff := cmp.Diff(columns(t, lite), columns(t, post)); diff != "" {
		t.Errorf("tables (-sqlite +postgres):\n%s", diff)
	}
}

// columns returns "name kind" of each column, by table.
func columns(t *testing.T, h *House) map[string][]string {
	t.Helper()
	tables, err := tablesOf(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, table := range tables {
		for _, c := range table.Columns {
			out[table.Name] = append(out[table.Name], c.Name+" "+string(c.Kind))
		}
	}
	return out
}

// TestRoomsAreClosedWithoutServices shows that help needs no database: rooms
// built over nothing tell what they are.
func TestRoomsAreClosedWithoutServices(t *testing.T) {
	t.Parallel()
	_, all := build(module.Deps{})
	if len(all) < 2 {
		t.Fatalf("%d rooms", len(all))
	}
	for _, m := range all {
		if m.Name == "" {
			t.Errorf("a room without a name: %+v", m)
		}
		for _, p := range m.Permissions {
			if !strings.HasPrefix(p.Name, m.Name+".") || !p.Declared() {
				t.Errorf("%s declares the permission %q", m.Name, p.Name)
			}
		}
		if m.Commands == nil {
			continue
		}
		for _, c := range m.Commands() {
			if c.Short == "" || !c.Runnable() && !c.HasSubCommands() {
				t.Errorf("%s: the command %s says or does nothing", m.Name, c.Name())
			}
		}
	}
}

func TestFingerprintsOfTheSameSeedAreStable(t *testing.T) {
	t.Parallel()
	h := openHouse(t, Config{Config: settingsFor(t, storage.SQLite)})
	first, err := h.Fingerprints(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	again, err := h.Fingerprints(context.WithoutCancel(t.Context()))
	if err != nil || !cmp.Equal(first, again) {
		t.Errorf("fingerprints %v and %v, %v", first, again, err)
	}
}
