package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/fault"
)

func TestFaultOfDriverErrors(t *testing.T) {
	t.Parallel()
	state := func(code string) error { return fmt.Errorf("room: do: %w", &pgconn.PgError{Code: code}) }
	for _, tc := range []struct {
		err  error
		kind fault.Kind
		key  string
	}{
		{state("23505"), fault.Conflict, "storage.exists"},
		{state("23503"), fault.Conflict, "storage.referenced"},
		{state("22021"), fault.Invalid, "storage.text"},
		{state("22P05"), fault.Invalid, "storage.text"},
		{state("57014"), fault.Unavailable, "storage.interrupted"},
		{state("40001"), fault.Unavailable, "storage.busy"},
		{state("40P01"), fault.Unavailable, "storage.busy"},
		{state("53100"), fault.Unavailable, "storage.full"},
		{state("53300"), fault.Unavailable, "storage.unavailable"},
		{state("57P01"), fault.Unavailable, "storage.unavailable"},
		{state("08006"), fault.Unavailable, "storage.unavailable"},
		{state("25006"), fault.Unavailable, "storage.unavailable"},
		{&net.OpError{Op: "dial", Err: errors.New("refused")}, fault.Unavailable, "storage.unavailable"},
		{context.DeadlineExceeded, fault.Unavailable, "storage.interrupted"},
		{fmt.Errorf("x: %w", context.Canceled), fault.Unavailable, "storage.interrupted"},
	} {
		f := fault.Of(Fault(tc.err))
		if f == nil || f.Kind != tc.kind || f.Key != tc.key || !errors.Is(f, tc.err) && !errors.Is(f, errors.Unwrap(tc.err)) {
			t.Errorf("Fault(%v) = %v, want %v %s with its cause", tc.err, f, tc.kind, tc.key)
		}
	}
	for code, key := range map[int]string{
		sqliteUnique: "storage.exists", sqlitePrimaryKey: "storage.exists", sqliteForeignKey: "storage.referenced",
		sqliteBusy | 1<<8: "storage.busy", sqliteLocked: "storage.busy", sqliteIOErr | 4<<8: "storage.unavailable",
		sqliteFull: "storage.full", sqliteInterrupt: "storage.interrupted", sqliteReadOnly: "storage.unavailable",
		sqliteCantOpen: "storage.unavailable", 1: "", 275: "",
	} {
		if _, got := classifySQLite(code); got != key {
			t.Errorf("classifySQLite(%d) = %q, want %q", code, got, key)
		}
	}
	mine := fault.New(fault.Limit, "room.thing")
	for _, err := range []error{nil, sql.ErrNoRows, errors.New("else"), state("42P01"), mine} {
		if got := Fault(err); !errors.Is(got, err) || err != nil && fault.Of(got) != fault.Of(err) {
			t.Errorf("Fault(%v) = %v, want it unchanged", err, got)
		}
	}
}

func TestTransient(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{"40001": true, "40P01": true, "23505": false} {
		if got := transient(Fault(&pgconn.PgError{Code: code})); got != want {
			t.Errorf("transient(%s) = %v, want %v", code, got, want)
		}
	}
}

func TestFullDatabaseIsToldAndLosesNothing(t *testing.T) {
	t.Parallel()
	db, err := Open(t.Context(), Config{Path: filepath.Join(t.TempDir(), "x.db")}, clock.Wall{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	do := func(statement string, args ...any) error {
		return db.InTx(t.Context(), func(ctx context.Context, tx *Tx) error {
			_, err := tx.ExecContext(ctx, statement, args...)
			return err
		})
	}
	for _, statement := range []string{"CREATE TABLE t (id TEXT PRIMARY KEY, b BYTEA)", "INSERT INTO t (id, b) VALUES ('kept', NULL)"} {
		if err := do(statement); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.writer.ExecContext(t.Context(), "PRAGMA max_page_count = 20"); err != nil {
		t.Fatal(err)
	}
	err = do("INSERT INTO t (id, b) VALUES (?, ?)", "big", make([]byte, 1<<20))
	if f := fault.Of(err); f == nil || f.Key != "storage.full" {
		t.Errorf("a write beyond the size = %v, want storage.full", err)
	}
	if _, err := db.writer.ExecContext(t.Context(), "PRAGMA max_page_count = 100000"); err != nil {
		t.Fatal(err)
	}
	if err := do("INSERT INTO t (id, b) VALUES (?, ?)", "after", make([]byte, 1<<20)); err != nil {
		t.Errorf("after space came back: %v", err)
	}
	if n, err := Count(t.Context(), db.Read(), "t"); err != nil || n != 2 {
		t.Errorf("rows = %d, %v, want 2", n, err)
	}
}

func TestDialectNames(t *testing.T) {
	t.Parallel()
	if got := fmt.Sprint(SQLite, Postgres, Dialect(0)); got != "sqlite postgres unknown" {
		t.Errorf("names = %q", got)
	}
}

func TestRewriterStopsRemembering(t *testing.T) {
	t.Parallel()
	w := &rewriter{dialect: Postgres}
	for i := range 2 * rewriteLimit {
		query := fmt.Sprintf("SELECT %d WHERE a = ?", i)
		for range 2 {
			if got, want := w.sql(query), fmt.Sprintf("SELECT %d WHERE a = $1", i); got != want {
				t.Fatalf("sql() = %q, want %q", got, want)
			}
		}
	}
	kept := 0
	w.seen.Range(func(any, any) bool { kept++; return true })
	if kept != rewriteLimit {
		t.Errorf("%d texts are remembered, want %d", kept, rewriteLimit)
	}
}
