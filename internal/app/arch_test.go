package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"noroshi.dev/internal/testkit"
)

// modulePath is the path that every package of the house begins with.
const modulePath = "noroshi.dev/"

// coreOrder lists the packages of the ground floor from left to right: each may
// import those left of it. Packages in one string stand side by side.
var coreOrder = []string{
	"clock id fault progress", "config telemetry i18n", "storage", "jobs audit blob search outbound", "event",
	"identity", "view", "pgp mail", "web", "api", "module",
}

// subPackages are the pure packages inside rooms (doc/adr/0003) and what they
// may import beside the standard library and format.
var subPackages = map[string][]string{
	"internal/kengine/decide": {"github.com/goccy/go-yaml"},
	"internal/kengine/intake": {"github.com/klauspost/compress"},
}

// formatImports are the exceptions of doc/adr/0001.
var formatImports = map[string]string{
	"format/cve":  "github.com/go-json-experiment/json",
	"format/cvss": "github.com/pandatix/go-cvss",
}

// pkg is what go list tells of a package.
type pkg struct {
	ImportPath   string
	Standard     bool
	Imports      []string
	TestImports  []string
	XTestImports []string
	Module       *struct{ Main bool }
	Deps         []string
}

// packages runs go list once for all tests of this file.
var packages = sync.OnceValues(func() (map[string]pkg, error) {
	out, err := exec.Command("go", "list", "-deps", "-test=false", "-json=ImportPath,Standard,Imports,TestImports,XTestImports,Module", modulePath+"...").Output()
	if err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			err = errors.New(string(exit.Stderr))
		}
		return nil, err
	}
	all := map[string]pkg{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all[p.ImportPath] = p
	}
})

// house returns every package by its path and our own packages by their place.
func house(t *testing.T) (all map[string]pkg, ours []string) {
	t.Helper()
	all, err := packages()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for path, p := range all {
		if p.Module != nil && p.Module.Main {
			ours = append(ours, strings.TrimPrefix(path, modulePath))
		}
	}
	slices.Sort(ours)
	if len(ours) == 0 {
		t.Fatal("go list names no package of the house in " + testkit.Root(t))
	}
	return all, ours
}

// coreRank returns the place of a core package from left to right, -1 if it has none.
func coreRank(place string) int {
	name, _, _ := strings.Cut(strings.TrimPrefix(place, "internal/core/"), "/")
	return slices.IndexFunc(coreOrder, func(group string) bool { return slices.Contains(strings.Fields(group), name) })
}

// room returns the name of the room that a place belongs to, empty if it belongs to none.
func room(place string) string {
	rest, ok := strings.CutPrefix(place, "internal/")
	name, _, _ := strings.Cut(rest, "/")
	if !ok || slices.Contains([]string{"app", "core", "sensor", "testkit"}, name) {
		return ""
	}
	return name
}

// forbidden returns why a package at a place may not import another one, empty if it may.
func forbidden(place, imported string, standard bool) string {
	to, ours := strings.CutPrefix(imported, modulePath)
	switch {
	case strings.HasPrefix(place, "format/"):
		extra := formatImports[place]
		if standard || strings.HasPrefix(imported, "golang.org/x/") || ours && strings.HasPrefix(to, "format/") || extra != "" && strings.HasPrefix(imported, extra) {
			return ""
		}
		return "format imports the standard library, golang.org/x and format only"
	case subPackages[place] != nil:
		extra := slices.ContainsFunc(subPackages[place], func(p string) bool { return strings.HasPrefix(imported, p) })
		if standard || extra || strings.HasPrefix(imported, "golang.org/x/") || strings.HasPrefix(to, "format/") {
			return ""
		}
		return "a pure package inside a room imports format only"
	case !ours:
		return ""
	default:
		return forbiddenInside(place, to)
	}
}

