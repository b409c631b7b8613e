package kengine

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/ui"
	"noroshi.dev/internal/kengine/decide"
	"noroshi.dev/internal/kengine/learn"
)

// pathCandidates is the path of the list of candidates, without its language.
const pathCandidates = "/console/kengine/candidate"

func (p *pages) candidateRoutes(rs *web.Routes) {
	see, edit, activate := PermModelRead(), PermModelEdit(), PermModelActivate()
	rs.Get(pathCandidates, see, p.candidates)
	rs.Post(pathCandidates, edit, p.candidatesLearn)
	rs.Get(pathCandidates+"/{id}", see, p.candidatePage)
	rs.Post(pathCandidates+"/{id}/activate", activate, p.candidateActivate)
	rs.Post(pathCandidates+"/{id}/discard", edit, p.candidateDiscard)
}

// candidateList is the page of all candidates.
type candidateList struct {
	rows    []Candidate
	names   map[string]string // of decisions, by key
	mayEdit bool
	trouble ui.Trouble
}

func (p *pages) candidates(w http.ResponseWriter, r *http.Request) error {
	return p.showCandidates(w, r, ui.Trouble{Status: http.StatusOK})
}

func (p *pages) showCandidates(w http.ResponseWriter, r *http.Request, t ui.Trouble) error {
	ctx, a := r.Context(), web.Actor(r)
	v := &candidateList{names: map[string]string{}, trouble: t, mayEdit: a.Can(PermModelEdit(), a.Organisation) == nil}
	var err error
	if v.rows, err = p.Candidates(ctx, a); err != nil {
		return err
	}
	models, err := p.ActiveModels(ctx, p.DB.Read(), a.Organisation)
	if err != nil {
		return err
	}
	for i := range models {
		for d := range models[i].Model.Decisions {
			v.names[models[i].decisionKey(d)] = models[i].Model.Decisions[d].Name.In(string(web.Lang(r)))
		}
	}
	return web.Render(w, r, t.Status, ui.Page{Title: web.T(r, "kengine.candidate.title")}, candidateListBody(v))
}

func (p *pages) candidatesLearn(w http.ResponseWriter, r *http.Request) error {
	_, err := p.Learn(r.Context(), web.Actor(r), "")
	if err == nil {
		return web.SeeOther(w, r, web.URL(r, pathCandidates), "kengine.candidate.learnt")
	}
	t, err := web.FormError(r, err)
	if err != nil {
		return err
	}
	return p.showCandidates(w, r, t)
}

// candidateView is the page of one candidate.
type candidateView struct {
	Candidate
	base, draft          *ModelView // nil: gone
	mayEdit, mayActivate bool
	trouble              ui.Trouble
}

func (p *pages) candidatePage(w http.ResponseWriter, r *http.Request) error {
	return p.showCandidate(w, r, ui.Trouble{Status: http.StatusOK})
}

func (p *pages) showCandidate(w http.ResponseWriter, r *http.Request, t ui.Trouble) error {
	ctx, a := r.Context(), web.Actor(r)
	c, err := p.Candidate(ctx, a, r.PathValue("id"))
	if err != nil {
		return err
	}
	v := &candidateView{
		Candidate: c, trouble: t, mayEdit: a.Can(PermModelEdit(), a.Organisation) == nil, mayActivate: a.Can(PermModelActivate(), a.Organisation) == nil,
	}
	for _, m := range []struct {
		id string
		to **ModelView
	}{{c.Base, &v.base}, {c.Model, &v.draft}} {
		if m.id == "" {
			continue
		}
		if *m.to, err = p.Model(ctx, a, m.id); err != nil && !errors.Is(err, fault.NotFound) {
			return err
		}
	}
	return web.Render(w, r, t.Status, ui.Page{Title: web.T(r, "kengine.candidate.one")}, candidateBody(v))
}

// candidateDeed does a deed on a candidate as it was seen.
func (p *pages) candidateDeed(w http.ResponseWriter, r *http.Request, do func(id string, edit int64) error, done string) error {
	var f changeForm
	id := r.PathValue("id")
	err := web.Decode(r, &f)
	if err == nil {
		err = do(id, f.Edit)
	}
	if err == nil {
		return web.SeeOther(w, r, web.URL(r, pathCandidates+"/%s", id), done)
	}
	t, err := web.FormError(r, err)
	if err != nil {
		return err
	}
	return p.showCandidate(w, r, t)
}

func (p *pages) candidateActivate(w http.ResponseWriter, r *http.Request) error {
	do := func(id string, edit int64) error { return p.ActivateCandidate(r.Context(), web.Actor(r), id, edit) }
	return p.candidateDeed(w, r, do, "kengine.model.activated")
}

