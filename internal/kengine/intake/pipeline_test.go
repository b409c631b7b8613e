package intake

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestOrder reads one archive with different workers and batches: the stream is the same.
func TestOrder(t *testing.T) {
	t.Parallel()
	files := made(3000)
	for i := range files {
		if i%7 == 3 {
			files[i].body = files[i].body[:50+i%40]
		}
	}
	data := packZstdOf(t, packTarOf(t, files...))
	records, refusals := readAll(t, Source{Name: "in", R: bytes.NewReader(data)}, Options{Workers: 1})
	if len(records)+len(refusals) != len(files) {
		t.Fatalf("%d records + %d refusals, want %d", len(records), len(refusals), len(files))
	}
	for _, opt := range []Options{{Workers: 2}, {Workers: 7, BatchRecords: 1}, {Workers: 3, BatchRecords: 10000}} {
		again, refused := readAll(t, Source{Name: "in", R: bytes.NewReader(data)}, opt)
		if diff := cmp.Diff(records, again, cmpopts.IgnoreUnexported(Observation{})); diff != "" {
			t.Errorf("%+v: records differ:\n%.600s", opt, diff)
		}
		if diff := cmp.Diff(reasons(refusals), reasons(refused)); diff != "" {
			t.Errorf("%+v: refusals differ:\n%.600s", opt, diff)
		}
	}
}

// TestBreak ends the reading in the caller; the bubble fails if a goroutine stays behind.
func TestBreak(t *testing.T) {
	data := packTarOf(t, made(5000)...)
	synctest.Test(t, func(t *testing.T) {
		n := 0
		for b, err := range Read(context.Background(), Source{Name: "in", R: bytes.NewReader(data)}, Options{BatchRecords: 10}) {
			must(t, err)
			n += len(b.Records)
			if n >= 100 {
				break
			}
		}
		if n != 100 {
			t.Errorf("%d records, want 100", n)
		}
	})
}

func TestCancel(t *testing.T) {
	data := packTarOf(t, made(5000)...)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var failed error
		n := 0
		for b, err := range Read(ctx, Source{Name: "in", R: bytes.NewReader(data)}, Options{BatchRecords: 10}) {
			if failed = err; err == nil {
				n += len(b.Records)
			}
			if n == 50 {
				cancel()
			}
		}
		if !errors.Is(failed, context.Canceled) || n > 60 {
			t.Errorf("error = %v after %d records, want Canceled soon after 50", failed, n)
		}
		cancel()
	})
}

// TestCancelBlocked cancels a reading that waits for input: closing the input lets it go.
func TestCancelBlocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r, w := io.Pipe()
		defer w.Close()
		done := make(chan error)
		go func() {
			var failed error
			for _, err := range Read(ctx, Source{Name: "pipe", R: r}, Options{}) {
				failed = err
			}
			done <- failed
		}()
		synctest.Wait() // everything waits for the pipe
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("error = %v, want Canceled", err)
		}
	})
}

func TestBatches(t *testing.T) {
	t.Parallel()
	data := packTarOf(t, made(100)...)
	var members int
	var size int64
	for b, err := range Read(context.Background(), Source{Name: "in", R: bytes.NewReader(data)}, Options{BatchRecords: 7}) {
		must(t, err)
		if len(b.Records) > 7 {
			t.Errorf("batch of %d records, want at most 7", len(b.Records))
		}
		members += b.Members
		size += b.Bytes
	}
	if want := int64(100 * len(made(1)[0].body)); members != 100 || size != want {
		t.Errorf("members = %d, bytes = %d, want 100, %d", members, size, want)
	}
}

func TestEmptyInput(t *testing.T) {
	t.Parallel()
	records, refusals := readAll(t, Source{Name: "in", R: bytes.NewReader(nil)}, Options{})
	if len(records) != 0 || len(refusals) != 1 || refusals[0].Reason != ReasonUnknownKind {
		t.Errorf("%v, %v, want one refusal", ids(records), reasons(refusals))
	}
}
