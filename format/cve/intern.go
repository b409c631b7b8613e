package cve

import (
	"encoding/binary"
)

// internTable keeps short strings that came before, because a feed repeats a few thousand words
// (statuses, languages, vendors, CWE ids) without end. It has a fixed size; a new string takes
// the place of the old one.
type internTable [1 << 11]string

// internMax is the length up to which strings are kept: a CVSS 3.1 vector has 44 bytes.
const internMax = 48

func (t *internTable) string(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if t == nil || len(b) > internMax {
		return string(b)
	}
	slot := &t[mix(b)%uint64(len(t))]
	if *slot != string(b) {
		*slot = string(b)
	}
	return *slot
}

// mix hashes the length, the beginning, the middle and the end of b, which is what words of a
// feed differ in; a collision costs an allocation and nothing else.
func mix(b []byte) uint64 {
	const k = 0x9e3779b97f4a7c15
	n := len(b)
	h := uint64(n) * k
	if n < 8 {
		for _, c := range b {
			h = (h ^ uint64(c)) * k
		}
		return h >> 32
	}
	h = (h ^ binary.LittleEndian.Uint64(b)) * k
	h = (h>>29 ^ h ^ binary.LittleEndian.Uint64(b[(n-8)/2:])) * k
	h = (h>>29 ^ h ^ binary.LittleEndian.Uint64(b[n-8:])) * k
	return h >> 32
}
