package app

import (
	"encoding/csv"
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"noroshi.dev/internal/testkit"
)

// mostOpen is how many requirements of levels 1 and 2 may be open. It only falls.
const mostOpen = 20

// claim is what doc/asvs.yaml says of one requirement: exactly one of its first three.
type claim struct {
	Met  []string `yaml:"met"`
	NA   string   `yaml:"na"`
	Open string   `yaml:"open"`
	How  string   `yaml:"how"`
}

// faults names what is wrong with a claim; exists tells whether a proof is there.
func (c claim) faults(exists func(string) bool) []string {
	var out []string
	said := 0
	for _, has := range []bool{len(c.Met) > 0, c.NA != "", c.Open != ""} {
		if has {
			said++
		}
	}
	if said != 1 {
		out = append(out, fmt.Sprintf("has %d of met, na and open, want one", said))
	}
	if c.How != "" && len(c.Met) == 0 {
		out = append(out, "says how without being met")
	}
	for _, proof := range c.Met {
		if !exists(proof) {
			out = append(out, "names "+proof+", which is not there")
		}
	}
	return out
}

// claims reads doc/asvs.yaml; a key that is given twice or not known is an error.
func claims(t *testing.T) map[string]claim {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(testkit.Root(t), "doc", "asvs.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]claim{}
	if err := yaml.UnmarshalWithOptions(data, &out, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return out
}

// functions are the functions and methods of the house: folder#Name.
func functions(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				out[s.dir()+"#"+f.Name.Name] = true
			}
		}
	}
	return out
}

// documented reports whether a file is there, and has the heading after "#".
func documented(root, proof string) bool {
	path, heading, _ := strings.Cut(proof, "#")
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path)))
	if err != nil || filepath.Ext(path) == "" {
		return false
	}
	return heading == "" || regexp.MustCompile(`(?m)^#+ `+regexp.QuoteMeta(heading)+`$`).Match(data)
}

// requirements are the numbers of levels 1 and 2 of the standard.
func requirements(t *testing.T) []string {
	t.Helper()
	f, err := os.Open(testkit.Shared(t, "data/asvs/asvs.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	id, level := slices.Index(rows[0], "req_id"), slices.Index(rows[0], "L")
	if id < 0 || level < 0 {
		t.Fatalf("columns of the standard: %v", rows[0])
	}
	var out []string
	for _, r := range rows[1:] {
		if r[level] == "1" || r[level] == "2" {
			out = append(out, r[id])
		}
	}
	if len(out) != 253 {
		t.Fatalf("%d requirements of levels 1 and 2, want 253", len(out))
	}
	return out
}

func TestASVSNamesWhatExists(t *testing.T) {
	t.Parallel()
	root, funcs := testkit.Root(t), functions(t)
	count := map[string][3]int{}
	for id, c := range claims(t) {
		for _, f := range c.faults(func(proof string) bool { return funcs[proof] || documented(root, proof) }) {
			t.Errorf("%s %s", id, f)
		}
		chapter, _, _ := strings.Cut(id, ".")
		n := count[chapter]
		n[0], n[1], n[2] = n[0]+min(len(c.Met), 1), n[1]+min(len(c.NA), 1), n[2]+min(len(c.Open), 1)
		count[chapter] = n
	}
	sum := [3]int{}
	for chapter, n := range count {
		t.Logf("%s: %d met, %d not applicable, %d open", chapter, n[0], n[1], n[2])
		sum[0], sum[1], sum[2] = sum[0]+n[0], sum[1]+n[1], sum[2]+n[2]
	}
	t.Logf("together: %d met, %d not applicable, %d open", sum[0], sum[1], sum[2])
	if sum[2] > mostOpen {
		t.Errorf("%d requirements are open, at most %d", sum[2], mostOpen)
	}
}

// TestASVSIsComplete wants an entry for each requirement, and none for others.
func TestASVSIsComplete(t *testing.T) {
	t.Parallel()
	have, want := claims(t), requirements(t)
	for _, id := range want {
		if _, ok := have[id]; !ok {
			t.Errorf("%s has no entry", id)
		}
	}
	for id := range have {
		if !slices.Contains(want, id) {
			t.Errorf("%s is no requirement of levels 1 and 2", id)
		}
	}
}

// TestASVSFindsEmptyClaims tries the check itself.
func TestASVSFindsEmptyClaims(t *testing.T) {
	t.Parallel()
	exists := func(proof string) bool { return proof == "a#TestB" }
	for name, tt := range map[string]struct {
		claim claim
		want  int
	}{
		"met by a test":            {claim{Met: []string{"a#TestB"}, How: "so"}, 0},
		"not applicable":           {claim{NA: "no such thing"}, 0},
		"open":                     {claim{Open: "is missing"}, 0},
		"nothing said":             {claim{}, 1},
		"two said":                 {claim{NA: "x", Open: "y"}, 1},
		"a test that is gone":      {claim{Met: []string{"a#TestB", "a#TestC"}}, 1},
		"how without anything met": {claim{Open: "x", How: "y"}, 1},
	} {
		if got := tt.claim.faults(exists); len(got) != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	root := testkit.Root(t)
	for proof, want := range map[string]bool{
		"SECURITY.md": true, "SECURITY.md#Reporting": true, "SECURITY.md#Report": false, "doc": false, "doc/nothing.md": false,
	} {
		if got := documented(root, proof); got != want {
			t.Errorf("documented(%s) = %v", proof, got)
		}
	}
}
