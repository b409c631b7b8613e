package intake

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/csaf"
	"noroshi.dev/format/cve"
	"noroshi.dev/format/cvss"
)

// TestExactLimits: what is exactly at a limit is delivered, one more is not and ends or is refused.
func TestExactLimits(t *testing.T) {
	t.Parallel()
	files := made(5)
	size := int64(len(files[0].body)) // all have the same
	pack := func() Source { return Source{Name: "in", R: bytes.NewReader(packTarOf(t, files...))} }
	for _, tc := range []struct {
		name    string
		opt     Options
		records int
		want    error
	}{
		{"members", Options{MaxMembers: 5}, 5, nil},
		{"members and one", Options{MaxMembers: 4}, 4, ErrLimit},
		{"bytes", Options{MaxBytes: 5 * size}, 5, nil},
		{"bytes and one", Options{MaxBytes: 5*size - 1}, 4, ErrLimit},
		{"member", Options{MaxMember: size}, 5, nil},
	} {
		if n, err := lastError(pack(), tc.opt); n != tc.records || !errors.Is(err, tc.want) {
			t.Errorf("%s: %d records, %v; want %d, %v", tc.name, n, err, tc.records, tc.want)
		}
	}
	records, refusals := readAll(t, pack(), Options{MaxMember: size - 1})
	if len(records) != 0 || len(refusals) != 5 || refusals[0].Reason != ReasonTooLarge || refusals[0].Args["limit"] != size-1 {
		t.Errorf("member and one: %v, %v; want five refusals", ids(records), reasons(refusals))
	}
	// A container may be larger than the largest document.
	inner := packTarOf(t, files...)
	if records, refusals = readAll(t, Source{Name: "in", R: bytes.NewReader(packZipOf(t, file{"a.tar", string(inner)}))}, Options{MaxMember: size}); len(records) != 5 || len(refusals) != 0 {
		t.Errorf("a container above MaxMember: %v, %v", ids(records), reasons(refusals))
	}
}

// TestOptionsDefaults: zero and negative numbers mean the defaults, but for MaxDepth.
func TestOptionsDefaults(t *testing.T) {
	t.Parallel()
	want := Options{Workers: 3, MaxBytes: 64 << 30, MaxMember: 256 << 20, MaxMembers: 4_000_000, MaxRatio: 400, MaxDepth: 1, BatchRecords: 256}
	if got := (Options{}).withDefaults(3); got != want {
		t.Errorf("defaults %+v", got)
	}
	want.MaxDepth = -1
	if got := (Options{-1, -1, -1, -1, -1, -1, -1}).withDefaults(3); got != want {
		t.Errorf("negative: %+v", got)
	}
	own := Options{1, 2, 3, 4, 5, 6, 7}
	if got := own.withDefaults(3); got != own {
		t.Errorf("given: %+v", got)
	}
}

// TestSameStream: whatever the number of workers and the size of batches, the stream is the same.
func TestSameStream(t *testing.T) {
	t.Parallel()
	files := made(300)
	files[7].body, files[100].body = "{", "cve,epss\nCVE-2099-10001,0.5\nX,1\n"
	data := packZstdOf(t, packTarOf(t, files...))
	var records []Record
	var refusals []string
	for i, opt := range []Options{{Workers: 1, BatchRecords: 1}, {Workers: 2, BatchRecords: 7}, {Workers: 8}, {Workers: 3, BatchRecords: 1000}} {
		got, refused := readAll(t, Source{Name: "in", R: bytes.NewReader(data)}, opt)
		if i == 0 {
			records, refusals = got, reasons(refused)
			if len(records) != 299 || len(refusals) != 2 {
				t.Fatalf("%d records, %v", len(records), refusals)
			}
		}
		if diff := cmp.Diff(records, got, ignoreRank()); diff != "" {
			t.Errorf("%+v: records differ:\n%.400s", opt, diff)
		}
		if diff := cmp.Diff(refusals, reasons(refused)); diff != "" {
			t.Errorf("%+v: refusals differ:\n%s", opt, diff)
		}
	}
}

// TestReadsInParallel: readings share nothing.
func TestReadsInParallel(t *testing.T) {
	t.Parallel()
	data := packTarOf(t, made(40)...)
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			n := 0
			for b, err := range Read(context.Background(), Source{Name: "in", R: bytes.NewReader(data)}, Options{Workers: 2}) {
				if err != nil {
					t.Error(err)
					return
				}
				n += len(b.Records)
			}
			if n != 40 {
				t.Errorf("%d records, want 40", n)
			}
		})
	}
	all.Wait()
}

