package audit

import (
	"golang.org/x/mod/sumdb/tlog"
)

// frontier holds the right edge of a tree: for each bit set in size the hash of
// the full subtree of that level. It is all that is needed to grow the tree and
// to know its root, and it is never more than 63 hashes.
type frontier struct {
	size  int64
	level [63]tlog.Hash
}

// storedHash is one row of audit_hash.
type storedHash struct {
	index int64
	hash  tlog.Hash
}

// frontierIndexes returns where the hashes of the frontier of a tree of size
// stand in audit_hash, lowest level first.
func frontierIndexes(size int64) []int64 {
	var at []int64
	for l := 0; size>>l > 0; l++ {
		if size>>l&1 == 1 {
			at = append(at, tlog.StoredHashIndex(l, size>>l-1))
		}
	}
	return at
}

// newFrontier returns the frontier of a tree of size, its hashes taken in the
// order of frontierIndexes.
func newFrontier(size int64, hashes []tlog.Hash) frontier {
	f := frontier{size: size}
	for l := 0; size>>l > 0; l++ {
		if size>>l&1 == 1 {
			f.level[l], hashes = hashes[0], hashes[1:]
		}
	}
	return f
}

// grow adds a leaf and appends the hashes that it completes, in the order and
// with the indexes of tlog.StoredHashes.
func (f *frontier) grow(leaf []byte, to []storedHash) []storedHash {
	n, h := f.size, tlog.RecordHash(leaf)
	at := tlog.StoredHashIndex(0, n)
	to = append(to, storedHash{at, h})
	l := 0
	for ; n>>l&1 == 1; l++ {
		h = tlog.NodeHash(f.level[l], h)
		to = append(to, storedHash{at + int64(l) + 1, h})
	}
	f.level[l] = h
	f.size++
	return to
}

// root returns the tree's root hash (RFC 6962 section 2.1).
func (f *frontier) root() tlog.Hash {
	if f.size == 0 {
		h, _ := tlog.TreeHash(0, nil) // the hash of the empty tree needs no reader
		return h
	}
	var root tlog.Hash
	first := true
	for l := 0; f.size>>l > 0; l++ {
		if f.size>>l&1 == 0 {
			continue
		}
		if first {
			root, first = f.level[l], false
			continue
		}
		root = tlog.NodeHash(f.level[l], root)
	}
	return root
}
