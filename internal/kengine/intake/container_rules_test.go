package intake

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// packed wraps data in a random chain of containers and returns the name of the innermost member.
func packed(t testing.TB, r *rand.Rand, name string, data []byte) (string, []byte) {
	t.Helper()
	switch r.IntN(5) {
	case 0:
		return name, packGzipOf(t, data)
	case 1:
		return name, packZstdOf(t, data)
	case 2:
		return name + "!m", packTarOf(t, file{"m", string(data)})
	case 3:
		return name + "!m", packZipOf(t, file{"m", string(data)})
	}
	return name, data
}

// TestChainsOfContainers: whatever a record is packed in, it is read with its place or refused with
// the place of what lies too deep; it is never lost and never read as text.
func TestChainsOfContainers(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(91, 92))
	record := []byte(madeRecord("CVE-2099-10001"))
	read := 0
	for range 300 {
		depth := r.IntN(4)
		data, name := record, "in"
		for range depth {
			name, data = packed(t, r, name, data)
		}
		var records []Record
		var refusals []Refusal
		var failed error
		for b, err := range Read(context.Background(), Source{Name: "in", R: bytes.NewReader(data)}, Options{MaxDepth: 4}) {
			if failed = err; err == nil {
				records, refusals = append(records, b.Records...), append(refusals, b.Refusals...)
			}
		}
		switch {
		case len(records) == 1 && len(refusals) == 0 && failed == nil:
			read++
			if records[0].Origin.Offset != 0 || records[0].Origin.Member != name && !strings.Contains(name, "!") {
				t.Fatalf("%d containers: origin %+v, want %s", depth, records[0].Origin, name)
			}
		case len(records) == 0 && (errors.Is(failed, ErrDepth) || len(refusals) == 1 && refusals[0].Reason == ReasonTooDeep): // compressed twice in a row
		default:
			t.Fatalf("%d containers: %v, %v, %v", depth, ids(records), reasons(refusals), failed)
		}
	}
	if read < 200 {
		t.Errorf("%d of 300 were read", read)
	}
}

// TestCompressedTwice: a compressed document that is compressed again is refused, also alone.
func TestCompressedTwice(t *testing.T) {
	t.Parallel()
	record := []byte(madeRecord("CVE-2099-10001"))
	for name, data := range map[string][]byte{
		"gzip in gzip": packGzipOf(t, packGzipOf(t, record)), "gzip in zstd": packZstdOf(t, packGzipOf(t, record)), "zip in gzip": packGzipOf(t, packZipOf(t, file{"m", "x"})),
	} {
		if n, err := lastError(Source{Name: "in", R: bytes.NewReader(data)}, Options{}); !errors.Is(err, ErrDepth) || n != 0 {
			t.Errorf("%s: %d records, %v; want ErrDepth", name, n, err)
		}
	}
	if n, err := lastError(Source{Name: "in", R: bytes.NewReader(packGzipOf(t, packTarOf(t, made(3)...)))}, Options{}); err != nil || n != 3 {
		t.Errorf("a compressed tar is one container: %d records, %v", n, err)
	}
}

// TestOtherMembers: directories, links and devices of a container are passed over; an empty file is
// a document of no kind.
func TestOtherMembers(t *testing.T) {
	t.Parallel()
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, h := range []tar.Header{
		{Name: "d/", Typeflag: tar.TypeDir},
		{Name: "s", Typeflag: tar.TypeSymlink, Linkname: "x"},
		{Name: "h", Typeflag: tar.TypeLink, Linkname: "x"},
		{Name: "c", Typeflag: tar.TypeChar},
		{Name: "f", Typeflag: tar.TypeFifo},
		{Name: "empty", Typeflag: tar.TypeReg},
	} {
		must(t, w.WriteHeader(&h))
	}
	must(t, w.Close())
	records, refusals := readAll(t, Source{Name: "in", R: &buf}, Options{})
	if diff := cmp.Diff([]string{"in!empty " + ReasonUnknownKind}, reasons(refusals)); diff != "" || len(records) != 0 {
		t.Errorf("%v, refusals (-want +got):\n%s", ids(records), diff)
	}
}