// TestBatchCounts: bytes and members of the batches add up to the input.
func TestBatchCounts(t *testing.T) {
	t.Parallel()
	files := made(30)
	var size, members int
	for b, err := range Read(context.Background(), Source{Name: "in", R: bytes.NewReader(packTarOf(t, files...))}, Options{BatchRecords: 4}) {
		must(t, err)
		size, members = size+int(b.Bytes), members+b.Members
		if len(b.Records) > 4 {
			t.Errorf("a batch of %d records, want at most 4", len(b.Records))
		}
	}
	if want := 30 * len(files[0].body); size != want || members != 30 {
		t.Errorf("%d bytes of %d members, want %d of 30", size, members, want)
	}
}

// TestManyReferences: the time for a record of a stranger grows with its size and not with the
// square of its lists.
func TestManyReferences(t *testing.T) {
	t.Parallel()
	const n = 60_000
	links, weaknesses := make([]string, n), make([]string, n)
	for i := range n {
		links[i] = fmt.Sprintf(`{"url":"u%d"}`, i)
		weaknesses[i] = fmt.Sprintf(`{"cweId":"CWE-%d"}`, i)
	}
	container := `{"references":[` + strings.Join(links, ",") + `],"problemTypes":[{"descriptions":[` + strings.Join(weaknesses, ",") + `]}]}`
	text := `{"dataType":"CVE_RECORD","cveMetadata":{"cveId":"CVE-2099-10001","state":"PUBLISHED"},"containers":{"cna":` + container + `,"adp":[` + container + `]}}`
	begin := time.Now()
	records, _ := readText(t, text)
	if len(records) != 1 || len(records[0].References) != n || len(records[0].CWEs) != n {
		t.Fatalf("%d records; %d links, %d weaknesses, want %d of each", len(records), len(records[0].References), len(records[0].CWEs), n)
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}

// TestFewReferences: links and weaknesses that stand already are not repeated, on both sides of the
// length from which a table is used; those of one container among themselves are kept.
func TestFewReferences(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, few - 1, few, few + 1, few + 2, 3 * few} {
		var links, weaknesses []string
		for i := range n {
			links = append(links, fmt.Sprintf(`{"url":"u%d"}`, i))
			weaknesses = append(weaknesses, fmt.Sprintf(`{"cweId":"CWE-%d"}`, i))
		}
		more := append(links[:n:n], `{"url":"new"}`, `{"url":"new"}`)
		wide := append(weaknesses[:n:n], `{"cweId":"CWE-99999"}`, `{"cweId":"CWE-99999"}`)
		container := func(l, w []string) string {
			return `{"references":[` + strings.Join(l, ",") + `],"problemTypes":[{"descriptions":[` + strings.Join(w, ",") + `]}]}`
		}
		records, _ := readText(t, `{"dataType":"CVE_RECORD","cveMetadata":{"cveId":"CVE-2099-10001","state":"PUBLISHED"},"containers":{"cna":`+
			container(links, weaknesses)+`,"adp":[`+container(more, wide)+`]}}`)
		if r := records[0]; len(r.References) != n+2 || len(r.CWEs) != n+1 {
			t.Errorf("%d and the same: %d links, %d weaknesses; want %d and %d", n, len(r.References), len(r.CWEs), n+2, n+1)
		}
	}
}

// TestStatesAgreeWithOf: the states of all products at once are those that csaf.Status tells one by one.
func TestStatesAgreeWithOf(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(81, 82))
	some := func() (list []string) {
		for range r.IntN(4) {
			list = append(list, fmt.Sprintf("P%d", r.IntN(8)))
		}
		return list
	}
	for range 500 {
		s := csaf.Status{
			FirstAffected: some(), KnownAffected: some(), LastAffected: some(), UnderInvestigation: some(), FirstFixed: some(),
			Fixed: some(), KnownNotAffected: some(), Recommended: some(), Unknown: some(),
		}
		states := csafStates(&s)
		for i := range 9 {
			if id := fmt.Sprintf("P%d", i); states[id] != s.Of(id) {
				t.Fatalf("%s is %q, want %q in %+v", id, states[id], s.Of(id), s)
			}
		}
	}
}

// TestCachesKeepNoLongTexts: a text that can be no vector or choice is not remembered, so that a feed
// of long ones does not fill the memory.
func TestCachesKeepNoLongTexts(t *testing.T) {
	t.Parallel()
	var vectors vectorCache
	for i := range 10 {
		if v := vectors.read(strings.Repeat("x", cvss.MaxVector+i)); v.err == nil {
			t.Fatal("a long text is a vector")
		}
	}
	if len(vectors.seen) != 1 { // the one of exactly MaxVector bytes
		t.Errorf("%d vectors are kept, want 1", len(vectors.seen))
	}
	var choices choiceCache
	for i := range 10 {
		if c := choices.read(cve.Option{Name: "Exploitation", Value: strings.Repeat("x", MaxRaw+i)}); c.why != ReasonUnknownValue {
			t.Fatalf("choice %+v", c)
		}
	}
	if len(choices.seen) != 0 {
		t.Errorf("%d choices are kept, want none", len(choices.seen))
	}
}

