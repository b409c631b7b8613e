package kengine

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/filter"
)

// The states of a contradiction.
const (
	ConflictOpen     = "open"
	ConflictAccepted = "accepted" // somebody looked at it; other words of the sources open it again
)

func conflictOrders() []order {
	return []order{{
		name: "updated", columns: []string{"c.updated", "c.report", "c.fact", "c.organisation"},
		texts: []bool{false, true, true, true}, down: true,
	}}
}

func conflictGrammar(d storage.Dialect, now time.Time) *grammar {
	g := &grammar{fields: map[string]term{
		"is": oneOf(map[string]func(*storage.Where){
			"open": fixed("c.state = 'open'"), "accepted": fixed("c.state = 'accepted'"), "all": fixed("1 = 1"),
			"own": fixed("c.organisation <> ''"),
		}),
	}}
	reportFields(g, "c.report", d, now)
	g.fields["fact"] = equals("c.fact", same)
	return g
}

// ConflictFields returns the fields that the filter of the list of contradictions understands.
func ConflictFields() []string { return conflictGrammar(storage.SQLite, time.Time{}).names() }

func (s *Service) conflictWhere(a identity.Actor, e filter.Expr) (*storage.Where, error) {
	w := &storage.Where{}
	w.And("c.organisation IN ('', ?)", a.Organisation)
	return w, conflictGrammar(s.DB.Dialect(), s.Clock.Now()).where(w, e)
}

// ListConflicts returns a part of the list of contradictions among sources, the newest first:
// those that everybody sees and those with the words of the actor's own people. It needs PermReportRead.
func (s *Service) ListConflicts(ctx context.Context, a identity.Actor, q Query) (Page[ConflictView], error) {
	if err := s.may(a, PermReportRead()); err != nil {
		return Page[ConflictView]{}, err
	}
	q = limited(q)
	w, err := s.conflictWhere(a, q.Filter)
	if err != nil {
		return Page[ConflictView]{}, err
	}
	_, tail, err := paged(&q, w, conflictOrders())
	if err != nil {
		return Page[ConflictView]{}, err
	}
	rows, err := s.conflicts(ctx, s.DB.Read(), w.SQL()+tail, append(w.Args(), q.Limit+1)...)
	if err != nil {
		return Page[ConflictView]{}, err
	}
	return web.Cut(q, rows, func(c ConflictView) web.Cursor {
		return web.Cursor{strconv.FormatInt(c.Updated.UnixMicro(), 10), c.ReportID, c.Fact, c.Organisation}
	}), nil
}

// CountConflicts returns the number of contradictions that a filter finds. It needs PermReportRead.
func (s *Service) CountConflicts(ctx context.Context, a identity.Actor, e filter.Expr) (int64, error) {
	if err := s.may(a, PermReportRead()); err != nil {
		return 0, err
	}
	w, err := s.conflictWhere(a, e)
	if err != nil {
		return 0, err
	}
	n, err := storage.One(ctx, s.DB.Read(), "kengine.conflict", "", storage.Scalar[int64], `SELECT COUNT(*) FROM kengine_conflict c`+w.SQL(), w.Args()...)
	if err != nil {
		return 0, fmt.Errorf("kengine: count contradictions: %w", err)
	}
	return n, nil
}

// AcceptConflict says that a contradiction was looked at, with a note why it may stand; open says
// the opposite. It needs PermReportWrite. Somebody else's change since version is fault.Conflict.
func (s *Service) AcceptConflict(ctx context.Context, a identity.Actor, c ConflictView, accept bool, note string) error {
	if err := s.may(a, PermReportWrite()); err != nil {
		return err
	}
	if c.Organisation != "" && c.Organisation != a.Organisation {
		return fault.New(fault.NotFound, "kengine.conflict", c.Report, c.Fact)
	}
	state := ConflictOpen
	if accept {
		state = ConflictAccepted
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE kengine_conflict SET state = ?, note = ?, actor = ?, version = version + 1
			WHERE report = ? AND fact = ? AND organisation = ? AND version = ?`,
			state, cut(note, maxNote), a.ID, c.ReportID, c.Fact, c.Organisation, c.Version)
		if err := storage.Changed(res, err, "kengine.conflict", c.Report+"/"+c.Fact); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE kengine_report SET conflicts = (SELECT COUNT(*) FROM kengine_conflict c
			WHERE c.report = kengine_report.id AND c.organisation = '' AND c.state = 'open') WHERE id = ?`, c.ReportID)
		if err != nil {
			return fmt.Errorf("kengine: accept contradiction: %w", err)
		}
		return s.record(ctx, tx, a, "conflict."+state, c.Report+"/"+c.Fact)
	})
}
