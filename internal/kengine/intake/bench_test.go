package intake

import (
	"context"
	"testing"

	"noroshi.dev/internal/testkit"
)

// BenchmarkArchive decodes the archive of 32,142 records from its file: unpacking, decoding and
// facts. The floor is 500 MB/s of documents on two cores.
func BenchmarkArchive(b *testing.B) {
	path := testkit.Shared(b, "data/vulnrichment.tar.zst")
	b.ReportAllocs()
	records := 0
	for b.Loop() {
		size := int64(0)
		for batch, err := range Read(context.Background(), Source{Name: path}, Options{}) {
			if err != nil {
				b.Fatal(err)
			}
			size += batch.Bytes
			records += len(batch.Records)
		}
		b.SetBytes(size)
	}
	b.ReportMetric(float64(records)/b.Elapsed().Seconds(), "records/s")
}
