package view

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

// oneDesk is a desk on SQLite, for what does not depend on the database.
func oneDesk(t *testing.T) *desk {
	t.Helper()
	db := storagetest.Open(t, storage.SQLite, clock.Wall{})
	ok(t, migrate(t.Context(), db))
	return newDesk(t, db)
}

// TestATeamsViewsLeaveRoomForOnesOwn fills the team's room: it once counted
// against each member's own.
func TestATeamsViewsLeaveRoomForOnesOwn(t *testing.T) {
	t.Parallel()
	d := oneDesk(t)
	for range maxViews {
		d.save(d.ana, "Team", true)
	}
	many := func(what string, a identity.Actor, team bool) {
		t.Helper()
		_, err := d.Save(t.Context(), a, View{Path: list1, Name: "x", Team: team})
		if f := fault.Of(err); f == nil || f.Key != "view.many" {
			t.Errorf("%s: %v, want a limit", what, err)
		}
	}
	many("one more of the team", d.ana, true)
	d.save(d.bob, "Bob's first", false)
	for range maxViews {
		d.save(d.ana, "Mine", false)
	}
	many("one more of her own", d.ana, false)
	if _, err := d.Save(t.Context(), d.ana, View{Path: list1 + "/other", Name: "x"}); err != nil {
		t.Errorf("a view of another list: %v", err)
	}
}

// TestNobodyKeepsViews tries every act by nobody, and by an actor without an
// organisation.
func TestNobodyKeepsViews(t *testing.T) {
	t.Parallel()
	d := oneDesk(t)
	v := d.save(d.ana, "Team", true)
	sub, _, err := d.Subscribe(t.Context(), d.ana, v.ID, Atom, "")
	ok(t, err)
	homeless := d.ana
	homeless.Memberships, homeless.Organisation = nil, ""
	ctx := t.Context()
	for who, a := range map[string]identity.Actor{"nobody": {}, "without an organisation": homeless} {
		for what, f := range map[string]func() error{
			"save":      func() error { _, err := d.Save(ctx, a, View{Path: list1, Name: "x"}); return err },
			"list":      func() error { _, err := d.List(ctx, a, list1); return err },
			"view":      func() error { _, err := d.View(ctx, a, v.ID); return err },
			"rename":    func() error { return d.Rename(ctx, a, v.ID, "x", "") },
			"delete":    func() error { return d.Delete(ctx, a, v.ID) },
			"subscribe": func() error { _, _, err := d.Subscribe(ctx, a, v.ID, Atom, ""); return err },
			"list subs": func() error { _, err := d.Subscriptions(ctx, a); return err },
		} {
			if err := f(); !errors.Is(err, fault.Denied) && !errors.Is(err, fault.NotFound) {
				t.Errorf("%s by %s = %v, want a refusal", what, who, err)
			}
		}
	}
	for what, err := range map[string]error{
		"unsubscribe another": d.Unsubscribe(ctx, d.bob, sub.ID),
		"unsubscribe nothing": d.Unsubscribe(ctx, d.ana, "no"),
		"replay nothing":      d.Replay(ctx, d.ana, "no"),
		"rename nothing":      d.Rename(ctx, d.ana, "no", "x", ""),
	} {
		if !errors.Is(err, fault.NotFound) {
			t.Errorf("%s: %v, want not found", what, err)
		}
	}
	if _, err := d.Deliveries(ctx, d.bob, sub.ID); !errors.Is(err, fault.NotFound) {
		t.Errorf("another's delivery log: %v", err)
	}
}

