package audit

import (
	"context"
	"crypto/rand"
	"fmt"
	"iter"
	"slices"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

// Append writes one entry in the caller's transaction: as its last statement,
// because it holds the lock that orders all entries until the commit. When it
// fails the caller must not commit: no audit, no action.
func (l *Log) Append(ctx context.Context, tx *storage.Tx, e Entry) error {
	_, err := l.AppendAll(ctx, tx, slices.Values([]Entry{e}))
	return err
}

// appendChunk is how many entries AppendAll keeps in memory before it writes them.
const appendChunk = 1000

// AppendAll writes many entries in the caller's transaction with few
// statements, as the last ones before the commit, and returns how many.
func (l *Log) AppendAll(ctx context.Context, tx *storage.Tx, entries iter.Seq[Entry]) (int64, error) {
	var f frontier
	var b batch
	count := int64(0)
	for e := range entries {
		if count == 0 {
			var err error
			if f, err = lockHead(ctx, tx); err != nil {
				return 0, err
			}
		}
		if e.Request == "" {
			e.Request, _ = ctx.Value(requestKey{}).(string)
		}
		if err := b.add(&f, e.cleaned(), tx); err != nil {
			return 0, err
		}
		if count++; count%appendChunk == 0 {
			if err := b.write(ctx, tx); err != nil {
				return 0, err
			}
		}
	}
	if count == 0 {
		return 0, nil
	}
	if err := b.write(ctx, tx); err != nil {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE audit_head SET size = ? WHERE id = 1`, f.size); err != nil {
		return 0, fmt.Errorf("audit: append: %w", err)
	}
	return count, nil
}

// lockHead takes the head row's lock and returns the tree's right edge.
func lockHead(ctx context.Context, tx *storage.Tx) (frontier, error) {
	var size int64
	row := tx.QueryRowContext(ctx, `UPDATE audit_head SET size = size WHERE id = 1 RETURNING size`)
	if err := row.Scan(&size); err != nil {
		return frontier{}, fault.New(fault.Unavailable, "audit.head").Because(fmt.Errorf("audit: lock head: %w", err))
	}
	return loadFrontier(ctx, tx, size)
}

// batch gathers rows until they are written together.
type batch struct {
	entries, details, hashes [][]any
	stored                   []storedHash
}

// add makes the leaf of e as the next entry of f.
func (b *batch) add(f *frontier, e Entry, tx *storage.Tx) error {
	n, at := f.size, tx.Now()
	salts := make(map[string][]byte, len(e.Details))
	for key, value := range e.Details {
		salt := make([]byte, 16)
		if _, err := rand.Read(salt); err != nil {
			return fmt.Errorf("audit: salt: %w", err)
		}
		salts[key] = salt
		b.details = append(b.details, []any{n, key, salt, value})
	}
	leaf, err := newLeaf(e, n, at, salts).encode()
	if err != nil {
		return err
	}
	b.entries = append(b.entries, []any{
		n, storage.At(at), e.Actor.Kind, e.Actor.ID, e.Room, e.Op, e.Object, e.Outcome, e.Request, string(leaf),
	})
	b.stored = f.grow(leaf, b.stored[:0])
	for _, h := range b.stored {
		b.hashes = append(b.hashes, []any{h.index, h.hash[:]})
	}
	return nil
}

// write inserts the gathered rows and forgets them.
func (b *batch) write(ctx context.Context, tx *storage.Tx) error {
	for _, t := range []struct {
		name    string
		columns []string
		rows    *[][]any
	}{
		{"audit_entry", []string{"n", "at", "actor_kind", "actor_id", "room", "op", "object", "outcome", "request", "leaf"}, &b.entries},
		{"audit_detail", []string{"n", "key", "salt", "value"}, &b.details},
		{"audit_hash", []string{"i", "hash"}, &b.hashes},
	} {
		if len(*t.rows) == 0 {
			continue
		}
		if _, err := tx.Bulk(ctx, t.name, t.columns, slices.Values(*t.rows)); err != nil {
			return fmt.Errorf("audit: append: %w", err)
		}
		*t.rows = (*t.rows)[:0]
	}
	return nil
}
