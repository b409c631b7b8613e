package audit

import (
	"bytes"
	"context"

	"golang.org/x/mod/sumdb/tlog"
)

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
