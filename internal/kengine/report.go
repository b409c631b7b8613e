package kengine

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/decide"
	"noroshi.dev/internal/kengine/intake"
)

// Report returns a report by its key or an alias, with everything known about it as the actor's
// organisation sees it. It needs PermReportRead; the tasks are left out without PermTaskRead. The
// fault is fault.NotFound "kengine.report".
func (s *Service) Report(ctx context.Context, a identity.Actor, key string) (ReportView, error) {
	var v ReportView
	if err := s.may(a, PermReportRead()); err != nil {
		return v, err
	}
	err := s.DB.InRead(ctx, func(ctx context.Context, r storage.Runner) error {
		var err error
		if v.ReportRow, err = readReport(ctx, r, key); err != nil {
			return err
		}
		if err = v.readDocuments(ctx, r); err != nil {
			return err
		}
		return s.readKnowledge(ctx, r, a, &v)
	})
	return v, err
}

// readReport finds a report by its key or an alias.
func readReport(ctx context.Context, r storage.Runner, key string) (ReportRow, error) {
	return storage.One(ctx, r, "kengine.report", key, scanReport,
		`SELECT `+reportFieldsSQL+` FROM kengine_report r WHERE r.key = ? OR r.id = (SELECT report FROM kengine_alias WHERE alias = ?)
		ORDER BY r.key = ? DESC LIMIT 1`, key, key, key)
}

// readDocuments fills what the documents say, the leading one first.
func (v *ReportView) readDocuments(ctx context.Context, r storage.Runner) error {
	type document struct {
		origin OriginView
		body   body
	}
	docs, err := storage.List(ctx, r, func(scan func(...any) error) (document, error) {
		var d document
		var kind string
		var modified storage.Time
		var stored []byte
		if err := scan(&kind, &modified, &stored); err != nil {
			return d, err
		}
		d.origin = OriginView{Kind: intake.Kind(kind), Modified: modified.Time}
		return d, json.Unmarshal(stored, &d.body)
	}, `SELECT kind, modified, body FROM kengine_origin WHERE report = ?`, v.ID)
	if err != nil {
		return fmt.Errorf("kengine: documents of %s: %w", v.Key, err)
	}
	slices.SortFunc(docs, func(a, b document) int { return cmp.Compare(kindOrder(a.origin.Kind), kindOrder(b.origin.Kind)) })
	for i := range docs {
		v.Origins = append(v.Origins, docs[i].origin)
		v.addBody(&docs[i].body)
	}
	v.Aliases, err = storage.List(ctx, r, storage.Scalar[string], `SELECT alias FROM kengine_alias WHERE report = ? ORDER BY alias`, v.ID)
	if err != nil {
		return fmt.Errorf("kengine: aliases of %s: %w", v.Key, err)
	}
	return nil
}

func (v *ReportView) addBody(b *body) {
	for _, d := range b.Descriptions {
		if !slices.Contains(v.Descriptions, d) {
			v.Descriptions = append(v.Descriptions, d)
		}
	}
	for _, ref := range b.References {
		if !slices.ContainsFunc(v.References, func(r intake.Reference) bool { return r.URL == ref.URL }) {
			v.References = append(v.References, ref)
		}
	}
	for _, c := range b.CWEs {
		if !slices.Contains(v.CWEs, c) {
			v.CWEs = append(v.CWEs, c)
		}
	}
	v.Scores = append(v.Scores, b.Scores...)
	v.Unmapped = append(v.Unmapped, b.Unmapped...)
	for _, p := range b.Products {
		v.Affected = append(v.Affected, ProductView{
			Source: p.Source, Vendor: p.Vendor, Product: p.Product, Package: p.Package, PURL: p.PURL, CPEs: p.CPEs,
			DefaultStatus: p.DefaultStatus, Versions: p.Versions,
		})
	}
}

// readKnowledge fills facts, assertions, contradictions, product tags and tasks.
func (s *Service) readKnowledge(ctx context.Context, r storage.Runner, a identity.Actor, v *ReportView) error {
	t, err := s.loadTenant(ctx, r, a.Organisation)
	if err != nil {
		return err
	}
	all, err := readAssertions(ctx, r, []string{v.ID})
	if err != nil {
		return err
	}
	v.Assertions = ofOrganisation(all[v.ID], a.Organisation)
	slices.SortFunc(v.Assertions, func(a, b Assertion) int {
		return cmp.Or(b.Observed.Compare(a.Observed), b.Recorded.Compare(a.Recorded), strings.Compare(a.Source, b.Source))
	})
	matches, err := readMatches(ctx, r, a.Organisation, []string{v.ID})
	if err != nil {
		return err
	}
	v.Matches = tagged(matches[v.ID])
	v.Facts = s.factViews(t, v.Assertions, matches[v.ID])
	if v.Contradictions, err = s.conflictsOf(ctx, r, a, v.ID); err != nil {
		return err
	}
	if s.may(a, PermTaskRead()) != nil {
		return nil
	}
	v.Tasks, err = s.taskRowsOf(ctx, r, `SELECT `+taskListColumns+taskListFrom+` WHERE t.organisation = ? AND t.report = ? ORDER BY t.decision`,
		a.Organisation, v.ID)
	return err
}

