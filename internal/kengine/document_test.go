package kengine

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"noroshi.dev/internal/kengine/decide"
	"noroshi.dev/internal/testkit"
)

// TestDocumentedModelCanBePutIntoForce reads the model that doc/kengine.md shows to readers.
func TestDocumentedModelCanBePutIntoForce(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(testkit.Root(t), "doc", "kengine.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "```yaml\n")
	model, _, closed := strings.Cut(rest, "```")
	if !ok || !closed {
		t.Fatal("doc/kengine.md shows no model")
	}
	m, err := decide.Parse([]byte(model))
	if err != nil {
		t.Fatal(err)
	}
	if findings := decide.Check(m); len(findings) > 0 || !decide.Ready(findings) {
		t.Errorf("the documented model has findings: %v", findings)
	}
}
