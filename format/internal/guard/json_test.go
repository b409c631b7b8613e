package guard

import (
	"errors"
	"strings"
	"testing"
)

func TestJSON(t *testing.T) {
	t.Parallel()
	var v struct{ A []int }
	if err := JSON(strings.NewReader("\xef\xbb\xbf{\"a\": [1, 2]}"), limits(), &v); err != nil || len(v.A) != 2 {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestJSONErrorsHavePlaces(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		doc          string
		line, column int
		want         error
	}{
		"syntax":      {"{\n  \"a\": ,}", 2, 8, nil},
		"cut":         {"{\n\"a\": [1", 2, 8, nil},
		"wrong type":  {"{\n\"a\": \"x\"}", 2, 9, nil},
		"deep":        {"[[[\n[[1]]]]]", 2, 2, ErrLimit},
		"text behind": {"{}\n\nx", 3, 1, nil},
	} {
		var v struct{ A []int }
		err := JSON(strings.NewReader(tt.doc), limits(), &v)
		var placed *Error
		if !errors.As(err, &placed) || placed.Line != tt.line || tt.want != nil && !errors.Is(err, tt.want) {
			t.Errorf("%s: err = %v, want line %d, %v", name, err, tt.line, tt.want)
			continue
		}
		if placed.Column != tt.column {
			t.Errorf("%s: column %d, want %d", name, placed.Column, tt.column)
		}
	}
	if err := JSON(strings.NewReader(strings.Repeat(" ", 1<<16+1)), limits(), new(int)); !errors.Is(err, ErrLimit) {
		t.Errorf("too large: %v, want ErrLimit", err)
	}
}

// Brackets within texts are no nesting.
func TestDepthIgnoresTexts(t *testing.T) {
	t.Parallel()
	var v string
	if err := JSON(strings.NewReader(`"[[[[[[[[\"{{{{{{\\"`), limits(), &v); err != nil {
		t.Error(err)
	}
}
