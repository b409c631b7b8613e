package lines

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestEach(t *testing.T) {
	t.Parallel()
	var w Walk
	var seen []string
	err := w.Each(strings.NewReader("\ufeffa\r\n\n \t\nb\t\nbad\nskip\nend\nnever\n"), 16, func(line string) (bool, error) {
		seen = append(seen, line)
		if line == "bad" {
			return false, errors.New("is bad")
		}
		return line != "skip", nil
	}, func() error {
		if w.Held == 3 {
			return errors.New("enough")
		}
		return nil
	})
	if err == nil || err.Error() != "line 7: enough" {
		t.Errorf("ended with %v", err)
	}
	if got := fmt.Sprintf("%q", seen); got != `["a" "b\t" "bad" "skip" "end"]` {
		t.Errorf("lines %s", got)
	}
	if w.Held != 3 || w.Refused != 1 || len(w.Problems) != 1 || w.Problems[0].Line != 5 {
		t.Errorf("%+v", w)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	var w Walk
	none := func() error { return nil }
	bad := func(string) (bool, error) { return false, errors.New("bad") }
	if err := w.Each(strings.NewReader("x\n"+strings.Repeat("y", 17)), 16, bad, none); err == nil || !strings.HasPrefix(err.Error(), "line 2: ") {
		t.Errorf("a long line: %v", err)
	}
	w = Walk{}
	if err := w.Each(strings.NewReader(strings.Repeat("x\n", 1000)), 16, bad, none); err != nil || w.Refused != 1000 || len(w.Problems) != maxProblems {
		t.Errorf("%d refused, %d told, %v", w.Refused, len(w.Problems), err)
	}
}
