package csaf

import (
	"errors"
	"fmt"
	"io"

	"noroshi.dev/format/internal/guard"
)

// Limits of a document. Advisories of large distributors reach some tens of megabytes; the
// standard allows branches to nest 30 deep in 2.1 and sets no limit in 2.0.
const (
	MaxBytes = 64 << 20
	MaxDepth = 256
	// MaxReferences is how many references to products the groups of a document may stand for.
	MaxReferences = 5_000_000
)

// ErrVersion is wrapped when the document is JSON but not CSAF 2.0 or 2.1.
var ErrVersion = errors.New("not a CSAF 2.0 or 2.1 document")

// Read reads one document. Faults of syntax and wrong types are refused with line and column.
func Read(r io.Reader) (*Document, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("csaf: read: %w", err)
	}
	return Parse(data)
}

// Parse is Read on bytes that are already in memory.
func Parse(data []byte) (*Document, error) {
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("csaf: document larger than %d bytes: %w", MaxBytes, guard.ErrLimit)
	}
	var raw rawRoot
	if err := guard.DecodeJSON(data, guard.Limits{Bytes: MaxBytes, Depth: MaxDepth}, &raw); err != nil {
		return nil, fmt.Errorf("csaf: %w", err)
	}
	if v := raw.Document.Version; v != "2.0" && v != "2.1" {
		return nil, fmt.Errorf("csaf: document.csaf_version is %q: %w", v, ErrVersion)
	}
	return raw.document()
}
