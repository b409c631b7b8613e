package kengine

import (
	"archive/tar"
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"flag"
	"hash/fnv"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"noroshi.dev/internal/kengine/intake"
	"noroshi.dev/internal/testkit"
)

// writeDemo makes TestDemoSelection write demo/records.tar.gz and demo/kev.json anew:
//
//	go test ./internal/kengine -run TestDemoSelection -write-demo ARCHIVE-FOLDER
//
// where the folder holds the unpacked archive of Vulnrichment.
var writeDemo = flag.String("write-demo", "", "folder of records from which the demo is chosen anew")

const (
	demoRecords = 320
	demoKEV     = 90 // of them known to be exploited
)

// TestDemoSelection chooses the records of the demo: the newest ones that are known to be
// exploited, then a sample that a hash of the id draws, each cut down to what the product reads.
// Without the flag it checks what is embedded.
func TestDemoSelection(t *testing.T) {
	if *writeDemo == "" {
		checkDemo(t)
		return
	}
	var chosen []string
	kev := catalogue(t)
	for _, r := range candidatesOf(t, *writeDemo, kev) {
		if len(chosen) < demoRecords {
			chosen = append(chosen, r)
		}
	}
	slices.Sort(chosen)
	writeArchive(t, chosen)
	writeKEV(t, kev, chosen)
}

// candidatesOf returns the files in the order in which they are chosen.
func candidatesOf(t *testing.T, folder string, kev map[string]json.RawMessage) []string {
	t.Helper()
	type candidate struct {
		file string
		kev  bool
		draw uint64
	}
	var all []candidate
	for batch, err := range intake.Read(t.Context(), intake.Source{Name: folder}, intake.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		for i := range batch.Records {
			r := &batch.Records[i]
			if r.State != intake.Published || len(r.Products) == 0 || r.Published.Year() < 2019 {
				continue
			}
			h := fnv.New64a()
			_, _ = h.Write([]byte(r.ID))
			all = append(all, candidate{r.Origin.Member, kev[r.ID] != nil, h.Sum64()})
		}
	}
	slices.SortFunc(all, func(a, b candidate) int { return cmp.Compare(a.draw, b.draw) })
	var first, rest []string
	for _, c := range all {
		if c.kev && len(first) < demoKEV {
			first = append(first, c.file)
		} else if !c.kev {
			rest = append(rest, c.file)
		}
	}
	return append(first, rest...)
}

// catalogue returns the entries of the KEV catalogue by id.
func catalogue(t *testing.T) map[string]json.RawMessage {
	t.Helper()
	var doc struct {
		Vulnerabilities []json.RawMessage `json:"vulnerabilities"`
	}
	data, err := os.ReadFile(testkit.Shared(t, kevJSON))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	out := map[string]json.RawMessage{}
	for _, raw := range doc.Vulnerabilities {
		var e struct {
			ID string `json:"cveID"`
		}
		if err := json.Unmarshal(raw, &e); err != nil {
			t.Fatal(err)
		}
		out[e.ID] = raw
	}
	return out
}

func writeArchive(t *testing.T, files []string) {
	t.Helper()
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(z)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		record := slim(t, data)
		err = w.WriteHeader(&tar.Header{
			Name: path.Base(file), Mode: 0o644, Size: int64(len(record)), ModTime: time.Unix(0, 0), Format: tar.FormatUSTAR,
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(record); err != nil {
			t.Fatal(err)
		}
	}
	if err := cmp.Or(w.Close(), z.Close(), os.WriteFile("demo/records.tar.gz", out.Bytes(), 0o644)); err != nil {
		t.Fatal(err)
	}
}

// slim takes from a record what no reader of ours looks at.
func slim(t *testing.T, data []byte) []byte {
	t.Helper()
	var record map[string]any
	if err := json.Unmarshal(data, &record); err != nil {
		t.Fatal(err)
	}
	drop(record)
	out, err := json.Marshal(record)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func drop(v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			if strings.HasPrefix(name, "x_") || name == "credits" || name == "supportingMedia" {
				delete(v, name)
				continue
			}
			drop(inner)
		}
	case []any:
		for _, inner := range v {
			drop(inner)
		}
	}
}

func writeKEV(t *testing.T, kev map[string]json.RawMessage, files []string) {
	t.Helper()
	var entries []json.RawMessage
	for _, file := range files {
		if e := kev[strings.TrimSuffix(path.Base(file), ".json")]; e != nil {
			entries = append(entries, e)
		}
	}
	doc := map[string]any{
		"title": "Excerpt of the CISA Catalog of Known Exploited Vulnerabilities", "catalogVersion": "2025.08.25",
		"dateReleased": "2025-08-25T17:04:19.9796Z", "count": len(entries), "vulnerabilities": entries,
	}
	out, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("demo/kev.json", out, 0o644); err != nil {
		t.Fatal(err)
	}
}

// checkDemo reads the embedded records: all are readable, real and attributed, and small enough.
func checkDemo(t *testing.T) {
	t.Helper()
	records, exploited := 0, 0
	for _, name := range []string{"demo/records.tar.gz", "demo/kev.json"} {
		data, err := demoFiles.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if len(data) > 1_500_000 {
			t.Errorf("%s has %d bytes, at most 1.5 MB", name, len(data))
		}
		for batch, err := range intake.Read(t.Context(), intake.Source{Name: name, R: bytes.NewReader(data)}, intake.Options{}) {
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range batch.Refusals {
				t.Errorf("%s: %v", name, r.Error())
			}
			for i := range batch.Records {
				if batch.Records[i].Kind == intake.KindKEV {
					exploited++
				} else {
					records++
				}
			}
		}
	}
	if records != demoRecords || exploited != demoKEV {
		t.Errorf("%d records, %d known to be exploited; want %d and %d", records, exploited, demoRecords, demoKEV)
	}
	text, err := demoFiles.ReadFile("demo/ATTRIBUTION.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"cisagov/vulnrichment", "cisagov/kev-data", "CC0", "CVE"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("ATTRIBUTION.md does not name %s", want)
		}
	}
}
