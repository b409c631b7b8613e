package cve

import (
	"encoding/binary"
)

// internTable keeps short strings that came before, because a feed repeats a few thousand words
// (statuses, languages, vendors, CWE ids) without end. It has a fixed size. A string takes its
// place when it comes for the second time, so that dates and links, which come once, drive no
// word out.
type internTable [1 << 11]internSlot

type internSlot struct {
	word string
	last uint64 // hash of the last other string of this place
}

// internMax is the length up to which strings are kept: a CVSS 3.1 vector has 44 bytes.
const internMax = 48

func (t *internTable) string(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if t == nil || len(b) > internMax {
		return string(b)
	}
	hash := mix(b)
	slot := &t[hash%uint64(len(t))]
	switch {
	case slot.word == string(b):
		return slot.word
	case slot.last == hash:
		slot.word = string(b)
		return slot.word
	}
	slot.last = hash
	return string(b)
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
