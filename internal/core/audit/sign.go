package audit

import (
	"context"
	"fmt"
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
