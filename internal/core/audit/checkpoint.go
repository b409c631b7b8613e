package audit

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// maxCheckpoint is the largest checkpoint in bytes that is read.
const maxCheckpoint = 16 << 10

// Checkpoint is the state of the log at one size, as C2SP tlog-checkpoint
// writes it: origin, size and base64 root, one a line, then signatures.
type Checkpoint struct {
	Origin string
	Size   int64
	Root   tlog.Hash
}

// text returns the lines that are signed.
func (c Checkpoint) text() string {
	return c.Origin + "\n" + strconv.FormatInt(c.Size, 10) + "\n" + c.Root.String() + "\n"
}

// sign returns the signed checkpoint.
func (c Checkpoint) sign(signer note.Signer) ([]byte, error) {
	msg, err := note.Sign(&note.Note{Text: c.text()}, signer)
	if err != nil {
		return nil, fmt.Errorf("audit: sign checkpoint %d: %w", c.Size, err)
	}
	return msg, nil
}

// OpenCheckpoint reads a signed checkpoint and checks its signature with a
// verifier key (name+hash+base64, as the key file's .pub holds it), or with one
// of several, one a line.
func OpenCheckpoint(msg []byte, key string) (Checkpoint, error) {
	if len(msg) > maxCheckpoint {
		return Checkpoint{}, fmt.Errorf("audit: checkpoint has %d bytes, limit %d", len(msg), maxCheckpoint)
	}
	known, err := verifiers(key)
	if err != nil {
		return Checkpoint{}, err
	}
	n, err := note.Open(msg, known)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("audit: checkpoint: %w", err)
	}
	return parseCheckpoint(n.Text)
}

// parseCheckpoint reads the signed lines; lines after the third are extensions
// and are ignored, as the specification asks.
func parseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.SplitN(text, "\n", 4)
	if len(lines) < 4 || lines[0] == "" {
		return Checkpoint{}, fmt.Errorf("audit: checkpoint has %d lines, want origin, size and root", len(lines)-1)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return Checkpoint{}, fmt.Errorf("audit: checkpoint line 2: %q is not a size", lines[1])
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return Checkpoint{}, fmt.Errorf("audit: checkpoint line 3: %q is not a root hash", lines[2])
	}
	return Checkpoint{Origin: lines[0], Size: size, Root: tlog.Hash(root)}, nil
}