// factViews lists the inputs of the organisation's models first, in their order and each once, then
// what else is said about the report.
func (s *Service) factViews(t *tenant, assertions []Assertion, matches []TagMatch) []FactView {
	now := s.Clock.Now()
	values, clashes := resolve(assertions, &t.policy, now)
	filled := t.filled(matches)
	var out []FactView
	used := map[string]bool{}
	for i := range t.models {
		m := &t.models[i]
		k := m.know(values)
		m.fill(&k, filled)
		matters := m.matters(&k)
		for col := range m.inputs {
			in := &m.inputs[col]
			if at := slices.IndexFunc(out, func(f FactView) bool { return f.ID == in.id }); at >= 0 {
				out[at].Matters = out[at].Matters || matters[col]
				continue
			}
			f := FactView{Fact: in.fact, ID: in.id, Possible: in.full, Matters: matters[col]}
			if v := k.values[col]; v != nil {
				f.Value, f.Possible = *v, k.sets[col]
				f.Assumed = v.Source == SourceDefault
				used[v.Fact] = true
			}
			out = append(out, f)
		}
	}
	for i := range values {
		if !used[values[i].Fact] && !slices.ContainsFunc(out, func(f FactView) bool { return f.ID == values[i].Fact }) {
			out = append(out, s.factView(&values[i]))
		}
	}
	for i := range out {
		out[i].attach(assertions, clashes)
	}
	return out
}

// matters reports for each input whether another value could still change an open decision.
func (l *loaded) matters(k *known) []bool {
	out := make([]bool, len(l.inputs))
	for d := range l.Model.Decisions {
		for _, col := range l.Matters(d, k.sets) {
			out[col] = true
		}
	}
	return out
}

// factView describes a value of a fact that no model of the organisation uses.
func (s *Service) factView(v *Value) FactView {
	f := FactView{ID: v.Fact, Value: *v}
	if def, ok := s.fact(v.Fact); ok {
		f.Fact = def
		f.Possible, _ = def.Set(v.Values...)
	}
	return f
}

// attach fills the assertion behind the value, and whether sources exclude each other.
func (f *FactView) attach(assertions []Assertion, clashes []Clash) {
	f.Conflict = slices.ContainsFunc(clashes, func(c Clash) bool { return c.Fact == f.Value.Fact })
	if f.Value.Assertion == "" {
		return
	}
	if i := slices.IndexFunc(assertions, func(a Assertion) bool { return a.ID == f.Value.Assertion }); i >= 0 {
		f.Assertion = &assertions[i]
	}
}

// fact describes a published fact, in both languages where the catalogue has words for it.
func (s *Service) fact(id string) (decide.Fact, bool) {
	parsed := factID(id)
	catalogue, err := s.catalogue()
	if err != nil {
		return decide.Fact{}, false
	}
	if i := slices.IndexFunc(catalogue, func(f decide.Fact) bool { return f.ID == parsed }); i >= 0 {
		return catalogue[i], true
	}
	reg, err := s.registry()
	if err != nil {
		return decide.Fact{}, false
	}
	if p, ok := reg.Point(parsed); ok {
		return decide.FromPoint(p), true
	}
	return decide.Fact{}, false
}

// newCatalogue reads the facts that built-in models use.
func newCatalogue(registry func() (*ssvc.Registry, error)) func() ([]decide.Fact, error) {
	return func() ([]decide.Fact, error) {
		reg, err := registry()
		if err != nil {
			return nil, fmt.Errorf("kengine: catalogue: %w", err)
		}
		return decide.Catalogue(reg)
	}
}

// knownFact finds a fact in the organisation's models, then among the published ones.
func (s *Service) knownFact(t *tenant, id string) (decide.Fact, bool) {
	for i := range t.models {
		if at := t.models[i].Model.Fact(factID(id)); at >= 0 && factID(id) != (ssvc.ID{}) {
			return t.models[i].Model.Facts[at], true
		}
	}
	return s.fact(id)
}

// checkClaims names what is wrong with claims of a person.
func (s *Service) checkClaims(t *tenant, claims []Claim) error {
	f := fault.New(fault.Invalid, "kengine.assertion")
	if len(claims) == 0 {
		f.Field("claims", "required")
	}
	for i, c := range claims {
		if slices.ContainsFunc(claims[:i], func(d Claim) bool { return d.Fact == c.Fact }) {
			f.Field(c.Fact, "repeated")
			continue
		}
		def, ok := s.knownFact(t, c.Fact)
		if !ok {
			f.Field(c.Fact, "kengine.assertion.fact", "fact", c.Fact)
			continue
		}
		if _, ok := def.Set(c.Values...); !ok {
			f.Field(c.Fact, "kengine.assertion.value", "fact", c.Fact, "value", strings.Join(c.Values, " "))
		}
	}
	return f.OrNil()
}
