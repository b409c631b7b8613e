package audit

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"noroshi.dev/internal/core/storage"
)

// entryRow is a row of audit_entry as it is stored, believed or not.
type entryRow struct {
	n         int64
	at        time.Time
	actorKind string
	actorID   string
	room      string
	op        string
	object    string
	outcome   string
	request   string
	leaf      string
}

type detailRow struct {
	n          int64
	key, value string
	salt       []byte
}

type hashRow struct {
	index int64
	hash  []byte
}

type checkpointRow struct {
	size int64
	note string
}

const entryColumns = `n, at, actor_kind, actor_id, room, op, object, outcome, request, leaf`

func scanEntry(scan func(...any) error) (entryRow, error) {
	var e entryRow
	var at storage.Time
	err := scan(&e.n, &at, &e.actorKind, &e.actorID, &e.room, &e.op, &e.object, &e.outcome, &e.request, &e.leaf)
	e.at = at.Time
	return e, err
}

func scanDetail(scan func(...any) error) (detailRow, error) {
	var d detailRow
	err := scan(&d.n, &d.key, &d.salt, &d.value)
	return d, err
}

func scanHash(scan func(...any) error) (hashRow, error) {
	var h hashRow
	err := scan(&h.index, &h.hash)
	return h, err
}

func scanCheckpoint(scan func(...any) error) (checkpointRow, error) {
	var c checkpointRow
	err := scan(&c.size, &c.note)
	return c, err
}

// page is the part of the log that belongs to the entries from <= n < to.
type page struct {
	entries []entryRow
	details []detailRow
	hashes  []hashRow
}

// source is what verification reads: a database, or a copy in memory.
type source interface {
	head(ctx context.Context) (int64, error)
	checkpoints(ctx context.Context) ([]checkpointRow, error)
	// page returns the rows of the entries from <= n < to; a negative to means all that follow.
	page(ctx context.Context, from, to int64) (page, error)
}

// tables is the source over a database.
type tables struct{ r storage.Runner }

func (t tables) head(ctx context.Context) (int64, error) {
	var size int64
	if err := t.r.QueryRowContext(ctx, `SELECT size FROM audit_head WHERE id = 1`).Scan(&size); err != nil {
		return 0, fmt.Errorf("audit: read head: %w", err)
	}
	return size, nil
}

func (t tables) checkpoints(ctx context.Context) ([]checkpointRow, error) {
	return storage.List(ctx, t.r, scanCheckpoint, `SELECT size, note FROM audit_checkpoint ORDER BY size`)
}

func (t tables) page(ctx context.Context, from, to int64) (page, error) {
	if to < 0 {
		return t.tail(ctx, from)
	}
	var p page
	var err error
	if p.entries, err = storage.List(ctx, t.r, scanEntry,
		`SELECT `+entryColumns+` FROM audit_entry WHERE n >= ? AND n < ? ORDER BY n`, from, to); err != nil {
		return p, err
	}
	if p.details, err = storage.List(ctx, t.r, scanDetail,
		`SELECT n, key, salt, value FROM audit_detail WHERE n >= ? AND n < ? ORDER BY n, key`, from, to); err != nil {
		return p, err
	}
	p.hashes, err = storage.List(ctx, t.r, scanHash, `SELECT i, hash FROM audit_hash WHERE i >= ? AND i < ? ORDER BY i`,
		tlog.StoredHashCount(from), tlog.StoredHashCount(to))
	return p, err
}

// tail returns the first rows of each table that stand after the end of the log.
func (t tables) tail(ctx context.Context, from int64) (page, error) {
	var p page
	var err error
	if p.entries, err = storage.List(ctx, t.r, scanEntry,
		`SELECT `+entryColumns+` FROM audit_entry WHERE n >= ? OR n < 0 ORDER BY n LIMIT 1`, from); err != nil {
		return p, err
	}
	if p.details, err = storage.List(ctx, t.r, scanDetail,
		`SELECT n, key, salt, value FROM audit_detail WHERE n >= ? OR n < 0 ORDER BY n, key LIMIT 1`, from); err != nil {
		return p, err
	}
	p.hashes, err = storage.List(ctx, t.r, scanHash,
		`SELECT i, hash FROM audit_hash WHERE i >= ? OR i < 0 ORDER BY i LIMIT 1`, tlog.StoredHashCount(from))
	return p, err
}
