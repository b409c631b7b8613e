package dtree

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
)

// Limits of an encoded tree.
const (
	MaxEncoded = 64 << 20 // bytes
	MaxNodes   = 1 << 20
)

// ErrTree is wrapped by every error about an encoded tree.
var ErrTree = errors.New("tree")

// Decode reads a tree that Encode wrote, and checks that every question and every way of it is sound.
func Decode(b []byte) (*Tree, error) {
	if len(b) > MaxEncoded {
		return nil, fmt.Errorf("dtree: %w: %d bytes, at most %d are read", ErrTree, len(b), MaxEncoded)
	}
	e := encoded{Tree: &Tree{}}
	in := json.NewDecoder(bytes.NewReader(b))
	in.DisallowUnknownFields()
	if err := in.Decode(&e); err != nil {
		return nil, fmt.Errorf("dtree: %w: %w", ErrTree, err)
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("dtree: %w: something follows the tree", ErrTree)
	}
	if e.Format != format {
		return nil, fmt.Errorf("dtree: %w: format %.40q, not %q", ErrTree, e.Format, format)
	}
	if err := e.check(); err != nil {
		return nil, err
	}
	return e.Tree, nil
}

// check says what makes a tree unsound.
func (t *Tree) check() error {
	if err := t.Schema.Check(); err != nil {
		return err
	}
	if err := (Options{Cost: t.Cost, Unknown: t.Unknown}).Check(t.Schema); err != nil {
		return err
	}
	if len(t.Nodes) == 0 || len(t.Nodes) > MaxNodes {
		return fmt.Errorf("dtree: %w: %d nodes, between 1 and %d are possible", ErrTree, len(t.Nodes), MaxNodes)
	}
	end, err := t.checkBelow(make([]uint64, len(t.Schema.Attributes)), 0, -1, 0)
	if err != nil {
		return err
	}
	if end != len(t.Nodes) {
		return fmt.Errorf("dtree: %w: node %d belongs to nothing", ErrTree, end)
	}
	return nil
}

// maxDepth is the longest path that a decoded tree may have.
const maxDepth = 10_000

// checkBelow checks node i and all below it, and returns the index behind the last one. gone holds the values of
// each attribute that the path excludes.
func (t *Tree) checkBelow(gone []uint64, i, parent, depth int) (int, error) {
	bad := func(what string) (int, error) {
		return 0, fmt.Errorf("dtree: %w: node %d: %s", ErrTree, i, what)
	}
	if i >= len(t.Nodes) {
		return bad("missing")
	}
	n := &t.Nodes[i]
	switch {
	case n.Parent != parent || n.Depth != depth || depth > maxDepth:
		return bad("out of place")
	case n.Class < 0 || n.Class >= len(t.Schema.Classes) || len(n.Counts) != len(t.Schema.Classes):
		return bad("a class that the schema does not have")
	case !sound(n):
		return bad("counts and weight disagree")
	case n.Attribute < -1 || n.Attribute >= len(t.Schema.Attributes):
		return bad("a fact that the schema does not have")
	case n.Leaf():
		if n.Left|n.Right != 0 || n.LeftChild != -1 || n.RightChild != -1 || n.Threshold != -1 || n.Missing != SideBoth {
			return bad("a leaf with branches")
		}
		return i + 1, nil
	}
	a := &t.Schema.Attributes[n.Attribute]
	was := gone[n.Attribute]
	switch {
	case n.Left&n.Right != 0 || n.Left|n.Right != a.All()&^was:
		return bad("branches that share or lose a value")
	case n.Missing > SideRight || n.Threshold < -1 || n.Threshold >= len(a.Values) || n.Threshold >= 0 && !a.Ordinal:
		return bad("a threshold or a side that cannot be")
	case n.Threshold >= 0 && n.Left != a.All()&^was&allOf(n.Threshold+1):
		return bad("a threshold that does not fit its values")
	case n.LeftChild != i+1:
		return bad("the left child is not the next node")
	}
	gone[n.Attribute] = was | n.Right
	end, err := t.checkBelow(gone, i+1, i, depth+1)
	if err != nil {
		return 0, err
	}
	if n.RightChild != end {
		return bad("the right child is not behind the left branch")
	}
	gone[n.Attribute] = was | n.Left
	end, err = t.checkBelow(gone, end, i, depth+1)
	gone[n.Attribute] = was
	return end, err
}

func sound(n *Node) bool {
	all := 0.0
	for _, x := range n.Counts {
		if !(x >= 0 && x <= math.MaxFloat64) {
			return false
		}
		all += x
	}
	return math.Abs(all-n.Weight) <= 1e-6*max(1, all) && n.Prior >= 0 && n.Prior <= maxWeight
}
