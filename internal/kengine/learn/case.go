package learn

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"noroshi.dev/internal/kengine/decide"
)

// Case is one ruling of the past with what was known then.
type Case struct {
	// ID names the case for people and orders equal cases.
	ID string
	// Inputs is what was known, by the columns of the inputs of the model; the empty set is unknown, and
	// missing columns are unknown too.
	Inputs []decide.Set
	// Outcome is the position of the ruled value in the outcome fact.
	Outcome int
	// Analyst is who ruled; empty: unknown.
	Analyst string
	At      time.Time
	// Weight is how many cases it stands for; 0 means one.
	Weight float64
}

func (c *Case) weight() float64 {
	if c.Weight <= 0 {
		return 1
	}
	return c.Weight
}

// sorted gives cases in an order that depends on nothing but what they say.
func sorted(cases []Case) []Case {
	out := slices.Clone(cases)
	slices.SortStableFunc(out, func(a, b Case) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.ID, b.ID), slices.Compare(a.Inputs, b.Inputs), cmp.Compare(a.Outcome, b.Outcome),
			strings.Compare(a.Analyst, b.Analyst), cmp.Compare(a.Weight, b.Weight))
	})
	return out
}

// Hash gives the SHA-256 of a history in hex: equal histories have equal hashes in whatever order.
func Hash(cases []Case) string {
	h := sha256.New()
	var b []byte
	text := func(s string) {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	for _, c := range sorted(cases) {
		b = b[:0]
		text(c.ID)
		b = binary.AppendUvarint(b, uint64(len(c.Inputs)))
		for _, s := range c.Inputs {
			b = binary.AppendUvarint(b, uint64(s))
		}
		b = binary.AppendVarint(b, int64(c.Outcome))
		text(c.Analyst)
		b = binary.AppendVarint(b, c.At.UnixMicro())
		b = binary.AppendUvarint(b, uint64(c.weight()*1000))
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil))
}