// forbiddenInside is the import table of the house for our own packages.
func forbiddenInside(place, to string) string {
	cellar := strings.HasPrefix(to, "format/")
	switch {
	case to == "internal/testkit" || strings.HasPrefix(to, "internal/testkit/"):
		if strings.HasPrefix(place, "internal/testkit") || strings.HasSuffix(place, "test") {
			return ""
		}
		return "testkit is for tests"
	case strings.HasSuffix(to, "test") && !strings.HasSuffix(place, "test") && !strings.HasPrefix(place, "internal/testkit"):
		return "a test package is for tests"
	case strings.HasPrefix(place, "cmd/noroshi-sensor"):
		return unless(to == "internal/sensor", "the sensor's door opens internal/sensor only")
	case strings.HasPrefix(place, "cmd/"):
		return unless(to == "internal/app", "a door opens internal/app only")
	case strings.HasPrefix(place, "internal/app"), cellar, strings.HasPrefix(place, "internal/testkit"):
		return ""
	case strings.HasPrefix(place, "internal/sensor"):
		return unless(strings.HasPrefix(to, "internal/sensor"), "the sensor imports format only")
	case strings.HasPrefix(place, "internal/core/"):
		return forbiddenInCore(place, to)
	case room(place) != "":
		return unless(strings.HasPrefix(to, "internal/core/") || room(to) == room(place), "a room imports core and format, never another room")
	}
	return "no rule lets " + place + " import it"
}

// forbiddenInCore keeps the ground floor in its order.
func forbiddenInCore(place, to string) string {
	from, at := coreRank(place), coreRank(to)
	name := func(p string) string {
		n, _, _ := strings.Cut(strings.TrimPrefix(p, "internal/core/"), "/")
		return n
	}
	switch {
	case !strings.HasPrefix(to, "internal/core/"):
		return "core knows no room"
	case from < 0:
		return place + " has no place in the order of core; add it to coreOrder in arch_test.go and to the architecture"
	case name(place) == name(to):
		return ""
	}
	return unless(at >= 0 && at < from, "core packages import only those left of them")
}

func unless(ok bool, reason string) string {
	if ok {
		return ""
	}
	return reason
}

func TestArchImports(t *testing.T) {
	t.Parallel()
	all, ours := house(t)
	for _, place := range ours {
		p := all[modulePath+place]
		for _, imported := range p.Imports {
			if reason := forbidden(place, imported, all[imported].Standard); reason != "" {
				t.Errorf("%s imports %s: %s", place, imported, reason)
			}
		}
		for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
			to, own := strings.CutPrefix(imported, modulePath)
			if own && room(place) != "" && room(to) != "" && room(to) != room(place) {
				t.Errorf("a test of %s imports %s: a room never knows another room", place, imported)
			}
		}
	}
}

// TestArchImportTable shows that the rules refuse what they must, since a house
// without a breach never exercises them.
func TestArchImportTable(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		place, imported string
		standard, want  bool // want: allowed
	}{
		{"cmd/noroshi", modulePath + "internal/app", false, true},
		{"cmd/noroshi", modulePath + "internal/core/config", false, false},
		{"internal/app", modulePath + "internal/kengine", false, true},
		{"internal/kengine", modulePath + "internal/core/web/ui", false, true},
		{"internal/kengine", modulePath + "internal/kengine/decide", false, true},
		{"internal/kengine", modulePath + "format/ssvc", false, true},
		{"internal/kengine", modulePath + "internal/account", false, false},
		{"internal/kengine", modulePath + "internal/app", false, false},
		{"internal/kengine", modulePath + "internal/testkit", false, false},
		{"internal/kengine/decide", modulePath + "internal/core/fault", false, false},
		{"internal/kengine/decide", modulePath + "format/ssvc", false, true},
		{"internal/kengine/decide", "database/sql", true, true},
		{"internal/core/storage", modulePath + "internal/core/clock", false, true},
		{"internal/core/storage", modulePath + "internal/core/jobs", false, false},
		{"internal/core/storage/storagetest", modulePath + "internal/core/storage", false, true},
		{"internal/core/storage/storagetest", modulePath + "internal/testkit", false, true},
		{"internal/core/web", modulePath + "internal/core/web/ui", false, true},
		{"internal/core/fault", modulePath + "internal/kengine", false, false},
		{"internal/core/other", modulePath + "internal/core/clock", false, false},
		{"internal/sensor", modulePath + "format/flow", false, true},
		{"internal/sensor", modulePath + "internal/core/clock", false, false},
		{"format/cve", "github.com/go-json-experiment/json/jsontext", false, true},
		{"format/jvn", "github.com/go-json-experiment/json", false, false},
		{"format/jvn", "golang.org/x/text/width", false, true},
		{"format/jvn", "encoding/xml", true, true},
		{"format/jvn", modulePath + "internal/core/fault", false, false},
	} {
		if reason := forbidden(tt.place, tt.imported, tt.standard); (reason == "") != tt.want {
			t.Errorf("%s importing %s: %q, want allowed %v", tt.place, tt.imported, reason, tt.want)
		}
	}
}
