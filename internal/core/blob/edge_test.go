package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"noroshi.dev/internal/core/fault"
)

// refOf is the name of content.
func refOf(data []byte) Ref {
	sum := sha256.Sum256(data)
	return Ref{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(data))}
}

// TestNamesThatAreNoHashReachNoFile asks every method for names of people.
func TestNamesThatAreNoHashReachNoFile(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *Store, folder string) {
		if err := os.WriteFile(filepath.Join(folder, "secret"), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		good := refOf([]byte("x")).SHA256
		for _, name := range []string{
			"", "secret", "../secret", strings.Repeat(".", 64), strings.Repeat("/", 64), good[:63], good + "0", strings.ToUpper(good),
			good[:62] + "\x00\x00", "../" + good[:61], good[:60] + ".age",
		} {
			ref := Ref{SHA256: name}
			if ok, err := s.Has(t.Context(), ref); ok || err != nil {
				t.Errorf("Has(%q) = %v, %v", name, ok, err)
			}
			if _, err := s.Open(t.Context(), ref); !errors.Is(err, fault.NotFound) {
				t.Errorf("Open(%q) = %v", name, err)
			}
			if _, err := s.Verify(t.Context(), name); !errors.Is(err, fault.NotFound) {
				t.Errorf("Verify(%q) = %v", name, err)
			}
			if err := s.Remove(t.Context(), ref); err != nil {
				t.Errorf("Remove(%q) = %v", name, err)
			}
		}
		if _, err := os.Stat(filepath.Join(folder, "secret")); err != nil {
			t.Errorf("the other file: %v", err)
		}
	})
}

func TestRemovedBlobsAreGone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *Store, _ string) {
		keep, err := s.Put(t.Context(), bytes.NewReader(content(1000)))
		if err != nil {
			t.Fatal(err)
		}
		gone, err := s.Put(t.Context(), bytes.NewReader(content(1001)))
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.Remove(t.Context(), gone); err != nil {
				t.Errorf("Remove() = %v", err)
			}
		}
		if ok, err := s.Has(t.Context(), gone); ok || err != nil {
			t.Errorf("Has() = %v, %v", ok, err)
		}
		if _, err := s.Open(t.Context(), gone); !errors.Is(err, fault.NotFound) {
			t.Errorf("Open() = %v", err)
		}
		var left []string
		for sum, err := range s.Walk(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			left = append(left, sum)
		}
		if !slices.Equal(left, []string{keep.SHA256}) {
			t.Errorf("left: %v", left)
		}
		if n, err := s.Verify(t.Context(), keep.SHA256); n != 1000 || err != nil {
			t.Errorf("Verify() = %d, %v", n, err)
		}
	})
}

// TestSizesAtTheLimit puts one byte less, the limit and one more.
func TestSizesAtTheLimit(t *testing.T) {
	t.Parallel()
	for _, max := range []int64{1, 4096, 70_000} {
		s, err := Dir(t.TempDir(), Config{Max: max}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int64{0, max - 1, max, max + 1} {
			data := content(int(n))
			for name, r := range map[string]io.Reader{"whole": bytes.NewReader(data), "halves": iotest.HalfReader(bytes.NewReader(data)), "with its end": iotest.DataErrReader(bytes.NewReader(data))} {
				ref, err := s.Put(t.Context(), r)
				if n > max {
					f := fault.Of(err)
					if f == nil || f.Kind != fault.Limit || f.Args["max"] != max {
						t.Errorf("%d of %d bytes, %s: %v", n, max, name, err)
					}
				} else if err != nil || ref != refOf(data) {
					t.Errorf("%d of %d bytes, %s: %+v, %v", n, max, name, ref, err)
				}
			}
		}
		if ok, err := s.Has(t.Context(), refOf(content(int(max+1)))); ok || err != nil {
			t.Errorf("what is too large is there: %v", err)
		}
	}
}

// TestASizeThatDiffersIsDamage opens with a size that another record claims.
func TestASizeThatDiffersIsDamage(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *Store, _ string) {
		ref, err := s.Put(t.Context(), bytes.NewReader(content(500)))
		if err != nil {
			t.Fatal(err)
		}
		for size, want := range map[int64]bool{0: true, 500: true, 499: false, 501: false} {
			r, err := s.Open(t.Context(), Ref{SHA256: ref.SHA256, Size: size})
			if err != nil {
				t.Fatal(err)
			}
			_, err = io.Copy(io.Discard, r)
			if (err == nil) != want || !want && !errors.Is(err, fault.Unavailable) {
				t.Errorf("size %d: %v", size, err)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestWalkEndsWithItsContextAndReader(t *testing.T) {
	t.Parallel()
	s, err := Dir(t.TempDir(), Config{}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for n := range 20 {
		if _, err := s.Put(t.Context(), bytes.NewReader(content(n+1))); err != nil {
			t.Fatal(err)
		}
	}
	seen, last := 0, ""
	for sum, err := range s.Walk(t.Context()) {
		if err != nil || sum <= last {
			t.Errorf("%s after %s, %v", sum, last, err)
		}
		if seen, last = seen+1, sum; seen == 7 {
			break
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for sum, err := range s.Walk(ctx) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("after the end: %s, %v", sum, err)
		}
	}
	if _, err := s.Put(ctx, bytes.NewReader(content(5000))); !errors.Is(err, context.Canceled) {
		t.Errorf("Put() after the end: %v", err)
	}
}

func TestFoldersThatAreNone(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{file, filepath.Join(file, "below")} {
		if _, err := Dir(folder, Config{}, time.Now()); err == nil || !strings.Contains(err.Error(), "blob: folder") {
			t.Errorf("Dir(%s) = %v", folder, err)
		}
	}
}
