package cve

// raw returns the next value as written, a part of the document.
func (s *scanner) raw(dst *[]byte) {
	s.next()
	from := s.pos
	s.skip()
	if s.err == nil {
		*dst = s.data[from:s.pos:s.pos]
	}
}

// skip consumes one value of any kind.
func (s *scanner) skip() {
	switch c := s.next(); c {
	case '"':
		s.pos++
		s.rest()
	case '{':
		members(s, s, skipField)
	case '[':
		elements(s, (*scanner).skip)
	case 't':
		s.literal("true")
	case 'f':
		s.literal("false")
	case 'n':
		s.literal("null")
	default:
		s.number()
	}
}

func skipField(s *scanner, _ *scanner, _ []byte) { s.skip() }

// members reads an object; field is called with every name and must consume the value.
func members[T any](s *scanner, dst *T, field func(*scanner, *T, []byte)) {
	if !s.expect('{', "want an object") || !s.enter() {
		return
	}
	if s.accept('}') {
		s.depth--
		return
	}
	for s.err == nil {
		name, escaped := s.quoted()
		if escaped && s.err == nil {
			name = unescape(nil, name)
		}
		if !s.expect(':', "want a colon") {
			return
		}
		field(s, dst, name)
		if s.next() == ',' {
			s.pos++
			continue
		}
		s.expect('}', "want a comma or the end of the object")
		s.depth--
		return
	}
}

// object reads an object into dst, whose former content is lost: of members with the same name the
// last one counts, whole.
func object[T any](s *scanner, dst *T, field func(*scanner, *T, []byte)) {
	var zero T
	*dst = zero
	members(s, dst, field)
}

// elements reads a list; one is called at every element and must consume it.
func elements(s *scanner, one func(*scanner)) {
	if !s.expect('[', "want a list") || !s.enter() {
		return
	}
	if s.accept(']') {
		s.depth--
		return
	}
	for s.err == nil {
		one(s)
		if s.next() == ',' {
			s.pos++
			continue
		}
		s.expect(']', "want a comma or the end of the list")
		s.depth--
		return
	}
}

// member reads an object that may be absent into a new T of slab; null is none.
func member[T any](s *scanner, slab *[]T, dst **T, field func(*scanner, *T, []byte)) {
	*dst = nil
	if s.null() {
		return
	}
	var zero T
	*slab = append(*slab, zero)
	*dst = &(*slab)[len(*slab)-1]
	members(s, *dst, field)
}
