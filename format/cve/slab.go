package cve

// slabs hold the elements of the lists of one record and the objects it points to, one slab for
// each type, so that the next record needs no new memory. No list of a type stands inside another
// one of the same type. A slab that grows moves; what a record has of it stays where it was.
type slabs struct {
	containers []Container
	texts      []Text
	affected   []Affected
	versions   []Version
	problems   []ProblemType
	weaknesses []Weakness
	references []Reference
	metrics    []Metric
	scores     []CVSS
	others     []Other
	words      []string
}

func (l *slabs) reset() {
	*l = slabs{
		emptied(l.containers), emptied(l.texts), emptied(l.affected), emptied(l.versions),
		emptied(l.problems), emptied(l.weaknesses), emptied(l.references), emptied(l.metrics),
		emptied(l.scores), emptied(l.others), emptied(l.words),
	}
}

// emptied returns the slab without its elements, whose strings must not be kept alive.
func emptied[T any](slab []T) []T {
	clear(slab)
	return slab[:0]
}

// list reads a list into dst, whose former content is lost; null is an empty list. The elements
// live in slab.
func list[T any](s *scanner, slab, dst *[]T, one func(*scanner, *T)) {
	*dst = nil
	if s.null() {
		return
	}
	if !s.expect('[', "want a list") || !s.enter() {
		return
	}
	from := len(*slab)
	if s.accept(']') {
		s.depth--
		return
	}
	for s.err == nil {
		var zero T
		*slab = append(*slab, zero)
		one(s, &(*slab)[len(*slab)-1])
		if s.next() == ',' {
			s.pos++
			continue
		}
		s.expect(']', "want a comma or the end of the list")
		s.depth--
		break
	}
	*dst = (*slab)[from:len(*slab):len(*slab)]
}
