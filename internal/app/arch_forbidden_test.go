package app

import (
	"bytes"
	"go/ast"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"noroshi.dev/internal/testkit"
)

// runsCommands are the places whose code may start other programs, each with
// its reason. Tests may.
var runsCommands = map[string]string{}

// badNames are package names that say nothing.
var badNames = []string{"util", "utils", "common", "helper", "helpers", "model", "models", "types", "service", "misc"}

// calls are what no code of the house calls: package.Name and the reason.
var calls = map[string]string{
	"http.DefaultClient":      "has no time limit and no guard; core/outbound has both",
	"http.Get":                "has no time limit and no guard; core/outbound has both",
	"http.Post":               "has no time limit and no guard; core/outbound has both",
	"http.PostForm":           "has no time limit and no guard; core/outbound has both",
	"http.Head":               "has no time limit and no guard; core/outbound has both",
	"http.ListenAndServe":     "has no header time limit",
	"http.HandleFunc":         "registers globally",
	"http.Handle":             "registers globally",
	"log.Fatal":               "skips every deferred call",
	"log.Printf":              "is not structured; use slog",
	"prometheus.MustRegister": "registers globally",
	"cobra.OnInitialize":      "registers globally",
}

func TestArchForbidden(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if slices.Contains(badNames, s.file.Name.Name) {
			t.Errorf("%s: package %s says nothing", s.path, s.file.Name.Name)
		}
		if s.test() {
			continue
		}
		if s.imports("os/exec") && runsCommands[s.dir()] == "" {
			t.Errorf("%s: imports os/exec", s.path)
		}
		for _, path := range []string{"unsafe", "C", "plugin", "math/rand"} {
			if s.imports(path) {
				t.Errorf("%s: imports %s", s.path, path)
			}
		}
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s: init functions hide what happens at start", s.at(f))
			}
		}
		selectors(s, func(n ast.Node, name string) {
			if reason := calls[name]; reason != "" {
				t.Errorf("%s: %s %s", s.at(n), name, reason)
			}
			if name == "sql.Open" || name == "sql.OpenDB" || name == "sql.DB" && room(s.dir()) != "" {
				if !strings.HasPrefix(s.path, "internal/core/storage/") {
					t.Errorf("%s: %s: only core/storage holds a pool", s.at(n), name)
				}
			}
		})
	}
}

// TestArchTests checks the tests themselves: none sleeps, none skips quietly.
func TestArchTests(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		kit := strings.HasPrefix(s.path, "internal/testkit/")
		selectors(s, func(n ast.Node, name string) {
			switch {
			case name == "time.Sleep" && s.test() && !s.imports("testing/synctest"):
				t.Errorf("%s: a test that sleeps is slow and still not sure", s.at(n))
			case s.test() && !kit && slices.Contains([]string{"t.Skip", "t.Skipf", "t.SkipNow", "tb.Skip", "b.Skip", "f.Skip"}, name):
				t.Errorf("%s: %s may be quiet; use testkit.Missing", s.at(n), name)
			}
		})
	}
}

// selectors calls f for each x.Name in a file.
func selectors(s source, f func(n ast.Node, name string)) {
	ast.Inspect(s.file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok {
				f(n, x.Name+"."+sel.Sel.Name)
			}
		}
		return true
	})
}

// tracked returns the text files that belong to the tree, by git where there is
// a checkout.
func tracked(t *testing.T) map[string][]byte {
	t.Helper()
	root := testkit.Root(t)
	out, err := exec.CommandContext(t.Context(), "git", "-C", root, "ls-files", "-co", "--exclude-standard", "-z").Output()
	if err != nil {
		testkit.Missing(t, "git checkout to list the tree of")
	}
	files := map[string][]byte{}
	for name := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err == nil && len(data) < 4<<20 && !bytes.Contains(data[:min(len(data), 8000)], []byte{0}) {
			files[name] = data
		}
	}
	return files
}

// TestArchUnfinished refuses marks of unfinished work in code.
func TestArchUnfinished(t *testing.T) {
	t.Parallel()
	mark := regexp.MustCompile(`\b(` + strings.Join([]string{"TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"}, "|") + `)\b|(?i)\b(not (yet )?impl` + `emented|unimpl` + `emented)\b`)
	for name, data := range tracked(t) {
		if !slices.Contains([]string{".go", ".templ", ".js", ".sql", ".css"}, filepath.Ext(name)) || strings.Contains(name, "testdata/") {
			continue
		}
		for _, m := range mark.FindAllString(string(data), -1) {
			t.Errorf("%s: %s", name, m)
		}
	}
}

// TestArchNoMachine refuses names of this machine in the tree: the folder above
// the checkout and the hosts of package registries, which are asked from the
// tools so that none stands here.
func TestArchNoMachine(t *testing.T) {
	t.Parallel()
	files := tracked(t)
	for _, needle := range machineNames(t) {
		for name, data := range files {
			if strings.HasSuffix(name, ".sum") || strings.Contains(name, "testdata/") {
				continue
			}
			if bytes.Contains(data, []byte(needle)) {
				t.Errorf("%s: names %s", name, needle)
			}
		}
	}
	if lock, ok := files["package-lock.json"]; ok && bytes.Contains(lock, []byte(`"resolved"`)) {
		t.Error("package-lock.json names a registry: write it with omit-lockfile-registry-resolved=true")
	}
}

// machineNames returns the folder above the checkout and the registry hosts.
func machineNames(t *testing.T) []string {
	t.Helper()
	var out []string
	if above := filepath.Dir(testkit.Root(t)); len(above) > 1 {
		out = append(out, above+"/")
	}
	host := regexp.MustCompile(`https?://(?:[^@/\s]*@)?([^/:\s,|]+)`)
	for _, command := range [][]string{{"go", "env", "GOPROXY"}, {"npm", "config", "get", "registry"}} {
		text, err := exec.CommandContext(t.Context(), command[0], command[1:]...).Output()
		if err != nil {
			continue // a machine without npm has no npm registry to name
		}
		for _, m := range host.FindAllStringSubmatch(string(text), -1) {
			out = append(out, m[1])
		}
	}
	return out
}
