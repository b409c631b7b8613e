package audit

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

// When a new checkpoint is due: this long or this many entries after the last.
const (
	CheckpointEvery   = 10 * time.Second
	CheckpointEntries = 1000
)

// Witness keeps a checkpoint in a place that who edits the database does not
// reach: a file on another disk, syslog, a mail, a second server. It must be
// durable when it returns nil.
type Witness func(ctx context.Context, checkpoint []byte) error

// FileWitness keeps the newest checkpoint in a file, replaced as a whole.
func FileWitness(path string) Witness {
	return func(_ context.Context, checkpoint []byte) error {
		if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, checkpoint) {
			return nil
		}
		return replaceFile(path, checkpoint, 0o644)
	}
}

// Checkpoint signs the present state of the log, stores it and hands it to the
// witnesses. Without new entries it returns the newest checkpoint again. It
// refuses to sign a tree that contradicts the checkpoint before.
func (l *Log) Checkpoint(ctx context.Context) ([]byte, error) {
	var msg []byte
	err := l.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		f, err := lockHead(ctx, tx)
		if err != nil {
			return err
		}
		last, lastMsg, err := l.newest(ctx, tx)
		if err != nil {
			return err
		}
		if lastMsg != nil && last.Size == f.size {
			msg = lastMsg
			return l.agrees(ctx, tx, last)
		}
		if lastMsg != nil {
			if err := l.agrees(ctx, tx, last); err != nil {
				return err
			}
		}
		c := Checkpoint{Origin: l.key.Signer.Name(), Size: f.size, Root: f.root()}
		if msg, err = c.sign(l.key.Signer); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO audit_checkpoint (size, at, note) VALUES (?, ?, ?)`,
			c.Size, storage.At(tx.Now()), string(msg))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("audit: checkpoint: %w", err)
	}
	for _, w := range l.witnesses {
		if err := w(ctx, msg); err != nil {
			return msg, fmt.Errorf("audit: witness: %w", err)
		}
	}
	return msg, nil
}

// newest returns the newest stored checkpoint, or nil bytes where there is none.
func (l *Log) newest(ctx context.Context, r storage.Runner) (Checkpoint, []byte, error) {
	rows, err := storage.List(ctx, r, scanCheckpoint,
		`SELECT size, note FROM audit_checkpoint ORDER BY size DESC LIMIT 1`)
	if err != nil || len(rows) == 0 {
		return Checkpoint{}, nil, err
	}
	c, err := OpenCheckpoint([]byte(rows[0].note), l.key.Public)
	if err != nil {
		return Checkpoint{}, nil, err
	}
	return c, []byte(rows[0].note), nil
}

// agrees checks that the stored tree at the size of c has the root that c signed.
func (l *Log) agrees(ctx context.Context, r storage.Runner, c Checkpoint) error {
	f, err := loadFrontier(ctx, r, c.Size)
	if err != nil {
		return err
	}
	if f.root() != c.Root {
		return fault.New(fault.Conflict, "audit.contradiction", strconv.FormatInt(c.Size, 10)).Hinted("audit.run_verify")
	}
	return nil
}

// State tells how far the log and its newest checkpoint are.
type State struct {
	Size       int64     // entries
	Signed     int64     // entries under the newest checkpoint
	SignedAt   time.Time // zero: no checkpoint yet
	Checkpoint string    // the signed note
}

// State returns the size of the log and its newest checkpoint.
func (l *Log) State(ctx context.Context, r storage.Runner) (State, error) {
	var s State
	if err := r.QueryRowContext(ctx, `SELECT size FROM audit_head WHERE id = 1`).Scan(&s.Size); err != nil {
		return State{}, fmt.Errorf("audit: state: %w", err)
	}
	rows, err := storage.List(ctx, r, func(scan func(...any) error) (State, error) {
		var c State
		var at storage.Time
		err := scan(&c.Signed, &at, &c.Checkpoint)
		c.SignedAt = at.Time
		return c, err
	}, `SELECT size, at, note FROM audit_checkpoint ORDER BY size DESC LIMIT 1`)
	if err != nil {
		return State{}, fmt.Errorf("audit: state: %w", err)
	}
	if len(rows) == 1 {
		rows[0].Size = s.Size
		return rows[0], nil
	}
	return s, nil
}

// Run makes checkpoints while they are due until ctx ends, and a last one then.
// The failed func hears of each error; Run goes on, since entries are safe
// without a checkpoint and the next one covers them.
func (l *Log) Run(ctx context.Context, failed func(error)) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	last := time.Now()
	for {
		select {
		case <-ctx.Done():
			end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			if _, err := l.Checkpoint(end); err != nil {
				failed(err)
			}
			return
		case <-tick.C:
		}
		s, err := l.State(ctx, l.db.Read())
		if err != nil {
			failed(err)
			continue
		}
		waiting := s.Size - s.Signed
		if waiting == 0 || waiting < CheckpointEntries && time.Since(last) < CheckpointEvery {
			continue
		}
		last = time.Now()
		if _, err := l.Checkpoint(ctx); err != nil {
			failed(err)
		}
	}
}
