package audit

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

// proofHeader is the first line of a proof file, as C2SP tlog-proof has it.
const proofHeader = "c2sp.org/tlog-proof@v1"

// maxProof is the largest proof file in bytes that is read.
const maxProof = 256 << 10

// Prove returns a file that shows anybody with the public key that entry n is
// in the log: C2SP tlog-proof with the leaf in its extra line. It makes a
// checkpoint where none covers n yet. Fault: NotFound.
func (l *Log) Prove(ctx context.Context, n int64) ([]byte, error) {
	r := l.db.Read()
	c, msg, err := l.newest(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("audit: prove %d: %w", n, err)
	}
	if msg == nil || n >= c.Size {
		if msg, err = l.Checkpoint(ctx); err != nil {
			return nil, err
		}
		if c, err = OpenCheckpoint(msg, l.key.Public); err != nil {
			return nil, err
		}
	}
	if n < 0 || n >= c.Size {
		return nil, fault.New(fault.NotFound, "audit.entry", strconv.FormatInt(n, 10))
	}
	row, err := storage.One(ctx, r, "audit.entry", strconv.FormatInt(n, 10), scanEntry,
		`SELECT `+entryColumns+` FROM audit_entry WHERE n = ?`, n)
	if err != nil {
		return nil, err
	}
	proof, err := tlog.ProveRecord(c.Size, n, hashReader{ctx, r})
	if err != nil {
		return nil, fmt.Errorf("audit: prove %d: %w", n, err)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\nextra %s\nindex %d\n", proofHeader, base64.StdEncoding.EncodeToString([]byte(row.leaf)), n)
	for _, h := range proof {
		fmt.Fprintln(&b, h)
	}
	b.WriteString("\n")
	b.Write(msg)
	return b.Bytes(), nil
}

// CheckProof verifies a proof file with a verifier key and returns the leaf and
// the checkpoint that it is part of.
func CheckProof(file []byte, key string) (Leaf, Checkpoint, error) {
	if len(file) > maxProof {
		return Leaf{}, Checkpoint{}, fmt.Errorf("audit: proof has %d bytes, limit %d", len(file), maxProof)
	}
	head, msg, ok := strings.Cut(string(file), "\n\n")
	if !ok {
		return Leaf{}, Checkpoint{}, errors.New("audit: proof has no checkpoint after a blank line")
	}
	data, n, hashes, err := parseProof(head)
	if err != nil {
		return Leaf{}, Checkpoint{}, err
	}
	c, err := OpenCheckpoint([]byte(msg), key)
	if err != nil {
		return Leaf{}, Checkpoint{}, err
	}
	if err := tlog.CheckRecord(hashes, c.Size, c.Root, n, tlog.RecordHash(data)); err != nil {
		return Leaf{}, Checkpoint{}, fmt.Errorf("audit: proof of entry %d: %w", n, err)
	}
	leaf, err := ParseLeaf(data)
	if err != nil {
		return Leaf{}, Checkpoint{}, err
	}
	if leaf.N != n {
		return Leaf{}, Checkpoint{}, fmt.Errorf("audit: proof of entry %d holds leaf %d", n, leaf.N)
	}
	return leaf, c, nil
}

// parseProof reads the lines above the checkpoint.
func parseProof(head string) (leaf []byte, n int64, hashes tlog.RecordProof, err error) {
	lines := strings.Split(head, "\n")
	if len(lines) < 3 || lines[0] != proofHeader {
		return nil, 0, nil, fmt.Errorf("audit: proof line 1: want %q", proofHeader)
	}
	extra, ok := strings.CutPrefix(lines[1], "extra ")
	if !ok {
		return nil, 0, nil, errors.New("audit: proof line 2: want the leaf as \"extra BASE64\"")
	}
	if leaf, err = base64.StdEncoding.Strict().DecodeString(extra); err != nil {
		return nil, 0, nil, fmt.Errorf("audit: proof line 2: %w", err)
	}
	index, ok := strings.CutPrefix(lines[2], "index ")
	if n, err = strconv.ParseInt(index, 10, 64); !ok || err != nil || n < 0 {
		return nil, 0, nil, errors.New("audit: proof line 3: want \"index NUMBER\"")
	}
	if len(lines) > 3+64 {
		return nil, 0, nil, fmt.Errorf("audit: proof has %d hashes, limit 64", len(lines)-3)
	}
	for i, line := range lines[3:] {
		h, err := tlog.ParseHash(line)
		if err != nil {
			return nil, 0, nil, fmt.Errorf("audit: proof line %d: %q is not a hash", i+4, line)
		}
		hashes = append(hashes, h)
	}
	return leaf, n, hashes, nil
}
