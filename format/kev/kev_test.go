package kev

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/testkit"
)

func read(t testing.TB, data []byte) (Catalog, []Item) {
	t.Helper()
	var items []Item
	catalog, err := Each(data, func(i *Item) error {
		items = append(items, *i)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return catalog, items
}

func TestCatalogue(t *testing.T) {
	t.Parallel()
	fromJSON, err := os.ReadFile(testkit.Shared(t, "data/kev/known_exploited_vulnerabilities.json"))
	if err != nil {
		t.Fatal(err)
	}
	fromCSV, err := os.ReadFile(testkit.Shared(t, "data/kev/known_exploited_vulnerabilities.csv"))
	if err != nil {
		t.Fatal(err)
	}
	catalog, items := read(t, fromJSON)
	want := Catalog{"CISA Catalog of Known Exploited Vulnerabilities", "2025.08.25", "2025-08-25T17:04:19.9796Z", 1404}
	if catalog != want || len(items) != catalog.Count {
		t.Errorf("catalog = %+v with %d items", catalog, len(items))
	}
	_, rows := read(t, fromCSV)
	if len(rows) != len(items) {
		t.Fatalf("CSV has %d rows", len(rows))
	}
	without, known := 0, 0
	for i := range items {
		if items[i].Err != nil || rows[i].Err != nil {
			t.Fatalf("item %d: %v, %v", i, items[i].Err, rows[i].Err)
		}
		if diff := cmp.Diff(items[i].Entry, rows[i].Entry); diff != "" {
			t.Fatalf("item %d (-JSON +CSV):\n%s", i, diff)
		}
		if len(items[i].CWEs) == 0 {
			without++
		}
		if items[i].Ransomware == "Known" {
			known++
		}
	}
	if without != 152 || known != 293 {
		t.Errorf("%d without CWE, %d known ransomware, want 152, 293", without, known)
	}
	if first, last := items[0].DateAdded, items[len(items)-1].DateAdded; first != "2025-08-25" || last > first {
		t.Errorf("dates from %s to %s", last, first)
	}
}

func TestWrongEntries(t *testing.T) {
	t.Parallel()
	_, items := read(t, []byte(`{"vulnerabilities":[{"cveID":"CVE-2099-1001","dateAdded":"2099-01-02"},{"cveID":7},{"cveID":"X-1","dateAdded":"2099-01-02"},{"cveID":"CVE-2099-1002","dateAdded":"soon"},{"cveID":"CVE-2099-1003","dateAdded":"2099-01-03"}]}`))
	checkErrors(t, items)
	_, rows := read(t, []byte("\xef\xbb\xbfdateAdded,cveID,cwes\n2099-01-02,CVE-2099-1001,\n2099-01-02\n2099-01-02,X-1,\nsoon,CVE-2099-1002,\n2099-01-03,CVE-2099-1003,\"CWE-1, CWE-2\"\n"))
	checkErrors(t, rows)
	if rows[1].Line != 3 || rows[4].Line != 6 || !cmp.Equal(rows[4].CWEs, []string{"CWE-1", "CWE-2"}) {
		t.Errorf("rows = %+v", rows)
	}
}

func checkErrors(t *testing.T, items []Item) {
	t.Helper()
	if len(items) != 5 {
		t.Fatalf("%d items, want 5", len(items))
	}
	for i, want := range []error{nil, nil, ErrID, ErrDate, nil} {
		if wrong := i > 0 && i < 4; (items[i].Err != nil) != wrong || want != nil && !errors.Is(items[i].Err, want) {
			t.Errorf("item %d: %v, want %v", i, items[i].Err, want)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"empty": "", "no header": "a,b\n1,2\n", "no date": "cveID,x\n", "column twice": "cveID,dateAdded,x,x\n",
		"cut": `{"vulnerabilities":[{"cveID":`, "list": "[]", "count is a text": `{"count":"many"}`,
	} {
		if _, err := Each([]byte(text), func(*Item) error { return nil }); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := Each(make([]byte, MaxSize+1), nil); !errors.Is(err, ErrTooLarge) {
		t.Errorf("large: %v", err)
	}
	stop := errors.New("stop")
	if _, err := Each([]byte("cveID,dateAdded\nCVE-2099-1001,2099-01-01\nCVE-2099-1001,2099-01-01\n"), func(*Item) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("stop: %v", err)
	}
}

func FuzzEach(f *testing.F) {
	f.Add([]byte(`{"catalogVersion":"1","count":1,"vulnerabilities":[{"cveID":"CVE-2099-1001","dateAdded":"2099-01-02","cwes":["CWE-1"]}]}`))
	f.Add([]byte("cveID,dateAdded,cwes\nCVE-2099-1001,2099-01-02,\"CWE-1, CWE-2\"\n\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = Each(data, func(i *Item) error {
			if i.Err == nil && !strings.HasPrefix(i.ID, "CVE-") {
				t.Fatalf("id %q", i.ID)
			}
			return nil
		})
	})
}
