package audit

import (
	"context"
	"errors"
	"fmt"

	"noroshi.dev/internal/core/storage"
)

// Verdict is the outcome of a verification; as a number it is the exit code of
// the audit verify command.
type Verdict int

// The verdicts.
const (
	Intact  Verdict = 0 // every check held
	Broken  Verdict = 1 // Report.First tells where
	Unknown Verdict = 2 // the log or the checkpoint could not be read or trusted
)

// String returns the name of the verdict.
func (v Verdict) String() string { return [...]string{"intact", "broken", "cannot tell"}[v] }

// Difference is the first thing that is not as it was written.
type Difference struct {
	N    int64  // number of the entry, or size of the checkpoint
	Kind string // "entry missing", "entry changed", "hash changed", "checkpoint missing", …
	Note string // what was found, without personal details
}

// Report says what a verification checked and found.
type Report struct {
	Verdict     Verdict
	Size        int64 // entries the log claims
	Checked     int64 // entries whose leaf, details and hashes were re-made
	Checkpoints int   // stored checkpoints that were checked
	Outside     int64 // size of the outside checkpoint; -1 if none was given
	First       Difference
}

// Options narrow a verification.
type Options struct {
	Checkpoint []byte // a checkpoint kept elsewhere; nil: only the log's own
	Key        string // verifier key; empty: the log's own, which an attacker may have replaced
	Since      int64  // first entry to re-make; the hashes before it are taken as stored
}

// broken is the error by which a check stops the walk.
type broken struct{ Difference }

// Error returns the difference in words.
func (b broken) Error() string { return fmt.Sprintf("%s at %d: %s", b.Kind, b.N, b.Note) }

func differs(n int64, kind, format string, args ...any) error {
	return broken{Difference{N: n, Kind: kind, Note: fmt.Sprintf(format, args...)}}
}

// Verify checks the log that r shows (a snapshot: storage.DB.InRead) against
// itself, its stored checkpoints and a checkpoint kept elsewhere. An error is
// returned only together with Unknown. It keeps no more than a thousand entries
// in memory. What it cannot see without an outside checkpoint: a log that was
// re-made as a whole with the signing key.
func (l *Log) Verify(ctx context.Context, r storage.Runner, checkpoint []byte, key string) (Report, error) {
	if key == "" {
		key = l.key.Public
	}
	return Verify(ctx, r, Options{Checkpoint: checkpoint, Key: key})
}

// Verify is Log.Verify for a copy of a database, without the signing key.
func Verify(ctx context.Context, r storage.Runner, o Options) (Report, error) {
	return verify(ctx, tables{r}, o)
}

func verify(ctx context.Context, s source, o Options) (Report, error) {
	w := &walk{source: s, options: o, report: Report{Outside: -1}}
	err := w.run(ctx)
	var b broken
	switch {
	case errors.As(err, &b):
		w.report.Verdict, w.report.First = Broken, b.Difference
		return w.report, nil
	case err != nil:
		w.report.Verdict = Unknown
		return w.report, fmt.Errorf("audit: verify: %w", err)
	}
	return w.report, nil
}
