package cve

import (
	"archive/tar"
	"errors"
	"io"
	"os"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/klauspost/compress/zstd"

	"noroshi.dev/internal/testkit"
)

// asOther lets the oracle keep the content of a metric as written.
func asOther() json.Options {
	return json.WithUnmarshalers(json.UnmarshalFunc(func(data []byte, o *Other) error {
		var raw struct {
			Type    string         `json:"type"`
			Content jsontext.Value `json:"content"`
		}
		err := json.Unmarshal(data, &raw)
		o.Type, o.Content = raw.Type, raw.Content
		return err
	}))
}

// eachRecord calls one with every document of the archive.
func eachRecord(tb testing.TB, one func(name string, data []byte)) {
	tb.Helper()
	f, err := os.Open(testkit.Shared(tb, "data/vulnrichment.tar.zst"))
	must(tb, err)
	defer f.Close()
	z, err := zstd.NewReader(f)
	must(tb, err)
	defer z.Close()
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		must(tb, err)
		if h.Typeflag == tar.TypeReg {
			data, err := io.ReadAll(t)
			must(tb, err)
			one(h.Name, data)
		}
	}
}

// TestDecodeAgainstOracle decodes every fiftieth record of the archive with a decoder by reflection
// too, and all of them for the counts.
func TestDecodeAgainstOracle(t *testing.T) {
	t.Parallel()
	var d Decoder
	var got Record
	n, affected := 0, 0
	versions := map[string]int{}
	eachRecord(t, func(name string, data []byte) {
		if err := d.Decode(data, &got); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		versions[got.DataVersion]++
		for i := range got.Containers.ADP {
			if len(got.Containers.ADP[i].Affected) > 0 {
				affected++
			}
		}
		if n++; n%50 != 0 {
			return
		}
		var want Record
		must(t, json.Unmarshal(data, &want, jsontext.AllowDuplicateNames(true), asOther()))
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%s (-oracle +got):\n%s", name, diff)
		}
	})
	if n != 32142 || affected != 11029 || versions["5.1"] != 32115 || versions["5.0"] != 27 {
		t.Errorf("%d records, %d ADP containers with products, versions %v", n, affected, versions)
	}
}

// BenchmarkDecode decodes records that lie in memory. The floor is 400 MB/s on one core.
func BenchmarkDecode(b *testing.B) {
	var docs [][]byte
	size, n := int64(0), 0
	eachRecord(b, func(_ string, data []byte) {
		if n++; n%8 == 0 {
			docs, size = append(docs, data), size+int64(len(data))
		}
	})
	b.SetBytes(size)
	b.ReportAllocs()
	var d Decoder
	var rec Record
	for b.Loop() {
		for _, data := range docs {
			if err := d.Decode(data, &rec); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// FuzzGrammar holds the scanner against another parser: both accept the same documents, and read
// the same strings.
func FuzzGrammar(f *testing.F) {
	for _, text := range []string{
		`{"a":[1,-0.5e+10,true,false,null,"\u00e9\ud83d\ude00\n"]}`, `"\ud800"`, `[[],{}]`, `01`, `-`, `1.`, `"a`, `{"a":1,}`, ` 1 `, "\"\x7f\xc3\xa9\"", `{"":""}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var s scanner
		s.reset(data)
		s.skip()
		s.end()
		if s.err != nil && s.err.Reason == "nested too deeply" {
			return
		}
		options := []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}
		want := jsontext.Value(data).IsValid(options...) && utf8.Valid(data)
		if got := s.err == nil; got != want {
			t.Fatalf("accepted = %v (%v), the other parser says %v", got, s.err, want)
		}
		if !want || jsontext.Value(data).Kind() != '"' {
			return
		}
		var text, oracle string
		s.reset(data)
		s.text(&text)
		must(t, json.Unmarshal(data, &oracle, jsontext.AllowInvalidUTF8(true)))
		if text != oracle {
			t.Fatalf("text = %q, the other parser says %q", text, oracle)
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte(`{"dataType":"CVE_RECORD","cveMetadata":{"cveId":"CVE-2099-10002","state":"REJECTED"},"containers":{"cna":{"replacedBy":[]}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var d Decoder
		var rec, again Record
		if d.Decode(data, &rec) != nil {
			return
		}
		if !jsontext.Value(data).IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) {
			t.Fatal("accepted what is no JSON")
		}
		must(t, Decode(data, &again))
		for i := range rec.Containers.CNA.Affected {
			rec.Containers.CNA.Affected[i].Status("1.0")
		}
		if diff := cmp.Diff(rec, again); diff != "" {
			t.Fatalf("second decoding differs:\n%s", diff)
		}
	})
}
