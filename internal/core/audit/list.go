package audit

import (
	"context"
	"fmt"
	"iter"
	"time"

	"noroshi.dev/internal/core/storage"
)

// Record is one entry as it is shown.
type Record struct {
	N       int64
	At      time.Time
	Entry   Entry  // Details hold what has not been erased, if they were asked for
	Leaf    string // canonical JSON that the tree commits to
	Details int    // how many details the leaf commits to
}

// List returns entries, newest first.
func (l *Log) List(ctx context.Context, r storage.Runner, f Filter) ([]Record, error) {
	limit := f.Limit
	if limit <= 0 {
		limit = DefaultList
	}
	w := f.where()
	args := append(w.Args(), min(limit, MaxList))
	records, err := storage.List(ctx, r, scanRecord,
		`SELECT `+entryColumns+` FROM audit_entry`+w.SQL()+` ORDER BY n DESC LIMIT ?`, args...)
	if err != nil {
		return nil, fmt.Errorf("audit: list: %w", err)
	}
	if !f.WithDetails || len(records) == 0 {
		return records, nil
	}
	return records, addDetails(ctx, r, records)
}

// Each returns the entries of the filter one by one, newest first, without a
// limit: for an export.
func (l *Log) Each(ctx context.Context, r storage.Runner, f Filter) iter.Seq2[Record, error] {
	w := f.where()
	return storage.Each(ctx, r, scanRecord,
		`SELECT `+entryColumns+` FROM audit_entry`+w.SQL()+` ORDER BY n DESC`, w.Args()...)
}

// addDetails fills the details of records that are sorted by number downwards.
func addDetails(ctx context.Context, r storage.Runner, records []Record) error {
	byN := make(map[int64]int, len(records))
	for i, rec := range records {
		byN[rec.N] = i
	}
	rows, err := storage.List(ctx, r, scanDetail,
		`SELECT n, key, salt, value FROM audit_detail WHERE n >= ? AND n <= ? ORDER BY n, key`,
		records[len(records)-1].N, records[0].N)
	if err != nil {
		return fmt.Errorf("audit: list details: %w", err)
	}
	for _, d := range rows {
		i, ok := byN[d.n]
		if !ok {
			continue
		}
		if records[i].Entry.Details == nil {
			records[i].Entry.Details = map[string]string{}
		}
		records[i].Entry.Details[d.key] = d.value
	}
	return nil
}

func scanRecord(scan func(...any) error) (Record, error) {
	row, err := scanEntry(scan)
	if err != nil {
		return Record{}, err
	}
	rec := Record{N: row.n, At: row.at, Leaf: row.leaf, Entry: Entry{
		Actor: Actor{Kind: row.actorKind, ID: row.actorID},
		Room:  row.room, Op: row.op, Object: row.object, Outcome: row.outcome, Request: row.request,
	}}
	if leaf, err := ParseLeaf([]byte(row.leaf)); err == nil {
		rec.Details = len(leaf.Commitments)
	}
	return rec, nil
}

// Erase deletes the personal details of the entries about an object or by an
// actor with the given id. The leaves, and so the tree, stay as they are. The
// caller writes an entry about it in the same transaction.
func (l *Log) Erase(ctx context.Context, tx *storage.Tx, id string) (int64, error) {
	res, err := tx.ExecContext(ctx,
		`DELETE FROM audit_detail WHERE n IN (SELECT n FROM audit_entry WHERE object = ? OR actor_id = ?)`, id, id)
	if err != nil {
		return 0, fmt.Errorf("audit: erase %s: %w", id, err)
	}
	return res.RowsAffected()
}
