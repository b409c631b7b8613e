package kengine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/intake"
)

// decideChunk is the number of reports that one transaction decides again.
const decideChunk = 1000

// decideJob decides every report of one organisation again.
type decideJob struct {
	Organisation string `json:"organisation"`
}

// Kind implements jobs.Args.
func (decideJob) Kind() string { return "kengine.decide" }

// Redecision is how far the background decision of all reports of an organisation has come.
type Redecision struct {
	State   string // "queued", "running" or "done"
	Reason  string // "model", "tag", "set" or "policy"
	Total   int64
	Done    int64
	Changed int64 // tasks whose outcomes changed
	Started time.Time
	Ended   time.Time
}

// decideAgain has every report decided again for an organisation: call it in the transaction that
// changes models, policy, tags or sets.
func (s *Service) decideAgain(ctx context.Context, tx *storage.Tx, organisation, reason string) error {
	if err := touch(ctx, tx, organisation); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO kengine_redecide (organisation, state, reason, started) VALUES (?, 'queued', ?, ?)
		ON CONFLICT (organisation) DO UPDATE SET state = 'queued', reason = excluded.reason, started = excluded.started,
		after = '', total = 0, done = 0, changed = 0, ended = NULL`, organisation, reason, storage.At(tx.Now()))
	if err != nil {
		return fmt.Errorf("kengine: decide again: %w", err)
	}
	if s.Jobs == nil {
		return nil
	}
	return s.Jobs.Enqueue(ctx, tx, decideJob{Organisation: organisation})
}

// DecideAll decides every report again for an organisation and returns when it is done. It goes on
// where an interrupted run stopped. Progress is seen by Redecision.
func (s *Service) DecideAll(ctx context.Context, organisation string) error {
	for {
		done, err := s.decideSome(ctx, organisation)
		if err != nil || done {
			return err
		}
	}
}

// decideSome decides the next chunk of reports and reports whether it was the last.
func (s *Service) decideSome(ctx context.Context, organisation string) (bool, error) {
	done := false
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		t, err := s.lockTenant(ctx, tx, organisation)
		if err != nil {
			return err
		}
		run, err := storage.List(ctx, tx, scanPair, `SELECT state, after FROM kengine_redecide WHERE organisation = ?`, organisation)
		if err != nil {
			return fmt.Errorf("kengine: decide all: %w", err)
		}
		if done = len(run) == 0 || run[0][0] == "done"; done {
			return nil
		}
		if run[0][0] == "queued" {
			if err := beginRedecision(ctx, tx, t); err != nil {
				return err
			}
		}
		done, err = s.decideChunk(ctx, tx, t, run[0][1])
		return err
	})
	return done, err
}

// beginRedecision counts the reports and closes the tasks of decisions that no model makes any more.
func beginRedecision(ctx context.Context, tx *storage.Tx, t *tenant) error {
	_, err := tx.ExecContext(ctx, `UPDATE kengine_redecide SET state = 'running', total = (SELECT COUNT(*) FROM kengine_report) WHERE organisation = ?`,
		t.organisation)
	if err != nil {
		return fmt.Errorf("kengine: decide all: %w", err)
	}
	var w storage.Where
	w.And("organisation = ?", t.organisation)
	w.And("ruled = ''")
	w.And("rest = 0")
	if keys := t.decisions(); len(keys) > 0 {
		w.And("decision NOT IN ("+storage.Marks(len(keys))+")", keys...)
	}
	_, err = tx.ExecContext(ctx, `UPDATE kengine_task SET state = 'closed', rest = 1, cause = '`+CauseNoModel+`', version = version + 1`+w.SQL(), w.Args()...)
	if err != nil {
		return fmt.Errorf("kengine: close tasks without a model: %w", err)
	}
	return nil
}

// decisions returns the keys of all decisions of a tenant's models.
func (t *tenant) decisions() []any {
	var keys []any
	for i := range t.models {
		for d := range t.models[i].Model.Decisions {
			keys = append(keys, t.models[i].decisionKey(d))
		}
	}
	return keys
}

// decideChunk decides the reports that follow after and writes how far it came.
func (s *Service) decideChunk(ctx context.Context, tx *storage.Tx, t *tenant, after string) (bool, error) {
	subjects, err := readSubjects(ctx, tx, `SELECT id, key, state FROM kengine_report WHERE id > ? ORDER BY id LIMIT ?`, after, decideChunk)
	if err != nil {
		return false, err
	}
	for _, sub := range subjects {
		sub.rematch = t.tags.any()
	}
	changed, err := s.redecided(ctx, tx, []*tenant{t}, subjects)
	if err != nil {
		return false, err
	}
	last := len(subjects) < decideChunk
	state, end := "running", any(nil)
	if last {
		state, end = "done", tx.Now().UnixMicro()
	}
	if len(subjects) > 0 {
		after = subjects[len(subjects)-1].id
	}
	_, err = tx.ExecContext(ctx, `UPDATE kengine_redecide SET state = ?, after = ?, done = done + ?, changed = changed + ?, ended = ? WHERE organisation = ?`,
		state, after, len(subjects), changed, end, t.organisation)
	if err != nil {
		return false, fmt.Errorf("kengine: decide all: %w", err)
	}
	return last, s.record(ctx, tx, identity.System("kengine").In(t.organisation), "decide", t.organisation)
}

// readSubjects reads reports with all assertions about them; the query gives id, key and state.
func readSubjects(ctx context.Context, tx *storage.Tx, query string, args ...any) ([]*subject, error) {
	subjects, err := storage.List(ctx, tx, func(scan func(...any) error) (*subject, error) {
		sub := &subject{}
		var state string
		err := scan(&sub.id, &sub.key, &state)
		sub.rejected = state == string(intake.Rejected)
		return sub, err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("kengine: read reports: %w", err)
	}
	ids := make([]string, len(subjects))
	for i, sub := range subjects {
		ids[i] = sub.id
	}
	assertions, err := readAssertions(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	for _, sub := range subjects {
		sub.assertions = assertions[sub.id]
	}
	return subjects, nil
}

// Redecision returns how far the background decision of an organisation has come; the zero value
// when there was none. It needs PermTaskRead.
func (s *Service) Redecision(ctx context.Context, a identity.Actor) (Redecision, error) {
	if err := s.may(a, PermTaskRead()); err != nil {
		return Redecision{}, err
	}
	rows, err := storage.List(ctx, s.DB.Read(), func(scan func(...any) error) (Redecision, error) {
		var r Redecision
		var started, ended storage.Time
		err := scan(&r.State, &r.Reason, &r.Total, &r.Done, &r.Changed, &started, &ended)
		r.Started, r.Ended = started.Time, ended.Time
		return r, err
	}, `SELECT state, reason, total, done, changed, started, ended FROM kengine_redecide WHERE organisation = ?`, a.Organisation)
	if err != nil {
		return Redecision{}, fmt.Errorf("kengine: redecision: %w", err)
	}
	if len(rows) == 0 {
		return Redecision{}, nil
	}
	return rows[0], nil
}

// prepareJob gives new organisations their first model.
type prepareJob struct{}

// Kind implements jobs.Args.
func (prepareJob) Kind() string { return "kengine.prepare" }

// registerJobs adds the work of this room.
func (s *Service) registerJobs(r *jobs.Registry) {
	s.registerFetch(r)
	s.registerImport(r)
	s.registerLearn(r)
	jobs.Register(r, jobs.Options{Unique: true, Queue: "kengine", Workers: 1}, func(ctx context.Context, _ prepareJob) error {
		return errors.Join(s.Interrupted(ctx), s.Prepare(ctx), s.Expire(ctx))
	})
	r.Every(prepareJob{}, time.Minute)
	jobs.Register(r, jobs.Options{Timeout: time.Hour, Queue: "kengine", Workers: 1}, func(ctx context.Context, j decideJob) error {
		return s.DecideAll(ctx, j.Organisation)
	})
	jobs.Register(r, jobs.Options{Unique: true, Queue: "kengine", Workers: 1}, func(ctx context.Context, j driftJob) error {
		return s.CheckDrift(ctx, j.Organisation)
	})
}

// Redecide has every report decided again for the actor's organisation, in the background. It
// needs PermModelActivate.
func (s *Service) Redecide(ctx context.Context, a identity.Actor) error {
	if err := s.may(a, PermModelActivate()); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if err := s.decideAgain(ctx, tx, a.Organisation, "asked"); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "decide.ask", a.Organisation)
	})
}
