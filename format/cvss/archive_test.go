package cvss_test

import (
	"archive/tar"
	"errors"
	"io"
	"math"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"noroshi.dev/format/cve"
	"noroshi.dev/format/cvss"
	"noroshi.dev/internal/testkit"
)

// TestArchiveScores computes the score of every vector of the archive and compares it with the
// score that the record states beside it. 48 of 29,640 differ: most are of one calculator that
// rounded up a value which was a tenth already (10 for 9.9), the others are not scores of their
// vector.
func TestArchiveScores(t *testing.T) {
	t.Parallel()
	got := map[string]int{}
	eachScore(t, func(id string, c cve.CVSS) {
		v, err := cvss.Parse(c.Vector)
		if err != nil {
			t.Errorf("%s: %v", id, err)
			return
		}
		got[c.Version]++
		if math.Abs(v.Base-c.BaseScore) > 0.05 && math.Abs(v.Score-c.BaseScore) > 0.05 {
			got[c.Version+" other score"]++
		}
	})
	want := map[string]int{"3.1": 17872 + 3182, "3.0": 4349, "2.0": 2424, "4.0": 1813, "3.1 other score": 46, "3.0 other score": 1, "4.0 other score": 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("vectors (-want +got):\n%s", diff)
	}
}

func eachScore(t *testing.T, one func(id string, c cve.CVSS)) {
	t.Helper()
	f, err := os.Open(testkit.Shared(t, "data/vulnrichment.tar.zst"))
	must(t, err)
	defer f.Close()
	z, err := zstd.NewReader(f)
	must(t, err)
	defer z.Close()
	var d cve.Decoder
	var rec cve.Record
	for archive := tar.NewReader(z); ; {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		must(t, err)
		if h.Typeflag != tar.TypeReg {
			continue
		}
		data, err := io.ReadAll(archive)
		must(t, err)
		must(t, d.Decode(data, &rec))
		for _, c := range append([]cve.Container{rec.Containers.CNA}, rec.Containers.ADP...) {
			for i := range c.Metrics {
				for _, score := range c.Metrics[i].CVSS() {
					one(rec.Metadata.ID, score)
				}
			}
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
