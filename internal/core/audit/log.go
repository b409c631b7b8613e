package audit

import (
	"context"
	"embed"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

// Room is the name under which the tables of this package are migrated.
const Room = "audit"

// Migrations holds the schema: DB.Migrate(ctx, Room, Migrations).
//
//go:embed migrations/*.sql
var Migrations embed.FS

// Log is the audit log of one database. It is safe for concurrent use.
type Log struct {
	db        *storage.DB
	key       Key
	witnesses []Witness
}

// New returns the log of db whose checkpoints are signed by key and handed to
// the witnesses.
func New(db *storage.DB, key Key, witnesses ...Witness) *Log {
	return &Log{db: db, key: key, witnesses: witnesses}
}

// PublicKey returns the verifier key of the log's checkpoints.
func (l *Log) PublicKey() string { return l.key.Public }

type requestKey struct{}

// WithRequest returns ctx carrying the id of the request, which Append writes
// into entries that name none.
func WithRequest(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestKey{}, id)
}

// loadFrontier reads the right edge of the tree as it was at size.
func loadFrontier(ctx context.Context, r storage.Runner, size int64) (frontier, error) {
	hashes, err := hashReader{ctx: ctx, r: r}.ReadHashes(frontierIndexes(size))
	if err != nil {
		return frontier{}, err
	}
	return newFrontier(size, hashes), nil
}

// hashReader reads stored hashes for tlog's proofs.
type hashReader struct {
	ctx context.Context // tlog's interface has no context of its own
	r   storage.Runner
}

// ReadHashes returns the stored hashes at the indexes, in their order.
func (h hashReader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	if len(indexes) == 0 {
		return nil, nil
	}
	args := make([]any, len(indexes))
	for i, at := range indexes {
		args[i] = at
	}
	in := strings.TrimSuffix(strings.Repeat("?, ", len(indexes)), ", ")
	rows, err := storage.List(h.ctx, h.r, scanHash, `SELECT i, hash FROM audit_hash WHERE i IN (`+in+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("audit: read hashes: %w", err)
	}
	byIndex := make(map[int64]tlog.Hash, len(rows))
	for _, row := range rows {
		if len(row.hash) == tlog.HashSize {
			byIndex[row.index] = tlog.Hash(row.hash)
		}
	}
	out := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		hash, ok := byIndex[at]
		if !ok {
			return nil, fault.New(fault.Unavailable, "audit.hash_missing", strconv.FormatInt(at, 10))
		}
		out[i] = hash
	}
	return out, nil
}
