package kengine

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/filter"
)

// Tag is a product that an organisation uses, with what that says about reports which concern it.
//
// A report matches when one of its products has the package URL, the CPE name, or vendor and product
// by the pattern, and the release is not known to be unaffected. The facts given count where no
// source says otherwise.
type Tag struct {
	ID string
	TagInput
	Origin  string    // "sbom:…", "csv:…" or empty: made by hand
	Gone    time.Time // since when its document does not list it any more; zero: it does
	Reports int64     // reports that match now
	Created time.Time
	Updated time.Time
	Version int64
}

// TagInput is what a person says about a product. At least one of CPE, PURL, Vendor and Product is
// needed.
type TagInput struct {
	Name        string // empty: made from the names of the product
	Vendor      string // without case, * stands for any text; empty: any
	Product     string // like Vendor
	CPE         string // CPE name in either binding, with wildcards; a version in it is the release
	PURL        string // package URL; a version in it is the release
	Release     string // empty: every version is used
	Criticality string // one of Criticalities; gives the fact ssvc:MWI
	Exposure    string // one of Exposures; gives the fact ssvc:EXP
	Owner       string // id of a person, or the name of a team
	Facts       []Claim
	Active      bool
}

// Criticalities returns how much the mission and the well-being of people suffer when the product
// fails: nothing said, low, medium, high. They are the values of ssvc:MWI:1.0.0.
func Criticalities() []string { return []string{"", "low", "medium", "high"} }

// Exposures returns how far the product can be reached: nothing said, small (local or isolated),
// controlled (behind restrictions), open (from the Internet). They are the values of ssvc:EXP:1.0.1;
// open also means cisa:PE, publicly exposed, and small the opposite.
func Exposures() []string { return []string{"", "small", "controlled", "open"} }

// usageFacts returns the facts that a tag gives: those stated, and those that follow from
// criticality and exposure where nothing else is stated about the same fact.
func usageFacts(criticality, exposure string, stated []Claim) []Claim {
	out := stated
	add := func(fact, value string) {
		for _, c := range stated {
			if family(c.Fact) == family(fact) {
				return
			}
		}
		if value != "" {
			out = append(out, Claim{Fact: fact, Values: []string{value}})
		}
	}
	add("ssvc:MWI:1.0.0", map[string]string{"low": "L", "medium": "M", "high": "H"}[criticality])
	add("ssvc:EXP:1.0.1", map[string]string{"small": "S", "controlled": "C", "open": "O"}[exposure])
	add("cisa:PE:1.0.0", map[string]string{"small": "N", "open": "Y"}[exposure])
	return out
}

// Gives returns the facts that the tag gives to reports which match.
func (t *TagInput) Gives() []Claim { return usageFacts(t.Criticality, t.Exposure, t.Facts) }

const tagColumns = `g.id, g.name, g.vendor, g.product, g.cpe, g.purl, g.release, g.criticality, g.exposure, g.owner, g.facts, g.active,
	g.origin, g.gone, g.created, g.updated, g.version`

func scanTag(scan func(...any) error) (Tag, error) {
	var t Tag
	var facts storage.JSON[map[string]string]
	var gone, created, updated storage.Time
	err := scan(&t.ID, &t.Name, &t.Vendor, &t.Product, &t.CPE, &t.PURL, &t.Release, &t.Criticality, &t.Exposure, &t.Owner, &facts,
		&t.Active, &t.Origin, &gone, &created, &updated, &t.Version, &t.Reports)
	t.Facts = claimsOf(facts.V)
	t.Gone, t.Created, t.Updated = gone.Time, created.Time, updated.Time
	return t, err
}

const tagReports = `, (SELECT COUNT(*) FROM kengine_tag_match m WHERE m.tag = g.id)`

func tagOrders() []order {
	return []order{
		{name: "name", columns: []string{"g.name", "g.id"}, texts: []bool{true, true}},
		{name: "updated", columns: []string{"g.updated", "g.id"}, texts: []bool{false, true}, down: true},
	}
}

// TagSorts returns the orders of the list of product tags.
func TagSorts() []string { return sortNames(tagOrders()) }

// TagFields returns the fields that the filter of the list of product tags understands.
func TagFields() []string { return tagGrammar().names() }

func tagGrammar() *grammar {
	like := func(columns ...string) term {
		return func(w *storage.Where, e filter.Expr) error {
			if e.Op != filter.Is && e.Op != filter.Has {
				return filter.NoValue(e.Field, string(e.Op)+e.Value)
			}
			var parts []*storage.Where
			for _, c := range columns {
				part := &storage.Where{}
				if e.Op == filter.Has {
					part.And(c + " <> ''")
				} else {
					part.And("LOWER("+c+`) LIKE ? ESCAPE '\'`, "%"+literal(strings.ToLower(strings.Trim(e.Value, "*")))+"%")
				}
				parts = append(parts, part)
			}
			w.Or(parts...)
			return nil
		}
	}
	return &grammar{
		fields: map[string]term{
			"is": oneOf(map[string]func(*storage.Where){
				"active": fixed("g.active"), "off": fixed("NOT g.active"), "gone": fixed("g.gone IS NOT NULL"), "all": fixed("1 = 1"),
				"matching": fixed("EXISTS (SELECT 1 FROM kengine_tag_match m WHERE m.tag = g.id)"),
			}),
			"vendor": like("g.vendor", "g.cpe"), "product": like("g.product", "g.cpe", "g.purl"), "release": equals("g.release", same),
			"criticality": equals("g.criticality", strings.ToLower), "exposure": equals("g.exposure", strings.ToLower),
			"owner": equals("g.owner", same), "origin": like("g.origin"),
		},
		word: like("g.name", "g.vendor", "g.product", "g.cpe", "g.purl"),
	}
}

