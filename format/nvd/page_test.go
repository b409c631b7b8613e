package nvd

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func ExampleEach() {
	answer := `{"resultsPerPage":1,"startIndex":0,"totalResults":3,"vulnerabilities":[{"cve":{"id":"CVE-2099-1001","vulnStatus":"Rejected"}}]}`
	page, err := Each([]byte(answer), func(i *Item) error {
		fmt.Println(i.ID, i.Status == StatusRejected)
		return nil
	})
	next, more := page.Next()
	fmt.Println(next, more, err)
	// Output:
	// CVE-2099-1001 true
	// 1 true <nil>
}

// TestNextAdvances: whatever numbers an answer claims, the walk goes forward or ends.
func TestNextAdvances(t *testing.T) {
	t.Parallel()
	numbers := []int{math.MinInt, -2000, -1, 0, 1, 2000, math.MaxInt - 1, math.MaxInt}
	for _, start := range numbers {
		for _, size := range numbers {
			for _, total := range numbers {
				p := Page{StartIndex: start, ResultsPerPage: size, TotalResults: total}
				if next, more := p.Next(); more && (next <= start || next >= total || start < 0) {
					t.Errorf("Next(%+v) = %d, true", p, next)
				}
			}
		}
	}
	// A whole walk visits every page once.
	visited := 0
	for p := (Page{ResultsPerPage: 2000, TotalResults: 9001}); ; visited++ {
		next, more := p.Next()
		if !more {
			break
		}
		p.StartIndex = next
	}
	if visited != 4 {
		t.Errorf("%d further pages of 9001 results, want 4", visited)
	}
}

func TestIDs(t *testing.T) {
	t.Parallel()
	for id, good := range map[string]bool{"CVE-2099-1001": true, "CVE-": false, "CVE-2099-1": false, "CVE-2099-1001/../x": false, "": false} {
		text := `{"vulnerabilities":[{"cve":{"id":` + quoted(t, id) + `}}]}`
		_, err := Each([]byte(text), func(i *Item) error {
			if (i.Err == nil) != good || !good && !errors.Is(i.Err, ErrID) {
				t.Errorf("%q: %v, want accepted %v", id, i.Err, good)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	for _, text := range []string{`{"vulnerabilities":[{}]}`, `{"vulnerabilities":[{"cve":null}]}`, `{"vulnerabilities":[null]}`} {
		_, err := Each([]byte(text), func(i *Item) error {
			if !errors.Is(i.Err, ErrID) {
				t.Errorf("%s: %v, want ErrID", text, i.Err)
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func quoted(t *testing.T, s string) string {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestOffsetBehindMark: places are those of the document as handed in.
func TestOffsetBehindMark(t *testing.T) {
	t.Parallel()
	text := "\xef\xbb\xbf" + page
	_, err := Each([]byte(text), func(i *Item) error {
		if !strings.HasPrefix(text[i.Offset:], `{"cve":`) {
			t.Errorf("offset %d is at %.20q", i.Offset, text[i.Offset:])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAllIsACopy: the list of all scores can be changed without changing the vulnerability.
func TestAllIsACopy(t *testing.T) {
	t.Parallel()
	m := Metrics{V31: make([]Metric, 1, 4), V2: []Metric{{Source: "two"}}}
	all := m.All()
	all[0].Source = "changed"
	if d := cmp.Diff(Metrics{V31: []Metric{{}}, V2: []Metric{{Source: "two"}}}, m); d != "" {
		t.Errorf("metrics changed (-want +got):\n%s", d)
	}
}

func TestStop(t *testing.T) {
	t.Parallel()
	stop, n := errors.New("stop"), 0
	if _, err := Each([]byte(page), func(*Item) error { n++; return stop }); !errors.Is(err, stop) || n != 1 {
		t.Errorf("%v after %d items", err, n)
	}
}
