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
	"noroshi.dev/internal/kengine/intake"
)

// Refusal is a part of an import that could not be read.
type Refusal struct {
	N        int64 // 1, 2, … in the order of the input
	Member   string
	Position int64 // byte in the member, or line if ByLine; -1: not known
	ByLine   bool
	Reason   string         // message key
	Args     map[string]any // of the message
}

const importFields = `i.id, i.organisation, i.name, i.kind, i.sha256, i.size, i.state, i.failure, i.started, i.ended, i.actor,
	i.records, i.added, i.changed, i.same, i.skipped, i.refused`

func scanImport(scan func(...any) error) (ImportView, error) {
	var v ImportView
	var kind string
	var started, ended storage.Time
	err := scan(&v.ID, &v.Organisation, &v.Name, &kind, &v.SHA256, &v.Size, &v.State, &v.Failure, &started, &ended, &v.Actor,
		&v.Records, &v.Added, &v.Changed, &v.Same, &v.Skipped, &v.Refused)
	v.Kind, v.Started, v.Ended = intake.Kind(kind), started.Time, ended.Time
	return v, err
}

func importOrders() []order {
	return []order{{name: "started", columns: []string{"i.started", "i.id"}, texts: []bool{false, true}, down: true}}
}

func importGrammar() *grammar {
	states := map[string]func(*storage.Where){"refused": fixed("i.refused > 0"), "all": fixed("1 = 1")}
	for _, s := range []string{ImportRunning, ImportDone, ImportFailed, ImportInterrupted} {
		states[s] = func(w *storage.Where) { w.And("i.state = ?", s) }
	}
	return &grammar{
		fields: map[string]term{"is": oneOf(states), "kind": equals("i.kind", same), "source": equals("i.source", same)},
		word: func(w *storage.Where, e filter.Expr) error {
			w.And(`LOWER(i.name) LIKE ? ESCAPE '\'`, "%"+literal(lower(e.Value))+"%")
			return nil
		},
	}
}

// ListImports returns a part of the list of imports of the actor's organisation, the newest first.
// It needs PermImport.
func (s *Service) ListImports(ctx context.Context, a identity.Actor, q Query) (Page[ImportView], error) {
	if err := s.may(a, PermImport()); err != nil {
		return Page[ImportView]{}, err
	}
	q = limited(q)
	w := &storage.Where{}
	w.And("i.organisation = ?", a.Organisation)
	if err := importGrammar().where(w, q.Filter); err != nil {
		return Page[ImportView]{}, err
	}
	_, tail, err := paged(&q, w, importOrders())
	if err != nil {
		return Page[ImportView]{}, err
	}
	rows, err := storage.List(ctx, s.DB.Read(), scanImport, `SELECT `+importFields+` FROM kengine_import i`+w.SQL()+tail, append(w.Args(), q.Limit+1)...)
	if err != nil {
		return Page[ImportView]{}, fmt.Errorf("kengine: list imports: %w", err)
	}
	return web.Cut(q, rows, func(v ImportView) web.Cursor {
		return web.Cursor{strconv.FormatInt(v.Started.UnixMicro(), 10), v.ID}
	}), nil
}

// ImportResult returns an import of the actor's organisation and the first of its refusals. It
// needs PermImport.
func (s *Service) ImportResult(ctx context.Context, a identity.Actor, id string, limit int) (ImportView, []Refusal, error) {
	if err := s.may(a, PermImport()); err != nil {
		return ImportView{}, nil, err
	}
	v, err := storage.One(ctx, s.DB.Read(), "kengine.import", id, scanImport,
		`SELECT `+importFields+` FROM kengine_import i WHERE i.id = ? AND i.organisation = ?`, id, a.Organisation)
	if err != nil {
		return v, nil, err
	}
	refusals, err := storage.List(ctx, s.DB.Read(), func(scan func(...any) error) (Refusal, error) {
		var r Refusal
		var subject string
		var args storage.JSON[map[string]any]
		err := scan(&r.N, &r.Member, &r.Position, &subject, &r.Reason, &args)
		r.ByLine, r.Args = subject == "line", args.V
		return r, err
	}, `SELECT n, member, position, subject, reason, args FROM kengine_refusal WHERE import = ? ORDER BY n LIMIT ?`, id, max(0, min(limit, maxNames)))
	if err != nil {
		return v, nil, fmt.Errorf("kengine: refusals of %s: %w", id, err)
	}
	return v, refusals, nil
}

// longestImport is the time after which an import that is said to be running is not: its process
// was killed.
const longestImport = 6 * time.Hour

// Interrupted marks imports that a killed process left running.
func (s *Service) Interrupted(ctx context.Context) error {
	return s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE kengine_import SET state = 'interrupted', ended = ? WHERE state = 'running' AND started < ?`,
			storage.At(tx.Now()), storage.At(tx.Now().Add(-longestImport)))
		if err != nil {
			return fmt.Errorf("kengine: interrupted imports: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return s.record(ctx, tx, identity.System("kengine"), "import.interrupted", "")
	})
}

// errNoOrganisation is told where a command needs an organisation and there are several or none.
func errNoOrganisation(n int) error {
	return fault.New(fault.Invalid, "kengine.organisation").Field("organisation", "kengine.organisation.which", "n", n)
}
