package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"filippo.io/age"

	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/progress"
	"noroshi.dev/internal/core/storage"
)

// Target is the house that is filled: its tables are made and hold nothing but
// what migrations put there.
type Target struct {
	DB         *storage.DB
	Jobs       *jobs.Jobs
	Parts      []string // names under which tables were migrated
	PutBlob    func(ctx context.Context, r io.Reader) (Blob, error)
	Key        func(public []byte) error // takes the public keys that vouch for the audit record; may be nil
	Identities []age.Identity            // that open an encrypted archive
	Bar        *progress.Bar
}

// Empty reports whether a database holds no table at all, which is what a
// restore wants to find before the tables are made.
func Empty(ctx context.Context, db *storage.DB) (bool, error) {
	names, err := db.Tables(ctx)
	return len(names) == 0, err
}

// Restore fills the target from an archive, in one transaction: after an error
// the tables are as they were. It counts and digests every table again and
// compares it with the manifest before it commits.
func Restore(ctx context.Context, in io.Reader, t Target) (Manifest, error) {
	var m Manifest
	begun := false
	err := t.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if begun { // the archive can be read once only
			return errors.New("backup: restore: the database wants it tried again: run it again when nothing else uses the database")
		}
		begun = true
		f := &filling{target: t, ctx: ctx, tx: tx}
		if err := f.begin(); err != nil {
			return err
		}
		var err error
		if m, err = read(ctx, in, t.Identities, f); err != nil {
			return fmt.Errorf("backup: restore: %w", err)
		}
		return Compare(ctx, tx, t.DB, m)
	})
	return m, err
}

// Compare counts and digests every table that r shows and returns how it
// differs from the manifest: all differences joined, nil if there is none.
func Compare(ctx context.Context, r storage.Runner, db *storage.DB, m Manifest) error {
	tables, err := Tables(ctx, db, r)
	if err != nil {
		return err
	}
	want := map[string]Table{}
	for _, t := range m.Tables {
		want[t.Name] = t
	}
	var errs []error
	for _, t := range tables {
		got, err := Measure(ctx, r, t)
		if err != nil {
			return err
		}
		w, ok := want[t.Name]
		delete(want, t.Name)
		switch {
		case !ok:
			errs = append(errs, fmt.Errorf("table %s is not in the backup", t.Name))
		case got.Count != w.Count:
			errs = append(errs, fmt.Errorf("table %s has %d rows, the backup %d", t.Name, got.Count, w.Count))
		case got.Digest != w.Digest:
			errs = append(errs, fmt.Errorf("table %s has other rows than the backup", t.Name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		errs = append(errs, fmt.Errorf("table %s of the backup is missing", name))
	}
	return errors.Join(errs...)
}

// filling is a sink that writes into a transaction.
type filling struct {
	target Target
	ctx    context.Context //nolint:containedctx // the sink's methods belong to one transaction
	tx     *storage.Tx
	shapes map[string]Table
}

// begin learns the tables and removes what migrations put into them.
func (f *filling) begin() error {
	tables, err := Tables(f.ctx, f.target.DB, f.tx)
	if err != nil {
		return err
	}
	if f.tx.Dialect() == storage.SQLite {
		// Rows may refer to others of their own table that come later.
		if _, err := f.tx.ExecContext(f.ctx, "PRAGMA defer_foreign_keys = ON"); err != nil {
			return fmt.Errorf("backup: restore: %w", err)
		}
	}
	f.shapes = map[string]Table{}
	for _, t := range slices.Backward(tables) {
		f.shapes[t.Name] = t
		if _, err := f.tx.ExecContext(f.ctx, "DELETE FROM "+t.Name); err != nil {
			return fmt.Errorf("backup: restore: empty %s: %w", t.Name, err)
		}
	}
	return nil
}

// header refuses an archive whose tables have another form than this version's.
func (f *filling) header(h Header) error {
	for _, part := range f.target.Parts {
		have, err := f.target.DB.Version(f.ctx, part)
		if err != nil {
			return err
		}
		if h.Schemas[part] != have {
			return fmt.Errorf("the archive was written by noroshi %s with version %d of the %s tables, this version has %d: restore with that version, then upgrade",
				h.Version, h.Schemas[part], part, have)
		}
	}
	for _, part := range slices.Sorted(maps.Keys(h.Schemas)) {
		if !slices.Contains(f.target.Parts, part) {
			return fmt.Errorf("the archive holds tables of %s, which this version does not know", part)
		}
	}
	return nil
}

// rows inserts the rows of one member.
func (f *filling) rows(ctx context.Context, t Table, rows func(yield func([]any, error) bool)) error {
	have, ok := f.shapes[t.Name]
	if !ok || !slices.Equal(have.Columns, t.Columns) {
		return fmt.Errorf("table %s of the backup is not a table of this version", t.Name)
	}
	var failed error
	_, err := f.tx.Bulk(ctx, t.Name, t.names(), func(yield func([]any) bool) {
		for row, err := range rows {
			if err != nil {
				failed = err
				return
			}
			f.target.Bar.Add(1)
			if !yield(row) {
				return
			}
		}
	})
	return errors.Join(failed, err)
}

// job puts a waiting job back into the queue.
func (f *filling) job(j jobs.Saved) error { return f.target.Jobs.Load(f.ctx, f.tx, j) }

// small passes the public keys on; checkpoint and settings are there to be read by people.
func (f *filling) small(name string, data []byte) error {
	if name != keyName || f.target.Key == nil {
		return nil
	}
	return f.target.Key(data)
}

// blob stores a blob again.
func (f *filling) blob(ctx context.Context, b Blob, r io.Reader) error {
	got, err := f.target.PutBlob(ctx, r)
	if err != nil {
		return err
	}
	if got != b {
		return broken("the content has %d bytes and SHA-256 %s", got.Size, got.SHA256)
	}
	f.target.Bar.Add(1)
	return nil
}
