package audit

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

func TestARetiredKeyStillVouchesForThePast(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "audit.key")
	key, err := LoadKey(path)
	if err != nil {
		t.Fatal(err)
	}
	old := newKey(t)
	db := storagetest.Open(t, storage.SQLite, clock.Wall{})
	if err := migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	before := New(db, old)
	appendSamples(t, before, db, 0, 5)
	if _, err := before.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := New(db, key).Checkpoint(t.Context()); err == nil {
		t.Error("a checkpoint of an unknown key was built upon")
	}
	for range 2 { // the second time adds nothing
		if err := Retire(path, old.Public); err != nil {
			t.Fatal(err)
		}
	}
	if key, err = LoadKey(path); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Fields(key.Public); len(lines) != 2 || lines[1] != old.Public {
		t.Fatalf("public keys = %q", key.Public)
	}
	after := New(db, key)
	appendSamples(t, after, db, 5, 9)
	msg, err := after.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if r := verifyDB(t, after, db, msg); r.Verdict != Intact || r.Checkpoints != 2 || r.Size != 9 {
		t.Errorf("report = %+v", r)
	}
}

func TestKeysThatAreNoneAreRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "audit.key")
	if _, err := LoadKey(path); err != nil {
		t.Fatal(err)
	}
	if err := Retire(path, "not a key"); err == nil {
		t.Error("a text that is no key was taken")
	}
	if _, err := verifiers(""); err == nil {
		t.Error("no key at all was taken")
	}
	many := strings.Repeat(newKey(t).Public+"\n", maxKeys+1)
	if _, err := verifiers(many); err == nil {
		t.Error("too many keys were taken")
	}
	other, _, err := NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".pub", []byte(other.Public+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadKey(path); err == nil {
		t.Error("the public key of another pair was taken")
	}
}
