// Package testkit holds what tests of every room share: the places of outside
// data and servers, and the rule that a missing one is skipped loudly on a
// developer's machine and fails where CI=true.
package testkit

import (
	"os"
	"path/filepath"
	"testing"
)

// Shared returns the path of name below the shared reference data, which
// NOROSHI_SHARED names (default: ../shared beside the repository).
func Shared(tb testing.TB, name string) string {
	tb.Helper()
	root := os.Getenv("NOROSHI_SHARED")
	if root == "" {
		root = filepath.Join(Root(tb), "..", "shared")
	} else if !filepath.IsAbs(root) {
		root = filepath.Join(Root(tb), root)
	}
	path := filepath.Join(root, filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		Missing(tb, "shared data "+name+"; set NOROSHI_SHARED")
	}
	return path
}

// Root returns the folder of the repository: the nearest one upwards with go.mod.
func Root(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			tb.Fatal("no go.mod above the test")
		}
		dir = up
	}
}

// Missing skips the test because something outside is not there, and fails it
// where CI=true: CI must have everything.
func Missing(tb testing.TB, what string) {
	tb.Helper()
	if os.Getenv("CI") == "true" {
		tb.Fatalf("CI must not skip: no %s", what)
	}
	tb.Skipf("SKIP: no %s", what)
}
