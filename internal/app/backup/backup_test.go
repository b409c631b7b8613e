package backup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

// schema has a column of every kind, a table that refers to itself and one
// without a key.
var schema = fstest.MapFS{"migrations/0001_things.sql": {Data: []byte(`-- +goose Up
CREATE TABLE room_parent (
	id TEXT NOT NULL PRIMARY KEY, above TEXT REFERENCES room_parent, n BIGINT, ok BOOLEAN, part DOUBLE PRECISION, raw BYTEA, body JSONB
);
CREATE TABLE room_child (parent TEXT NOT NULL REFERENCES room_parent, n BIGINT NOT NULL, text TEXT, PRIMARY KEY (parent, n));
CREATE TABLE room_loose (text TEXT);
CREATE TABLE room_seed (id BIGINT PRIMARY KEY, n BIGINT NOT NULL);
INSERT INTO room_seed (id, n) VALUES (1, 0);
CREATE TABLE room_empty (id TEXT PRIMARY KEY);
`)}}

type note struct {
	Text string `json:"text"`
}

// Kind implements jobs.Args.
func (note) Kind() string { return "room.note" }

// house is a database with its queue and its blobs.
type house struct {
	db    *storage.DB
	jobs  *jobs.Jobs
	blobs map[Blob]string
}

func newHouse(t *testing.T, d storage.Dialect) *house {
	t.Helper()
	db := storagetest.Open(t, d, clock.Wall{})
	if err := db.Migrate(t.Context(), "room", schema); err != nil {
		t.Fatal(err)
	}
	r := jobs.NewRegistry()
	jobs.Register(r, jobs.Options{}, func(context.Context, note) error { return nil })
	j, err := jobs.New(db, r, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return &house{db: db, jobs: j, blobs: map[Blob]string{}}
}

func (h *house) put(text string) Blob {
	sum := sha256.Sum256([]byte(text))
	b := Blob{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(text))}
	h.blobs[b] = text
	return b
}

func (h *house) source() Source {
	return Source{
		DB: h.db, Version: "v1", Parts: []string{"room"}, Checkpoint: []byte("checkpoint"), Key: []byte("key"), Config: []byte("data: x\n"),
		Blobs: func(context.Context) iter.Seq2[Blob, error] {
			return func(yield func(Blob, error) bool) {
				for b := range h.blobs {
					if !yield(b, nil) {
						return
					}
				}
			}
		},
		OpenBlob: func(_ context.Context, b Blob) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(h.blobs[b])), nil
		},
		Fingerprint: func(context.Context) (map[string]string, error) { return map[string]string{"room": "f1"}, nil },
	}
}

func (h *house) target() Target {
	return Target{DB: h.db, Jobs: h.jobs, Parts: []string{"room"}, PutBlob: func(_ context.Context, r io.Reader) (Blob, error) {
		data, err := io.ReadAll(r)
		return h.put(string(data)), err
	}}
}

// furnish fills a house with rows of every sort.
func (h *house) furnish(t *testing.T) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	err := h.db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		rows := [][]any{
			{"a", nil, int64(math.MinInt64), true, 1.5, []byte{0, 1, 0xff}, `{"b": [1.50, 1e3, 12345678901234567890], "a": "<脆弱性>\u0001"}`},
			{"b", "a", int64(math.MaxInt64), false, math.Inf(-1), []byte{}, `5`},
			{"c", "b", nil, nil, nil, nil, nil},
			{"d", nil, int64(0), true, 0.1, []byte("x"), `"text"`},
			{"e", nil, int64(1), true, 1.0, []byte("x"), `2.5`},
		}
		for i := range 500 {
			rows = append(rows, []any{fmt.Sprintf("r%03d", i), "a", random.Int64(), i%2 == 0, random.NormFloat64(), []byte(strings.Repeat("z", i)), fmt.Sprintf(`{"n": %d, "s": [%d]}`, i, random.IntN(9))})
		}
		if _, err := tx.Bulk(ctx, "room_parent", []string{"id", "above", "n", "ok", "part", "raw", "body"}, slices.Values(rows)); err != nil {
			return err
		}
		for i, text := range []string{"", "改行\nあり \"引用\" \\ \u2028", strings.Repeat("長い", 3000)} {
			if _, err := tx.ExecContext(ctx, "INSERT INTO room_child (parent, n, text) VALUES (?, ?, ?)", "a", i, text); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "INSERT INTO room_loose (text) VALUES (?)", text); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, "UPDATE room_seed SET n = 7 WHERE id = 1"); err != nil {
			return err
		}
		return h.jobs.Enqueue(ctx, tx, note{"later"})
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "blob", strings.Repeat("0123456789", 100_000)} {
		h.put(text)
	}
}

