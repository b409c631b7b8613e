package storage

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/fault"
)

// defaultReaders is the number of SQLite read connections: more than the cores
// of a small machine, few enough that their caches stay small.
const defaultReaders = 6

// Config says where the data lives. Exactly one of Path and URL is set.
type Config struct {
	Path    string // file of the SQLite database; its folder is made if missing
	URL     string // postgres://user:password@host:port/name?sslmode=…
	Readers int    // read connections; 0 means 6
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	dialect Dialect
	clock   clock.Clock
	writer  *sql.DB       // SQLite: one connection; PostgreSQL: the pool
	reader  *sql.DB       // SQLite: several, query_only; PostgreSQL: the same as writer
	pool    *pgxpool.Pool // PostgreSQL only
	rewrite *rewriter
	path    string
}

// Open opens the database and proves that it answers. The faults are
// fault.Unavailable "storage.unavailable" and fault.Invalid "storage.config".
func Open(ctx context.Context, c Config, clk clock.Clock) (*DB, error) {
	if c.Readers <= 0 {
		c.Readers = defaultReaders
	}
	switch {
	case c.Path != "" && c.URL == "":
		return openSQLite(ctx, c, clk)
	case c.URL != "" && c.Path == "":
		return openPostgres(ctx, c, clk)
	}
	return nil, fault.New(fault.Invalid, "storage.config").Field("database", "storage.one_of")
}

func openPostgres(ctx context.Context, c Config, clk clock.Clock) (*DB, error) {
	cfg, err := pgxpool.ParseConfig(c.URL)
	if err != nil {
		// The text of pgx may repeat the password, so it is not wrapped.
		return nil, fault.New(fault.Invalid, "storage.config").Field("database", "storage.url")
	}
	// A job worker, its listener and InTx need connections beside the readers.
	if !strings.Contains(c.URL, "pool_max_conns") {
		cfg.MaxConns = int32(max(c.Readers, defaultReaders) + 6)
	}
	params := cfg.ConnConfig.RuntimeParams
	params["application_name"] = "noroshi"
	params["timezone"] = "UTC"
	for name, value := range postgresPlanning() {
		if _, chosen := params[name]; !chosen {
			params[name] = value
		}
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("storage: open %s: %w", cfg.ConnConfig.Host, Fault(err))
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("storage: open %s: %w", cfg.ConnConfig.Host, Fault(err))
	}
	std := stdlib.OpenDBFromPool(pool)
	// database/sql keeps no connection of its own: an idle one there is one that the pool cannot lend.
	std.SetMaxIdleConns(0)
	return &DB{dialect: Postgres, clock: clk, writer: std, reader: std, pool: pool, rewrite: &rewriter{dialect: Postgres}}, nil
}

// postgresPlanning are settings for many short queries over arguments that differ much, which a URL
// may set otherwise: a plan is made for the arguments at hand, because one for any of them scans
// where a word is rare; and neither compiling a query nor starting workers pays for a list of 50 rows.
func postgresPlanning() map[string]string {
	return map[string]string{"plan_cache_mode": "force_custom_plan", "jit": "off", "max_parallel_workers_per_gather": "0"}
}

// Close closes all connections. Work that is under way is waited for.
func (db *DB) Close() error {
	if db.dialect == Postgres {
		err := db.writer.Close()
		db.pool.Close()
		return err
	}
	rerr := db.reader.Close()
	if werr := db.writer.Close(); werr != nil {
		return fmt.Errorf("storage: close: %w", werr)
	}
	if rerr != nil {
		return fmt.Errorf("storage: close: %w", rerr)
	}
	return nil
}

// Dialect returns the kind of the database.
func (db *DB) Dialect() Dialect { return db.dialect }

// Now returns the time of the clock that the database was opened with.
func (db *DB) Now() time.Time { return db.clock.Now() }

// Ping proves that both reading and writing connections answer.
func (db *DB) Ping(ctx context.Context) error {
	for _, p := range []*sql.DB{db.writer, db.reader} {
		if err := p.PingContext(ctx); err != nil {
			return fmt.Errorf("storage: ping: %w", Fault(err))
		}
	}
	return nil
}

// Bridge returns the pools for core/jobs, which hands them to the queue's own
// drivers: the writer of SQLite, or the pool of PostgreSQL. Nobody else uses it.
func (db *DB) Bridge() (*sql.DB, *pgxpool.Pool) { return db.writer, db.pool }
