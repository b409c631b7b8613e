package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"noroshi.dev/internal/app/backup"
	"noroshi.dev/internal/core/config"
	"noroshi.dev/internal/core/module"
	"noroshi.dev/internal/core/progress"
)

// backupCommand writes the whole state into one file.
func (p *program) backupCommand() *cobra.Command {
	return &cobra.Command{
		Use: "backup FILE", Short: "Write the whole state into one file", Args: cobra.ExactArgs(1),
		Long: `Writes every table in one consistent state, every blob, the signed state of the audit record and the settings
without secrets into one archive (tar, zstd), while the house runs. With backup.recipients it is encrypted by age.
Exit status 0 means: the file is on disk, whole.

Not in the file, keep them apart: secrets given by the environment, and the files audit.key and identity.key.`,
		RunE: func(c *cobra.Command, args []string) error {
			return p.inHouse(c.Context(), func(ctx context.Context, h *House) error {
				bar := progress.New(p.Err, "backup", 0)
				m, err := h.Backup(ctx, args[0], bar)
				bar.Close()
				if err != nil {
					return err
				}
				return printManifest(c, "wrote "+args[0], m)
			})
		},
	}
}

// restoring is what the command line of restore asks for.
type restoring struct {
	path           string
	dryRun, verify bool
	identities     []age.Identity
}

// restoreCommand fills an empty house from a backup.
func (p *program) restoreCommand() *cobra.Command {
	var r restoring
	var identityFile string
	c := &cobra.Command{
		Use: "restore FILE", Short: "Fill an empty house from a backup", Args: cobra.ExactArgs(1),
		Long: `Fills an empty data folder, or an empty PostgreSQL database, from a backup of either kind of database. Every member
is compared with the manifest and every table is counted and digested again before anything is committed.

--verify restores into a scratch folder first and compares rows, audit tree, blobs and the fingerprint of every room;
only then is the real target filled. With --dry-run the real target is left alone: alone it reads the archive to its
end, with --verify it does all of the scratch run.

Put audit.key and identity.key into the data folder first to go on with the old keys.`,
		RunE: func(c *cobra.Command, args []string) (err error) {
			r.path = args[0]
			if identityFile != "" {
				if r.identities, err = readIdentities(identityFile); err != nil {
					return err
				}
			}
			s, err := p.settings()
			if err != nil {
				return err
			}
			return p.restore(c, s, r)
		},
	}
	c.Flags().BoolVar(&r.dryRun, "dry-run", false, "change nothing")
	c.Flags().BoolVar(&r.verify, "verify", false, "restore into a scratch folder first and compare everything")
	c.Flags().StringVar(&identityFile, "identity", "", "`file` with the age identity that opens an encrypted backup")
	return c
}

// restore does what the command line asks for.
func (p *program) restore(c *cobra.Command, s config.Config, r restoring) error {
	open := func() (*os.File, error) { return openFile(r.path) }
	f, err := open()
	if err != nil {
		return err
	}
	defer f.Close()
	size := int64(0)
	if info, err := f.Stat(); err == nil {
		size = info.Size()
	}
	bar := progress.New(p.Err, "restore", size)
	defer bar.Close()
	if r.dryRun && !r.verify {
		m, err := backup.Check(c.Context(), bar.Reader(f), r.identities)
		bar.Close()
		if err != nil {
			return err
		}
		return printManifest(c, "the archive is whole", m)
	}
	if !r.dryRun {
		if err := emptyTarget(c.Context(), Config{Config: s}); err != nil {
			return err
		}
	}
	var done Restored
	if r.verify {
		if done, err = restoreScratch(c.Context(), s, open, r.identities, bar); err != nil {
			return err
		}
	}
	if !r.dryRun {
		if done, err = restoreInto(c.Context(), Config{Config: s}, open, r.identities, r.verify, bar); err != nil {
			return err
		}
	}
	bar.Close()
	word := "restored"
	if r.dryRun {
		word = "restored into a scratch folder"
	}
	if r.verify {
		word += ", compared and found equal"
	}
	return printManifest(c, word, done.Manifest)
}

// restoreScratch restores into a folder of its own and verifies what is there.
func restoreScratch(ctx context.Context, s config.Config, open func() (*os.File, error), identities []age.Identity, bar *progress.Bar) (out Restored, err error) {
	dir, err := os.MkdirTemp("", "noroshi-restore-")
	if err != nil {
		return out, fmt.Errorf("app: scratch folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s.Data, s.DatabaseURL, s.Blob = dir, "", config.Blob{}
	s.Audit.KeyFile = filepath.Join(dir, "audit.key")
	return restoreInto(ctx, Config{Config: s}, open, identities, true, bar)
}

// readIdentities reads a file of age identities.
func readIdentities(path string) ([]age.Identity, error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	ids, err := age.ParseIdentities(io.LimitReader(f, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("restore: %s: %w", path, err)
	}
	return ids, nil
}

// printManifest prints what an archive holds.
func printManifest(c *cobra.Command, done string, m backup.Manifest) error {
	rows := int64(0)
	for _, t := range m.Tables {
		rows += t.Count
	}
	if module.JSON(c) {
		return printJSON(c.OutOrStdout(), map[string]any{
			"done": done, "version": m.Version, "at": m.At, "tables": len(m.Tables), "rows": rows, "jobs": m.Jobs, "blobs": m.Blobs, "fingerprints": m.Fingerprints,
		})
	}
	fmt.Fprintf(c.OutOrStdout(), "%s: %d tables, %d rows, %d jobs, %d blobs, of %s by noroshi %s\n",
		done, len(m.Tables), rows, m.Jobs, m.Blobs, m.At.Format("2006-01-02 15:04:05 MST"), m.Version)
	for _, name := range sortedKeys(m.Fingerprints) {
		fmt.Fprintf(c.OutOrStdout(), "fingerprint %s %s\n", name, m.Fingerprints[name])
	}
	return nil
}
