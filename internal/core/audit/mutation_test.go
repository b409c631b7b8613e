package audit

import (
	"bytes"
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

// memory is a copy of a log that can be changed and set back quickly.
type memory struct {
	size    int64
	signed  []checkpointRow
	entries []entryRow
	details []detailRow
	hashes  []hashRow
}

func (m *memory) head(context.Context) (int64, error) { return m.size, nil }

func (m *memory) checkpoints(context.Context) ([]checkpointRow, error) { return m.signed, nil }

func (m *memory) page(_ context.Context, from, to int64) (page, error) {
	in := func(n, from, to int64) bool {
		if to < 0 {
			return n >= from || n < 0
		}
		return n >= from && n < to
	}
	hashTo := int64(-1)
	if to >= 0 {
		hashTo = tlog.StoredHashCount(to)
	}
	var p page
	for _, e := range m.entries {
		if in(e.n, from, to) {
			p.entries = append(p.entries, e)
		}
	}
	for _, d := range m.details {
		if in(d.n, from, to) {
			p.details = append(p.details, d)
		}
	}
	for _, h := range m.hashes {
		if in(h.index, tlog.StoredHashCount(from), hashTo) {
			p.hashes = append(p.hashes, h)
		}
	}
	slices.SortStableFunc(p.entries, func(a, b entryRow) int { return cmp.Compare(a.n, b.n) })
	slices.SortStableFunc(p.details, func(a, b detailRow) int { return cmp.Compare(a.n, b.n) })
	slices.SortStableFunc(p.hashes, func(a, b hashRow) int { return cmp.Compare(a.index, b.index) })
	return p, nil
}

func (m *memory) clone() *memory {
	return &memory{
		size: m.size, signed: slices.Clone(m.signed), entries: slices.Clone(m.entries),
		details: slices.Clone(m.details), hashes: slices.Clone(m.hashes),
	}
}

// remake makes the log of m anew from its entries, as who has no signing key would.
func (m *memory) remake() {
	var f frontier
	m.hashes, m.size = nil, 0
	for i := range m.entries {
		e := &m.entries[i]
		leaf, err := ParseLeaf([]byte(e.leaf))
		if err != nil {
			return
		}
		e.n = int64(i)
		leaf.N, leaf.Object, leaf.Op, leaf.ActorID = e.n, e.object, e.op, e.actorID
		data, err := leaf.encode()
		if err != nil {
			return
		}
		e.leaf = string(data)
		for _, h := range f.grow(data, nil) {
			m.hashes = append(m.hashes, hashRow{index: h.index, hash: h.hash[:]})
		}
	}
	m.size = f.size
}

// copyOf reads the log of a database.
func copyOf(t *testing.T, db *storage.DB) *memory {
	t.Helper()
	s, m := tables{db.Read()}, &memory{}
	var err error
	if m.size, err = s.head(t.Context()); err != nil {
		t.Fatal(err)
	}
	if m.signed, err = s.checkpoints(t.Context()); err != nil {
		t.Fatal(err)
	}
	p, err := s.page(t.Context(), 0, m.size)
	if err != nil {
		t.Fatal(err)
	}
	m.entries, m.details, m.hashes = p.entries, p.details, p.hashes
	return m
}

func changed(r *rand.Rand, s string) string {
	b := []byte(s + " ")
	b[r.IntN(len(b))] ^= byte(1 + r.IntN(15))
	return string(b)
}

// mutations are the ways of an attacker with the database but without the key.
// Each returns whether it changed anything. older is the log at an earlier time.
func mutations(older *memory) map[string]func(r *rand.Rand, m *memory) {
	pick := func(r *rand.Rand, m *memory) *entryRow { return &m.entries[r.IntN(len(m.entries))] }
	truncate := func(m *memory, to int64) {
		m.size, m.entries = to, m.entries[:to]
		m.hashes = m.hashes[:tlog.StoredHashCount(to)]
		m.details = slices.DeleteFunc(m.details, func(d detailRow) bool { return d.n >= to })
	}
	return map[string]func(r *rand.Rand, m *memory){
		"change a column": func(r *rand.Rand, m *memory) {
			e := pick(r, m)
			field := []*string{&e.object, &e.op, &e.actorID, &e.actorKind, &e.room, &e.outcome, &e.request, &e.leaf}[r.IntN(8)]
			*field = changed(r, *field)
		},
		"change the time": func(r *rand.Rand, m *memory) { e := pick(r, m); e.at = e.at.Add(1000) },
		"change a row with its leaf and hash": func(r *rand.Rand, m *memory) {
			e := pick(r, m)
			e.object = changed(r, e.object)
			leaf, err := ParseLeaf([]byte(e.leaf))
			if err != nil {
				return
			}
			leaf.Object = e.object
			data, err := leaf.encode()
			if err != nil {
				return
			}
			e.leaf = string(data)
			h := tlog.RecordHash(data)
			m.hashes[tlog.StoredHashIndex(0, e.n)].hash = h[:]
		},
		"change a row and re-make the tree": func(r *rand.Rand, m *memory) {
			e := pick(r, m)
			e.object = changed(r, e.object)
			m.remake()
		},
		"change a detail": func(r *rand.Rand, m *memory) {
			d := &m.details[r.IntN(len(m.details))]
			d.value = changed(r, d.value)
		},
		"delete a row": func(r *rand.Rand, m *memory) {
			i := r.IntN(len(m.entries))
			m.entries = slices.Delete(m.entries, i, i+1)
		},
		"delete a row and re-make the tree": func(r *rand.Rand, m *memory) {
			i := r.IntN(len(m.entries))
			m.entries, m.details, m.signed = slices.Delete(m.entries, i, i+1), nil, nil
			m.remake()
		},
		"swap two rows": func(r *rand.Rand, m *memory) {
			i := r.IntN(len(m.entries) - 1)
			j := i + 1 + r.IntN(len(m.entries)-i-1)
			m.entries[i].n, m.entries[j].n = m.entries[j].n, m.entries[i].n
		},
		"swap two rows and re-make the tree": func(r *rand.Rand, m *memory) {
			i := r.IntN(len(m.entries) - 1)
			m.entries[i], m.entries[i+1] = m.entries[i+1], m.entries[i]
			m.details = nil
			m.remake()
		},
		"insert a row": func(r *rand.Rand, m *memory) {
			e := *pick(r, m)
			e.n = m.size
			m.entries = append(m.entries, e)
		},
		"insert a row and re-make the tree": func(r *rand.Rand, m *memory) {
			e := *pick(r, m)
			m.entries = slices.Insert(m.entries, r.IntN(len(m.entries)), e)
			m.details = nil
			m.remake()
		},
		"truncate": func(r *rand.Rand, m *memory) { truncate(m, r.Int64N(m.size)) },
		"truncate with checkpoints": func(r *rand.Rand, m *memory) {
			truncate(m, r.Int64N(m.size))
			m.signed = slices.DeleteFunc(m.signed, func(c checkpointRow) bool { return c.size > m.size })
		},
		"change a hash": func(r *rand.Rand, m *memory) {
			h := &m.hashes[r.IntN(len(m.hashes))]
			h.hash = bytes.Clone(h.hash)
			h.hash[r.IntN(len(h.hash))] ^= byte(1 + r.IntN(255))
		},
		"delete a hash": func(r *rand.Rand, m *memory) {
			i := r.IntN(len(m.hashes))
			m.hashes = slices.Delete(m.hashes, i, i+1)
		},
		"roll back": func(_ *rand.Rand, m *memory) { *m = *older.clone() },
		"delete the newest checkpoints": func(r *rand.Rand, m *memory) {
			m.signed = m.signed[:r.IntN(len(m.signed))]
		},
		"change a checkpoint": func(r *rand.Rand, m *memory) {
			c := &m.signed[r.IntN(len(m.signed))]
			c.note = changed(r, c.note)
		},
		"move a checkpoint": func(r *rand.Rand, m *memory) {
			m.signed[r.IntN(len(m.signed))].size += 1 + r.Int64N(5)
		},
		"claim more entries": func(r *rand.Rand, m *memory) { m.size += 1 + r.Int64N(3) },
	}
}

// TestEveryMutationIsFound is promise S8: 10,000 of 10,000.
func TestEveryMutationIsFound(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t, storage.SQLite, clock.Wall{})
	if err := migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	l := New(db, newKey(t))
	var older *memory
	var outside []byte
	for i, step := range []int{5, 8, 20, 33, 40} {
		from := []int{0, 5, 8, 20, 33}[i]
		appendSamples(t, l, db, from, step)
		if i == 3 {
			older = copyOf(t, db)
		}
		var err error
		if outside, err = l.Checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	whole := copyOf(t, db)
	o := Options{Checkpoint: outside, Key: l.PublicKey()}
	if rep, err := verify(t.Context(), whole, o); err != nil || rep.Verdict != Intact {
		t.Fatalf("the untouched copy: %+v, %v", rep, err)
	}
	names := make([]string, 0, 20)
	ways := mutations(older)
	for name := range ways {
		names = append(names, name)
	}
	slices.Sort(names)
	r := rand.New(rand.NewPCG(7, 2026))
	found := map[string]int{}
	for i := range 10_000 {
		name, m := names[i%len(names)], whole.clone()
		ways[name](r, m)
		rep, err := verify(t.Context(), m, o)
		if err != nil || rep.Verdict != Broken || rep.First.Kind == "" {
			t.Fatalf("mutation %d, %s: not found: %+v, %v", i, name, rep, err)
		}
		found[rep.First.Kind]++
	}
	t.Logf("10000 of 10000 found: %v", found)
}

// TestMutationsInTheDatabaseAreFound does the same through SQL on both databases.
func TestMutationsInTheDatabaseAreFound(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		l := New(db, newKey(t))
		appendSamples(t, l, db, 0, 20)
		outside, err := l.Checkpoint(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for kind, statement := range map[string]string{
			"entry changed":               `UPDATE audit_entry SET actor_id = 'p9' WHERE n = 7`,
			"entry missing":               `DELETE FROM audit_entry WHERE n = 7`,
			"detail changed":              `UPDATE audit_detail SET value = 'x' WHERE n = 6 AND key = 'name'`,
			"detail added":                `INSERT INTO audit_detail (n, key, salt, value) VALUES (7, 'name', '', 'x')`,
			"hash missing":                `DELETE FROM audit_hash WHERE i = 9`,
			"checkpoint missing":          `DELETE FROM audit_checkpoint`,
			"log shorter than checkpoint": `UPDATE audit_head SET size = 19 WHERE id = 1`,
			"hash added":                  `INSERT INTO audit_hash (i, hash) VALUES (900, '')`,
		} {
			err := db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
				if _, err := tx.ExecContext(ctx, statement); err != nil {
					return err
				}
				rep, err := Verify(ctx, tx, Options{Checkpoint: outside, Key: l.PublicKey()})
				if err != nil || rep.First.Kind != kind {
					t.Errorf("%s: Verify() = %+v, %v", kind, rep, err)
				}
				return errRollback
			})
			if err != errRollback { //nolint:errorlint // the very value is returned
				t.Fatal(err)
			}
		}
		if rep := verifyDB(t, l, db, outside); rep.Verdict != Intact {
			t.Errorf("after the rollbacks: %+v", rep)
		}
	})
}

func TestUnknownWhenTheCheckpointIsNotTrusted(t *testing.T) {
	t.Parallel()
	rep, err := verify(t.Context(), &memory{}, Options{Checkpoint: []byte("x"), Key: newKey(t).Public})
	if err == nil || rep.Verdict != Unknown || int(rep.Verdict) != 2 {
		t.Errorf("verify() = %+v, %v, want unknown, exit code 2", rep, err)
	}
}
