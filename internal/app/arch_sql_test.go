package app

import (
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"noroshi.dev/internal/testkit"
)

var (
	sqlStart = regexp.MustCompile(`^\s*(SELECT|INSERT|UPDATE|DELETE|WITH|CREATE|DROP|ALTER|REPLACE)\s`)
	// sqlPart finds pieces of statements that are put together from several texts.
	sqlPart  = regexp.MustCompile(`\b(FROM|JOIN|INTO)\s+[a-z]+_[a-z_]+\b`)
	sqlTable = regexp.MustCompile(`\b(FROM|JOIN|INTO|UPDATE|TABLE|REFERENCES)\s+(?:IF\s+NOT\s+EXISTS\s+|ONLY\s+)?([a-z_][a-z0-9_]*)(\s*\()?`)
	sqlWith  = regexp.MustCompile(`(?:\bWITH(?:\s+RECURSIVE)?|,)\s+([a-z_][a-z0-9_]*)\s*(?:\([^)]*\)\s*)?AS\s*(?:NOT\s+MATERIALIZED\s*|MATERIALIZED\s*)?\(`)
	sqlQuiet = regexp.MustCompile(`DISTINCT\s+FROM|EXTRACT\s*\([A-Z]+\s+FROM|ON\s+CONFLICT[^)]*\)\s*DO\s+UPDATE|FOR\s+UPDATE`)
)

// tablesIn returns the tables that a piece of SQL names: not functions, and not
// the names that the statement itself makes by WITH.
func tablesIn(sql string) []string {
	var made, out []string
	for _, m := range sqlWith.FindAllStringSubmatch(sql, -1) {
		made = append(made, m[1])
	}
	for _, m := range sqlTable.FindAllStringSubmatch(sqlQuiet.ReplaceAllString(sql, " "), -1) {
		// INSERT INTO t (…) and CREATE TABLE t (…) have a list behind the name, FROM f(…) calls a function.
		called := m[3] != "" && (m[1] == "FROM" || m[1] == "JOIN")
		if !called && !slices.Contains(made, m[2]) && !slices.Contains(out, m[2]) {
			out = append(out, m[2])
		}
	}
	return out
}

func TestArchTablesIn(t *testing.T) {
	t.Parallel()
	for sql, want := range map[string]string{
		"SELECT a FROM kengine_report r JOIN kengine_task t ON t.report = r.id WHERE r.a IS DISTINCT FROM ?":   "kengine_report kengine_task",
		"WITH new AS (SELECT 1), old (a) AS (SELECT 2) INSERT INTO x_a (b) SELECT c FROM new JOIN old ON true": "x_a",
		"INSERT INTO x_a (b) VALUES (?) ON CONFLICT (b) DO UPDATE SET c = excluded.c":                          "x_a",
		"UPDATE x_a SET b = ? FROM x_b":                               "x_a x_b",
		"SELECT v FROM json_each(?) WHERE EXISTS (SELECT 1 FROM x_a)": "x_a",
		"DELETE FROM x_a":                                        "x_a",
		"SELECT a FROM x_a FOR UPDATE SKIP LOCKED":               "x_a",
		"CREATE TABLE IF NOT EXISTS x_a (b TEXT REFERENCES x_b)": "x_a x_b",
	} {
		if got := strings.Join(tablesIn(sql), " "); got != want {
			t.Errorf("tablesIn(%q) = %q, want %q", sql, got, want)
		}
	}
}

// texts returns the string constants of a file, joined where they are added.
func texts(file *ast.File) map[ast.Node]string {
	out := map[ast.Node]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		e, ok := n.(ast.Expr)
		if !ok {
			return true
		}
		if text, ok := constant(e); ok {
			out[n] = text
			return false
		}
		return true
	})
	return out
}

// constant returns the text of literals and of literals that are added; a part
// that is no literal counts as a space.
func constant(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.BinaryExpr:
		if e.Op != token.ADD {
			return "", false
		}
		left, okLeft := constant(e.X)
		right, okRight := constant(e.Y)
		if !okLeft {
			left = " "
		}
		if !okRight {
			right = " "
		}
		return left + right, okLeft || okRight
	case *ast.ParenExpr:
		return constant(e.X)
	}
	return "", false
}

// owner returns the prefix of the tables that code in a folder may name.
func owner(dir string) string {
	if r := room(dir); r != "" {
		return r + "_"
	}
	if rest, ok := strings.CutPrefix(dir, "internal/core/"); ok {
		name, _, _ := strings.Cut(rest, "/")
		return name + "_"
	}
	return ""
}

// TestArchTables checks that no room, and no part of core, names a table of
// another one. The storage, the queue and the roof read the catalogue of the
// database, so they are looked at only for tables of rooms.
func TestArchTables(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, s := range sources(t) {
		prefix := owner(s.dir())
		if s.test() || prefix == "" || prefix == "storage_" || prefix == "jobs_" {
			continue
		}
		for n, text := range texts(s.file) {
			if !sqlStart.MatchString(text) && !sqlPart.MatchString(text) {
				continue
			}
			for _, table := range tablesIn(text) {
				seen++
				if !strings.HasPrefix(table, prefix) && !systemTable(table) {
					t.Errorf("%s: SQL names %s, which does not begin with %s", s.at(n), table, prefix)
				}
			}
		}
	}
	if seen == 0 {
		t.Error("no SQL was found at all: the test looks at the wrong place")
	}
}

func systemTable(name string) bool {
	return strings.HasPrefix(name, "sqlite_") || strings.HasPrefix(name, "pragma_") || strings.HasPrefix(name, "pg_") || name == "excluded"
}

func TestArchMigrations(t *testing.T) {
	t.Parallel()
	root := testkit.Root(t)
	files, err := filepath.Glob(filepath.Join(root, "internal", "*", "migrations", "*.sql"))
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob(filepath.Join(root, "internal", "core", "*", "migrations", "*.sql"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, more...) {
		rel, err := filepath.Rel(root, file)
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		prefix := owner(filepath.ToSlash(filepath.Dir(filepath.Dir(rel))))
		text := regexp.MustCompile(`(?m)--.*$`).ReplaceAllString(string(data), "")
		for _, table := range tablesIn(text) {
			if !strings.HasPrefix(table, prefix) && !systemTable(table) {
				t.Errorf("%s: names %s, which does not begin with %s", rel, table, prefix)
			}
		}
		for _, word := range regexp.MustCompile(`(?i)\b(AUTOINCREMENT|IDENTITY|SERIAL|BIGSERIAL|TIMESTAMPTZ|DATETIME)\b`).FindAllString(text, -1) {
			t.Errorf("%s: %s does not behave alike on both databases", rel, word)
		}
	}
}
