package backup

import (
	"errors"
	"fmt"
	"regexp"
	"time"
)

// Form is the version of the archive's form that this package writes and reads.
const Form = 1

// Names of the members with one fixed name.
const (
	headerName     = "header.json"
	manifestName   = "manifest.json"
	jobsName       = "jobs.jsonl"
	checkpointName = "audit/checkpoint.txt"
	keyName        = "audit/key.pub"
	configName     = "config.yaml"
)

// Limits of what a restore reads, in bytes.
const (
	maxSmall = 16 << 20  // a member that is held in memory, other than rows
	maxChunk = 256 << 20 // one member of rows; Write begins a new one after chunkSize
	maxList  = 1 << 30   // the manifest of a store with millions of blobs
)

// chunkSize is the size in bytes after which Write begins a new member of rows.
const chunkSize = 8 << 20

var (
	tableMember = regexp.MustCompile(`^table/([a-z][a-z0-9_]{0,62})/[0-9]{4,}\.jsonl$`)
	blobMember  = regexp.MustCompile(`^blob/([0-9a-f]{64})$`)
)

// Header is the first member: what a reader must know before all else.
type Header struct {
	Form    int              `json:"form"`
	Version string           `json:"version"` // of noroshi
	At      time.Time        `json:"at"`
	Dialect string           `json:"dialect"` // sqlite or postgres
	Schemas map[string]int64 `json:"schemas"` // version of the tables of each part
}

// Member is one file of the archive.
type Member struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Manifest is the last member: what the archive holds.
type Manifest struct {
	Header
	Tables       []Table           `json:"tables"`
	Jobs         int64             `json:"jobs"`
	Blobs        int64             `json:"blobs"`
	Fingerprints map[string]string `json:"fingerprints,omitempty"` // of each room, left out if the house changed meanwhile
	Members      []Member          `json:"members"`
}

// ErrBroken is wrapped by every error that says that the archive itself is not whole.
var ErrBroken = errors.New("the archive is not whole")

func broken(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrBroken, fmt.Sprintf(format, args...))
}

// check compares the manifest with the members that were read.
func (m Manifest) check(header Header, seen []Member) error {
	if m.Form != header.Form || m.Version != header.Version || !m.At.Equal(header.At) {
		return broken("manifest and header are not of one backup")
	}
	if len(m.Members) != len(seen) {
		return broken("the manifest lists %d members, %d were read", len(m.Members), len(seen))
	}
	for i, want := range m.Members {
		if seen[i] != want {
			return broken("member %s has size %d and SHA-256 %s, the manifest says %s, %d and %s", seen[i].Name, seen[i].Size, seen[i].SHA256, want.Name, want.Size, want.SHA256)
		}
	}
	return nil
}
