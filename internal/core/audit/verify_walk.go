package audit

import (
	"context"
	"errors"
)

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
