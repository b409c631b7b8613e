package epss

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func read(t testing.TB, text string) (Head, []Item, error) {
	t.Helper()
	var items []Item
	head, err := Each([]byte(text), func(i *Item) error {
		items = append(items, *i)
		return nil
	})
	return head, items, err
}

func TestCSV(t *testing.T) {
	t.Parallel()
	const date = "2026-01-02T12:55:00+0000"
	text := "#model_version:v2025.03.14,score_date:" + date + "\r\ncve,epss,percentile\r\nCVE-2099-1001,0.00043,0.11\r\n\r\nCVE-2099-1002,1.0,1\r\n"
	head, items, err := read(t, text)
	if err != nil || head != (Head{"v2025.03.14", date}) {
		t.Fatalf("head = %+v, %v", head, err)
	}
	want := []Item{
		{Score: Score{"CVE-2099-1001", 0.00043, 0.11, "0.00043", date}, Offset: int64(strings.Index(text, "CVE-2099-1001")), Line: 3},
		{Score: Score{"CVE-2099-1002", 1, 1, "1.0", date}, Offset: int64(strings.Index(text, "CVE-2099-1002")), Line: 5},
	}
	if diff := cmp.Diff(want, items); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
}

func TestColumnsInAnyOrder(t *testing.T) {
	t.Parallel()
	_, items, err := read(t, "\xef\xbb\xbf\"epss\",\"model\",\"cve\"\n0.5,v4,\"CVE-2099-1001\"\n")
	if err != nil || len(items) != 1 || items[0].ID != "CVE-2099-1001" || items[0].Probability != 0.5 || items[0].Percentile != 0 {
		t.Errorf("items = %+v, %v", items, err)
	}
}

func TestAPI(t *testing.T) {
	t.Parallel()
	_, items, err := read(t, `{"status":"OK","status-code":200,"version":"1.0","access":"public","total":2,"offset":0,"limit":100,
"data":[{"cve":"CVE-2099-1001","epss":"0.09029","percentile":"0.94031","date":"2026-01-02"},{"cve":"CVE-2099-1002","epss":0.5}]}`)
	if err != nil || len(items) != 2 || items[1].Err == nil {
		t.Fatalf("items = %+v, %v, want the second wrong", items, err)
	}
	if diff := cmp.Diff(Score{"CVE-2099-1001", 0.09029, 0.94031, "0.09029", "2026-01-02"}, items[0].Score); diff != "" {
		t.Errorf("score (-want +got):\n%s", diff)
	}
}

func TestWrongLines(t *testing.T) {
	t.Parallel()
	_, items, err := read(t, "cve,epss,percentile\nX,0.1,0.1\nCVE-2099-1001,1.1,0.1\nCVE-2099-1001,NaN,0.1\nCVE-2099-1001,-0.1,0.1\nCVE-2099-1001\nCVE-2099-1001,0.1,x\nCVE-2099-1001,0.1,0.1\n")
	if err != nil || len(items) != 7 {
		t.Fatalf("%d items, %v", len(items), err)
	}
	for i, want := range []error{ErrID, ErrNumber, ErrNumber, ErrNumber, ErrNumber, ErrNumber, nil} {
		if !errors.Is(items[i].Err, want) {
			t.Errorf("line %d: %v, want %v", items[i].Line, items[i].Err, want)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "#model_version:x\n", "a,b\n", "cve,x\n", `{"data":[`} {
		if _, _, err := read(t, text); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
	if _, _, err := read(t, "a,b\n"); !errors.Is(err, ErrHeader) {
		t.Errorf("no header: %v", err)
	}
}

func TestTime(t *testing.T) {
	t.Parallel()
	want := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2026-01-02T12:00:00+0000": want, "2026-01-02T12:00:00Z": want, "2026-01-02T21:00:00+09:00": want,
		"2026-01-02": want.Add(-12 * time.Hour), "": {}, "soon": {},
	} {
		if got := Time(text); !got.Equal(want) {
			t.Errorf("Time(%q) = %v, want %v", text, got, want)
		}
	}
}

func FuzzEach(f *testing.F) {
	f.Add("#model_version:v1,score_date:2026-01-02\ncve,epss,percentile\nCVE-2099-1001,0.1,0.2\n")
	f.Add(`{"data":[{"cve":"CVE-2099-1001","epss":"0.09029","percentile":"0.94031"}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		_, items, _ := read(t, text)
		for _, i := range items {
			if i.Err == nil && !(i.Probability >= 0 && i.Probability <= 1) {
				t.Fatalf("probability %v", i.Probability)
			}
		}
	})
}
