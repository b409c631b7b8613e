package kengine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/intake"
)

// Counts says what became of the records of an import; Records is the sum of the others.
type Counts struct {
	Records int64 `json:"records"`
	Added   int64 `json:"added"`   // reports that were not there
	Changed int64 `json:"changed"` // reports that got new words or texts
	Same    int64 `json:"same"`    // nothing new
	Skipped int64 `json:"skipped"` // probabilities about reports that are not here
	Refused int64 `json:"refused"` // parts that could not be read, see Refusals
}

func (c *Counts) add(d Counts) {
	c.Records += d.Records
	c.Added += d.Added
	c.Changed += d.Changed
	c.Same += d.Same
	c.Skipped += d.Skipped
	c.Refused += d.Refused
}

// ImportView is one import.
type ImportView struct {
	ID           string
	Organisation string
	Name         string
	Kind         intake.Kind // of the first record
	SHA256       string
	Size         int64 // bytes received
	State        string
	Failure      string // message key of why it failed
	Started      time.Time
	Ended        time.Time
	Actor        string
	Counts
}

// The states of an import.
const (
	ImportRunning     = "running"
	ImportDone        = "done"
	ImportFailed      = "failed"
	ImportInterrupted = "interrupted" // the process ended in between; import again
)

// Progress is called while an import runs, from one goroutine.
type Progress func(c Counts, bytes int64)

// ImportOptions change one import. The zero value is good.
type ImportOptions struct {
	Progress Progress
	Intake   intake.Options
	Source   string // id of the scheduled source that it comes from
}

// Import keeps the bytes, durably, and then reads documents of any kind that intake knows from
// what was kept, and stores reports, assertions,
// contradictions, tasks of every organisation with models in force, and search rows. Each batch is
// one transaction, durable when it is counted; an interrupted import that is run again ends in the
// state of one whole run. It needs PermImport. A part that cannot be read is refused and listed;
// the faults are those of storage and "kengine.import.unreadable" for an input that ends early.
func (s *Service) Import(ctx context.Context, a identity.Actor, name string, r io.Reader, o ImportOptions) (ImportView, error) {
	if err := s.may(a, PermImport()); err != nil {
		return ImportView{}, err
	}
	if s.Blobs == nil {
		tee, sum := received(r)
		return s.importFrom(ctx, a, intake.Source{Name: name, R: tee}, sum, o)
	}
	ref, err := s.Blobs.Put(ctx, r)
	if err != nil {
		return ImportView{}, fmt.Errorf("kengine: receive %s: %w", name, err)
	}
	kept, err := s.Blobs.Open(ctx, ref)
	if err != nil {
		return ImportView{}, fmt.Errorf("kengine: receive %s: %w", name, err)
	}
	defer func() { _ = kept.Close() }()
	sum := func() (string, int64) { return ref.SHA256, ref.Size }
	return s.importFrom(ctx, a, intake.Source{Name: name, R: kept}, sum, o)
}

// ImportFolder is Import of all documents in a folder of the machine. It is for commands on the
// server itself, never for a name that came over the network.
func (s *Service) ImportFolder(ctx context.Context, a identity.Actor, folder string, o ImportOptions) (ImportView, error) {
	if err := s.may(a, PermImport()); err != nil {
		return ImportView{}, err
	}
	none := func() (string, int64) { return "", 0 }
	return s.importFrom(ctx, a, intake.Source{Name: folder}, none, o)
}

// importFrom imports from a source whose hash and size sum tells in the end.
func (s *Service) importFrom(ctx context.Context, a identity.Actor, src intake.Source, sum func() (string, int64), o ImportOptions) (ImportView, error) {
	im := &importing{s: s, actor: a, view: s.freshImport(a, src.Name), options: o}
	if err := im.begin(ctx); err != nil {
		return im.view, err
	}
	err := im.run(ctx, src)
	im.view.SHA256, im.view.Size = sum()
	return im.end(ctx, err)
}

// freshImport is an import that nothing was read of yet.
func (s *Service) freshImport(a identity.Actor, name string) ImportView {
	return ImportView{
		ID: s.IDs.UUID(), Organisation: a.Organisation, Name: cut(name, maxName), State: ImportRunning, Started: s.Clock.Now(), Actor: a.ID,
	}
}

// received counts and hashes what is read.
func received(r io.Reader) (io.Reader, func() (string, int64)) {
	h := sha256.New()
	c := &counter{w: h}
	return io.TeeReader(r, c), func() (string, int64) { return hex.EncodeToString(h.Sum(nil)), c.n }
}

type counter struct {
	w io.Writer
	n int64
}

// Write implements io.Writer.
func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	if err != nil {
		return n, fmt.Errorf("kengine: sum: %w", err)
	}
	return n, nil
}

// importing is one import while it runs.
type importing struct {
	s        *Service
	actor    identity.Actor
	view     ImportView
	options  ImportOptions
	refusals int64
	bytes    int64
}

func (im *importing) begin(ctx context.Context) error {
	return im.s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if err := im.insert(ctx, tx); err != nil {
			return err
		}
		return im.s.record(ctx, tx, im.actor, "import", im.view.ID)
	})
}

// insert writes the row of the import.
func (im *importing) insert(ctx context.Context, tx *storage.Tx) error {
	v := &im.view
	_, err := tx.ExecContext(ctx,
		`INSERT INTO kengine_import (id, organisation, name, source, sha256, size, state, started, actor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		v.ID, v.Organisation, v.Name, im.options.Source, v.SHA256, v.Size, v.State, storage.At(v.Started), v.Actor)
	if err != nil {
		return fmt.Errorf("kengine: import %s: %w", v.Name, err)
	}
	return nil
}

// end writes how the import ended, also when the context of the caller has ended.
func (im *importing) end(ctx context.Context, failure error) (ImportView, error) {
	state := ImportDone
	switch {
	case failure != nil && ctx.Err() != nil:
		state = ImportInterrupted
	case failure != nil:
		state = ImportFailed
	}
	err := im.close(ctx, state, failure)
	return im.view, errors.Join(failure, err)
}

// close writes the state in which an import ended and why.
func (im *importing) close(ctx context.Context, state string, failure error) error {
	v := &im.view
	v.Ended, v.State = im.s.Clock.Now(), state
	if failure != nil {
		v.Failure = failureKey(failure)
	}
	ctx = context.WithoutCancel(ctx)
	return im.s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ExecContext(ctx,
			`UPDATE kengine_import SET kind = ?, sha256 = ?, size = ?, state = ?, failure = ?, ended = ? WHERE id = ?`,
			string(v.Kind), v.SHA256, v.Size, v.State, v.Failure, storage.At(v.Ended), v.ID)
		if err != nil {
			return fmt.Errorf("kengine: import %s: %w", v.Name, err)
		}
		return im.s.record(ctx, tx, im.actor, "import.end", v.ID)
	})
}

// failureKey names a failure by a message key for the list of imports.
func failureKey(err error) string {
	if f := fault.Of(err); f != nil {
		return f.Key
	}
	return "kengine.import.failed"
}

// unreadable translates the errors that end the reading of an input.
func unreadable(err error, name string) error {
	for _, e := range []struct {
		is  error
		key string
	}{
		{intake.ErrLimit, "kengine.import.limit"},
		{intake.ErrTruncated, "kengine.import.truncated"},
		{intake.ErrDamaged, "kengine.import.damaged"},
	} {
		if errors.Is(err, e.is) {
			return fault.New(fault.Invalid, e.key, name).Because(err).Hinted("kengine.import.again")
		}
	}
	return fmt.Errorf("kengine: import %s: %w", name, storage.Fault(err))
}
