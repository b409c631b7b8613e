package kengine

import (
	"context"
	"slices"
	"strings"
	"time"

	"noroshi.dev/format/cve"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web/ui"
	"noroshi.dev/internal/kengine/decide"
	"noroshi.dev/internal/kengine/intake"
)

const (
	shownProducts = 30 // affected products on the page of a report
	shownVersions = 8  // versions of one of them
)

// sectionTabs are the pages about what comes in, as far as the reader may see them.
func sectionTabs(ctx context.Context, a identity.Actor, here string) []ui.Tab {
	var out []ui.Tab
	for _, t := range []struct {
		path, key  string
		permission identity.Permission
	}{
		{pathReports, "kengine.reports.title", PermReportRead()},
		{pathConflicts, "kengine.conflicts.title", PermReportRead()},
		{pathImports, "kengine.imports.title", PermImport()},
		{pathSources, "kengine.sources.title", PermImport()},
	} {
		if a.May(t.permission) {
			out = append(out, ui.Tab{Label: ui.T(ctx, t.key), Href: ui.URL(ctx, "%s", ui.Raw(t.path)), Current: t.path == here})
		}
	}
	return out
}

// summaries are the descriptions in the reader's language, or those that there are.
func (v *reportPage) summaries(ctx context.Context) []intake.Text {
	lang := string(ui.From(ctx).Lang)
	var own []intake.Text
	for _, d := range v.Descriptions {
		if strings.HasPrefix(strings.ToLower(d.Lang), lang) {
			own = append(own, d)
		}
	}
	if len(own) > 0 {
		return own
	}
	return v.Descriptions
}

// labels name the fields of the form of the page.
func (v *reportPage) labels(ctx context.Context) []ui.Label {
	out := []ui.Label{{Name: "claims", Label: ui.T(ctx, "kengine.form.answers")}, {Name: "evidence", Label: ui.T(ctx, "kengine.form.evidence")}}
	for i := range v.Facts {
		out = append(out, ui.Label{Name: answerPrefix + v.Facts[i].ID, Label: factName(ctx, &v.Facts[i].Fact, v.Facts[i].ID)})
	}
	return out
}

// sayable are the facts about which a person can say something.
func (v *reportPage) sayable() []*FactView {
	var out []*FactView
	for i := range v.Facts {
		if f := &v.Facts[i]; len(f.Fact.Values) > 1 && !f.Fact.Derived {
			out = append(out, f)
		}
	}
	return out
}

// choices are the values of a fact; the first one says nothing, and who said something can take it back.
func (v *reportPage) choices(ctx context.Context, f *FactView) []ui.Option {
	out := []ui.Option{{Value: "", Label: ui.T(ctx, "kengine.record.say_nothing", "value", orDash(f.valueWords(ctx)))}}
	for _, value := range f.Fact.Values {
		out = append(out, ui.Option{Value: value.Key, Label: say(ctx, value.Name), Chosen: v.said.chosen(f.ID, value.Key)})
	}
	if f.Value.Source == SourceAnalyst {
		out = append(out, ui.Option{Value: withdrawn, Label: ui.T(ctx, "kengine.record.say_withdraw")})
	}
	return out
}

// words are a side of a contradiction in words.
func (v *reportPage) words(ctx context.Context, side *Value) string {
	return wordsOf(ctx, v.define(side.Fact), side.Values)
}

// claim is a claim in words.
func (v *reportPage) claim(ctx context.Context, c Claim) string {
	f := v.define(c.Fact)
	if len(c.Values) == 0 {
		return colon(ctx, factName(ctx, &f, c.Fact), ui.T(ctx, "kengine.fact.withdrawn"))
	}
	return colon(ctx, factName(ctx, &f, c.Fact), wordsOf(ctx, f, c.Values))
}

// define finds the description of a fact among those of the report.
func (v *reportPage) define(id string) decide.Fact {
	i := slices.IndexFunc(v.Facts, func(f FactView) bool { return f.ID == id || f.Value.Fact == id })
	if i < 0 {
		return decide.Fact{}
	}
	return v.Facts[i].Fact
}

// wordsOf are the names of values, the keys where the fact does not know them.
func wordsOf(ctx context.Context, f decide.Fact, keys []string) string {
	if set, ok := f.Set(keys...); ok && set != 0 {
		return f.Words(set, string(ui.From(ctx).Lang))
	}
	return joined(ctx, keys)
}

func conflictKind(c *ConflictView) ui.Kind {
	if c.State == ConflictAccepted {
		return ui.Good
	}
	return ui.Open
}

// when is the time of an assertion: when the source said it, else when it came in.
func (a *Assertion) when() time.Time {
	if a.Observed.IsZero() {
		return a.Recorded
	}
	return a.Observed
}

// called is the name of an affected product.
func (p *ProductView) called() string {
	name := branded(p.Vendor, p.Product)
	if p.Product == "" && p.Package != "" {
		name = branded(p.Vendor, p.Package)
	}
	switch {
	case name != "":
		return name
	case p.PURL != "":
		return p.PURL
	case len(p.CPEs) > 0:
		return p.CPEs[0]
	}
	return "—"
}

// versions tell which versions of a product are affected, one line each.
func (p *ProductView) versions(ctx context.Context) []string {
	var out []string
	for i := range p.Versions {
		if len(out) == shownVersions {
			out = append(out, ui.T(ctx, "kengine.record.more_versions", "n", len(p.Versions)-i))
			break
		}
		out = append(out, versionLine(ctx, &p.Versions[i]))
	}
	if len(out) == 0 && p.DefaultStatus != "" {
		out = append(out, ui.T(ctx, "kengine.record.version.all", "status", statusWord(ctx, p.DefaultStatus)))
	}
	return out
}

func statusWord(ctx context.Context, s string) string {
	switch s {
	case "affected", "unaffected":
		return ui.T(ctx, "kengine.record.status."+s)
	}
	return ui.T(ctx, "kengine.record.status.unknown")
}

// versionLine is a statement about versions in words.
func versionLine(ctx context.Context, e *cve.Entry) string {
	key := "all"
	switch {
	case e.Exact != "":
		key = "exact"
	case openBound(e.Start) && openBound(e.End):
	case openBound(e.Start) && e.EndExcluded:
		key = "below"
	case openBound(e.Start):
		key = "up_to"
	case openBound(e.End):
		key = "from"
	case e.EndExcluded:
		key = "between_below"
	default:
		key = "between"
	}
	return ui.T(ctx, "kengine.record.version."+key, "version", e.Exact, "start", e.Start, "end", e.End, "status", statusWord(ctx, e.Status))
}

func openBound(v string) bool { return v == "" || v == "*" || v == "0" }

// refName is what a reference is called: its name unless that is only a mark.
func refName(r intake.Reference) string {
	if len(r.Name) > 3 && !strings.HasPrefix(r.Name, "x_") {
		return r.Name
	}
	return r.URL
}
