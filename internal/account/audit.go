package account

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"time"

	"noroshi.dev/internal/core/audit"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/ui"
)

// auditForm is the filter of the audit page, all of it in the address.
type auditForm struct {
	Actor   string    `form:"actor,max=100"`
	Room    string    `form:"room,max=100"`
	Op      string    `form:"op,max=100"`
	Object  string    `form:"object,max=200"`
	Outcome string    `form:"outcome,max=100"`
	Request string    `form:"request,max=100"`
	Since   time.Time `form:"since"`
	Until   time.Time `form:"until"`
	Before  int64     `form:"before"`
	Format  string    `form:"format,max=10"`
	BOM     bool      `form:"bom"`
}

func (f auditForm) filter() audit.Filter {
	return audit.Filter{
		ActorID: f.Actor, Room: f.Room, Op: f.Op, Object: f.Object, Outcome: f.Outcome, Request: f.Request,
		Since: f.Since, Until: f.Until, Before: f.Before, Limit: audit.DefaultList + 1, WithDetails: true,
	}
}

// auditView is the page of the audit record.
type auditView struct {
	Form    auditForm
	Records []audit.Record
	Names   map[string]string // of people by id
	Older   string            // cursor
	State   audit.State
	Report  *audit.Report
	Key     string
	Trouble ui.Trouble
}

func (s *Service) auditPage(w http.ResponseWriter, r *http.Request) error {
	return s.showAudit(w, r, nil)
}

func (s *Service) showAudit(w http.ResponseWriter, r *http.Request, report *audit.Report) error {
	ctx := r.Context()
	v := auditView{Report: report, Key: s.audit.PublicKey(), Trouble: ui.Trouble{Status: http.StatusOK}}
	if report == nil {
		t, err := web.FormError(r, web.Decode(r, &v.Form))
		if err != nil {
			return err
		}
		v.Trouble = t
	}
	if err := s.db.InRead(ctx, func(ctx context.Context, read storage.Runner) (err error) {
		if v.State, err = s.audit.State(ctx, read); err != nil {
			return err
		}
		v.Records, err = s.audit.List(ctx, read, v.Form.filter())
		return err
	}); err != nil {
		return err
	}
	if len(v.Records) > audit.DefaultList {
		v.Records = v.Records[:audit.DefaultList]
		v.Older = strconv.FormatInt(v.Records[audit.DefaultList-1].N, 10)
	}
	if err := s.noteReading(r, "read", len(v.Records)); err != nil {
		return err
	}
	var err error
	if v.Names, err = s.identity.Names(ctx, actorIDs(v.Records)); err != nil {
		return err
	}
	return web.Render(w, r, v.Trouble.Status, ui.Page{Title: web.T(r, "account.audit.title")}, auditBody(v))
}

// noteReading writes that somebody read the record: it is restricted. Nothing is
// shown if that cannot be written.
func (s *Service) noteReading(r *http.Request, op string, entries int) error {
	return s.db.InTx(r.Context(), func(ctx context.Context, tx *storage.Tx) error {
		return s.audit.Append(ctx, tx, audit.Entry{
			Actor: web.Actor(r).Audit(), Room: audit.Room, Op: op, Object: "audit", Request: web.RequestID(r.Context()),
			Details: map[string]string{"entries": strconv.Itoa(entries), "filter": r.URL.RawQuery},
		})
	})
}

// actorIDs are the people among the actors of records.
func actorIDs(records []audit.Record) []string {
	var ids []string
	seen := map[string]bool{}
	for _, rec := range records {
		if rec.Entry.Actor.Kind == string(identity.KindPerson) && !seen[rec.Entry.Actor.ID] {
			seen[rec.Entry.Actor.ID] = true
			ids = append(ids, rec.Entry.Actor.ID)
		}
	}
	return ids
}

// auditExport streams what the filter matches, without personal details.
func (s *Service) auditExport(w http.ResponseWriter, r *http.Request) error {
	var f auditForm
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	if err := s.noteReading(r, "export", 0); err != nil {
		return err
	}
	columns := []web.Column[audit.Record]{
		{Name: "n", Value: func(a audit.Record) string { return strconv.FormatInt(a.N, 10) }},
		{Name: "at", Value: func(a audit.Record) string { return a.At.UTC().Format(time.RFC3339Nano) }},
		{Name: "actor_kind", Value: func(a audit.Record) string { return a.Entry.Actor.Kind }},
		{Name: "actor_id", Value: func(a audit.Record) string { return a.Entry.Actor.ID }},
		{Name: "room", Value: func(a audit.Record) string { return a.Entry.Room }},
		{Name: "op", Value: func(a audit.Record) string { return a.Entry.Op }},
		{Name: "object", Value: func(a audit.Record) string { return a.Entry.Object }},
		{Name: "outcome", Value: func(a audit.Record) string { return a.Entry.Outcome }},
		{Name: "request", Value: func(a audit.Record) string { return a.Entry.Request }},
		{Name: "leaf", Value: func(a audit.Record) string { return a.Leaf }},
	}
	return web.Export(w, r, "audit", columns, s.audit.Each(r.Context(), s.db.Read(), f.filter()))
}

// auditVerify checks the whole record against its own checkpoints.
func (s *Service) auditVerify(w http.ResponseWriter, r *http.Request) error {
	var report audit.Report
	if err := s.db.InRead(r.Context(), func(ctx context.Context, read storage.Runner) (err error) {
		report, err = s.audit.Verify(ctx, read, nil, "")
		return err
	}); err != nil {
		return err
	}
	return s.showAudit(w, r, &report)
}

// auditProof gives the file that proves one entry to anybody with the public key.
func (s *Service) auditProof(w http.ResponseWriter, r *http.Request) error {
	n, err := strconv.ParseInt(r.PathValue("n"), 10, 64)
	if err != nil {
		return fault.New(fault.NotFound, "audit.entry", r.PathValue("n"))
	}
	if err := s.noteReading(r, "prove", 1); err != nil {
		return err
	}
	file, err := s.audit.Prove(r.Context(), n)
	if err != nil {
		return err
	}
	return web.Download(w, "audit-"+strconv.FormatInt(n, 10)+".tlog-proof", "text/plain; charset=utf-8", int64(len(file)), bytes.NewReader(file))
}
