package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"filippo.io/age"

	"noroshi.dev/internal/app/backup"
	"noroshi.dev/internal/core/audit"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/progress"
	"noroshi.dev/internal/core/storage"
)

// Fingerprints returns the SHA-256 of every room's state in canonical form.
func (h *House) Fingerprints(ctx context.Context) (map[string]string, error) {
	out := map[string]string{}
	for _, m := range h.modules {
		if m.State == nil {
			continue
		}
		sum := sha256.New()
		if err := m.State(ctx, sum); err != nil {
			return nil, fmt.Errorf("app: fingerprint %s: %w", m.Name, err)
		}
		out[m.Name] = hex.EncodeToString(sum.Sum(nil))
	}
	return out, nil
}

// partNames returns the names under which tables are migrated.
func (h *House) partNames() []string {
	all := parts(h.modules)
	out := make([]string, len(all))
	for i, p := range all {
		out[i] = p.name
	}
	return out
}

// Backup writes the whole state to a new file, which is durable when it
// returns nil. That a backup was taken is audited before it is taken: it reads
// everything. An existing file is refused with fault.Conflict.
func (h *House) Backup(ctx context.Context, path string, bar *progress.Bar) (m backup.Manifest, err error) {
	if _, err := os.Stat(path); err == nil {
		return m, fault.New(fault.Conflict, "app.file_exists", path).Hinted("app.file_exists_hint")
	}
	err = h.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		return h.audit.Append(ctx, tx, audit.Entry{Actor: commandLine().Audit(), Room: "app", Op: "backup", Object: filepath.Base(path)})
	})
	if err != nil {
		return m, err
	}
	s, err := h.source(ctx)
	if err != nil {
		return m, err
	}
	s.Bar = bar
	f, err := os.CreateTemp(filepath.Dir(path), ".noroshi-backup-*")
	if err != nil {
		return m, fmt.Errorf("app: backup: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already after the rename
	m, err = backup.Write(ctx, f, s)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return m, err
	}
	return m, settle(f.Name(), path)
}

// settle gives a finished file its name and makes that durable.
func settle(temp, path string) error {
	if err := os.Rename(temp, path); err != nil {
		return fmt.Errorf("app: backup: %w", err)
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("app: backup: %w", err)
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// source is the house as a backup reads it.
func (h *House) source(ctx context.Context) (backup.Source, error) {
	checkpoint, err := h.audit.Checkpoint(ctx)
	if err != nil {
		return backup.Source{}, err
	}
	var settings bytes.Buffer
	if err := h.config.WriteYAML(&settings); err != nil {
		return backup.Source{}, err
	}
	s := backup.Source{
		DB: h.db, Version: Version(), Parts: h.partNames(), Checkpoint: checkpoint, Key: []byte(h.audit.PublicKey()), Config: settings.Bytes(), Fingerprint: h.Fingerprints,
	}
	h.blobSource(&s)
	for _, text := range h.config.Backup.Recipients {
		r, err := age.ParseX25519Recipient(text)
		if err != nil {
			return backup.Source{}, fmt.Errorf("app: backup recipient: %w", err)
		}
		s.Recipients = append(s.Recipients, r)
	}
	return s, nil
}

// Restored is what a restore did and found.
type Restored struct {
	backup.Manifest
	Verified bool
}

// restoreInto fills an empty house of the settings from an archive, makes the
// search indexes again and, if asked, verifies what is there now. The data
// folder and the database must be empty: fault.Conflict "app.not_empty".
func restoreInto(ctx context.Context, c Config, open func() (*os.File, error), identities []age.Identity, verify bool, bar *progress.Bar) (out Restored, err error) {
	if err := emptyTarget(ctx, c); err != nil {
		return out, err
	}
	h, err := Open(ctx, c)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, h.Close(context.WithoutCancel(ctx))) }()
	f, err := open()
	if err != nil {
		return out, err
	}
	defer f.Close()
	keys := h.audit.PublicKey()
	t := backup.Target{DB: h.db, Jobs: h.jobs, Parts: h.partNames(), Identities: identities, Key: func(public []byte) error {
		keys += "\n" + string(public)
		return audit.Retire(c.Audit.KeyFile, string(public))
	}}
	h.blobTarget(&t)
	if out.Manifest, err = backup.Restore(ctx, bar.Reader(f), t); err != nil {
		return out, err
	}
	for _, m := range h.modules {
		if m.Reindex == nil {
			continue
		}
		if err := m.Reindex(ctx); err != nil {
			return out, fmt.Errorf("app: index %s again: %w", m.Name, err)
		}
	}
	if verify {
		out.Verified = true
		err = h.verify(ctx, out.Manifest, keys)
	}
	return out, err
}

// emptyTarget refuses a database with tables and a data folder with blobs.
func emptyTarget(ctx context.Context, c Config) error {
	h := &House{config: c}
	if entries, err := os.ReadDir(blobFolder(c)); err == nil && len(entries) > 0 {
		return fault.New(fault.Conflict, "app.not_empty", c.Data).Hinted("app.not_empty_hint")
	}
	if place := h.database(); place.URL == "" {
		if _, err := os.Stat(place.Path); err == nil {
			return fault.New(fault.Conflict, "app.not_empty", c.Data).Hinted("app.not_empty_hint")
		}
	} else {
		db, err := storage.Open(ctx, place, c.Clock)
		if err != nil {
			return err
		}
		empty, err := backup.Empty(ctx, db)
		if err := errors.Join(err, db.Close()); err != nil {
			return err
		}
		if !empty {
			return fault.New(fault.Conflict, "app.not_empty", c.DatabaseURL.String()).Hinted("app.not_empty_hint")
		}
	}
	return nil
}

// verify compares the house with what the backup's manifest says: rows and
// digests of every table, the audit tree by the keys that vouch for it, each
// room's check and fingerprint.
func (h *House) verify(ctx context.Context, m backup.Manifest, keys string) error {
	errs := []error{backup.Compare(ctx, h.db.Read(), h.db, m)}
	var report audit.Report
	err := h.db.InRead(ctx, func(ctx context.Context, r storage.Runner) error {
		var err error
		report, err = audit.Verify(ctx, r, audit.Options{Key: keys})
		return err
	})
	if err == nil && report.Verdict != audit.Intact {
		err = fmt.Errorf("audit record: entry %d: %s: %s", report.First.N, report.First.Kind, report.First.Note)
	}
	errs = append(errs, err)
	errs = append(errs, h.verifyBlobs(ctx, m.Blobs))
	for _, f := range h.check(ctx) {
		if !f.OK {
			errs = append(errs, fmt.Errorf("%s: %s", f.Check, f.Detail))
		}
	}
	now, err := h.Fingerprints(ctx)
	errs = append(errs, err)
	for room, want := range m.Fingerprints {
		if now[room] != want {
			errs = append(errs, fmt.Errorf("%s has fingerprint %.16s, the backup %.16s", room, now[room], want))
		}
	}
	return errors.Join(errs...)
}
