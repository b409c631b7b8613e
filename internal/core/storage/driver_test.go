package storage_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"noroshi.dev/internal/testkit"
)

// TestLibcIsTheOneThatSQLiteWasTestedWith: the port of SQLite to Go works with
// exactly the version of its C library that its own go.mod names. A test binary
// carries no build information, so the go command is asked what it builds with.
func TestLibcIsTheOneThatSQLiteWasTestedWith(t *testing.T) {
	t.Parallel()
	list := func(format, module string) string {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", format, module).Output()
		if err != nil {
			t.Fatalf("go list %s: %v", module, err)
		}
		return strings.TrimSpace(string(out))
	}
	mod, err := os.ReadFile(list("{{.GoMod}}", "modernc.org/sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile(`modernc\.org/libc (v\S+)`).FindSubmatch(mod)
	if want == nil {
		t.Fatal("go.mod of modernc.org/sqlite names no libc")
	}
	if got := list("{{with .Replace}}{{.}}{{else}}{{.Version}}{{end}}", "modernc.org/libc"); got != string(want[1]) {
		t.Errorf("built with libc %s, SQLite was tested with %s", got, want[1])
	}
}

var (
	goStrings = regexp.MustCompile("`[^`]*`|\"(?:[^\"\\\\\n]|\\\\.)*\"")
	isQuery   = regexp.MustCompile(`(?s)^.\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\s`)
	literal   = regexp.MustCompile(`'[^']*'`)
)

// TestNoQueryHoldsAQuotedQuestionMark reads every query of the repository: on
// PostgreSQL each question mark becomes an argument, also a quoted one.
func TestNoQueryHoldsAQuotedQuestionMark(t *testing.T) {
	t.Parallel()
	queries := 0
	err := filepath.WalkDir(filepath.Join(testkit.Root(t), "internal"), func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_templ.go") {
			return err
		}
		src, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			return nil // another process is just writing it
		}
		for _, s := range goStrings.FindAllString(string(src), -1) {
			if !isQuery.MatchString(s) {
				continue
			}
			queries++
			for _, text := range literal.FindAllString(s, -1) {
				if strings.Contains(text, "?") {
					t.Errorf("%s: a quoted question mark: %s", path, text)
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if queries < 20 {
		t.Errorf("only %d queries were found; does the test still read the right folder?", queries)
	}
}