// TestSubscriptionsAreBounded makes as many as are allowed and one more.
func TestSubscriptionsAreBounded(t *testing.T) {
	t.Parallel()
	d := oneDesk(t)
	v := d.save(d.ana, "Team", true)
	secrets := map[string]bool{}
	for range maxSubscriptions {
		_, secret, err := d.Subscribe(t.Context(), d.ana, v.ID, Atom, "")
		ok(t, err)
		secrets[secret] = true
	}
	if len(secrets) != maxSubscriptions {
		t.Errorf("%d secrets of %d subscriptions", len(secrets), maxSubscriptions)
	}
	if _, _, err := d.Subscribe(t.Context(), d.ana, v.ID, Atom, ""); !errors.Is(err, fault.Limit) {
		t.Errorf("one more: %v, want a limit", err)
	}
	if _, _, err := d.Subscribe(t.Context(), d.bob, v.ID, Atom, ""); err != nil {
		t.Errorf("another person's first: %v", err)
	}
	for _, kind := range []Kind{"", "mail", "ATOM"} {
		_, _, err := d.Subscribe(t.Context(), d.bob, v.ID, kind, "https://example.jp/")
		if f := fault.Of(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != "kind" {
			t.Errorf("Subscribe(%q) = %v, want the field kind", kind, err)
		}
	}
	ok(t, d.Delete(t.Context(), d.ana, v.ID))
	if left, err := d.Subscriptions(t.Context(), d.ana); err != nil || len(left) != 0 {
		t.Errorf("Subscriptions() after the view is gone = %+v, %v", left, err)
	}
	for secret := range secrets {
		if _, _, err := d.Feed(t.Context(), secret); !errors.Is(err, fault.NotFound) {
			t.Errorf("the feed of a view that is gone: %v", err)
		}
	}
}

// TestAnswersOfAReceiver is the table of what a receiver says and what the log and
// the job make of it.
func TestAnswersOfAReceiver(t *testing.T) {
	t.Parallel()
	d, ctx := oneDesk(t), t.Context()
	answer := http.StatusOK
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(answer)
		_, _ = w.Write([]byte("<b>what a receiver says is not kept</b>"))
	}))
	defer srv.Close()
	sub, _, err := d.Subscribe(ctx, d.ana, d.save(d.ana, "Mine", false).ID, Webhook, srv.URL)
	ok(t, err)
	for _, c := range []struct {
		status        int
		state, reason string
		again         bool // the job is tried again
	}{
		{http.StatusOK, "sent", "", false},
		{http.StatusNoContent, "sent", "", false},
		{http.StatusNotModified, "failed", "status 304", true},
		{http.StatusBadRequest, "failed", "status 400", true},
		{http.StatusGone, "failed", "status 410", false},
		{http.StatusTooManyRequests, "failed", "status 429", true},
		{http.StatusInternalServerError, "failed", "status 500", true},
	} {
		answer = c.status
		ok(t, d.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error { return d.Deliver(ctx, tx, sub, c.status) }))
		log, err := d.Deliveries(ctx, d.ana, sub.ID)
		ok(t, err)
		sent := d.send(ctx, log[0].ID)
		if again := errors.Is(sent, fault.Unavailable); again != c.again {
			t.Errorf("%d: send() = %v, tried again %v, want %v", c.status, sent, again, c.again)
		}
		log, err = d.Deliveries(ctx, d.ana, sub.ID)
		ok(t, err)
		if got := log[0]; got.State != c.state || got.Status != c.status || got.Reason != c.reason || got.Tries != 1 || got.TriedAt.IsZero() {
			t.Errorf("%d: delivery = %+v", c.status, got)
		}
	}
}

// TestMessagesAreBounded queues messages around the largest body, and one that is
// no JSON.
func TestMessagesAreBounded(t *testing.T) {
	t.Parallel()
	d, ctx := oneDesk(t), t.Context()
	sub, _, err := d.Subscribe(ctx, d.ana, d.save(d.ana, "Mine", false).ID, Webhook, "https://example.jp/hook")
	ok(t, err)
	for name, c := range map[string]struct {
		message any
		good    bool
	}{
		"largest":   {strings.Repeat("x", maxBody-2), true},
		"too large": {strings.Repeat("x", maxBody-1), false},
		"a channel": {make(chan int), false},
	} {
		err := d.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error { return d.Deliver(ctx, tx, sub, c.message) })
		if (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
	}
	log, err := d.Deliveries(ctx, d.ana, sub.ID)
	if err != nil || len(log) != 1 || len(log[0].Body) != maxBody {
		t.Errorf("%d deliveries, %v, want the largest alone", len(log), err)
	}
}