// slow gives one byte at a time, as a bad line does.
type slow struct{ r io.Reader }

func (s slow) Read(p []byte) (int, error) { return s.r.Read(p[:min(len(p), 1)]) }

// TestSlowStream: a stream that comes byte by byte is read like a fast one.
func TestSlowStream(t *testing.T) {
	t.Parallel()
	for name, data := range map[string][]byte{
		"record": []byte(madeRecord("CVE-2099-10001")), "tar": packTarOf(t, made(3)...), "gzip": packGzipOf(t, packTarOf(t, made(3)...)),
		"zstd": packZstdOf(t, packTarOf(t, made(3)...)), "zip": packZipOf(t, made(3)...),
	} {
		want, _ := readAll(t, Source{Name: "in", R: bytes.NewReader(data)}, Options{})
		got, refusals := readAll(t, Source{Name: "in", R: slow{bytes.NewReader(data)}}, Options{})
		if diff := cmp.Diff(want, got, ignoreRank()); diff != "" || len(refusals) != 0 || len(want) == 0 {
			t.Errorf("%s: refusals %v, records (-fast +slow):\n%s", name, reasons(refusals), diff)
		}
	}
}

// broken gives some bytes and then an error.
type broken struct {
	r   io.Reader
	err error
}

func (b broken) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if errors.Is(err, io.EOF) {
		err = b.err
	}
	return n, err
}

// TestBrokenStream: the error of a stream comes out at the end, after what was read before it.
func TestBrokenStream(t *testing.T) {
	t.Parallel()
	wrong := errors.New("line went dead")
	whole := packTarOf(t, made(4)...)
	end := len(whole) - 1024 - 512 // in the last member
	n, err := lastError(Source{Name: "feed", R: broken{bytes.NewReader(whole[:end]), wrong}}, Options{})
	if !errors.Is(err, wrong) || n != 3 || !strings.HasPrefix(err.Error(), "kengine: intake feed: ") {
		t.Errorf("%d records, %v; want 3 and the error with the name of the source", n, err)
	}
}

// TestGuardLimits: what a decompressor gives is counted to the byte.
func TestGuardLimits(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		size, most int64
		want       error
	}{{1000, 1000, nil}, {1001, 1000, ErrLimit}} {
		g := &guard{r: bytes.NewReader(make([]byte, tc.size)), packed: counted(1), opt: &Options{MaxBytes: tc.most, MaxRatio: 1}}
		if _, err := io.Copy(io.Discard, g); !errors.Is(err, tc.want) {
			t.Errorf("%d of %d bytes: %v, want %v", tc.size, tc.most, err, tc.want)
		}
	}
	for _, tc := range []struct {
		size, from int64
		want       error
	}{{ratioFrom, 1, nil}, {ratioFrom + 1, 1, ErrRatio}, {ratioFrom + 1, ratioFrom / 2, nil}} {
		g := &guard{r: io.LimitReader(zeros{}, tc.size), packed: counted(tc.from), opt: &Options{MaxBytes: 1 << 40, MaxRatio: 2}}
		if _, err := io.Copy(io.Discard, g); !errors.Is(err, tc.want) {
			t.Errorf("%d bytes out of %d: %v, want %v", tc.size, tc.from, err, tc.want)
		}
	}
}

// TestStopAnywhere: a caller may break off after any batch, and every goroutine has then ended; the
// bubble fails the test if one is left.
func TestStopAnywhere(t *testing.T) {
	t.Parallel()
	data := packTarOf(t, made(50)...)
	for stop := 1; stop < 50; stop += 7 {
		synctest.Test(t, func(t *testing.T) {
			batches := 0
			for range Read(context.Background(), Source{Name: "in", R: bytes.NewReader(data)}, Options{BatchRecords: 1, Workers: 3}) {
				if batches++; batches == stop {
					break
				}
			}
			if batches != stop {
				t.Errorf("%d batches, want %d", batches, stop)
			}
		})
	}
}
