package kev

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/internal/jsonlist"
)

func ExampleEach() {
	text := "cveID,vendorProject,dateAdded,cwes\nCVE-2099-1001,Example,2099-01-02,\"CWE-20, CWE-79\"\nCVE-2099-1002,Example,soon,\n"
	_, err := Each([]byte(text), func(i *Item) error {
		if i.Err != nil {
			fmt.Printf("line %d: %v\n", i.Line, i.Err)
			return nil
		}
		added, _ := i.Added()
		fmt.Println(i.ID, added.Weekday(), i.CWEs)
		return nil
	})
	fmt.Println(err)
	// Output:
	// CVE-2099-1001 Friday [CWE-20 CWE-79]
	// line 3: dateAdded is not a date YYYY-MM-DD: "soon"
	// <nil>
}

// TestPlaces: the offset is the byte of the entry in the document as it was handed in, also behind
// a byte order mark and behind empty lines.
func TestPlaces(t *testing.T) {
	t.Parallel()
	const bom = "\xef\xbb\xbf"
	for name, text := range map[string]string{
		"json":             `{"vulnerabilities": [ {"cveID":"CVE-2099-1001","dateAdded":"2099-01-02"},  {"cveID":"CVE-2099-1002","dateAdded":"2099-01-02"}]}`,
		"csv":              "cveID,dateAdded\nCVE-2099-1001,2099-01-02\nCVE-2099-1002,2099-01-02\n",
		"csv, empty lines": "cveID,dateAdded\r\n\r\n\nCVE-2099-1001,2099-01-02\r\n\r\nCVE-2099-1002,2099-01-02",
	} {
		for _, mark := range []string{"", bom} {
			t.Run(fmt.Sprintf("%s, %d bytes of mark", name, len(mark)), func(t *testing.T) {
				t.Parallel()
				whole := mark + text
				_, items := read(t, []byte(whole))
				if len(items) != 2 {
					t.Fatalf("%d items, want 2", len(items))
				}
				for i, item := range items {
					at := whole[item.Offset:]
					if item.Err != nil || at[0] != '{' && !strings.HasPrefix(at, item.ID) || strings.Index(at, fmt.Sprintf("CVE-2099-100%d", i+1)) > 12 {
						t.Errorf("item %d at byte %d, %.30q, %v", i, item.Offset, at, item.Err)
					}
				}
			})
		}
	}
}

// TestIDs: what is filed under a CVE id has the form of one, so that addresses made of it are safe.
func TestIDs(t *testing.T) {
	t.Parallel()
	for id, good := range map[string]bool{
		"CVE-2099-1001": true, "CVE-1999-0001": true, "CVE-2099-1234567890123456789": true,
		"CVE-": false, "CVE-2099-1": false, "CVE-2099-10a1": false, "cve-2099-1001": false, "CVE-2099-1001&x=y": false, " CVE-2099-1001": false, "": false,
	} {
		text, err := json.Marshal(map[string]any{"vulnerabilities": []any{map[string]string{"cveID": id, "dateAdded": "2099-01-02"}}})
		if err != nil {
			t.Fatal(err)
		}
		_, items := read(t, text)
		if got := items[0].Err == nil; got != good || !good && !errors.Is(items[0].Err, ErrID) {
			t.Errorf("%q: %v, want accepted %v", id, items[0].Err, good)
		}
	}
}

// TestBothEditions writes random catalogues in both editions and reads the same entries from them.
func TestBothEditions(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		want := make([]Entry, r.IntN(6))
		for i := range want {
			want[i] = randomEntry(r)
		}
		text, err := json.Marshal(map[string]any{"count": len(want), "catalogVersion": "1", "vulnerabilities": want})
		if err != nil {
			t.Fatal(err)
		}
		for _, data := range [][]byte{text, asCSV(r, want)} {
			_, items := read(t, data)
			got := make([]Entry, len(items))
			for i := range items {
				if got[i] = items[i].Entry; items[i].Err != nil {
					t.Fatalf("%v in %s", items[i].Err, data)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("entries (-want +got):\n%s\n%s", diff, data)
			}
		}
	}
}

func randomEntry(r *rand.Rand) Entry {
	word := func() string {
		return []string{"", "plain", "two words", `a "quoted" one`, "a,comma", "二行\nの文", "https://example.org/?a=1&b=<2>"}[r.IntN(7)]
	}
	e := Entry{
		ID: fmt.Sprintf("CVE-2099-%04d", r.IntN(1e6)), Vendor: word(), Product: word(), Name: word(), Description: word(), RequiredAction: word(), Notes: word(),
		DateAdded: time.Unix(r.Int64N(4e9), 0).UTC().Format(time.DateOnly), DueDate: "2099-02-03", Ransomware: "Unknown", CWEs: []string{},
	}
	for range r.IntN(3) {
		e.CWEs = append(e.CWEs, fmt.Sprintf("CWE-%d", r.IntN(999)))
	}
	return e
}

// asCSV writes the columns in random order, every cell quoted by hand.
func asCSV(r *rand.Rand, entries []Entry) []byte {
	names := strings.Fields("cveID vendorProject product vulnerabilityName dateAdded shortDescription requiredAction dueDate knownRansomwareCampaignUse notes cwes")
	r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	var b bytes.Buffer
	b.WriteString(strings.Join(names, ",") + "\n")
	for _, e := range entries {
		cells := map[string]string{
			"cveID": e.ID, "vendorProject": e.Vendor, "product": e.Product, "vulnerabilityName": e.Name, "dateAdded": e.DateAdded, "shortDescription": e.Description,
			"requiredAction": e.RequiredAction, "dueDate": e.DueDate, "knownRansomwareCampaignUse": e.Ransomware, "notes": e.Notes, "cwes": strings.Join(e.CWEs, ", "),
		}
		for i, name := range names {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(`"` + strings.ReplaceAll(cells[name], `"`, `""`) + `"`)
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// TestMaxEntries: exactly MaxEntries lines are read, one more is an error and is not handed over.
func TestMaxEntries(t *testing.T) {
	t.Parallel()
	line := []byte("CVE-2099-1001,2099-01-02\n")
	text := append([]byte("cveID,dateAdded\n"), bytes.Repeat(line, MaxEntries+1)...)
	for _, tc := range []struct {
		data []byte
		want error
	}{{text[:len(text)-len(line)], nil}, {text, jsonlist.ErrMany}} {
		n := 0
		_, err := Each(tc.data, func(*Item) error { n++; return nil })
		if n != MaxEntries || !errors.Is(err, tc.want) {
			t.Errorf("%d entries, %v; want %d, %v", n, err, MaxEntries, tc.want)
		}
	}
}

func TestAdded(t *testing.T) {
	t.Parallel()
	e := Entry{DateAdded: "2024-02-29"}
	if got, err := e.Added(); err != nil || !got.Equal(time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("Added() = %v, %v", got, err)
	}
	for _, date := range []string{"", "2023-02-29", "2024-2-9", "29/02/2024", "2024-02-29T00:00:00Z"} {
		e.DateAdded = date
		if got, err := e.Added(); err == nil {
			t.Errorf("Added() of %q = %v, want an error", date, got)
		}
	}
}
