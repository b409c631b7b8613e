package osv

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"noroshi.dev/format/internal/guard"
)

// Limits of what is read: a record with long lists of versions reaches some megabytes.
const (
	MaxBytes = 64 << 20
	MaxDepth = 32
)

// ErrKind is wrapped when the document is JSON but no OSV record.
var ErrKind = errors.New("not an OSV record")

// Read reads one record.
func Read(r io.Reader) (*Record, error) {
	var rec Record
	if err := guard.JSON(r, limits(), &rec); err != nil {
		return nil, fmt.Errorf("osv: %w", err)
	}
	if rec.ID == "" {
		return nil, fmt.Errorf("osv: no id: %w", ErrKind)
	}
	return &rec, nil
}

// ReadList reads one record, a list of records or the answer of a query ({"vulns": […]}, or {} if there are
// none).
func ReadList(r io.Reader) ([]Record, error) {
	var raw json.RawMessage
	if err := guard.JSON(r, limits(), &raw); err != nil {
		return nil, fmt.Errorf("osv: %w", err)
	}
	if bytes.HasPrefix(raw, []byte("[")) {
		return decodeList(raw)
	}
	var answer map[string]json.RawMessage
	if err := guard.DecodeJSON(raw, limits(), &answer); err != nil {
		return nil, fmt.Errorf("osv: %w", err)
	}
	if vulns, ok := answer["vulns"]; ok {
		return decodeList(vulns)
	}
	if answer != nil && len(answer) == 0 {
		return nil, nil
	}
	rec, err := Read(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	return []Record{*rec}, nil
}

func decodeList(raw []byte) ([]Record, error) {
	var list []Record
	if err := guard.DecodeJSON(raw, limits(), &list); err != nil {
		return nil, fmt.Errorf("osv: %w", err)
	}
	for i := range list {
		if list[i].ID == "" {
			return nil, fmt.Errorf("osv: entry %d has no id: %w", i+1, ErrKind)
		}
	}
	return list, nil
}

func limits() guard.Limits { return guard.Limits{Bytes: MaxBytes, Depth: MaxDepth} }
