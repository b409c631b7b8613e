package audit

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

// opened is a fresh log on the embedded database.
func opened(t *testing.T) (*Log, *storage.DB) {
	t.Helper()
	db := storagetest.Open(t, storage.SQLite, clock.Wall{})
	if err := migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	return New(db, newKey(t)), db
}

func TestProofFilesThatAreRefused(t *testing.T) {
	t.Parallel()
	l, db := opened(t)
	appendSamples(t, l, db, 0, 20)
	file, err := l.Prove(t.Context(), 7)
	if err != nil {
		t.Fatal(err)
	}
	good := string(file)
	lines := strings.Split(good, "\n")
	line := func(i int, text string) string {
		out := slices.Clone(lines)
		out[i] = text
		return strings.Join(out, "\n")
	}
	for name, tt := range map[string]struct{ file, want string }{
		"empty":               {"", "no checkpoint after a blank line"},
		"no checkpoint":       {strings.Split(good, "\n\n")[0], "no checkpoint after a blank line"},
		"another header":      {line(0, "c2sp.org/tlog-proof@v2"), "line 1"},
		"no leaf":             {line(1, lines[2]), "line 2"},
		"leaf not base64":     {line(1, "extra ?"), "line 2"},
		"leaf with bits left": {line(1, lines[1]+"="), "line 2"},
		"no index":            {line(2, "number 7"), "line 3"},
		"index not a number":  {line(2, "index seven"), "line 3"},
		"index below zero":    {line(2, "index -7"), "line 3"},
		"index too large":     {line(2, "index 99999999999999999999"), "line 3"},
		"index beyond":        {line(2, "index 20"), "entry 20"},
		"hash is none":        {line(3, "short"), `line 4: "short" is not a hash`},
		"a hash too many":     {line(3, lines[3]+"\n"+lines[3]), "entry 7"},
		"a hash too few":      {strings.Replace(good, lines[3]+"\n", "", 1), "entry 7"},
		"many hashes":         {line(3, strings.Repeat(lines[3]+"\n", 70)+lines[3]), "limit 64"},
		"too large":           {good + strings.Repeat("x", maxProof), "limit"},
		"unsigned":            {good[:strings.Index(good, "\n— ")+1], "checkpoint"},
		"other leaf":          {line(1, "extra "+base64.StdEncoding.EncodeToString([]byte(`{"v":1}`))), "entry 7"},
	} {
		if _, _, err := CheckProof([]byte(tt.file), l.PublicKey()); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
	if _, _, err := CheckProof(file, l.PublicKey()); err != nil {
		t.Errorf("the file itself: %v", err)
	}
}

// TestEveryByteOfAProofCounts changes each byte of a proof file.
func TestEveryByteOfAProofCounts(t *testing.T) {
	t.Parallel()
	l, db := opened(t)
	appendSamples(t, l, db, 0, 5)
	file, err := l.Prove(t.Context(), 3)
	if err != nil {
		t.Fatal(err)
	}
	want, _, err := CheckProof(file, l.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	for i := range file {
		other := slices.Clone(file)
		other[i] ^= 1
		leaf, c, err := CheckProof(other, l.PublicKey())
		if err == nil && (fmt.Sprint(leaf) != fmt.Sprint(want) || c.Size != 5) {
			t.Fatalf("byte %d changed proves %+v in %+v", i, leaf, c)
		}
	}
}

func TestProveSignsWhatIsNotSignedYet(t *testing.T) {
	t.Parallel()
	l, db := opened(t)
	if _, err := l.Prove(t.Context(), 0); !errors.Is(err, fault.NotFound) {
		t.Errorf("entry 0 of an empty log: %v", err)
	}
	for _, size := range []int{1, 2, 9} {
		s, err := l.State(t.Context(), db.Read())
		if err != nil {
			t.Fatal(err)
		}
		appendSamples(t, l, db, int(s.Size), size)
		file, err := l.Prove(t.Context(), int64(size-1))
		if err != nil {
			t.Fatal(err)
		}
		if _, c, err := CheckProof(file, l.PublicKey()); err != nil || c.Size != int64(size) {
			t.Errorf("checkpoint %+v, %v, want size %d", c, err, size)
		}
	}
	for _, n := range []int64{-1, 9, 1 << 40} {
		if _, err := l.Prove(t.Context(), n); !errors.Is(err, fault.NotFound) {
			t.Errorf("Prove(%d) = %v, want not found", n, err)
		}
	}
}

func TestState(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		l := New(db, newKey(t))
		check := func(size, signed int64) {
			t.Helper()
			s, err := l.State(t.Context(), db.Read())
			if err != nil || s.Size != size || s.Signed != signed || s.SignedAt.IsZero() != (s.Checkpoint == "") {
				t.Errorf("State() = %+v, %v, want %d entries, %d signed", s, err, size, signed)
			}
		}
		check(0, 0)
		appendSamples(t, l, db, 0, 3)
		check(3, 0)
		msg, err := l.Checkpoint(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		check(3, 3)
		appendSamples(t, l, db, 3, 4)
		check(4, 3)
		if s, err := l.State(t.Context(), db.Read()); err != nil || s.Checkpoint != string(msg) {
			t.Errorf("State() = %+v, %v", s, err)
		}
	})
}

// TestPartOfTheLog checks the later entries alone, from every place on.
func TestPartOfTheLog(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		l := New(db, newKey(t))
		appendSamples(t, l, db, 0, 11)
		if _, err := l.Checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		appendSamples(t, l, db, 11, 17)
		if _, err := l.Checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		verify := func(since int64) Report {
			t.Helper()
			rep, err := Verify(t.Context(), db.Read(), Options{Key: l.PublicKey(), Since: since})
			if err != nil {
				t.Fatal(err)
			}
			return rep
		}
		for since := int64(-1); since <= 20; since++ {
			if rep := verify(since); rep.Verdict != Intact || rep.Checked != 17-min(max(since, 0), 17) {
				t.Errorf("since %d: %+v", since, rep)
			}
		}
		if err := db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			_, err := tx.ExecContext(ctx, `UPDATE audit_entry SET outcome = 'denied' WHERE n = 13`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		for since, want := range map[int64]Verdict{0: Broken, 13: Broken, 14: Intact, 17: Intact} {
			if rep := verify(since); rep.Verdict != want || want == Broken && (rep.First.N != 13 || rep.First.Kind != "entry changed") {
				t.Errorf("since %d: %+v, want %s", since, rep, want)
			}
		}
	})
}