// TestTheDeliveryLogIsPruned ages an entry past its life.
func TestTheDeliveryLogIsPruned(t *testing.T) {
	t.Parallel()
	run(t, func(d *desk) {
		ctx := d.t.Context()
		sub, _, err := d.Subscribe(ctx, d.ana, d.save(d.ana, "Mine", false).ID, Webhook, "https://example.jp/hook")
		ok(d.t, err)
		deliver := func(text string) {
			ok(d.t, d.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error { return d.Deliver(ctx, tx, sub, text) }))
		}
		deliver("old")
		ok(d.t, d.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
			_, err := tx.ExecContext(ctx, `UPDATE view_delivery SET created_at = ?`, storage.At(tx.Now().Add(-deliveryLife-time.Minute)))
			return err
		}))
		deliver("new")
		log, err := d.Deliveries(ctx, d.ana, sub.ID)
		if err != nil || len(log) != 1 || log[0].Body != `"new"` {
			d.t.Errorf("Deliveries() = %+v, %v", log, err)
		}
	})
}

// TestSignature holds a value that was computed by another implementation
// (openssl dgst -sha256 -hmac), and what must change it.
func TestSignature(t *testing.T) {
	t.Parallel()
	const want = "v1=7330c9cf7d886970cbebbbb5494c04d2aeff06a990adb7d7a75abfeb0159d291"
	got := Signature([]byte("key"), "1800000000", []byte(`{"a":1}`))
	if got != want {
		t.Errorf("Signature() = %s, want %s", got, want)
	}
	for name, other := range map[string]string{
		"key":       Signature([]byte("key2"), "1800000000", []byte(`{"a":1}`)),
		"timestamp": Signature([]byte("key"), "1800000001", []byte(`{"a":1}`)),
		"body":      Signature([]byte("key"), "1800000000", []byte(`{"a":2}`)),
	} {
		if other == got {
			t.Errorf("another %s has the same signature", name)
		}
	}
}

// TestFailedMeansNoFurtherTry follows one message through its tries: it is being tried again until the
// last one, and after a replay it waits like a new one.
func TestFailedMeansNoFurtherTry(t *testing.T) {
	t.Parallel()
	d, ctx := oneDesk(t), t.Context()
	answer := http.StatusInternalServerError
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(answer) }))
	defer srv.Close()
	sub, _, err := d.Subscribe(ctx, d.ana, d.save(d.ana, "Mine", false).ID, Webhook, srv.URL)
	ok(t, err)
	ok(t, d.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error { return d.Deliver(ctx, tx, sub, "news") }))
	now := func() Delivery {
		t.Helper()
		log, err := d.Deliveries(ctx, d.ana, sub.ID)
		ok(t, err)
		return log[0]
	}
	id := now().ID
	for _, c := range []struct {
		try, of, status int
		state           string
	}{
		{1, 3, http.StatusInternalServerError, "retrying"},
		{2, 3, http.StatusTooManyRequests, "retrying"},
		{3, 3, http.StatusInternalServerError, "failed"},
	} {
		answer = c.status
		if err := d.send(jobs.WithTry(ctx, jobs.Try{Number: c.try, Of: c.of}), id); !errors.Is(err, fault.Unavailable) {
			t.Errorf("try %d: %v, want Unavailable", c.try, err)
		}
		if got := now(); got.State != c.state || got.Tries != c.try || got.Status != c.status || got.Reason == "" {
			t.Errorf("try %d: %+v, want %s", c.try, got, c.state)
		}
	}
	ok(t, d.Replay(ctx, d.ana, id))
	if got := now(); got.State != "pending" || got.Reason != "" {
		t.Errorf("after a replay: %+v", got)
	}
	answer = http.StatusGone // no further try, whatever is left of them
	if err := d.send(jobs.WithTry(ctx, jobs.Try{Number: 1, Of: 3}), id); err == nil || now().State != "failed" {
		t.Errorf("gone: %v, %+v", err, now())
	}
	answer = http.StatusOK
	ok(t, d.Replay(ctx, d.ana, id))
	ok(t, d.send(jobs.WithTry(ctx, jobs.Try{Number: 1, Of: 3}), id))
	if got := now(); got.State != "sent" || got.Reason != "" {
		t.Errorf("answered: %+v", got)
	}
}
