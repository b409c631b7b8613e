// Package id makes identifiers: UUIDv7 (RFC 9562) for rows, which sort by the
// time they were made, and random public numbers and tokens that tell nothing.
package id

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"io"
	"strings"
	"sync"
	"time"
)

// Source makes identifiers from a stream of random bytes. It is safe for
// concurrent use. The zero value is not usable; see New and Seeded.
type Source struct {
	mu     sync.Mutex
	random io.Reader
	now    func() time.Time
	last   uint64 // milliseconds and counter of the last UUID, 48 + 12 bits
}

// New returns a source with the randomness of the operating system.
func New(now func() time.Time) *Source { return &Source{random: rand.Reader, now: now} }

// Seeded returns a source over a given stream, for demo data and tests.
func Seeded(random io.Reader, now func() time.Time) *Source {
	return &Source{random: random, now: now}
}

// UUID returns a version 7 UUID: 48 bits of milliseconds, a 12-bit counter that
// keeps order within a millisecond, 62 random bits.
func (s *Source) UUID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := uint64(s.now().UnixMilli()) << 12
	if at <= s.last {
		at = s.last + 1
	}
	s.last = at
	var b [16]byte
	s.fill(b[8:])
	binary.BigEndian.PutUint64(b[:8], at>>12<<16|0x7000|at&0xfff)
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// Token returns a secret of n random bytes in lower-case base32 without padding
// (5 bits a character), fit for links, cookies and API tokens.
func (s *Source) Token(n int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := make([]byte, n)
	s.fill(b)
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b))
}

// Number returns a random public number of the given count of decimal digits,
// the first of them not zero, so that neither order nor count can be guessed.
func (s *Source) Number(digits int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]byte, 0, digits)
	for len(out) < digits {
		var b [1]byte
		s.fill(b[:])
		if d := b[0] % 16; d < 10 && (d > 0 || len(out) > 0) {
			out = append(out, '0'+d)
		}
	}
	return string(out)
}

// fill reads random bytes; a machine without randomness must not go on.
func (s *Source) fill(b []byte) {
	if _, err := io.ReadFull(s.random, b); err != nil {
		panic("id: no randomness: " + err.Error())
	}
}