func TestVerdictsInWords(t *testing.T) {
	t.Parallel()
	for v, want := range map[Verdict]string{Intact: "intact", Broken: "broken", Unknown: "cannot tell"} {
		if got := v.String(); got != want {
			t.Errorf("%d is %q, want %q", v, got, want)
		}
	}
	if got := differs(4, "entry missing", "there is no entry %d", 4).Error(); got != "entry missing at 4: there is no entry 4" {
		t.Errorf("difference = %q", got)
	}
}

// TestKeyFilesThatAreRefused names the file that is wrong.
func TestKeyFilesThatAreRefused(t *testing.T) {
	t.Parallel()
	other := newKey(t)
	for name, tt := range map[string]struct {
		file string // "" for the key itself, ".pub" for its public half
		text string
		want string
	}{
		"key is none":          {"", "no key\n", "audit.key:"},
		"key is empty":         {"", "", "audit.key:"},
		"public half is none":  {".pub", "no key\n", "audit.key.pub:"},
		"public half is empty": {".pub", "", "audit.key.pub:"},
		"of another key":       {".pub", other.Public + "\n", "is not the public key of"},
	} {
		path := filepath.Join(t.TempDir(), "audit.key")
		if _, err := LoadKey(path); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path+tt.file, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadKey(path); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
	path := filepath.Join(t.TempDir(), "audit.key")
	if _, err := LoadKey(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path + ".pub"); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadKey(path); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "audit.key.pub") {
		t.Errorf("without public half: %v", err)
	}
	if _, err := LoadKey(filepath.Join(t.TempDir(), "none", "audit.key")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("in a folder that is not there: %v", err)
	}
}

// TestFailedKeyFileLeavesNothing looks at what is left where a file could not be written.
func TestFailedKeyFileLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "taken"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "taken", "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := replaceFile(filepath.Join(dir, "taken"), []byte("text"), 0o600); err == nil {
		t.Error("a file replaces a folder")
	}
	if err := FileWitness(filepath.Join(dir, "taken"))(t.Context(), []byte("text")); err == nil {
		t.Error("a witness that cannot write is content")
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	for _, n := range []int{0, 3, 8} {
		if _, _, err := NewKey(io.LimitReader(strings.NewReader(strings.Repeat("x", 100)), int64(n))); err == nil {
			t.Errorf("a key of %d random bytes", n)
		}
	}
	if _, _, err := NewKey(iotest.ErrReader(errors.New("dry"))); err == nil || !strings.Contains(err.Error(), "dry") {
		t.Errorf("NewKey() = %v", err)
	}
}

