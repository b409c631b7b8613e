package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestContainers(t *testing.T) {
	t.Parallel()
	three := made(3)
	one := []byte(three[0].body)
	want3 := []string{"CVE-2099-10001", "CVE-2099-10002", "CVE-2099-10003"}
	want1 := want3[:1]
	inner := string(packZipOf(t, three...))
	tests := []struct {
		name   string
		data   []byte
		want   []string
		member string // of the first record
	}{
		{"plain", one, want1, "in"},
		{"byte order mark", append([]byte("\xef\xbb\xbf"), one...), want1, "in"},
		{"gzip", packGzipOf(t, one), want1, "in"},
		{"gzip in two parts", append(packGzipOf(t, one[:40]), packGzipOf(t, one[40:])...), want1, "in"},
		{"zstd", packZstdOf(t, one), want1, "in"},
		{"tar", packTarOf(t, three...), want3, "in!2099/CVE-2099-10001.json"},
		{"tar.gz", packGzipOf(t, packTarOf(t, three...)), want3, "in!2099/CVE-2099-10001.json"},
		{"tar.zst", packZstdOf(t, packTarOf(t, three...)), want3, "in!2099/CVE-2099-10001.json"},
		{"zip", packZipOf(t, three...), want3, "in!2099/CVE-2099-10001.json"},
		{"zip in zip", packZipOf(t, file{"all.zip", inner}), want3, "in!all.zip!2099/CVE-2099-10001.json"},
		{"gzip in tar", packTarOf(t, file{"a.json.gz", string(packGzipOf(t, one))}), want1, "in!a.json.gz"},
		{"empty tar", packTarOf(t), []string{}, ""},
		{"empty zip", packZipOf(t), []string{}, ""},
		{"hostile names", packTarOf(t, file{"../../etc/x", three[0].body}, file{"/root/y", three[1].body}), want3[:2], "in!../../etc/x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "in")
			must(t, os.WriteFile(path, tt.data, 0o600))
			for name, src := range map[string]Source{
				"file":   {Name: path},
				"stream": {Name: "in", R: bytes.NewReader(tt.data)},
			} {
				records, refusals := readAll(t, src, Options{})
				if diff := cmp.Diff(tt.want, ids(records)); diff != "" || len(refusals) > 0 {
					t.Fatalf("%s: ids (-want +got):\n%s refused: %v", name, diff, reasons(refusals))
				}
				if len(records) > 0 && name == "stream" && records[0].Origin.Member != tt.member {
					t.Errorf("member = %s, want %s", records[0].Origin.Member, tt.member)
				}
			}
		})
	}
}

func TestDirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := made(5)
	must(t, os.MkdirAll(filepath.Join(dir, "a"), 0o700))
	for i, name := range []string{"a/1.json", "a/2.json", "b.json"} {
		must(t, os.WriteFile(filepath.Join(dir, name), []byte(files[i].body), 0o600))
	}
	must(t, os.WriteFile(filepath.Join(dir, "c.tar.gz"), packGzipOf(t, packTarOf(t, files[3])), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "d.txt"), []byte("read me"), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "e.zip"), []byte("PK\x03\x04 cut"), 0o600))
	outside := filepath.Join(t.TempDir(), "outside.json")
	must(t, os.WriteFile(outside, []byte(files[4].body), 0o600))
	must(t, os.Symlink(outside, filepath.Join(dir, "f.json")))

	records, refusals := readAll(t, Source{Name: dir}, Options{})
	if diff := cmp.Diff([]string{"CVE-2099-10001", "CVE-2099-10002", "CVE-2099-10003", "CVE-2099-10004"}, ids(records)); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
	want := []string{
		filepath.Join(dir, "d.txt") + " " + ReasonUnknownKind,
		filepath.Join(dir, "e.zip") + " " + ReasonDamaged,
	}
	if diff := cmp.Diff(want, reasons(refusals)); diff != "" {
		t.Errorf("refusals (-want +got):\n%s", diff)
	}
}

func TestMalformedMembers(t *testing.T) {
	t.Parallel()
	files := made(4)
	files[1].body = files[1].body[:100] // cut
	files[2].body = strings.Replace(files[2].body, `"CVE-2099-10003",`, `"CAN-1",`, 1)
	records, refusals := readAll(t, Source{Name: "in", R: bytes.NewReader(packTarOf(t, files...))}, Options{})
	if diff := cmp.Diff([]string{"CVE-2099-10001", "CVE-2099-10004"}, ids(records)); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
	want := []string{
		"in!2099/CVE-2099-10002.json " + ReasonSyntax,
		"in!2099/CVE-2099-10003.json " + ReasonInvalid,
	}
	if diff := cmp.Diff(want, reasons(refusals)); diff != "" {
		t.Fatalf("refusals (-want +got):\n%s", diff)
	}
	if refusals[0].Offset != 100 || refusals[0].Args["detail"] == "" {
		t.Errorf("refusal = %+v, want byte 100 and a detail", refusals[0])
	}
	if text := refusals[0].Error(); !strings.HasPrefix(text, "in!2099/CVE-2099-10002.json@100: kengine.intake.syntax: ") {
		t.Errorf("Error() = %q", text)
	}
}