// TestClipKeepsRunes: what is cut is a prefix on a rune's border, as long as it can be.
func TestClipKeepsRunes(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"a", "é", "日", "😀"} {
		for n := MaxRaw - 8; n < MaxRaw+8; n++ {
			s := strings.Repeat("a", n%len(word)) + strings.Repeat(word, n/len(word)+4)
			got := clip(s)
			if !strings.HasPrefix(s, got) || !utf8.ValidString(got) || len(got) > MaxRaw || len(s) > MaxRaw && len(got) <= MaxRaw-len(word) {
				t.Errorf("clip of %d bytes of %s gives %d", len(s), word, len(got))
			}
		}
	}
}

// TestRawIsClipped: evidence that a feed makes long is cut wherever it is kept.
func TestRawIsClipped(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("0", 5*MaxRaw)
	for name, text := range map[string]string{
		"epss":        "cve,epss\nCVE-2099-10001,0." + long + "\n",
		"nvd":         `{"resultsPerPage":1,"vulnerabilities":[{"cve":{"id":"CVE-2099-10001","cisaExploitAdd":"` + long + `"}}]}`,
		"kev in cve":  strings.Replace(madeRecord("CVE-2099-10001"), `"cna": {`, `"cna": {"metrics":[{"other":{"type":"kev","content":{"dateAdded":"`+long+`"}}}],`, 1),
		"other":       strings.Replace(madeRecord("CVE-2099-10001"), `"cna": {`, `"cna": {"metrics":[{"other":{"type":"`+long+`","content":{"a":"`+long+`"}}}],`, 1),
		"ssvc option": strings.Replace(madeRecord("CVE-2099-10001"), `"cna": {`, `"cna": {"metrics":[{"other":{"type":"ssvc","content":{"options":[{"`+long+`":"`+long+`"}]}}}],`, 1),
		"vector":      strings.Replace(madeRecord("CVE-2099-10001"), `"cna": {`, `"cna": {"metrics":[{"cvssV3_1":{"vectorString":"`+long+`"}}],`, 1),
	} {
		records, refusals := readText(t, text)
		if len(records) != 1 || len(refusals) != 0 || len(records[0].Observations)+len(records[0].Unmapped) == 0 {
			t.Fatalf("%s: %v, %v", name, ids(records), reasons(refusals))
		}
		for _, o := range records[0].Observations {
			if len(o.Raw) > MaxRaw {
				t.Errorf("%s: raw of %d bytes", name, len(o.Raw))
			}
		}
		for _, u := range records[0].Unmapped {
			if len(u.Value) > MaxRaw || len(u.Name) > MaxRaw || len(u.Detail) > MaxRaw {
				t.Errorf("%s: unmapped of %d, %d and %d bytes", name, len(u.Name), len(u.Value), len(u.Detail))
			}
		}
	}
}

// TestWeaknessNumbers: only what has a number is a weakness, and each once.
func TestWeaknessNumbers(t *testing.T) {
	t.Parallel()
	var r Record
	for _, id := range []string{"CWE-79", "CWE-79", "CWE-", "CWE-79abc", "CWE-+5", "CWE--1", "cwe-20", "NVD-CWE-noinfo", "CWE-1234567890", " CWE-1", "CWE-20", ""} {
		r.addCWE(id)
	}
	if diff := cmp.Diff([]string{"CWE-79", "CWE-20"}, r.CWEs); diff != "" {
		t.Errorf("weaknesses (-want +got):\n%s", diff)
	}
	for i := range 2 * maxCWEs {
		r.addCWE(fmt.Sprintf("CWE-%d", i))
	}
	if len(r.CWEs) != maxCWEs {
		t.Errorf("%d weaknesses, want %d", len(r.CWEs), maxCWEs)
	}
	text, err := json.Marshal(map[string]any{"catalogVersion": "1", "vulnerabilities": []any{map[string]any{"cveID": "CVE-2099-10001", "dateAdded": "2099-01-02", "cwes": []string{"CWE-1", "CWE-1", "none"}}}})
	must(t, err)
	if records, _ := readText(t, string(text)); len(records) != 1 || !cmp.Equal(records[0].CWEs, []string{"CWE-1"}) {
		t.Errorf("of a listing: %+v", records)
	}
}