// TestAWitnessThatFailsIsTold keeps the checkpoint and asks the witness again.
func TestAWitnessThatFailsIsTold(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t, storage.SQLite, clock.Wall{})
	if err := migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	full := errors.New("full")
	asked := 0
	l := New(db, newKey(t), func(context.Context, []byte) error {
		if asked++; asked == 1 {
			return full
		}
		return nil
	})
	appendSamples(t, l, db, 0, 2)
	msg, err := l.Checkpoint(t.Context())
	if !errors.Is(err, full) || msg == nil {
		t.Fatalf("Checkpoint() = %q, %v", msg, err)
	}
	again, err := l.Checkpoint(t.Context())
	if err != nil || string(again) != string(msg) || asked != 2 {
		t.Errorf("the second time: %q, %v, asked %d times", again, err, asked)
	}
}

func TestFiltersOfTheList(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		l := New(db, newKey(t))
		appendSamples(t, l, db, 0, 30)
		if err := db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			return l.Append(ctx, tx, Entry{Actor: Actor{"token", "t' OR 1=1"}, Room: "identity", Op: "sign_in", Object: "%", Outcome: "denied"})
		}); err != nil {
			t.Fatal(err)
		}
		all, err := l.List(t.Context(), db.Read(), Filter{Limit: 5000})
		if err != nil || len(all) != 31 {
			t.Fatalf("List() = %d, %v", len(all), err)
		}
		last := all[0].At
		for name, tt := range map[string]struct {
			filter Filter
			want   int
		}{
			"kind":           {Filter{ActorKind: "person"}, 30},
			"actor":          {Filter{ActorID: "p3"}, 6},
			"hostile actor":  {Filter{ActorID: "t' OR 1=1"}, 1},
			"room":           {Filter{Room: "identity"}, 1},
			"op":             {Filter{Op: "rule"}, 10},
			"object":         {Filter{Object: "CVE-2026-0007"}, 1},
			"no pattern":     {Filter{Object: "%"}, 1},
			"outcome":        {Filter{Outcome: "denied"}, 1},
			"default":        {Filter{Outcome: "ok"}, 30},
			"request":        {Filter{Request: "r4"}, 2},
			"two at once":    {Filter{ActorID: "p3", Op: "rule"}, 2},
			"before":         {Filter{Before: 5}, 5},
			"since":          {Filter{Since: last}, len(all) - countBefore(all, last)},
			"until":          {Filter{Until: last}, countBefore(all, last)},
			"until the past": {Filter{Until: last.Add(-24 * time.Hour)}, 0},
			"nothing":        {Filter{Room: "none"}, 0},
		} {
			f := tt.filter
			f.Limit, f.WithDetails = 100, true
			got, err := l.List(t.Context(), db.Read(), f)
			if err != nil || len(got) != tt.want {
				t.Errorf("%s: %d entries, %v, want %d", name, len(got), err, tt.want)
			}
			each := 0
			for rec, err := range l.Each(t.Context(), db.Read(), tt.filter) {
				if err != nil || each < len(got) && rec.N != got[each].N {
					t.Errorf("%s: Each gives %d, %v", name, rec.N, err)
				}
				each++
			}
			if each != len(got) {
				t.Errorf("%s: Each gives %d entries, List %d", name, each, len(got))
			}
			for _, rec := range got {
				if rec.Details != len(rec.Entry.Details) {
					t.Errorf("%s: entry %d has %d details, shows %d", name, rec.N, rec.Details, len(rec.Entry.Details))
				}
			}
		}
	})
}

// countBefore is how many records are older than a time.
func countBefore(all []Record, at time.Time) int {
	n := 0
	for _, r := range all {
		if r.At.Before(at) {
			n++
		}
	}
	return n
}

// TestTextsThatDatabasesChangeAreCleaned writes what PostgreSQL refuses and JSON replaces.
func TestTextsThatDatabasesChangeAreCleaned(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		l := New(db, newKey(t))
		hostile := []string{"a\x00b", "\xff\xfe", "\u2028<script>&", "山\xe3\x81", strings.Repeat("長", 5000), "\"\\\n\t"}
		for _, text := range hostile {
			if err := db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
				return l.Append(ctx, tx, Entry{Actor: Actor{"person", text}, Room: "r", Op: "o", Object: text, Request: text, Details: map[string]string{"k": text, text[:1]: text}})
			}); err != nil {
				t.Fatal(err)
			}
		}
		if rep := verifyDB(t, l, db, nil); rep.Verdict != Intact || rep.Checked != int64(len(hostile)) {
			t.Errorf("Verify() = %+v", rep)
		}
		if err := db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			return l.Append(ctx, tx, Entry{Object: strings.Repeat("x", maxLeaf)})
		}); err == nil || !strings.Contains(err.Error(), "limit 65536") {
			t.Errorf("an entry that is too large: %v", err)
		}
		if rep := verifyDB(t, l, db, nil); rep.Size != int64(len(hostile)) {
			t.Errorf("after the refusal: %+v", rep)
		}
	})
}
