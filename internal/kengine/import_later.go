package kengine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"noroshi.dev/internal/core/blob"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/intake"
)

// promptUpload is the largest upload in bytes that is imported while its sender waits.
const promptUpload = 32 << 20

const (
	importTime     = time.Hour // of one run
	importAttempts = 5
)

// importJob imports what was kept of an upload.
type importJob struct {
	Import string `json:"import"`
}

// Kind implements jobs.Args.
func (importJob) Kind() string { return "kengine.import" }

// registerImport adds the work of large uploads: one at a time, apart from the rest.
func (s *Service) registerImport(r *jobs.Registry) {
	o := jobs.Options{Timeout: importTime, MaxAttempts: importAttempts, Queue: "kengine_import", Workers: 1, Unique: true}
	jobs.Register(r, o, func(ctx context.Context, j importJob) error { return s.importKept(ctx, j.Import) })
}

// ImportLater keeps the bytes, durably, and has them imported in the background. The import and its
// job are written in one transaction: when it returns, both are there; before, neither is. It needs
// PermImport. Without a queue or a store it is Import.
func (s *Service) ImportLater(ctx context.Context, a identity.Actor, name string, r io.Reader) (ImportView, error) {
	if err := s.may(a, PermImport()); err != nil {
		return ImportView{}, err
	}
	if s.Blobs == nil || s.Jobs == nil {
		return s.Import(ctx, a, name, r, ImportOptions{})
	}
	ref, err := s.Blobs.Put(ctx, r)
	if err != nil {
		return ImportView{}, fmt.Errorf("kengine: receive %s: %w", name, err)
	}
	im := &importing{s: s, actor: a, view: s.freshImport(a, name)}
	im.view.SHA256, im.view.Size = ref.SHA256, ref.Size
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if err := im.insert(ctx, tx); err != nil {
			return err
		}
		if err := s.Jobs.Enqueue(ctx, tx, importJob{Import: im.view.ID}); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "import", im.view.ID)
	})
	if err != nil {
		return ImportView{}, fmt.Errorf("kengine: import %s later: %w", name, err)
	}
	return im.view, nil
}

// importKept imports an upload from what was kept of it. A run that was killed in between is begun
// again from the start: records that are there already change nothing. What can never be read is
// told with the import and not tried again; what failed at the last try is told as interrupted, and
// goes on when the job is retried by hand.
func (s *Service) importKept(ctx context.Context, id string) error {
	rows, err := storage.List(ctx, s.DB.Read(), scanImport, `SELECT `+importFields+` FROM kengine_import i WHERE i.id = ?`, id)
	if err != nil {
		return fmt.Errorf("kengine: import %s: %w", id, err)
	}
	if len(rows) == 0 || rows[0].State == ImportDone || rows[0].State == ImportFailed {
		return nil
	}
	v := rows[0]
	v.State, v.Failure, v.Started, v.Counts = ImportRunning, "", s.Clock.Now(), Counts{}
	im := &importing{s: s, view: v, actor: identity.Actor{Kind: identity.KindPerson, ID: v.Actor, Organisation: v.Organisation}}
	if err := im.restart(ctx); err != nil {
		return err
	}
	failure := im.runKept(ctx)
	switch {
	case failure == nil:
		return im.close(ctx, ImportDone, nil)
	case errors.Is(failure, fault.Invalid):
		return im.close(ctx, ImportFailed, failure)
	case ctx.Err() == nil && jobs.ThisTry(ctx).Last():
		return errors.Join(failure, im.close(ctx, ImportInterrupted, failure))
	}
	return failure // the job is run again
}

// runKept imports the bytes that were kept.
func (im *importing) runKept(ctx context.Context) error {
	v := &im.view
	kept, err := im.s.Blobs.Open(ctx, blob.Ref{SHA256: v.SHA256, Size: v.Size})
	if err != nil {
		return fmt.Errorf("kengine: import %s: %w", v.Name, err)
	}
	defer func() { _ = kept.Close() }()
	return im.run(ctx, intake.Source{Name: v.Name, R: kept})
}

// restart forgets what an earlier run counted and refused.
func (im *importing) restart(ctx context.Context) error {
	return im.s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE kengine_import SET state = ?, started = ?, ended = NULL, failure = '', records = 0, added = 0, changed = 0,
			same = 0, skipped = 0, refused = 0 WHERE id = ?`, im.view.State, storage.At(im.view.Started), im.view.ID)
		if err != nil {
			return fmt.Errorf("kengine: import %s: %w", im.view.Name, err)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM kengine_refusal WHERE import = ?`, im.view.ID); err != nil {
			return fmt.Errorf("kengine: import %s: %w", im.view.Name, err)
		}
		return im.s.record(ctx, tx, im.actor, "import.begin", im.view.ID)
	})
}
