package kengine

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/decide"
	"noroshi.dev/internal/kengine/intake"
)

// AssertionInput is what a person of an organisation says about facts of a report.
type AssertionInput struct {
	Claims   []Claim   // a claim without values takes the own word about its fact back
	Evidence string    // URL or words, may be empty
	Expires  time.Time // zero: never
}

// AddAssertion writes what a person says. It counts for the actor's organisation alone, is never
// shared, and decides the report again in the same transaction. It needs PermReportWrite. It
// returns the tasks of the report as they are afterwards.
func (s *Service) AddAssertion(ctx context.Context, a identity.Actor, key string, in AssertionInput) ([]TaskRow, error) {
	if err := s.may(a, PermReportWrite()); err != nil {
		return nil, err
	}
	if a.Organisation == "" {
		return nil, fault.New(fault.Invalid, "kengine.assertion").Field("organisation", "required")
	}
	var report ReportRow
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		t, err := s.lockTenant(ctx, tx, a.Organisation)
		if err != nil {
			return err
		}
		if err := s.checkClaims(t, in.Claims); err != nil {
			return err
		}
		if !in.Expires.IsZero() && !in.Expires.After(tx.Now()) {
			return fault.New(fault.Invalid, "kengine.assertion").Field("expires", "past")
		}
		if report, err = readReport(ctx, tx, key); err != nil {
			return err
		}
		if err := s.assert(ctx, tx, a, t, &report, in); err != nil {
			return fmt.Errorf("kengine: assert about %s: %w", key, err)
		}
		return s.record(ctx, tx, a, "report.assert", report.Key)
	})
	if err != nil {
		return nil, err
	}
	return s.taskRowsOf(ctx, s.DB.Read(), `SELECT `+taskListColumns+taskListFrom+` WHERE t.organisation = ? AND t.report = ? ORDER BY t.decision`,
		a.Organisation, report.ID)
}

// assert writes an assertion of a person and decides its report again.
func (s *Service) assert(ctx context.Context, tx *storage.Tx, a identity.Actor, t *tenant, report *ReportRow, in AssertionInput) error {
	all, err := readAssertions(ctx, tx, []string{report.ID})
	if err != nil {
		return err
	}
	said := Assertion{
		Organisation: a.Organisation, Source: SourceAnalyst, Evidence: cut(in.Evidence, 2000), Actor: a.ID,
		Observed: afterOwn(tx.Now(), all[report.ID], a.Organisation), Recorded: tx.Now(), Expires: in.Expires, Claims: slices.Clone(in.Claims),
	}
	slices.SortFunc(said.Claims, func(a, b Claim) int { return strings.Compare(a.Fact, b.Fact) })
	stored := said.identify()
	_, err = tx.Bulk(ctx, "kengine_assertion", assertionColumns(), slices.Values([][]any{said.row(report.ID, stored, tx.Now().UnixMicro())}))
	if err != nil {
		return err
	}
	now := slices.Concat(all[report.ID], []Assertion{said})
	if err := refreshOwnConflicts(ctx, tx, report.ID, t, now); err != nil {
		return err
	}
	// Who says otherwise than a feed knows it: nothing is left to do about that.
	_, err = tx.ExecContext(ctx, `UPDATE kengine_conflict SET state = 'accepted', actor = ? WHERE report = ? AND organisation = ? AND updated = ?`,
		a.ID, report.ID, a.Organisation, storage.At(tx.Now()))
	if err != nil {
		return err
	}
	sub := &subject{id: report.ID, key: report.Key, rejected: report.State == string(intake.Rejected), assertions: now}
	return s.redecide(ctx, tx, []*tenant{t}, []*subject{sub})
}

// afterOwn returns now, or if the clock went back since the organisation's people last spoke a
// moment after that: the latest word counts, and it is the one said now.
func afterOwn(now time.Time, all []Assertion, organisation string) time.Time {
	for i := range all {
		if a := &all[i]; a.Organisation == organisation && a.Source == SourceAnalyst && !now.After(a.Observed) {
			now = a.Observed.Add(time.Microsecond)
		}
	}
	return now
}

// ReportInput is a report that a person writes by hand, about something no feed has yet.
type ReportInput struct {
	Key         string // CVE-…, JVNDB-…, or a number of the organisation's own
	Title       string
	Description string
	Lang        string // "ja" or "en"
	Vendor      string
	Product     string
	URL         string
}

