package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// leafVersion is the form of the leaves written now.
const leafVersion = 1

// maxLeaf is the largest leaf in bytes that is written or believed.
const maxLeaf = 64 << 10

// stamp is how a leaf writes a time: UTC, always microseconds.
const stamp = "2006-01-02T15:04:05.000000Z"

// Leaf is what the tree commits to: an entry without its personal details. Its
// fields are written in this order, so that equal leaves have equal bytes.
type Leaf struct {
	Version     int               `json:"v"`
	N           int64             `json:"n"`
	At          string            `json:"at"`
	ActorKind   string            `json:"actor_kind"`
	ActorID     string            `json:"actor_id"`
	Room        string            `json:"room"`
	Op          string            `json:"op"`
	Object      string            `json:"object"`
	Outcome     string            `json:"outcome"`
	Request     string            `json:"request"`
	Commitments map[string]string `json:"commitments,omitempty"` // detail key -> base64 of SHA-256(salt, value)
}

// newLeaf returns the leaf of e as entry n at a time; salts holds the salt of
// each detail.
func newLeaf(e Entry, n int64, at time.Time, salts map[string][]byte) Leaf {
	l := Leaf{
		Version: leafVersion, N: n, At: at.UTC().Format(stamp),
		ActorKind: e.Actor.Kind, ActorID: e.Actor.ID,
		Room: e.Room, Op: e.Op, Object: e.Object, Outcome: e.Outcome, Request: e.Request,
	}
	if len(e.Details) > 0 {
		l.Commitments = make(map[string]string, len(e.Details))
		for key, value := range e.Details {
			l.Commitments[key] = commit(salts[key], value)
		}
	}
	return l
}

// commit binds a value without showing it: SHA-256 over the salt's length, the
// salt and the value. The length keeps salt and value from trading bytes.
func commit(salt []byte, value string) string {
	h := sha256.New()
	h.Write([]byte{byte(len(salt))})
	h.Write(salt)
	h.Write([]byte(value))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// encode returns the canonical bytes: fields in order, map keys sorted, no
// white space, no HTML escapes, invalid UTF-8 replaced.
func (l Leaf) encode() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(l); err != nil {
		return nil, fmt.Errorf("audit: encode leaf %d: %w", l.N, err)
	}
	data := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	if len(data) > maxLeaf {
		return nil, fmt.Errorf("audit: leaf %d has %d bytes, limit %d: put less into the entry", l.N, len(data), maxLeaf)
	}
	return data, nil
}

// ParseLeaf reads a leaf and refuses every form but the canonical one.
func ParseLeaf(data []byte) (Leaf, error) {
	if len(data) > maxLeaf {
		return Leaf{}, fmt.Errorf("audit: leaf has %d bytes, limit %d", len(data), maxLeaf)
	}
	var l Leaf
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&l); err != nil {
		return Leaf{}, fmt.Errorf("audit: leaf is not JSON of version %d: %w", leafVersion, err)
	}
	again, err := l.encode()
	if err != nil {
		return Leaf{}, err
	}
	if l.Version != leafVersion || !bytes.Equal(again, data) {
		return Leaf{}, fmt.Errorf("audit: leaf %d is not canonical", l.N)
	}
	if _, err := time.Parse(stamp, l.At); err != nil {
		return Leaf{}, fmt.Errorf("audit: leaf %d has no time: %w", l.N, err)
	}
	return l, nil
}

// Time returns when the entry was written, with microseconds, in UTC.
func (l Leaf) Time() time.Time {
	t, err := time.Parse(stamp, l.At)
	if err != nil {
		return time.Time{}
	}
	return t
}

// cleaned returns e with its outcome filled and bytes that are not UTF-8
// replaced, since the databases and JSON would each change them in their own way.
func (e Entry) cleaned() Entry {
	if e.Outcome == "" {
		e.Outcome = "ok"
	}
	for _, s := range []*string{&e.Actor.Kind, &e.Actor.ID, &e.Room, &e.Op, &e.Object, &e.Outcome, &e.Request} {
		*s = clean(*s)
	}
	if len(e.Details) == 0 {
		e.Details = nil
		return e
	}
	details := make(map[string]string, len(e.Details))
	for k, v := range e.Details {
		details[clean(k)] = clean(v)
	}
	e.Details = details
	return e
}

// clean makes text that both databases keep byte for byte: PostgreSQL refuses NUL.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
