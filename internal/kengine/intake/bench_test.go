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
	for b.Loop() {
		size, records := int64(0), 0
		for batch, err := range Read(context.Background(), Source{Name: path}, Options{}) {
			if err != nil {
				b.Fatal(err)
			}
			size += batch.Bytes
			records += len(batch.Records)
		}
		b.SetBytes(size)
		b.ReportMetric(float64(records)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
	}
}
