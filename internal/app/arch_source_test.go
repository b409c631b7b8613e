package app

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"noroshi.dev/internal/testkit"
)

var generatedMark = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

// source is one Go file of the house.
type source struct {
	path  string // below the root, with slashes
	lines int
	text  string
	file  *ast.File
	set   *token.FileSet
}

func (s source) test() bool      { return strings.HasSuffix(s.path, "_test.go") }
func (s source) generated() bool { return generatedMark.MatchString(s.text[:min(len(s.text), 3000)]) }
func (s source) dir() string     { return filepath.ToSlash(filepath.Dir(s.path)) }

// at returns file:line of a node.
func (s source) at(n ast.Node) string {
	p := s.set.Position(n.Pos())
	return s.path + ":" + itoa(p.Line)
}

// imports reports whether the file imports a path.
func (s source) imports(path string) bool {
	return slices.ContainsFunc(s.file.Imports, func(i *ast.ImportSpec) bool { return i.Path.Value == `"`+path+`"` })
}

var read = sync.OnceValues(func() ([]source, error) {
	var out []source
	root, err := filepath.Abs("../..")
	if err != nil {
		return nil, err
	}
	set := token.NewFileSet()
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && skippedDir(d.Name()):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go"):
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(set, path, data, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		out = append(out, source{path: filepath.ToSlash(rel), lines: strings.Count(string(data), "\n"), text: string(data), file: file, set: set})
		return err
	})
	return out, err
})

func skippedDir(name string) bool {
	return strings.HasPrefix(name, ".") || slices.Contains([]string{"vendor", "testdata", "node_modules", "tools", "data", "dist", "bin"}, name)
}

// sources returns every Go file of the house, generated ones left out.
func sources(t *testing.T) []source {
	t.Helper()
	testkit.Root(t)
	all, err := read()
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(slices.Clone(all), source.generated)
}
