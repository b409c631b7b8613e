package blob

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"noroshi.dev/internal/core/fault"
)

// fakeBucket answers the few requests of S3 that a store sends; silent refuses all.
type fakeBucket struct {
	mu      sync.Mutex
	objects map[string][]byte
	silent  bool
}

// ServeHTTP answers one request.
func (f *fakeBucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	key := strings.TrimPrefix(r.URL.Path, "/blobs/")
	data, found := f.objects[key]
	w.Header().Set("ETag", `"0123456789abcdef0123456789abcdef"`)
	switch {
	case f.silent:
		w.WriteHeader(http.StatusForbidden)
	case r.URL.Query().Has("list-type"):
		var b strings.Builder
		b.WriteString(`<ListBucketResult><IsTruncated>false</IsTruncated>`)
		var keys []string
		for k := range f.objects {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			fmt.Fprintf(&b, `<Contents><Key>%s</Key><Size>1</Size></Contents>`, k)
		}
		b.WriteString(`</ListBucketResult>`)
		_, _ = io.WriteString(w, b.String())
	case r.Method == http.MethodPut:
		f.objects[key] = unchunked(r)
	case r.Method == http.MethodDelete:
		delete(f.objects, key)
		w.WriteHeader(http.StatusNoContent)
	case !found:
		w.WriteHeader(http.StatusNotFound)
	default:
		http.ServeContent(w, r, "", time.Unix(1_800_000_000, 0), bytes.NewReader(data))
	}
}

// unchunked reads a body in signed pieces: hexadecimal length and signature on a
// line, the piece, an empty line.
func unchunked(r *http.Request) []byte {
	body, _ := io.ReadAll(r.Body)
	if !strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		return body
	}
	var out []byte
	for {
		head, rest, _ := bytes.Cut(body, []byte("\r\n"))
		size, _, _ := bytes.Cut(head, []byte(";"))
		var n int
		if _, err := fmt.Sscanf(string(size), "%x", &n); err != nil || n == 0 || n > len(rest) {
			return out
		}
		out = append(out, rest[:n]...)
		body = bytes.TrimPrefix(rest[n:], []byte("\r\n"))
	}
}

func TestBucket(t *testing.T) {
	t.Parallel()
	f := &fakeBucket{objects: map[string][]byte{}}
	plain := httptest.NewServer(f)
	defer plain.Close()
	s, err := S3(Bucket{
		Endpoint: strings.TrimPrefix(plain.URL, "http://"), Region: "r", Name: "blobs", Prefix: "p", AccessKey: "a", SecretKey: "s", PlainHTTP: true, Temp: t.TempDir(),
	}, Config{Max: 1000})
	if err != nil {
		t.Fatal(err)
	}
	ref, err := s.Put(t.Context(), strings.NewReader("evidence"))
	if err != nil || ref.Size != 8 {
		t.Fatalf("Put() = %v, %v", ref, err)
	}
	if len(f.objects) != 1 || f.objects["p/"+key(ref.SHA256, "")] == nil {
		t.Errorf("objects = %v", f.objects)
	}
	if n, err := s.Verify(t.Context(), ref.SHA256); n != 8 || err != nil {
		t.Errorf("Verify() = %d, %v", n, err)
	}
	if _, err := s.Open(t.Context(), Ref{SHA256: strings.Repeat("0", 64)}); !errors.Is(err, fault.NotFound) {
		t.Errorf("Open() of nothing = %v", err)
	}
	var sums []string
	for sum, err := range s.Walk(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		sums = append(sums, sum)
	}
	if !slices.Equal(sums, []string{ref.SHA256}) {
		t.Errorf("Walk() = %v", sums)
	}
	if err := s.Remove(t.Context(), ref); err != nil {
		t.Fatal(err)
	}
	if found, err := s.Has(t.Context(), ref); found || err != nil {
		t.Errorf("Has() of a removed one = %v, %v", found, err)
	}
	f.mu.Lock()
	f.silent = true
	f.mu.Unlock()
	if _, err := s.Put(t.Context(), strings.NewReader("x")); !errors.Is(err, fault.Unavailable) {
		t.Errorf("Put() into a bucket that refuses = %v", err)
	}
}
