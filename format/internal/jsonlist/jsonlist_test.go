package jsonlist

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func walk(text string, limit int) (string, error) {
	var seen []string
	err := Each([]byte(text), "list", limit,
		func(name string, value json.RawMessage) error {
			seen = append(seen, fmt.Sprintf("%s=%s", name, value))
			return nil
		},
		func(offset int64, value json.RawMessage) error {
			seen = append(seen, fmt.Sprintf("%d:%s", offset, value))
			if string(value) == `"stop"` {
				return errors.ErrUnsupported
			}
			return nil
		})
	return strings.Join(seen, " "), err
}

func TestEach(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"heads and elements", `{"a":1,"list":[1, {"x":[]} ,"s"],"b":null}`, `a=1 15:1 18:{"x":[]} 28:"s" b=null`},
		{"no list", `{"a":{"list":[1]}}`, `a={"list":[1]}`},
		{"null list", `{"list":null}`, ``},
		{"empty", ` {} `, ``},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := walk(tt.text, 10)
			if err != nil || got != tt.want {
				t.Errorf("Each() = %s, %v, want %s", got, err, tt.want)
			}
		})
	}
}

func TestEachRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		offset     int64
		want       error
	}{
		{"a list", `[1]`, 1, ErrShape},
		{"list is a text", `{"list":"x"}`, 11, nil},
		{"cut in an element", `{"list":[1,{"a":`, -1, nil},
		{"cut after an element", `{"list":[1`, -1, nil},
		{"cut", `{"a":1`, -1, nil},
		{"text behind", `{"a":1} x`, 8, nil},
		{"too many", `{"list":[1,2,3,4]}`, -1, ErrMany},
		{"syntax", `{"list":[1,?]}`, -1, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := walk(tt.text, 3)
			var place *Error
			if !errors.As(err, &place) || tt.want != nil && !errors.Is(err, tt.want) {
				t.Fatalf("Each() = %v, want an *Error with %v", err, tt.want)
			}
			if at, line := place.Place(); tt.offset >= 0 && at != tt.offset || line != 0 || at < 0 || at > int64(len(tt.text)) {
				t.Errorf("Place() = %d, %d, want %d", at, line, tt.offset)
			}
		})
	}
	if got, err := walk(`{"list":[1,"stop",2]}`, 9); !errors.Is(err, errors.ErrUnsupported) || strings.Contains(got, ":2") {
		t.Errorf("after an error: %s, %v", got, err)
	}
}

func FuzzEach(f *testing.F) {
	f.Add(`{"a":1,"list":[1,{"x":[]},"s"],"b":null}`)
	f.Add(`{"list":[`)
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := walk(text, 100); err == nil && !json.Valid([]byte(text)) {
			t.Fatalf("accepted %q", text)
		}
	})
}
