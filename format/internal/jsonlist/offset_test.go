package jsonlist

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// The decoder counted only the bytes of values, so that the place of a fault lay too early.
func TestOffsetsOfFaultsWithinValues(t *testing.T) {
	t.Parallel()
	for name, doc := range map[string]string{
		"in an element":                 `{"a": 1, "list": [1,    2, {?}]}`,
		"in the first element":          `{"list": [?]}`,
		"in an element behind blanks":   "{\"list\": [1,\n\n\t {\"a\": ?}]}",
		"in a head":                     `{"a": [[[[1]]]], "b": {"c": ?}}`,
		"in a head behind the list":     `{"list": [1, 2, 3], "b": ?}`,
		"a word that is cut by a brace": `{"list": [1 , tru?]}`,
		"a control character in a text": "{\"list\": [1, \"a?\"]}",
		"a name without quotes":         `{"a": 1, ?: 2}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := int64(strings.IndexByte(doc, '?'))
			if strings.Contains(name, "control") {
				doc = strings.ReplaceAll(doc, "?", "\x01")
			}
			_, err := walk(doc, 10)
			var place *Error
			if !errors.As(err, &place) || place.Offset != want {
				t.Errorf("Each() = %v, want byte %d", err, want)
			}
			if !strings.HasSuffix(err.Error(), fmt.Sprintf(" at byte %d", want)) {
				t.Errorf("the text is %q", err)
			}
		})
	}
}

// Documents with one wrong byte: the place is the one that a reading of the whole document finds.
func TestOffsetsAgreeWithAReadingOfTheWhole(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(2, 3))
	compared := 0
	for range 3000 {
		var elements []string
		for range 1 + r.IntN(4) {
			elements = append(elements, []string{`1`, ` {"x": [1, {}]}`, `"a,]b"`, "\n null", `[ ]`, `-1.5e3 `}[r.IntN(6)])
		}
		doc := []byte(`{"a": {"b":1}, "list": [` + strings.Join(elements, ",") + `] , "c": "x"}`)
		doc[r.IntN(len(doc))] = []byte("?\x02xX")[r.IntN(4)]
		var syntax *json.SyntaxError
		var whole any
		if !errors.As(json.Unmarshal(doc, &whole), &syntax) || strings.HasPrefix(syntax.Error(), "unexpected end") {
			continue // the byte stood in a text, or took its end away
		}
		var place *Error
		if _, err := walk(string(doc), 100); !errors.As(err, &place) {
			t.Fatalf("%s is accepted", doc)
		}
		compared++
		// Between values the tokens know less than the whole: there the place may be the token's begin.
		if d := syntax.Offset - 1 - place.Offset; d < 0 || d > 2 {
			t.Fatalf("%q: byte %d, a reading of the whole says %d (%v)", doc, place.Offset, syntax.Offset-1, syntax)
		}
	}
	if compared < 1000 {
		t.Errorf("only %d documents were compared", compared)
	}
}

// Each element is handed over with the byte at which it begins.
func TestOffsetsOfElements(t *testing.T) {
	t.Parallel()
	doc := []byte("{\"x\": [1],\n \"list\": [ 1 ,{\"a\": 2},\n\t\"b\" , [3]] }")
	n := 0
	err := Each(doc, "list", 10, func(string, json.RawMessage) error { return nil }, func(offset int64, value json.RawMessage) error {
		n++
		if got := string(doc[offset : int(offset)+len(value)]); got != string(value) {
			t.Errorf("element %d at byte %d is %s, want %s", n, offset, got, value)
		}
		return nil
	})
	if err != nil || n != 4 {
		t.Errorf("Each() = %v after %d elements", err, n)
	}
}

func TestLimitIsTheLargestNumber(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]error{0: nil, 2: nil, 3: nil, 4: ErrMany} {
		doc := `{"list": [` + strings.TrimSuffix(strings.Repeat("1,", n), ",") + `]}`
		if _, err := walk(doc, 3); !errors.Is(err, want) {
			t.Errorf("%d elements of 3: %v, want %v", n, err, want)
		}
	}
}

func ExampleEach() {
	doc := []byte(`{"version": "1", "list": [{"id": "a"}, {"id": "b"}]}`)
	err := Each(doc, "list", 1000,
		func(name string, value json.RawMessage) error {
			fmt.Printf("%s is %s\n", name, value)
			return nil
		},
		func(offset int64, value json.RawMessage) error {
			fmt.Printf("byte %d: %s\n", offset, value)
			return nil
		})
	fmt.Println(err)
	// Output:
	// version is "1"
	// byte 26: {"id": "a"}
	// byte 39: {"id": "b"}
	// <nil>
}
