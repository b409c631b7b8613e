package kengine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/intake"
)

// Doer sends requests to the outside: a client that refuses addresses inside the own network.
type Doer interface {
	Do(r *http.Request) (*http.Response, error)
}

// FetchWith gives the room the client by which sources are fetched. Call it before jobs are started;
// without it every fetch fails with "kengine.source.closed".
func (s *Service) FetchWith(d Doer) { s.Web = d }

const (
	fetchTimeout  = 30 * time.Minute
	maxFetch      = 4 << 30 // bytes of one answer
	firstBackoff  = 5 * time.Minute
	maxBackoff    = 24 * time.Hour
	spreadBackoff = 0.2 // part of the wait that is left to chance, both ways
)

// pollJob looks for sources that are due.
type pollJob struct{}

// Kind implements jobs.Args.
func (pollJob) Kind() string { return "kengine.poll" }

// fetchJob fetches one source.
type fetchJob struct {
	Source string `json:"source"`
}

// Kind implements jobs.Args.
func (fetchJob) Kind() string { return "kengine.fetch" }

// registerFetch adds the work of sources: one job a due source, so that a slow one holds nobody up.
func (s *Service) registerFetch(r *jobs.Registry) {
	jobs.Register(r, jobs.Options{Unique: true}, func(ctx context.Context, _ pollJob) error { return s.Poll(ctx) })
	r.Every(pollJob{}, time.Minute)
	jobs.Register(r, jobs.Options{Timeout: fetchTimeout, Unique: true, MaxAttempts: 2, Queue: "kengine_fetch", Workers: 2}, func(ctx context.Context, j fetchJob) error {
		_, err := s.Fetch(ctx, j.Source)
		return err
	})
}

// Poll enqueues a fetch for every source that is due.
func (s *Service) Poll(ctx context.Context) error {
	if s.Jobs == nil {
		return nil
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		due, err := storage.List(ctx, tx, storage.Scalar[string], `SELECT id FROM kengine_source WHERE active AND next <= ? ORDER BY next`, storage.At(s.Clock.Now()))
		if err != nil {
			return fmt.Errorf("kengine: poll sources: %w", err)
		}
		for _, id := range due {
			if err := s.Jobs.Enqueue(ctx, tx, fetchJob{Source: id}); err != nil {
				return err
			}
		}
		return nil
	})
}

// fetched is a source with what the last answer said of itself.
type fetched struct {
	Source
	organisation, etag, modified string
	wait                         time.Duration // that the other side asks for
}

// Fetch fetches a source now, imports what is new and writes how it went. A failure of the other side
// is no error: it is kept with the source, which is tried again later and later. A source that was
// deleted meanwhile is left alone.
func (s *Service) Fetch(ctx context.Context, id string) (ImportView, error) {
	rows, err := storage.List(ctx, s.DB.Read(), func(scan func(...any) error) (fetched, error) {
		var f fetched
		var err error
		f.Source, err = scanSource(func(to ...any) error { return scan(append(to, &f.organisation, &f.etag, &f.modified)...) })
		return f, err
	}, `SELECT `+sourceColumns+`, organisation, etag, last_modified FROM kengine_source WHERE id = ?`, id)
	if err != nil {
		return ImportView{}, fmt.Errorf("kengine: fetch %s: %w", id, err)
	}
	if len(rows) == 0 {
		return ImportView{}, nil
	}
	f := &rows[0]
	v, failure := s.get(ctx, f)
	if failure != nil && ctx.Err() != nil {
		return v, fmt.Errorf("kengine: fetch %s: %w", id, failure) // the job is run again
	}
	if failure != nil {
		s.Log.WarnContext(ctx, "a source could not be fetched", "id", id, "name", f.Name, "err", failure)
	}
	return v, s.fetchEnded(ctx, f, v, failure)
}

