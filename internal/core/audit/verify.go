package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

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

// walk re-makes the tree from the rows, entry by entry.
type walk struct {
	source  source
	options Options
	report  Report
	tree    frontier
	marks   []Checkpoint // checkpoints to be met, in order of size
}

// verifyPage is how many entries are held in memory at once.
const verifyPage = 1000

func (w *walk) run(ctx context.Context) error {
	var outside *Checkpoint
	if w.options.Checkpoint != nil {
		c, err := OpenCheckpoint(w.options.Checkpoint, w.options.Key)
		if err != nil {
			return err
		}
		outside, w.report.Outside = &c, c.Size
	}
	size, err := w.source.head(ctx)
	if err != nil {
		return err
	}
	w.report.Size = size
	if outside != nil && outside.Size > size {
		return differs(size, "log shorter than checkpoint", "the checkpoint kept elsewhere covers %d entries, the log has %d", outside.Size, size)
	}
	if err := w.start(ctx); err != nil {
		return err
	}
	if err := w.readMarks(ctx, outside); err != nil {
		return err
	}
	for w.tree.size < size {
		if err := w.page(ctx, min(w.tree.size+verifyPage, size)); err != nil {
			return err
		}
	}
	return w.end(ctx)
}

// start takes the stored right edge where only later entries are to be re-made.
func (w *walk) start(ctx context.Context) error {
	since := min(w.options.Since, w.report.Size)
	if since <= 0 {
		return nil
	}
	t, ok := w.source.(tables)
	if !ok {
		return errors.New("a partial check needs a database")
	}
	var err error
	w.tree, err = loadFrontier(ctx, t.r, since)
	return err
}

// readMarks opens the stored checkpoints. The outside one must be among them:
// it was stored before it was given out, so its absence means a deletion.
func (w *walk) readMarks(ctx context.Context, outside *Checkpoint) error {
	rows, err := w.source.checkpoints(ctx)
	if err != nil {
		return err
	}
	found := outside == nil
	for _, row := range rows {
		c, err := OpenCheckpoint([]byte(row.note), w.options.Key)
		if err != nil {
			return differs(row.size, "checkpoint not signed", "the stored checkpoint is not signed by the key given")
		}
		switch {
		case c.Size != row.size:
			return differs(row.size, "checkpoint changed", "stored under size %d, signed for size %d", row.size, c.Size)
		case c.Size > w.report.Size:
			return differs(c.Size, "log shorter than checkpoint", "a stored checkpoint covers %d entries, the log has %d", c.Size, w.report.Size)
		case outside != nil && c.Size == outside.Size:
			if c.Root != outside.Root {
				return differs(c.Size, "checkpoint changed", "stored and outside checkpoint of one size have different roots")
			}
			found = true
		}
		if c.Size >= w.tree.size {
			w.marks = append(w.marks, c)
		}
	}
	if !found {
		return differs(outside.Size, "checkpoint missing", "the checkpoint kept elsewhere is not among the stored ones")
	}
	w.report.Checkpoints = len(w.marks)
	return w.meet()
}

// meet compares the tree with the checkpoints of its present size.
func (w *walk) meet() error {
	for len(w.marks) > 0 && w.marks[0].Size == w.tree.size {
		if w.marks[0].Root != w.tree.root() {
			return differs(w.tree.size, "tree contradicts checkpoint", "the entries below %d do not give the signed root", w.tree.size)
		}
		w.marks = w.marks[1:]
	}
	return nil
}

// page checks the entries up to a number.
func (w *walk) page(ctx context.Context, to int64) error {
	p, err := w.source.page(ctx, w.tree.size, to)
	if err != nil {
		return err
	}
	var stored []storedHash
	for w.tree.size < to {
		n := w.tree.size
		if len(p.entries) == 0 || p.entries[0].n != n {
			return differs(n, "entry missing", "there is no entry %d", n)
		}
		row := p.entries[0]
		p.entries = p.entries[1:]
		cut := 0
		for cut < len(p.details) && p.details[cut].n == n {
			cut++
		}
		if err := checkEntry(row, p.details[:cut]); err != nil {
			return err
		}
		p.details = p.details[cut:]
		stored = w.tree.grow([]byte(row.leaf), stored[:0])
		if p.hashes, err = checkHashes(n, stored, p.hashes); err != nil {
			return err
		}
		w.report.Checked++
		if err := w.meet(); err != nil {
			return err
		}
	}
	return nil
}

// end looks for rows that stand outside of the log.
func (w *walk) end(ctx context.Context) error {
	p, err := w.source.page(ctx, w.report.Size, -1)
	if err != nil {
		return err
	}
	switch {
	case len(p.entries) > 0:
		return differs(p.entries[0].n, "entry added", "the log ends at %d entries", w.report.Size)
	case len(p.hashes) > 0:
		return differs(w.report.Size, "hash added", "hash %d stands after the end of the log", p.hashes[0].index)
	case len(p.details) > 0:
		return differs(p.details[0].n, "detail added", "the log ends at %d entries", w.report.Size)
	}
	return nil
}

// checkEntry compares a row with its leaf and the details with the commitments.
// A detail may be absent: that is how a person is erased.
func checkEntry(row entryRow, details []detailRow) error {
	leaf, err := ParseLeaf([]byte(row.leaf))
	if err != nil {
		return differs(row.n, "leaf changed", "the leaf is not in canonical form")
	}
	want := Leaf{
		Version: leafVersion, N: row.n, At: row.at.UTC().Format(stamp), ActorKind: row.actorKind, ActorID: row.actorID,
		Room: row.room, Op: row.op, Object: row.object, Outcome: row.outcome, Request: row.request,
		Commitments: leaf.Commitments,
	}
	data, err := want.encode()
	if err != nil || string(data) != row.leaf {
		return differs(row.n, "entry changed", "columns and leaf differ")
	}
	for _, d := range details {
		c, ok := leaf.Commitments[d.key]
		if !ok {
			return differs(row.n, "detail added", "the leaf commits to no detail %q", d.key)
		}
		if c != commit(d.salt, d.value) {
			return differs(row.n, "detail changed", "detail %q is not what the leaf commits to", d.key)
		}
	}
	return nil
}

// checkHashes compares re-made hashes with the stored ones and returns the rest.
func checkHashes(n int64, want []storedHash, rows []hashRow) ([]hashRow, error) {
	for _, h := range want {
		if len(rows) == 0 || rows[0].index != h.index {
			return nil, differs(n, "hash missing", "hash %d is not stored", h.index)
		}
		if len(rows[0].hash) != tlog.HashSize || !bytes.Equal(rows[0].hash, h.hash[:]) {
			return nil, differs(n, "hash changed", "hash %d is not that of the entries", h.index)
		}
		rows = rows[1:]
	}
	return rows, nil
}
