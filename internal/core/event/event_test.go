package event_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/core/event"
	"noroshi.dev/internal/core/id"
	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

type decided struct {
	Report  string   `json:"report"`
	Outcome string   `json:"outcome"`
	Tags    []string `json:"tags"`
}

func (decided) EventName() string { return "kengine.decided" }

type heard struct {
	mu  sync.Mutex
	got []decided
}

func (h *heard) take(_ context.Context, e decided) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.got = append(h.got, e)
	return nil
}

func (h *heard) list() []decided {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.got
}

type house struct {
	db   *storage.DB
	jobs *jobs.Jobs
	bus  *event.Bus
}

func open(t *testing.T, db *storage.DB, subscribe func(b *event.Bus)) house {
	t.Helper()
	r := jobs.NewRegistry()
	j, err := jobs.New(db, r, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	b := event.New(db, r, j, id.New(time.Now))
	subscribe(b)
	if err := errors.Join(j.Migrate(t.Context()), db.Migrate(t.Context(), "event", event.Migrations), j.Start(t.Context())); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := j.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return house{db, j, b}
}

func (h house) publish(t *testing.T, e decided, end error) {
	t.Helper()
	err := h.db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		return errors.Join(event.Publish(ctx, h.bus, tx, e), end)
	})
	if !errors.Is(err, end) {
		t.Fatal(err)
	}
}

func (h house) idle(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := h.jobs.Idle(ctx); err != nil {
		t.Fatal(err)
	}
}

func (h house) open(t *testing.T) []string {
	t.Helper()
	list, err := h.bus.Open(t.Context(), h.db.Read(), 10)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, w := range list {
		if w.At.IsZero() || w.Event == "" {
			t.Errorf("Open() = %+v", w)
		}
		out = append(out, w.Name+" "+w.Subscriber)
	}
	return out
}

func TestNewsReachEverySubscriberIfTheTellerCommits(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, nil, func(t *testing.T, db *storage.DB) {
		var one, two heard
		h := open(t, db, func(b *event.Bus) {
			event.Subscribe(b, "test.one", one.take)
			event.Subscribe(b, "test.two", two.take)
		})
		h.publish(t, decided{Report: "rolled back"}, errors.New("boom"))
		want := decided{"CVE-2026-0001", "急", []string{"a", "b"}}
		h.publish(t, want, nil)
		h.idle(t)
		for name, got := range map[string][]decided{"one": one.list(), "two": two.list()} {
			if d := cmp.Diff([]decided{want}, got); d != "" {
				t.Errorf("%s: %s", name, d)
			}
		}
		if got := h.open(t); got != nil {
			t.Errorf("Open() = %v, want none", got)
		}
	})
}

func TestFailedDeliveryStaysVisibleAndIsRepeatedForThatSubscriberOnly(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, nil, func(t *testing.T, db *storage.DB) {
		var fine, later heard
		var mu sync.Mutex
		away := true
		h := open(t, db, func(b *event.Bus) {
			event.Subscribe(b, "test.fine", fine.take)
			event.Subscribe(b, "test.later", func(ctx context.Context, e decided) error {
				mu.Lock()
				defer mu.Unlock()
				if away {
					return jobs.Later(time.Hour)
				}
				return later.take(ctx, e)
			})
		})
		h.publish(t, decided{Report: "1"}, nil)
		h.idle(t)
		if d := cmp.Diff([]string{"kengine.decided test.later"}, h.open(t)); d != "" {
			t.Errorf("Open(): %s", d)
		}
		if n, err := h.bus.Prune(t.Context(), time.Now().Add(time.Hour)); err != nil || n != 0 {
			t.Errorf("Prune() = %d, %v; it must keep what is open", n, err)
		}
		mu.Lock()
		away = false
		mu.Unlock()
		waiting, err := h.jobs.List(t.Context(), jobs.Filter{Kinds: []string{"event.delivery"}, States: []jobs.State{jobs.Scheduled}})
		if err != nil || len(waiting) != 1 {
			t.Fatalf("List() = %+v, %v", waiting, err)
		}
		retry := func(job int64) {
			t.Helper()
			err := db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error { return h.jobs.Retry(ctx, tx, job) })
			if err != nil {
				t.Fatal(err)
			}
			h.idle(t)
		}
		retry(waiting[0].ID)
		retry(waiting[0].ID) // a job that comes twice delivers once
		if len(fine.list()) != 1 || len(later.list()) != 1 {
			t.Errorf("fine heard %d, later %d; want 1, 1", len(fine.list()), len(later.list()))
		}
		if n, err := h.bus.Prune(t.Context(), time.Now().Add(time.Hour)); err != nil || n != 1 {
			t.Errorf("Prune() = %d, %v, want 1", n, err)
		}
	})
}

func TestDeliveryToASubscriberThatIsGoneIsAnError(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, nil, func(t *testing.T, db *storage.DB) {
		old := open(t, db, func(b *event.Bus) {
			event.Subscribe(b, "test.gone", func(context.Context, decided) error { return jobs.Later(time.Hour) })
		})
		old.publish(t, decided{Report: "1"}, nil)
		old.idle(t)
		if err := old.jobs.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		h := open(t, db, func(*event.Bus) {})
		waiting, err := h.jobs.List(t.Context(), jobs.Filter{Kinds: []string{"event.delivery"}})
		if err != nil || len(waiting) != 1 {
			t.Fatalf("List() = %+v, %v", waiting, err)
		}
		err = db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error { return h.jobs.Retry(ctx, tx, waiting[0].ID) })
		if err != nil {
			t.Fatal(err)
		}
		h.idle(t)
		job, err := h.jobs.Get(t.Context(), waiting[0].ID)
		if err != nil || len(job.Failures) == 0 {
			t.Errorf("Get() = %+v, %v; want a visible failure", job, err)
		}
		if got := h.open(t); len(got) != 1 {
			t.Errorf("Open() = %v, want the delivery", got)
		}
	})
}
