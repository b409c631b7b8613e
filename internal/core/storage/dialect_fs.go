package storage

import (
	"fmt"
	"io/fs"
	"strings"
)

// dialectFS shows the migrations that are meant for one database, without the
// part of their names that says so.
type dialectFS struct {
	fs.FS
	entries []fs.DirEntry
	real    map[string]string
}

type dialectEntry struct {
	fs.DirEntry
	name string
}

// Name returns the name without the database.
func (e dialectEntry) Name() string { return e.name }

func newDialectFS(fsys fs.FS, d Dialect) (*dialectFS, error) {
	sub, err := fs.Sub(fsys, "migrations")
	if err != nil {
		return nil, err
	}
	all, err := fs.ReadDir(sub, ".")
	if err != nil {
		return nil, err
	}
	f := &dialectFS{FS: sub, real: map[string]string{}}
	for _, e := range all {
		stem, isSQL := strings.CutSuffix(e.Name(), ".sql")
		base, only, marked := strings.Cut(stem, ".")
		if isSQL && marked && only != SQLite.String() && only != Postgres.String() {
			return nil, fmt.Errorf("%s: %q is no database; name it sqlite or postgres", e.Name(), only)
		}
		if !isSQL || marked && only != d.String() {
			continue
		}
		f.real[base+".sql"] = e.Name()
		f.entries = append(f.entries, dialectEntry{e, base + ".sql"})
	}
	return f, nil
}

// ReadDir implements fs.ReadDirFS; all migrations lie in one folder.
func (f *dialectFS) ReadDir(string) ([]fs.DirEntry, error) { return f.entries, nil }

// Open implements fs.FS.
func (f *dialectFS) Open(name string) (fs.File, error) {
	if actual, ok := f.real[name]; ok {
		name = actual
	}
	return f.FS.Open(name)
}