// AddReport writes a report by hand and decides it. A record of the same key that comes later adds
// to it. Reports are seen by every organisation of the instance. It needs PermReportWrite; a key
// that is taken is fault.Conflict.
func (s *Service) AddReport(ctx context.Context, a identity.Actor, in ReportInput) (string, error) {
	if err := s.may(a, PermReportWrite()); err != nil {
		return "", err
	}
	in.Key, in.Title = strings.ToUpper(strings.TrimSpace(in.Key)), oneLine(in.Title)
	f := fault.New(fault.Invalid, "kengine.report")
	if !validKey(in.Key) {
		f.Field("key", "kengine.report.key")
	}
	if in.Title == "" {
		f.Field("title", "required")
	}
	if !slices.Contains([]string{"", "ja", "en"}, in.Lang) {
		f.Field("lang", "not_choice")
	}
	if in.URL != "" && !webAddress(in.URL) {
		f.Field("url", "invalid")
	}
	if err := f.OrNil(); err != nil {
		return "", err
	}
	policy := DefaultPolicy()
	p := prepare(in.record(s.Clock.Now()), &policy, s.Clock.Now())
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		tenants, err := s.lockTenants(ctx, tx)
		if err != nil {
			return err
		}
		there, err := lookup(ctx, tx, []*prepared{p})
		if err != nil {
			return err
		}
		if len(there) > 0 {
			return fault.New(fault.Conflict, "kengine.report", in.Key)
		}
		var counts Counts
		if err := (&writer{s: s, tenants: tenants}).store(ctx, tx, []*prepared{p}, &counts); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "report.add", in.Key)
	})
	return in.Key, err
}

// KindManual is the kind of a report that a person wrote.
const KindManual intake.Kind = "manual"

func (in *ReportInput) record(now time.Time) *intake.Record {
	r := &intake.Record{
		Kind: KindManual, ID: in.Key, State: intake.Published, Title: in.Title, Published: now, Modified: now,
		Descriptions: []intake.Text{{Lang: in.Lang, Value: in.Description}},
	}
	if in.Vendor != "" || in.Product != "" {
		r.Products = []intake.Product{{Source: SourceAnalyst, Vendor: in.Vendor, Product: in.Product}}
	}
	if in.URL != "" {
		r.References = []intake.Reference{{URL: in.URL, Source: SourceAnalyst}}
	}
	return r
}

// webAddress accepts what a page may link to: never script.
func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && len(s) <= 2000
}

// validKey accepts letters, digits, hyphen, dot, colon and number sign: what ids of vulnerabilities are made of.
func validKey(key string) bool {
	if len(key) < 3 || len(key) > 64 {
		return false
	}
	for _, r := range key {
		if (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-.:#", r) {
			return false
		}
	}
	return true
}

// conflictsOf returns the contradictions about one report that concern the actor's organisation.
func (s *Service) conflictsOf(ctx context.Context, r storage.Runner, a identity.Actor, report string) ([]ConflictView, error) {
	return s.conflicts(ctx, r, `WHERE c.report = ? AND c.organisation IN ('', ?) ORDER BY c.fact, c.organisation`, report, a.Organisation)
}

func (s *Service) conflicts(ctx context.Context, r storage.Runner, tail string, args ...any) ([]ConflictView, error) {
	rows, err := storage.List(ctx, r, func(scan func(...any) error) (ConflictView, error) {
		var c ConflictView
		var detail storage.JSON[[]side]
		var updated storage.Time
		err := scan(&c.ReportID, &c.Report, &c.Title.EN, &c.Title.JA, &c.Fact, &c.Organisation, &detail, &c.State, &c.Note, &c.Actor, &updated, &c.Version)
		c.Updated = updated.Time
		for _, d := range detail.V {
			c.Sides = append(c.Sides, Value{Fact: c.Fact, Values: strings.Fields(d.Values), Source: d.Source, Raw: d.Raw, Assertion: d.ID, Observed: d.At})
		}
		return c, err
	}, `SELECT c.report, r.key, r.title, r.title_ja, c.fact, c.organisation, c.detail, c.state, c.note, c.actor, c.updated, c.version
		FROM kengine_conflict c JOIN kengine_report r ON r.id = c.report `+tail, args...)
	if err != nil {
		return nil, fmt.Errorf("kengine: contradictions: %w", err)
	}
	for i := range rows {
		rows[i].FactName = decide.Text{EN: rows[i].Fact, JA: rows[i].Fact}
		if def, ok := s.fact(rows[i].Fact); ok {
			rows[i].FactName = def.Name
		}
	}
	return rows, nil
}