// dump reads every row of every table as text, without the code under test.
func (h *house) dump(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for table, query := range map[string]string{
		"room_parent": "SELECT id, COALESCE(above, '-') AS above, n, CASE WHEN ok THEN 'yes' WHEN NOT ok THEN 'no' END AS ok, part, raw, body FROM room_parent",
		"room_child":  "SELECT parent, n, text FROM room_child",
		"room_loose":  "SELECT text FROM room_loose",
		"room_seed":   "SELECT id, n FROM room_seed",
		"room_empty":  "SELECT id FROM room_empty",
	} {
		rows, err := h.db.Read().QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			cells := make([]any, len(columns))
			into := make([]any, len(columns))
			for i := range cells {
				into[i] = &cells[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			out[table] = append(out[table], line(columns, cells))
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		slices.Sort(out[table])
	}
	return out
}

// line writes a row so that both databases write it alike.
func line(columns []string, cells []any) string {
	var b strings.Builder
	for i, v := range cells {
		if raw, ok := v.([]byte); ok {
			v = string(raw)
		}
		if columns[i] == "body" && v != nil {
			v, _ = Canonical(JSON, fmt.Sprint(v))
		}
		fmt.Fprintf(&b, "%s=%v|", columns[i], v)
	}
	return b.String()
}

// pairs runs f for every pair of databases: written on one, restored on the other.
func pairs(t *testing.T, f func(t *testing.T, from, to storage.Dialect)) {
	for _, from := range []storage.Dialect{storage.SQLite, storage.Postgres} {
		for _, to := range []storage.Dialect{storage.SQLite, storage.Postgres} {
			t.Run(from.String()+" to "+to.String(), func(t *testing.T) {
				t.Parallel()
				f(t, from, to)
			})
		}
	}
}

func TestRestoreGivesEveryRowBack(t *testing.T) {
	t.Parallel()
	pairs(t, func(t *testing.T, from, into storage.Dialect) {
		a, b := newHouse(t, from), newHouse(t, into)
		a.furnish(t)
		var archive bytes.Buffer
		wrote, err := Write(t.Context(), &archive, a.source())
		if err != nil {
			t.Fatal(err)
		}
		to := b.target()
		var key string
		to.Key = func(public []byte) error { key = string(public); return nil }
		got, err := Restore(t.Context(), bytes.NewReader(archive.Bytes()), to)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(wrote, got, cmp.Comparer(func(x, y Table) bool { return x.Name == y.Name && x.Count == y.Count && x.Digest == y.Digest })); diff != "" {
			t.Errorf("manifest (-written +read):\n%s", diff)
		}
		if key != "key" {
			t.Errorf("the public key came back as %q", key)
		}
		want, have := a.dump(t), b.dump(t)
		if len(want["room_parent"]) != 505 || len(want["room_seed"]) != 1 {
			t.Fatalf("the test's own rows are missing: %d", len(want["room_parent"]))
		}
		if diff := cmp.Diff(want, have); diff != "" {
			t.Errorf("rows (-written +read):\n%s", diff)
		}
		if !maps.Equal(a.blobs, b.blobs) {
			t.Errorf("%d blobs were read, %d written", len(b.blobs), len(a.blobs))
		}
		tallies, err := b.jobs.Counts(t.Context())
		if err != nil || tallies[jobs.Available] != 1 {
			t.Errorf("waiting jobs = %v, %v, want one", tallies, err)
		}
		if wrote.Fingerprints["room"] != "f1" || wrote.Jobs != 1 || wrote.Blobs != 3 {
			t.Errorf("manifest = %+v", wrote)
		}
	})
}

func TestCompareNamesEveryDifference(t *testing.T) {
	t.Parallel()
	a := newHouse(t, storage.SQLite)
	a.furnish(t)
	m, err := Write(t.Context(), io.Discard, a.source())
	if err != nil {
		t.Fatal(err)
	}
	if err := Compare(t.Context(), a.db.Read(), a.db, m); err != nil {
		t.Errorf("Compare() of the same house = %v", err)
	}
	err = a.db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		for _, query := range []string{
			"UPDATE room_child SET text = 'x' WHERE n = 1", "DELETE FROM room_loose WHERE text = ''",
			"CREATE TABLE room_new (id TEXT PRIMARY KEY)", "DROP TABLE room_empty",
		} {
			if _, err := tx.ExecContext(ctx, query); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = Compare(t.Context(), a.db.Read(), a.db, m)
	for _, want := range []string{"room_child has other rows", "room_loose has 2 rows, the backup 3", "room_new is not in the backup", "room_empty of the backup is missing"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Compare() = %v, want %q", err, want)
		}
	}
}

func TestDamagedArchivesAreRefusedAndChangeNothing(t *testing.T) {
	t.Parallel()
	a := newHouse(t, storage.SQLite)
	a.furnish(t)
	var archive bytes.Buffer
	if _, err := Write(t.Context(), &archive, a.source()); err != nil {
		t.Fatal(err)
	}
	whole := archive.Bytes()
	good, err := Check(t.Context(), bytes.NewReader(whole), nil)
	if err != nil {
		t.Fatalf("Check() of a whole archive = %v", err)
	}
	random := rand.New(rand.NewPCG(3, 4))
	b := newHouse(t, storage.SQLite)
	for i := range 60 {
		damaged := slices.Clone(whole)
		if i%2 == 0 {
			damaged = damaged[:random.IntN(len(damaged))]
		} else {
			damaged[random.IntN(len(damaged))] ^= 1 << random.IntN(8)
		}
		// A flipped bit may be one that carries nothing, such as the size of the window.
		m, err := Check(t.Context(), bytes.NewReader(damaged), nil)
		if err == nil && (len(damaged) < len(whole) || !cmp.Equal(m, good, cmpopts.IgnoreUnexported(Table{}))) {
			t.Errorf("damage %d was not seen", i)
		}
		if err == nil {
			continue
		}
		if i > 10 {
			continue // the rest of the way is the same
		}
		if _, err := Restore(t.Context(), bytes.NewReader(damaged), b.target()); err == nil {
			t.Errorf("damage %d was restored", i)
		}
	}
	if rows := b.dump(t); len(rows["room_parent"]) != 0 || len(rows["room_seed"]) != 1 || !strings.Contains(rows["room_seed"][0], "n=0") {
		t.Errorf("a refused archive left rows behind: %v", rows["room_seed"])
	}
}

func TestEncryptedArchives(t *testing.T) {
	t.Parallel()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	a := newHouse(t, storage.SQLite)
	s := a.source()
	s.Recipients = []age.Recipient{identity.Recipient()}
	var archive bytes.Buffer
	if _, err := Write(t.Context(), &archive, s); err != nil {
		t.Fatal(err)
	}
	if _, err := Check(t.Context(), bytes.NewReader(archive.Bytes()), []age.Identity{identity}); err != nil {
		t.Errorf("Check() with the identity = %v", err)
	}
	if _, err := Check(t.Context(), bytes.NewReader(archive.Bytes()), nil); err == nil || !strings.Contains(err.Error(), "encrypted") {
		t.Errorf("Check() without = %v", err)
	}
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Check(t.Context(), bytes.NewReader(archive.Bytes()), []age.Identity{other}); err == nil {
		t.Error("Check() with another identity was taken")
	}
}

func TestColumnsThatABackupCannotCarryEndIt(t *testing.T) {
	t.Parallel()
	a := newHouse(t, storage.SQLite)
	err := a.db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ExecContext(ctx, "CREATE TABLE room_odd (id TEXT PRIMARY KEY, at DATETIME)")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Write(t.Context(), io.Discard, a.source()); err == nil || !strings.Contains(err.Error(), "room_odd: column at has type DATETIME") {
		t.Errorf("Write() = %v", err)
	}
}

func TestOtherVersionsOfTheTablesAreRefused(t *testing.T) {
	t.Parallel()
	a, b := newHouse(t, storage.SQLite), newHouse(t, storage.SQLite)
	var archive bytes.Buffer
	if _, err := Write(t.Context(), &archive, a.source()); err != nil {
		t.Fatal(err)
	}
	newer := fstest.MapFS{"migrations/0002_more.sql": {Data: []byte("-- +goose Up\nCREATE TABLE room_more (id TEXT PRIMARY KEY);\n")}}
	maps.Copy(newer, schema)
	if err := b.db.Migrate(t.Context(), "room", newer); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(t.Context(), bytes.NewReader(archive.Bytes()), b.target()); err == nil || !strings.Contains(err.Error(), "version 1 of the room tables, this version has 2") {
		t.Errorf("Restore() = %v", err)
	}
	unknown := b.target()
	unknown.Parts = nil
	if _, err := Restore(t.Context(), bytes.NewReader(archive.Bytes()), unknown); err == nil || !strings.Contains(err.Error(), "does not know") {
		t.Errorf("Restore() = %v", err)
	}
}

func TestDamagedBlobsEndTheBackup(t *testing.T) {
	t.Parallel()
	a := newHouse(t, storage.SQLite)
	b := a.put("blob")
	a.blobs[b] = "blab"
	if _, err := Write(t.Context(), io.Discard, a.source()); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("Write() = %v", err)
	}
}

func TestChangesDuringTheBackupLeaveTheFingerprintOut(t *testing.T) {
	t.Parallel()
	a := newHouse(t, storage.SQLite)
	s := a.source()
	n := 0
	s.Fingerprint = func(context.Context) (map[string]string, error) {
		n++
		return map[string]string{"room": strconv.Itoa(n)}, nil
	}
	m, err := Write(t.Context(), io.Discard, s)
	if err != nil || m.Fingerprints != nil {
		t.Errorf("Write() = %v, %v, want no fingerprint", m.Fingerprints, err)
	}
}

func TestFormsOfTheFutureAreRefused(t *testing.T) {
	t.Parallel()
	g := &reading{sink: nothing{}}
	if err := g.first([]byte(`{"form": 2}`)); err == nil || errors.Is(err, ErrBroken) {
		t.Errorf("first() = %v", err)
	}
}
