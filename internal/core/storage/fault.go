package storage

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"noroshi.dev/internal/core/fault"
)

// Result codes of SQLite (https://www.sqlite.org/rescode.html); the low byte is
// the primary code.
const (
	sqliteBusy       = 5
	sqliteLocked     = 6
	sqliteReadOnly   = 8
	sqliteInterrupt  = 9
	sqliteIOErr      = 10
	sqliteFull       = 13
	sqliteCantOpen   = 14
	sqliteForeignKey = 787
	sqlitePrimaryKey = 1555
	sqliteTrigger    = 1811
	sqliteUnique     = 2067
	sqliteRowID      = 2579
)

// Fault returns err as what a person may be told, once for all drivers:
//
//	duplicate key          Conflict    storage.exists
//	foreign key            Conflict    storage.referenced
//	NUL or no UTF-8 in text Invalid    storage.text
//	context ended          Unavailable storage.interrupted
//	locked, deadlock       Unavailable storage.busy
//	no space               Unavailable storage.full
//	no connection, no disk Unavailable storage.unavailable
//
// Anything else, sql.ErrNoRows and an error that is a fault already are
// returned as they are. The driver's error stays in the chain.
func Fault(err error) error {
	if err == nil || errors.Is(err, sql.ErrNoRows) || fault.Of(err) != nil {
		return err
	}
	kind, key := classify(err)
	if key == "" {
		return err
	}
	return fault.New(kind, key).Because(err)
}

func classify(err error) (fault.Kind, string) {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fault.Unavailable, "storage.interrupted"
	}
	if code := sqliteCode(err); code != 0 {
		// ON DELETE RESTRICT is done by a trigger inside SQLite; only its text tells it from RAISE.
		if code == sqliteTrigger && strings.Contains(err.Error(), "FOREIGN KEY") {
			code = sqliteForeignKey
		}
		return classifySQLite(code)
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return classifyPostgres(pg.Code)
	}
	var connect *pgconn.ConnectError
	var network *net.OpError
	if errors.As(err, &connect) || errors.As(err, &network) {
		return fault.Unavailable, "storage.unavailable"
	}
	return 0, ""
}

func sqliteCode(err error) int {
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		return lite.Code()
	}
	return 0
}

func classifySQLite(code int) (fault.Kind, string) {
	switch code {
	case sqliteUnique, sqlitePrimaryKey, sqliteRowID:
		return fault.Conflict, "storage.exists"
	case sqliteForeignKey:
		return fault.Conflict, "storage.referenced"
	}
	switch code & 0xff {
	case sqliteBusy, sqliteLocked:
		return fault.Unavailable, "storage.busy"
	case sqliteInterrupt:
		return fault.Unavailable, "storage.interrupted"
	case sqliteFull:
		return fault.Unavailable, "storage.full"
	case sqliteIOErr, sqliteCantOpen, sqliteReadOnly:
		return fault.Unavailable, "storage.unavailable"
	}
	return 0, ""
}

// classifyPostgres reads SQLSTATE codes (PostgreSQL manual, appendix A).
func classifyPostgres(code string) (fault.Kind, string) {
	switch code {
	case "23505":
		return fault.Conflict, "storage.exists"
	case "23503":
		return fault.Conflict, "storage.referenced"
	case "22021", "22P05": // the second one: \u0000 within JSON
		return fault.Invalid, "storage.text"
	case "57014":
		return fault.Unavailable, "storage.interrupted"
	case "40001", "40P01", "55P03":
		return fault.Unavailable, "storage.busy"
	case "53100":
		return fault.Unavailable, "storage.full"
	case "25006": // the server became a standby
		return fault.Unavailable, "storage.unavailable"
	}
	// 08 connection, 53 resources, 57P0x shutdown, 58 system error.
	for _, class := range []string{"08", "53", "57P", "58"} {
		if strings.HasPrefix(code, class) {
			return fault.Unavailable, "storage.unavailable"
		}
	}
	return 0, ""
}

// transient reports whether the same transaction may succeed when run again.
func transient(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && slices.Contains([]string{"40001", "40P01"}, pg.Code)
}
