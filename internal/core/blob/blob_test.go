package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"filippo.io/age"

	"noroshi.dev/internal/core/fault"
)

func content(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{byte(n)})
	_, _ = r.Read(b)
	return b
}

// each runs f on a plain and an encrypted folder.
func each(t *testing.T, f func(t *testing.T, s *Store, folder string)) {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]Config{
		"plain": {Max: 1 << 20}, "encrypted": {Max: 1 << 20, Recipients: []age.Recipient{id.Recipient()}, Identities: []age.Identity{id}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := filepath.Join(t.TempDir(), "blobs")
			s, err := Dir(folder, c, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			f(t, s, folder)
		})
	}
}

func TestWhatIsPutComesBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *Store, _ string) {
		var want []string
		for _, n := range []int{0, 1, 1000, 300_000, 1 << 20} {
			data := content(n)
			ref, err := s.Put(t.Context(), iotest.OneByteReader(bytes.NewReader(data[:min(n, 2000)])))
			if err != nil {
				t.Fatal(err)
			}
			ref, err = s.Put(t.Context(), bytes.NewReader(data))
			sum := sha256.Sum256(data)
			if err != nil || ref != (Ref{hex.EncodeToString(sum[:]), int64(n)}) {
				t.Fatalf("Put() = %v, %v", ref, err)
			}
			want = append(want, ref.SHA256)
			r, err := s.Open(t.Context(), ref)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(r)
			if err != nil || !bytes.Equal(got, data) || r.Close() != nil {
				t.Errorf("%d bytes came back as %d, %v", n, len(got), err)
			}
			if ok, err := s.Has(t.Context(), ref); !ok || err != nil {
				t.Errorf("Has() = %v, %v", ok, err)
			}
		}
		var got []string
		for sum, err := range s.Walk(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if n, err := s.Verify(t.Context(), sum); err != nil || n > 1<<20 {
				t.Errorf("Verify() = %d, %v", n, err)
			}
			got = append(got, sum)
		}
		for _, sum := range want {
			if !slices.Contains(got, sum) {
				t.Errorf("Walk() misses %s", sum)
			}
		}
		if !slices.IsSorted(got) {
			t.Error("Walk() is not sorted")
		}
	})
}

func TestFailedPutLeavesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *Store, folder string) {
		_, err := s.Put(t.Context(), io.MultiReader(strings.NewReader("half"), iotest.ErrReader(io.ErrUnexpectedEOF)))
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("Put() = %v", err)
		}
		if _, err = s.Put(t.Context(), bytes.NewReader(content(1<<20+1))); !errors.Is(err, fault.Limit) {
			t.Errorf("Put() of too much = %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err = s.Put(ctx, strings.NewReader("x")); !errors.Is(err, context.Canceled) {
			t.Errorf("Put() = %v, want cancelled", err)
		}
		entries, err := os.ReadDir(folder)
		if err != nil || len(entries) != 0 {
			t.Errorf("left behind: %v, %v", entries, err)
		}
	})
}

func TestDamageIsFound(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *Store, folder string) {
		ref, err := s.Put(t.Context(), bytes.NewReader(content(5000)))
		if err != nil {
			t.Fatal(err)
		}
		paths, err := filepath.Glob(filepath.Join(folder, "*", "*", "*"))
		if err != nil || len(paths) != 1 {
			t.Fatalf("paths %v, %v", paths, err)
		}
		data, err := os.ReadFile(paths[0])
		if err != nil {
			t.Fatal(err)
		}
		for name, bad := range map[string][]byte{"changed": append(bytes.Clone(data[:len(data)-1]), data[len(data)-1]^1), "cut": data[:len(data)-1], "longer": append(bytes.Clone(data), 0)} {
			if err := os.WriteFile(paths[0], bad, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Verify(t.Context(), ref.SHA256); err == nil {
				t.Errorf("%s: not found", name)
			}
		}
	})
}

func TestEncryptedBlobsAreNotReadable(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *Store, folder string) {
		if len(s.config.Recipients) == 0 {
			return
		}
		ref, err := s.Put(t.Context(), strings.NewReader("canary canary canary"))
		if err != nil {
			t.Fatal(err)
		}
		paths, _ := filepath.Glob(filepath.Join(folder, "*", "*", "*.age"))
		data, err := os.ReadFile(paths[0])
		if err != nil || bytes.Contains(data, []byte("canary")) {
			t.Errorf("stored plainly: %v", err)
		}
		blind, err := Dir(folder, Config{}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := blind.Open(t.Context(), ref); err == nil {
			t.Error("opened without an identity")
		}
	})
}

// TestPeer_CVE_2024_34060 asks for names that are paths.
func TestPeer_CVE_2024_34060(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *Store, _ string) {
		for _, name := range []string{"", "..", "../../etc/passwd", strings.Repeat(".", 64), strings.Repeat("/", 64), strings.Repeat("A", 64), strings.Repeat("a", 63) + "\x00", strings.Repeat("a", 300)} {
			if _, err := s.Open(t.Context(), Ref{SHA256: name}); !errors.Is(err, fault.NotFound) {
				t.Errorf("Open(%q) = %v", name, err)
			}
			if ok, err := s.Has(t.Context(), Ref{SHA256: name}); ok || err != nil {
				t.Errorf("Has(%q) = %v, %v", name, ok, err)
			}
			if err := s.Remove(t.Context(), Ref{SHA256: name}); err != nil {
				t.Errorf("Remove(%q) = %v", name, err)
			}
		}
	})
}

func TestManyPutTheSame(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *Store, _ string) {
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				if _, err := s.Put(t.Context(), strings.NewReader(fmt.Sprint("same", i%2))); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		n := 0
		for range s.Walk(t.Context()) {
			n++
		}
		if n != 2 {
			t.Errorf("%d blobs, want 2", n)
		}
	})
}

func TestOldLeftoversAreSwept(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, name := range []string{tempPrefix + "old", tempPrefix + "new"} {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now()
	if err := os.Chtimes(filepath.Join(folder, tempPrefix+"old"), now, now.Add(-2*tempLife)); err != nil {
		t.Fatal(err)
	}
	if _, err := Dir(folder, Config{}, now); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 1 || entries[0].Name() != tempPrefix+"new" {
		t.Errorf("left: %v, %v", entries, err)
	}
}

func TestParseKeys(t *testing.T) {
	t.Parallel()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	c, err := ParseKeys([]string{" " + id.Recipient().String()}, strings.NewReader("# comment\n"+id.String()+"\n"))
	if err != nil || len(c.Recipients) != 1 || len(c.Identities) != 1 {
		t.Errorf("ParseKeys() = %+v, %v", c, err)
	}
	if _, err := ParseKeys([]string{"age1nonsense"}, nil); err == nil {
		t.Error("nonsense is a recipient")
	}
}
