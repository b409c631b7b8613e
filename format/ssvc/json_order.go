package ssvc

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// pair and ordered keep the order of a JSON object, which encoding/json's maps
// lose; duplicates are refused because the later one would win in silence.
type pair struct{ name, value string }

type orderedString []pair

type ordered []namedPoint

func orderedColumns(cols []Column) ordered {
	o := make(ordered, len(cols))
	for i, c := range cols {
		o[i] = namedPoint{c.Ref, c.Point.wire()}
	}
	return o
}

func (o ordered) columns(place string) ([]Column, error) {
	if len(o) > MaxPoints {
		return nil, fail(place, "more than "+strconv.Itoa(MaxPoints)+" decision points", "split it")
	}
	cols := make([]Column, len(o))
	for i, n := range o {
		p, err := n.point.point()
		if err != nil {
			return nil, err
		}
		cols[i] = Column{Ref: n.name, Point: p}
	}
	return cols, nil
}

// UnmarshalJSON reads an object of decision points in its order.
func (o *ordered) UnmarshalJSON(data []byte) error {
	return eachMember(data, func(dec *json.Decoder, name string) error {
		var p wirePoint
		if err := dec.Decode(&p); err != nil {
			return err
		}
		*o = append(*o, namedPoint{name, p})
		return nil
	})
}

// MarshalJSON writes the decision points in their order.
func (o ordered) MarshalJSON() ([]byte, error) {
	return writeMembers(len(o), func(i int) (string, any) { return o[i].name, o[i].point })
}

// UnmarshalJSON reads a flat object of strings in its order.
func (o *orderedString) UnmarshalJSON(data []byte) error {
	return eachMember(data, func(dec *json.Decoder, name string) error {
		var v string
		if err := dec.Decode(&v); err != nil {
			return err
		}
		*o = append(*o, pair{name, v})
		return nil
	})
}

// MarshalJSON writes the pairs in their order.
func (o orderedString) MarshalJSON() ([]byte, error) {
	return writeMembers(len(o), func(i int) (string, any) { return o[i].name, o[i].value })
}

func eachMember(data []byte, read func(*json.Decoder, string) error) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	tok, err := dec.Token()
	if err != nil {
		return err
	}
	if tok != json.Delim('{') {
		return fail("byte 0", "an object is expected", "write { … }")
	}
	seen := map[string]bool{}
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return err
		}
		name, _ := tok.(string)
		if seen[name] {
			return fail("member "+quote(name), "occurs twice", "keep one")
		}
		if seen[name] = true; len(seen) > maxObjects {
			return fail("member "+quote(name), "more than "+strconv.Itoa(maxObjects)+" members", "split the document")
		}
		if err := read(dec, name); err != nil {
			return err
		}
	}
	return nil
}

func writeMembers(n int, member func(int) (string, any)) ([]byte, error) {
	var buf bytes.Buffer
	buf.WriteByte('{')
	for i := range n {
		if i > 0 {
			buf.WriteByte(',')
		}
		name, value := member(i)
		for j, v := range []any{name, value} {
			if j == 1 {
				buf.WriteByte(':')
			}
			enc := json.NewEncoder(&buf)
			enc.SetEscapeHTML(false)
			if err := enc.Encode(v); err != nil {
				return nil, err
			}
		}
	}
	buf.WriteByte('}')
	return buf.Bytes(), nil
}