func (p *pages) candidateDiscard(w http.ResponseWriter, r *http.Request) error {
	do := func(id string, edit int64) error { return p.DiscardCandidate(r.Context(), web.Actor(r), id, edit) }
	return p.candidateDeed(w, r, do, "kengine.model.discarded")
}

// name is what the decision is called.
func (v *candidateView) name(ctx context.Context) string {
	if d := v.decision(v.base); d != nil {
		return orDefault(say(ctx, d.Name), d.Key)
	}
	return v.Decision
}

// decision is that of the candidate in a version; nil where it is gone.
func (v *candidateView) decision(m *ModelView) *decide.Decision {
	_, key, _ := strings.Cut(v.Decision, "/")
	if m == nil || m.Model.Decision(key) < 0 {
		return nil
	}
	return &m.Model.Decisions[m.Model.Decision(key)]
}

// beside is the node behind the decision in both versions; what is too large to be drawn is told by its number of leaves.
func (v *candidateView) beside() besides {
	d := v.decision(v.base)
	if d == nil {
		return besides{}
	}
	return besideOf(v.base, v.draft, d.Outcome)
}

// outcomes names outcomes by their keys.
func (v *candidateView) outcomes(ctx context.Context, list ...string) string {
	d := v.decision(v.base)
	words := make([]string, len(list))
	for i, key := range list {
		words[i] = key
		if d == nil {
			continue
		}
		f := &v.base.Model.Facts[v.base.Model.Fact(d.Outcome)]
		words[i] = valueName(ctx, f, key)
	}
	return orDefault(strings.Join(words, ui.T(ctx, "kengine.word.or")), "—")
}

// when writes the conditions of a leaf in words.
func (v *candidateView) when(ctx context.Context, list []FactValues) string {
	words := make([]string, len(list))
	for i, w := range list {
		name, values := w.Fact, strings.Join(w.Values, " ")
		if v.base != nil {
			for j := range v.base.Model.Facts {
				f := &v.base.Model.Facts[j]
				if set, ok := f.Set(w.Values...); f.ID.String() == w.Fact && ok {
					name, values = factTitle(ctx, f), f.Words(set, string(ui.From(ctx).Lang))
				}
			}
		}
		words[i] = colon(ctx, name, values)
	}
	return orDefault(strings.Join(words, ui.T(ctx, "kengine.model.comma")), ui.T(ctx, "kengine.candidate.always"))
}

// measureRow is one line of the comparison.
type measureRow struct{ name, before, after, unseen string }

func (v *candidateView) measures(ctx context.Context) []measureRow {
	e := &v.Evidence
	share := func(key string, of func(learn.Measure) float64) measureRow {
		return measureRow{ui.T(ctx, "kengine.candidate."+key), percent(of(e.Before)), percent(of(e.After)), percent(of(e.Unseen))}
	}
	cost := func(m learn.Measure) string { return strconv.FormatFloat(m.Cost, 'f', 2, 64) }
	return []measureRow{
		share("accuracy", func(m learn.Measure) float64 { return m.Accuracy }),
		share("within_one", func(m learn.Measure) float64 { return m.WithinOne }),
		share("undecided", func(m learn.Measure) float64 { return m.Undecided }),
		{ui.T(ctx, "kengine.candidate.cost"), cost(e.Before), cost(e.After), cost(e.Unseen)},
		{ui.T(ctx, "kengine.candidate.leaves"), strconv.Itoa(e.LeavesBefore), strconv.Itoa(e.LeavesAfter), "—"},
		{ui.T(ctx, "kengine.candidate.depth"), strconv.Itoa(e.DepthBefore), strconv.Itoa(e.DepthAfter), "—"},
	}
}

func candidateKind(s CandidateStatus) ui.Kind {
	switch s {
	case CandidateReady:
		return ui.Open
	case CandidateActive:
		return ui.Good
	case CandidateRetired, CandidateDiscarded, CandidateNone:
		return ui.Unknown
	}
	return ui.Unknown
}

func candidateStatus(ctx context.Context, s CandidateStatus) string {
	return ui.T(ctx, "kengine.candidate.status."+string(s))
}

// resultWords say what came of learning.
func resultWords(ctx context.Context, c *Candidate) string {
	if c.Model == "" {
		return ui.T(ctx, "kengine.candidate.reason."+string(c.Evidence.Reason), "n", c.Cases)
	}
	return ui.T(ctx, "kengine.candidate.way."+string(c.Evidence.Way), "n", c.Cases)
}