func TestTruncated(t *testing.T) {
	t.Parallel()
	files := made(2000)
	whole := packTarOf(t, files...)
	for name, data := range map[string][]byte{
		"tar":     whole[:len(whole)/2],
		"tar.gz":  cut(packGzipOf(t, whole)),
		"tar.zst": cut(packZstdOf(t, whole)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, failed := 0, error(nil)
			for b, err := range Read(context.Background(), Source{Name: "in", R: bytes.NewReader(data)}, Options{}) {
				if err != nil {
					failed = err
					continue
				}
				for i := range b.Records {
					if want := fmt.Sprintf("CVE-2099-%d", 10001+n); b.Records[i].ID != want {
						t.Fatalf("record %d = %s, want %s", n, b.Records[i].ID, want)
					}
					n++
				}
			}
			if !errors.Is(failed, ErrTruncated) {
				t.Errorf("error = %v, want ErrTruncated", failed)
			}
			if n == 0 || n >= len(files) {
				t.Errorf("%d records before the end, want some of %d", n, len(files))
			}
		})
	}
}

func cut(data []byte) []byte { return data[:len(data)*2/3] }

func TestDamaged(t *testing.T) {
	t.Parallel()
	packed := packGzipOf(t, packTarOf(t, made(50)...))
	packed[len(packed)-6] ^= 0xff // the checksum
	var failed error
	n := 0
	for b, err := range Read(context.Background(), Source{Name: "in", R: bytes.NewReader(packed)}, Options{}) {
		if err != nil {
			failed = err
			continue
		}
		n += len(b.Records)
	}
	if !errors.Is(failed, ErrDamaged) || n != 50 {
		t.Errorf("error = %v after %d records, want ErrDamaged after 50", failed, n)
	}
}

// bomb returns data that unpacks to size zeros.
func bomb(t *testing.T, size int64) []byte {
	t.Helper()
	r, w := io.Pipe()
	go func() {
		_, err := io.CopyN(w, zeros{}, size)
		w.CloseWithError(err)
	}()
	data, err := io.ReadAll(r)
	must(t, err)
	return packGzipOf(t, data)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestBombs(t *testing.T) {
	t.Parallel()
	big := bomb(t, 100<<20) // about 1,000 times smaller
	_, err := lastError(Source{Name: "in", R: bytes.NewReader(big)}, Options{})
	if !errors.Is(err, ErrRatio) {
		t.Errorf("gzip bomb: %v, want ErrRatio", err)
	}
	records, refusals := readAll(t, Source{Name: "in", R: bytes.NewReader(packTarOf(t, file{"bomb.gz", string(big)}, made(1)[0]))}, Options{})
	if len(records) != 1 || len(refusals) != 1 || refusals[0].Reason != ReasonRatio {
		t.Errorf("bomb in tar: %v, %v, want one record and a refusal", ids(records), reasons(refusals))
	}
	zipped := packZipOf(t, file{"bomb", strings.Repeat("\x00", 100<<20)}, made(1)[0])
	records, refusals = readAll(t, Source{Name: "in", R: bytes.NewReader(zipped)}, Options{})
	if len(records) != 1 || len(refusals) != 1 || refusals[0].Reason != ReasonRatio {
		t.Errorf("bomb in zip: %v, %v, want one record and a refusal", ids(records), reasons(refusals))
	}
}

// lastError reads src and returns the number of records and the error at the end.
func lastError(src Source, opt Options) (n int, failed error) {
	for b, err := range Read(context.Background(), src, opt) {
		if err != nil {
			failed = err
			continue
		}
		n += len(b.Records)
	}
	return n, failed
}

func TestLimits(t *testing.T) {
	t.Parallel()
	ten := packTarOf(t, made(10)...)
	if n, err := lastError(Source{Name: "in", R: bytes.NewReader(ten)}, Options{MaxMembers: 4}); !errors.Is(err, ErrLimit) || n < 4 {
		t.Errorf("MaxMembers: %d records, %v", n, err)
	}
	if _, err := lastError(Source{Name: "in", R: bytes.NewReader(ten)}, Options{MaxBytes: 1000}); !errors.Is(err, ErrLimit) {
		t.Errorf("MaxBytes: %v", err)
	}
	if _, err := lastError(Source{Name: "in", R: bytes.NewReader(packGzipOf(t, ten))}, Options{MaxBytes: 1000}); !errors.Is(err, ErrLimit) {
		t.Errorf("MaxBytes of gzip: %v", err)
	}
	if _, err := lastError(Source{Name: "in", R: strings.NewReader(strings.Repeat(" ", 5000))}, Options{MaxMember: 4000}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("MaxMember: %v", err)
	}
	large := file{"large", strings.Repeat(" ", chunkSize+1)}
	records, refusals := readAll(t, Source{Name: "in", R: bytes.NewReader(packTarOf(t, large, made(1)[0]))}, Options{MaxMember: 4000})
	if len(records) != 1 || len(refusals) != 1 || refusals[0].Reason != ReasonTooLarge || refusals[0].Args["limit"] != int64(4000) {
		t.Errorf("large member: %v, %v", ids(records), refusals)
	}
	nested := packZipOf(t, file{"b.zip", string(packZipOf(t, file{"c.zip", string(packZipOf(t, made(1)...))}))}, made(1)[0])
	records, refusals = readAll(t, Source{Name: "in", R: bytes.NewReader(nested)}, Options{})
	if diff := cmp.Diff([]string{"in!b.zip!c.zip " + ReasonTooDeep}, reasons(refusals)); diff != "" || len(records) != 1 {
		t.Errorf("depth: %v, refusals (-want +got):\n%s", ids(records), diff)
	}
	_, refusals = readAll(t, Source{Name: "in", R: bytes.NewReader(nested)}, Options{MaxDepth: -1})
	if diff := cmp.Diff([]string{"in!b.zip " + ReasonTooDeep}, reasons(refusals)); diff != "" {
		t.Errorf("depth -1 (-want +got):\n%s", diff)
	}
	if _, err := lastError(Source{Name: filepath.Join(t.TempDir(), "none")}, Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
}
