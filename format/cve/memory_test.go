package cve

import (
	"fmt"
	"strings"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"
)

// TestInternSecondTime: a string is kept from its second coming on, and strings that come once do
// not drive it out.
func TestInternSecondTime(t *testing.T) {
	t.Parallel()
	var table internTable
	word := func() *byte { return unsafe.StringData(table.string([]byte("affected"))) }
	if first := word(); first == word() {
		t.Error("kept from the first time on")
	}
	kept := word()
	for i := range 100 * len(table) {
		once := fmt.Sprintf("2099-01-01T00:00:%d", i)
		if got := table.string([]byte(once)); got != once {
			t.Fatalf("string(%s) = %s", once, got)
		}
	}
	if word() != kept {
		t.Error("strings that came once drove a word out")
	}
}

// TestManyMetrics: what a record points to stays right when the memory of the decoder grows, and
// when it is used again.
func TestManyMetrics(t *testing.T) {
	t.Parallel()
	record := func(n int) []byte {
		metrics := make([]string, n)
		for i := range metrics {
			metrics[i] = fmt.Sprintf(`{"cvssV3_1":{"baseScore":%d},"cvssV4_0":{"vectorString":"v%d"},"other":{"type":"t%d","content":{"n":%d}}}`, i, i, i, i)
		}
		return []byte(`{"dataType":"CVE_RECORD","cveMetadata":{"cveId":"CVE-2099-10001","state":"PUBLISHED"},"containers":{"cna":{"metrics":[` + strings.Join(metrics, ",") + `]}}}`)
	}
	var d Decoder
	for _, n := range []int{300, 1, 40, 700} {
		var got Record
		must(t, d.Decode(record(n), &got))
		want := make([]Metric, n)
		for i := range want {
			want[i] = Metric{
				CVSSv31: &CVSS{BaseScore: float64(i)}, CVSSv4: &CVSS{Vector: fmt.Sprintf("v%d", i)},
				Other: &Other{Type: fmt.Sprintf("t%d", i), Content: fmt.Appendf(nil, `{"n":%d}`, i)},
			}
		}
		if diff := cmp.Diff(want, got.Containers.CNA.Metrics); diff != "" {
			t.Fatalf("%d metrics (-want +got):\n%.600s", n, diff)
		}
	}
}

// TestOwnStrings: strings and lists of strings outlive the next Decode.
func TestOwnStrings(t *testing.T) {
	t.Parallel()
	record := func(text string) []byte {
		return fmt.Appendf(nil, `{"dataType":"CVE_RECORD","cveMetadata":{"cveId":"CVE-2099-10001","state":"PUBLISHED"},"containers":{"cna":{"title":"%[1]s\n","tags":["%[1]s","%[1]s\t"]}}}`, text)
	}
	var d Decoder
	var rec Record
	must(t, d.Decode(record("one"), &rec))
	title, tags := rec.Containers.CNA.Title, rec.Containers.CNA.Tags
	must(t, d.Decode(record("two"), &rec))
	if diff := cmp.Diff([]string{"one\n", "one", "one\t"}, append([]string{title}, tags...)); diff != "" {
		t.Errorf("after the next record (-want +got):\n%s", diff)
	}
}
