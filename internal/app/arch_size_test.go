package app

import (
	"go/ast"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"

	"noroshi.dev/internal/testkit"
)

// The size budget of the architecture.
const (
	maxFileLines      = 600
	medianFileLines   = 130
	maxFuncLines      = 70
	medianFuncLines   = 12
	leastTestRatio    = 0.67 // a floor that only rises, to 0.9: doc/adr/0005-test-ratio-rises.md
	maxDirectRequires = 45
)

func itoa(n int) string { return strconv.Itoa(n) }

// median returns the middle of numbers, 0 of none.
func median(numbers []int) int {
	if len(numbers) == 0 {
		return 0
	}
	slices.Sort(numbers)
	return numbers[len(numbers)/2]
}

func TestArchSizes(t *testing.T) {
	t.Parallel()
	var files, funcs []int
	code, tests := 0, 0
	for _, s := range sources(t) {
		if s.lines > maxFileLines {
			t.Errorf("%s has %d lines, at most %d", s.path, s.lines, maxFileLines)
		}
		if s.test() {
			tests += s.lines
			continue
		}
		code += s.lines
		files = append(files, s.lines)
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			n := s.set.Position(f.End()).Line - s.set.Position(f.Pos()).Line + 1
			funcs = append(funcs, n)
			if n > maxFuncLines {
				t.Errorf("%s: %s has %d lines, at most %d", s.at(f), f.Name.Name, n, maxFuncLines)
			}
		}
	}
	if m := median(files); m > medianFileLines {
		t.Errorf("median file has %d lines, at most %d", m, medianFileLines)
	}
	if m := median(funcs); m > medianFuncLines {
		t.Errorf("median function has %d lines, at most %d", m, medianFuncLines)
	}
	ratio := float64(tests) / float64(max(code, 1))
	t.Logf("code %d lines, tests %d lines, ratio %.2f", code, tests, ratio)
	if ratio < leastTestRatio {
		t.Errorf("test lines / code lines = %d / %d = %.2f, at least %.1f", tests, code, ratio, leastTestRatio)
	}
}

func TestArchComments(t *testing.T) {
	t.Parallel()
	documented := map[string]bool{}
	for _, s := range sources(t) {
		if s.test() {
			continue
		}
		documented[s.dir()] = documented[s.dir()] || s.file.Doc != nil
		for _, name := range undocumented(s.file) {
			t.Errorf("%s: exported %s has no doc comment that begins with its name", s.path, name)
		}
	}
	for dir, ok := range documented {
		if !ok {
			t.Errorf("%s: no package comment", dir)
		}
	}
}

// undocumented returns the exported names of a file without a comment of their own.
func undocumented(file *ast.File) []string {
	var out []string
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && exportedReceiver(d) && !startsWith(d.Doc, d.Name.Name) {
				out = append(out, d.Name.Name)
			}
		case *ast.GenDecl:
			out = append(out, undocumentedSpecs(d)...)
		}
	}
	return out
}

// undocumentedSpecs looks at types, constants and variables. A comment on a
// group of values documents the group.
func undocumentedSpecs(d *ast.GenDecl) []string {
	var out []string
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Name.IsExported() && !startsWith(spec.Doc, spec.Name.Name) && !startsWith(d.Doc, spec.Name.Name) {
				out = append(out, spec.Name.Name)
			}
		case *ast.ValueSpec:
			for _, name := range spec.Names {
				if name.IsExported() && spec.Doc == nil && spec.Comment == nil && d.Doc == nil {
					out = append(out, name.Name)
				}
			}
		}
	}
	return out
}

// startsWith reports whether a comment is a sentence that begins with name.
func startsWith(doc *ast.CommentGroup, name string) bool {
	if doc == nil {
		return false
	}
	text := doc.Text()
	for _, article := range []string{"A ", "An ", "The "} {
		text = strings.TrimPrefix(text, article)
	}
	return strings.HasPrefix(text, name)
}

// exportedReceiver reports whether a function is none of a hidden type.
func exportedReceiver(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return true
	}
	t := f.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return true
		}
	}
}

// requires returns module -> version of a go.mod, direct ones only.
func requires(t *testing.T, file string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	line := regexp.MustCompile(`(?m)^(?:require)?\s+([^\s/]+\.[^\s]+)\s+(v\S+)(\s*// indirect)?$`)
	for _, m := range line.FindAllStringSubmatch(string(data), -1) {
		if m[3] == "" {
			out[m[1]] = m[2]
		}
	}
	return out
}

func TestArchDependencies(t *testing.T) {
	t.Parallel()
	direct := requires(t, filepath.Join(testkit.Root(t), "go.mod"))
	if len(direct) == 0 || len(direct) > maxDirectRequires {
		t.Errorf("%d direct dependencies, at most %d", len(direct), maxDirectRequires)
	}
	for _, twin := range [][2]string{
		{"github.com/riverqueue/river", "github.com/riverqueue/river/riverdriver/riversqlite"},
		{"github.com/riverqueue/river", "github.com/riverqueue/river/riverdriver/riverpgxv5"},
		{"github.com/riverqueue/river", "github.com/riverqueue/river/rivertype"},
	} {
		if direct[twin[0]] != direct[twin[1]] {
			t.Errorf("%s %s and %s %s: these carry one version", twin[0], direct[twin[0]], twin[1], direct[twin[1]])
		}
	}
}

// TestArchLibc compares the C library port with the one that the SQLite driver
// was tested with: another version corrupts silently.
func TestArchLibc(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.GoMod}}", "modernc.org/sqlite").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	want := requires(t, strings.TrimSpace(string(out)))["modernc.org/libc"]
	have := requires(t, filepath.Join(testkit.Root(t), "go.mod"))["modernc.org/libc"]
	if want == "" || have != want {
		t.Errorf("go.mod has modernc.org/libc %q, the SQLite driver wants %q", have, want)
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		t.Fatal("no build information")
	}
	for _, dep := range info.Deps {
		if dep.Path == "modernc.org/libc" && dep.Version != want {
			t.Errorf("built with modernc.org/libc %s, the SQLite driver wants %s", dep.Version, want)
		}
	}
}