func (s *Service) tagWhere(a identity.Actor, e filter.Expr) (*storage.Where, error) {
	w := &storage.Where{}
	w.And("g.organisation = ?", a.Organisation)
	return w, tagGrammar().where(w, e)
}

// Tags returns a part of the product tags of the actor's organisation. It needs PermTaskRead.
func (s *Service) Tags(ctx context.Context, a identity.Actor, q Query) (Page[Tag], error) {
	if err := s.may(a, PermTaskRead()); err != nil {
		return Page[Tag]{}, err
	}
	q = limited(q)
	w, err := s.tagWhere(a, q.Filter)
	if err != nil {
		return Page[Tag]{}, err
	}
	o, tail, err := paged(&q, w, tagOrders())
	if err != nil {
		return Page[Tag]{}, err
	}
	rows, err := storage.List(ctx, s.DB.Read(), scanTag, `SELECT `+tagColumns+tagReports+` FROM kengine_tag g`+w.SQL()+tail,
		append(w.Args(), q.Limit+1)...)
	if err != nil {
		return Page[Tag]{}, fmt.Errorf("kengine: list tags: %w", err)
	}
	return web.Cut(q, rows, func(t Tag) web.Cursor {
		if o.name == "updated" {
			return web.Cursor{strconv.FormatInt(t.Updated.UnixMicro(), 10), t.ID}
		}
		return web.Cursor{t.Name, t.ID}
	}), nil
}

// CountTags returns the number of product tags that a filter finds. It needs PermTaskRead.
func (s *Service) CountTags(ctx context.Context, a identity.Actor, e filter.Expr) (int64, error) {
	if err := s.may(a, PermTaskRead()); err != nil {
		return 0, err
	}
	w, err := s.tagWhere(a, e)
	if err != nil {
		return 0, err
	}
	n, err := storage.One(ctx, s.DB.Read(), "kengine.tag", "", storage.Scalar[int64], `SELECT COUNT(*) FROM kengine_tag g`+w.SQL(), w.Args()...)
	if err != nil {
		return 0, fmt.Errorf("kengine: count tags: %w", err)
	}
	return n, nil
}

// Tag returns a product tag of the actor's organisation. It needs PermTaskRead; one of another
// organisation is fault.NotFound.
func (s *Service) Tag(ctx context.Context, a identity.Actor, id string) (Tag, error) {
	if err := s.may(a, PermTaskRead()); err != nil {
		return Tag{}, err
	}
	return readTag(ctx, s.DB.Read(), a.Organisation, id)
}

func readTag(ctx context.Context, r storage.Runner, organisation, id string) (Tag, error) {
	return storage.One(ctx, r, "kengine.tag", id, scanTag,
		`SELECT `+tagColumns+tagReports+` FROM kengine_tag g WHERE g.id = ? AND g.organisation = ?`, id, organisation)
}

// TagReport is a report that concerns a product tag, and why.
type TagReport struct {
	ReportRow
	Why Why
}

// TagReports returns a part of the reports that match a product tag, the newest first. It needs
// PermReportRead.
func (s *Service) TagReports(ctx context.Context, a identity.Actor, id string, q Query) (Page[TagReport], error) {
	if err := s.may(a, PermReportRead()); err != nil {
		return Page[TagReport]{}, err
	}
	if _, err := readTag(ctx, s.DB.Read(), a.Organisation, id); err != nil {
		return Page[TagReport]{}, err
	}
	q = limited(q)
	w := &storage.Where{}
	w.And("m.tag = ?", id)
	if err := reportGrammar(s.DB.Dialect(), s.Clock.Now()).where(w, q.Filter); err != nil {
		return Page[TagReport]{}, err
	}
	o, tail, err := paged(&q, w, reportOrders())
	if err != nil {
		return Page[TagReport]{}, err
	}
	rows, err := storage.List(ctx, s.DB.Read(), func(scan func(...any) error) (TagReport, error) {
		var v TagReport
		var reason string
		var err error
		v.ReportRow, err = scanReport(func(to ...any) error { return scan(append(to, &reason)...) })
		v.Why, _ = ReadWhy(reason)
		return v, err
	}, `SELECT `+reportFieldsSQL+`, m.reason FROM kengine_tag_match m JOIN kengine_report r ON r.id = m.report`+w.SQL()+tail,
		append(w.Args(), q.Limit+1)...)
	if err != nil {
		return Page[TagReport]{}, fmt.Errorf("kengine: reports of tag %s: %w", id, err)
	}
	return web.Cut(q, rows, func(r TagReport) web.Cursor { return r.cursor(o.name) }), nil
}

// outdated is the fault of a change to what somebody else has changed.
func outdated(key, id string) error {
	return fault.New(fault.Conflict, key, id).Hinted("kengine.reload")
}
