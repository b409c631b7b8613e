package ssvc

import (
	"strconv"
	"strings"
	"time"
)

// Read gives the option position of every point of the tree that the vector
// names, by point position. Pairs that the tree does not know are unmapped.
func (t LegacyTree) Read(v Vector) (map[int]int, []Unmapped) {
	found := map[int]int{}
	var unmapped []Unmapped
	for _, pair := range v.Pairs {
		p := t.pointByKey(pair.Key)
		if p < 0 {
			unmapped = append(unmapped, Unmapped{Name: pair.Key, Value: pair.Value, Reason: "name"})
			continue
		}
		o := t.Points[p].optionByKey(pair.Value)
		if o < 0 {
			unmapped = append(unmapped, Unmapped{Name: pair.Key, Value: pair.Value, Reason: "value"})
			continue
		}
		found[p] = o
	}
	return found, unmapped
}

// Vector gives the vector for option positions by point position, in the
// order of the tree. Points and options without a key of their own cannot be
// written.
func (t LegacyTree) Vector(options map[int]int, at time.Time) (Vector, error) {
	v := Vector{Time: at.UTC().Format(time.RFC3339)}
	for p, point := range t.Points {
		o, ok := options[p]
		if !ok {
			continue
		}
		if o < 0 || o >= len(point.Options) {
			return Vector{}, fail("legacy tree point "+quote(point.Label), "has no option "+strconv.Itoa(o), "use a position of its options")
		}
		if point.Key == "" || point.Options[o].Key == "" {
			return Vector{}, fail("legacy tree point "+quote(point.Label), "has no key for the vector form", "add keys to the tree")
		}
		pair := VectorPair{point.Key, point.Options[o].Key}
		if _, ok := vectorPair(pair.Key + ":" + pair.Value); !ok || t.pointByKey(pair.Key) != p || point.optionByKey(pair.Value) != o {
			return Vector{}, fail("legacy tree point "+quote(point.Label), "has keys that the vector form cannot tell apart", "give points and options keys of their own, of one or two letters or digits")
		}
		v.Pairs = append(v.Pairs, pair)
	}
	return v, nil
}

func (t LegacyTree) pointByKey(key string) int {
	for i, p := range t.Points {
		if p.Key == key {
			return i
		}
	}
	for i, p := range t.Points {
		if p.Key != "" && strings.EqualFold(p.Key, key) {
			return i
		}
	}
	return -1
}

func (p LegacyPoint) optionByKey(key string) int {
	for i, o := range p.Options {
		if o.Key == key {
			return i
		}
	}
	for i, o := range p.Options {
		if o.Key != "" && strings.EqualFold(o.Key, key) {
			return i
		}
	}
	return -1
}
