package intake

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"fmt"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// file is a member of a made-up archive.
type file struct{ name, body string }

// made returns n made-up records, CVE-2099-10001 and so on.
func made(n int) []file {
	files := make([]file, n)
	for i := range files {
		id := fmt.Sprintf("CVE-2099-%d", 10001+i)
		files[i] = file{"2099/" + id + ".json", madeRecord(id)}
	}
	return files
}

func madeRecord(id string) string {
	return `{"dataType": "CVE_RECORD", "dataVersion": "5.1", "cveMetadata": {"cveId": "` + id + `",
  "state": "PUBLISHED", "datePublished": "2099-02-03T04:05:06.789Z"},
  "containers": {"cna": {"title": "Sample ` + id + `", "providerMetadata": {"shortName": "sample"}}}}`
}

func packTarOf(t testing.TB, files ...file) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	must(t, w.WriteHeader(&tar.Header{Name: "folder/", Typeflag: tar.TypeDir, Mode: 0o755}))
	must(t, w.WriteHeader(&tar.Header{Name: "link", Linkname: "/etc/passwd", Typeflag: tar.TypeSymlink}))
	for _, f := range files {
		must(t, w.WriteHeader(&tar.Header{Name: f.name, Size: int64(len(f.body)), Mode: 0o644, Typeflag: tar.TypeReg}))
		_, err := w.Write([]byte(f.body))
		must(t, err)
	}
	must(t, w.Close())
	return buf.Bytes()
}

func packZipOf(t testing.TB, files ...file) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, f := range files {
		m, err := w.Create(f.name)
		must(t, err)
		_, err = m.Write([]byte(f.body))
		must(t, err)
	}
	must(t, w.Close())
	return buf.Bytes()
}

func packGzipOf(t testing.TB, data []byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	_, err := w.Write(data)
	must(t, err)
	must(t, w.Close())
	return buf.Bytes()
}

func packZstdOf(t testing.TB, data []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	must(t, err)
	defer w.Close()
	return w.EncodeAll(data, nil)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ids returns the ids of records in their order.
func ids(records []Record) []string {
	list := make([]string, len(records))
	for i := range records {
		list[i] = records[i].ID
	}
	return list
}

// reasons returns member and reason of refusals in their order.
func reasons(refusals []Refusal) []string {
	list := make([]string, len(refusals))
	for i := range refusals {
		list[i] = refusals[i].Member + " " + refusals[i].Reason
	}
	return list
}
