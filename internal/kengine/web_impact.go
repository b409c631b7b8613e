package kengine

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/ui"
	"noroshi.dev/internal/kengine/decide"
)

// impactPage is the effect of a version on the stored reports.
type impactPage struct {
	*modelPage
	impact *ModelImpact // nil: the model has errors
}

// modelImpact shows what putting a version into force would change, and lets that be done.
func (p *pages) modelImpact(w http.ResponseWriter, r *http.Request) error {
	v, err := p.modelPage(r)
	if err != nil {
		return err
	}
	page := &impactPage{modelPage: v}
	if page.impact, err = p.impactOf(r, v); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, ui.Page{Title: web.T(r, "kengine.model.impact.title")}, impactBody(page))
}

// impactOf is the effect of a version, nil where its errors keep it from deciding.
func (p *pages) impactOf(r *http.Request, v *modelPage) (*ModelImpact, error) {
	if v.Compiled == nil {
		return nil, nil //nolint:nilnil // the findings say why
	}
	m, err := p.Impact(r.Context(), web.Actor(r), v.ID)
	if _, ok := errors.AsType[*decide.Invalid](err); ok {
		return nil, nil //nolint:nilnil // as above
	}
	return &m, err
}

// changed is how many reports some decision would see otherwise, at most.
func (m *ModelImpact) changed() int {
	most := 0
	for _, d := range m.Decisions {
		most = max(most, d.Changed)
	}
	return most
}

// outcomesOr are outcomes in words; none are called so.
func outcomesOr(ctx context.Context, list []Outcome) string {
	if len(list) == 0 {
		return ui.T(ctx, "kengine.model.impact.nothing")
	}
	return outcomeNames(ctx, list)
}

// topMark is the mark of the most urgent of some outcomes.
func topMark(list []Outcome) decide.Mark {
	top := decide.None
	for _, o := range list {
		if o.Mark.Rank() > top.Rank() {
			top = o.Mark
		}
	}
	return top
}

// diffPage is what differs between two versions.
type diffPage struct {
	from, to *ModelView
	diff     decide.Diff
	others   []ModelRow // versions that can be compared
	trouble  ui.Trouble
}

func (p *pages) modelDiff(w http.ResponseWriter, r *http.Request) error {
	ctx, a := r.Context(), web.Actor(r)
	from, err := p.Model(ctx, a, r.PathValue("id"))
	if err != nil {
		return err
	}
	to := r.URL.Query().Get("to")
	if to == "" {
		if to, err = p.versionInForce(ctx, a, &from.ModelRow); err != nil {
			return err
		}
	}
	v := &diffPage{from: from, trouble: ui.Trouble{Status: http.StatusOK}}
	if v.to, err = p.Model(ctx, a, to); err != nil {
		return err
	}
	if v.diff, err = p.DiffModels(ctx, a, from.ID, to); err != nil {
		if v.trouble, err = web.FormError(r, err); err != nil {
			return err
		}
	}
	if v.others, err = p.Models(ctx, a); err != nil {
		return err
	}
	return web.Render(w, r, v.trouble.Status, ui.Page{Title: web.T(r, "kengine.model.diff.title")}, diffBody(v))
}

// choices are the versions that the page can compare with.
func (v *diffPage) choices(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, m := range v.others {
		if m.ID != v.from.ID {
			label := orDefault(say(ctx, m.Name), m.Key) + " " + versionWords(ctx, m.Version) + " (" + versionStatus(ctx, m.Status) + ")"
			out = append(out, ui.Option{Value: m.ID, Label: label, Chosen: m.ID == v.to.ID})
		}
	}
	return out
}

// factWords names a fact that one of the two versions has, given by its id.
func (v *diffPage) factWords(ctx context.Context, id string) string {
	for _, m := range []*ModelView{v.to, v.from} {
		for i := range m.Model.Facts {
			if m.Model.Facts[i].ID.String() == id {
				return factTitle(ctx, &m.Model.Facts[i])
			}
		}
	}
	return id
}

// whenWords writes a combination of inputs in words.
func (v *diffPage) whenWords(ctx context.Context, pairs []string) string {
	words := make([]string, len(pairs))
	for i, pair := range pairs {
		id, value, _ := strings.Cut(pair, "=")
		words[i] = v.factWords(ctx, id) + " " + v.valueWords(ctx, id, value)
	}
	return strings.Join(words, ui.T(ctx, "kengine.model.comma"))
}

// valueWords names a value of a fact that one of the two versions has.
func (v *diffPage) valueWords(ctx context.Context, id, value string) string {
	if value == "" {
		return ui.T(ctx, "kengine.model.diff.no_row")
	}
	for _, m := range []*ModelView{v.to, v.from} {
		for i := range m.Model.Facts {
			if f := &m.Model.Facts[i]; f.ID.String() == id && f.Index(value) >= 0 {
				return valueName(ctx, f, value)
			}
		}
	}
	return value
}

// actionWords says what an outcome means in one line.
func actionWords(ctx context.Context, a decide.Action) string {
	if a == (decide.Action{}) {
		return ui.T(ctx, "kengine.model.impact.nothing")
	}
	return markWord(ctx, a.Mark) + " / " + orDefault(say(ctx, a.Do), "—") + " / " + dueWords(ctx, a.Due)
}

// actionPlace names the decision and the outcome of a changed action.
func (v *diffPage) actionPlace(ctx context.Context, c decide.ActionChange) string {
	for _, m := range []*ModelView{v.to, v.from} {
		if i := m.Model.Decision(c.Decision); i >= 0 {
			d := m.Model.Decisions[i]
			return orDefault(say(ctx, d.Name), d.Key) + " / " + v.valueWords(ctx, d.Outcome.String(), c.Outcome)
		}
	}
	return c.Decision + " / " + c.Outcome
}

func editText(n int64) string { return strconv.FormatInt(n, 10) }

func impactSub(ctx context.Context, v *impactPage) string {
	switch {
	case v.impact == nil:
		return ""
	case v.impact.From == nil:
		return ui.T(ctx, "kengine.model.impact.sub_first")
	case v.impact.From.ID == v.ID:
		return ui.T(ctx, "kengine.model.impact.sub_self")
	}
	return ui.T(ctx, "kengine.model.impact.sub", "version", versionWords(ctx, v.impact.From.Version))
}

// activateWords say what putting the version into force does.
func activateWords(ctx context.Context, v *impactPage) string {
	if v.impact.From == nil {
		return ui.T(ctx, "kengine.model.activate.first", "n", v.impact.Reports)
	}
	return ui.T(ctx, "kengine.model.activate.warn", "version", versionWords(ctx, v.impact.From.Version), "n", v.impact.changed())
}

func diffSub(ctx context.Context, v *diffPage) string {
	return ui.T(ctx, "kengine.model.diff.sub", "from", versionWords(ctx, v.from.Version), "to", versionWords(ctx, v.to.Version))
}