// get asks for the document and imports it.
func (s *Service) get(ctx context.Context, f *fetched) (ImportView, error) {
	if s.Web == nil {
		return ImportView{}, fault.New(fault.Unavailable, "kengine.source.closed")
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, f.URL, http.NoBody)
	if err != nil {
		return ImportView{}, fault.New(fault.Invalid, "kengine.source.url").Because(err)
	}
	r.Header.Set("User-Agent", "noroshi")
	if f.etag != "" {
		r.Header.Set("If-None-Match", f.etag)
	}
	if f.modified != "" {
		r.Header.Set("If-Modified-Since", f.modified)
	}
	res, err := s.Web.Do(r)
	if err != nil {
		return ImportView{}, fault.New(fault.Unavailable, "kengine.source.unreachable").Because(err)
	}
	defer func() { _ = res.Body.Close() }()
	switch res.StatusCode {
	case http.StatusOK:
	case http.StatusNotModified:
		return ImportView{}, nil
	default:
		f.wait = retryAfter(res.Header.Get("Retry-After"), s.Clock.Now())
		return ImportView{}, fault.New(fault.Unavailable, "kengine.source.refused").With("status", res.StatusCode)
	}
	if res.ContentLength > maxFetch {
		return ImportView{}, fault.New(fault.Limit, "kengine.source.size").With("max", int64(maxFetch))
	}
	body := &atMost{r: res.Body, left: maxFetch}
	v, err := s.Import(ctx, identity.System("kengine.fetch").In(f.organisation), f.Name, body, ImportOptions{Source: f.ID})
	if err != nil {
		return v, err
	}
	f.etag, f.modified = cut(res.Header.Get("ETag"), 1000), cut(res.Header.Get("Last-Modified"), 100)
	return v, nil
}

// atMost ends a reading that is larger than allowed with an error, not in silence.
type atMost struct {
	r    io.Reader
	left int64
}

// Read implements io.Reader.
func (a *atMost) Read(p []byte) (int, error) {
	if a.left <= 0 {
		return 0, fmt.Errorf("kengine: fetch: %w", intake.ErrLimit)
	}
	n, err := a.r.Read(p[:min(int64(len(p)), a.left)])
	a.left -= int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		return n, fmt.Errorf("kengine: fetch: %w", err)
	}
	return n, err
}

// fetchEnded writes how a fetch went and when the next one is.
func (s *Service) fetchEnded(ctx context.Context, f *fetched, v ImportView, failure error) error {
	now := s.Clock.Now()
	return s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		failures, key, wait := 0, "", f.Period
		if failure != nil {
			failures, key = f.Failures+1, failureKey(failure)
			wait = max(Backoff(failures, f.Period, s.chance()), f.wait)
		}
		next := storage.At(now.Add(wait))
		_, err := tx.ExecContext(ctx, `UPDATE kengine_source SET etag = ?, last_modified = ?, last = ?, failures = ?, failure = ?,
			import = CASE WHEN ? = '' THEN import ELSE ? END, next = CASE WHEN active THEN CAST(? AS BIGINT) END WHERE id = ?`,
			f.etag, f.modified, storage.At(now), failures, key, v.ID, v.ID, next, f.ID)
		if err != nil {
			return fmt.Errorf("kengine: fetch %s: %w", f.ID, err)
		}
		return s.record(ctx, tx, identity.System("kengine.fetch").In(f.organisation), "source.fetch", f.ID)
	})
}

// chance returns a number from 0 up to 1.
func (s *Service) chance() float64 {
	if s.Chance == nil {
		return rand.Float64() //nolint:gosec // spreads requests, protects nothing
	}
	return s.Chance()
}

// Backoff returns how long to wait after so many failures in a row: 5 minutes (or the period, where
// that is shorter), doubled by every further failure up to a day (or the period, where that is
// longer), give or take a fifth by chance, a number from 0 up to 1.
func Backoff(failures int, period time.Duration, chance float64) time.Duration {
	wait := float64(min(firstBackoff, period))
	limit := float64(max(maxBackoff, period))
	for range min(max(failures-1, 0), 40) {
		wait = min(wait*2, limit)
	}
	return time.Duration(wait * (1 - spreadBackoff + 2*spreadBackoff*chance))
}

// retryAfter reads how long the other side wants to be left alone, at most a day.
func retryAfter(header string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(header); err == nil && n > 0 {
		return min(time.Duration(min(n, 1<<20))*time.Second, maxBackoff)
	}
	if t, err := http.ParseTime(header); err == nil {
		return min(max(t.Sub(now), 0), maxBackoff)
	}
	return 0
}
