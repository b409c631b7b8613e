package kengine

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/chart"
	"noroshi.dev/internal/core/web/ui"
	"noroshi.dev/internal/kengine/decide"
)

func (p *pages) simplifyRoutes(rs *web.Routes) {
	rs.Get(pathModels+"/{id}/simplify", PermModelRead(), p.simplify)
	rs.Post(pathModels+"/{id}/simplify", PermModelEdit(), p.simplifyDraft)
}

// simplifyPage shows a table or tree of a version in its other form.
type simplifyPage struct {
	*ModelView
	node    string      // id of the decided fact
	to      decide.Form // what it would become
	one     *Simplified // nil: it cannot be written so
	drawn   *chart.Tree // the tree it becomes; nil: it is a table, or too large to draw
	mayEdit bool
	trouble ui.Trouble
}

// simplifyForm asks for a draft.
type simplifyForm struct {
	Node string `form:"node,required,max=300"`
	To   string `form:"to,required,max=10"`
}

func (p *pages) simplify(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	return p.showSimplify(w, r, simplifyForm{Node: q.Get("node"), To: q.Get("to")}, ui.Trouble{Status: http.StatusOK})
}

func (p *pages) showSimplify(w http.ResponseWriter, r *http.Request, f simplifyForm, t ui.Trouble) error {
	a := web.Actor(r)
	m, err := p.Model(r.Context(), a, r.PathValue("id"))
	if err != nil {
		return err
	}
	v := &simplifyPage{ModelView: m, node: f.Node, to: decide.Form(f.To), mayEdit: a.Can(PermModelEdit(), a.Organisation) == nil, trouble: t}
	if v.node == "" && len(m.Model.Decisions) > 0 {
		v.node = m.Model.Decisions[0].Outcome.String()
	}
	if v.to != decide.AsTable {
		v.to = decide.AsTree
	}
	one, err := p.Simplify(r.Context(), a, m.ID, v.node, v.to)
	var refusal *fault.Error
	switch {
	case err == nil:
		v.one, v.drawn = &one, v.drawing(r.Context(), &one)
	case !errors.As(err, &refusal) || refusal.Kind != fault.Invalid:
		return err
	case t.Status == http.StatusOK: // the page says why; looking at it is no mistake
		if v.trouble, err = web.FormError(r, err); err != nil {
			return err
		}
		v.trouble.Status = http.StatusOK
	}
	return web.Render(w, r, v.trouble.Status, ui.Page{Title: web.T(r, "kengine.simplify.title")}, simplifyBody(v))
}

// drawing is the new tree as a picture.
func (v *simplifyPage) drawing(ctx context.Context, one *Simplified) *chart.Tree {
	if one.Node.Tree == nil || one.After.Leaves > maxDrawn {
		return nil
	}
	c, err := decide.Compile(v.Model.With(one.Node))
	if err != nil {
		return nil
	}
	view, err := c.View(c.Model.Fact(one.Outcome))
	if err != nil {
		return nil
	}
	return &chart.Tree{Title: factTitle(ctx, &one.Fact), Root: drawn(ctx, view, view.Root, false)}
}

func (p *pages) simplifyDraft(w http.ResponseWriter, r *http.Request) error {
	var f simplifyForm
	err := web.Decode(r, &f)
	id := ""
	if err == nil {
		id, _, err = p.SimplifyDraft(r.Context(), web.Actor(r), r.PathValue("id"), f.Node, decide.Form(f.To))
	}
	if err == nil {
		return web.SeeOther(w, r, modelURL(r, id), "kengine.model.drafted")
	}
	t, err := web.FormError(r, err)
	if err != nil {
		return err
	}
	return p.showSimplify(w, r, f, t)
}

// address is the page for a node and a form.
func (v *simplifyPage) address(ctx context.Context, node string, to decide.Form) string {
	return ui.URL(ctx, pathModels+"/%s/simplify", v.ID) + "?" + url.Values{"node": {node}, "to": {string(to)}}.Encode()
}

// nodes are the tables and trees of the version.
func (v *simplifyPage) nodes(ctx context.Context) []ui.Tab {
	var tabs []ui.Tab
	for _, n := range v.Model.Nodes {
		id := n.Outcome.String()
		tabs = append(tabs, ui.Tab{Label: v.factCalled(ctx, n.Outcome), Href: v.address(ctx, id, v.to), Current: id == v.node})
	}
	return tabs
}

func (v *simplifyPage) forms(ctx context.Context) []ui.Tab {
	var tabs []ui.Tab
	for _, to := range []decide.Form{decide.AsTree, decide.AsTable} {
		tabs = append(tabs, ui.Tab{Label: ui.T(ctx, "kengine.simplify.to."+string(to)), Href: v.address(ctx, v.node, to), Current: to == v.to})
	}
	return tabs
}

// shapeWords says how large a table or tree is.
func shapeWords(ctx context.Context, s decide.Shape) string {
	if s.Form == decide.AsTree {
		return ui.T(ctx, "kengine.simplify.tree", "n", s.Leaves, "depth", s.Depth)
	}
	return ui.T(ctx, "kengine.simplify.table", "n", s.Rows)
}

// idle names the facts that never matter.
func (v *simplifyPage) idle(ctx context.Context) string {
	var names []string
	for _, i := range v.one.Importance {
		if i.Changes == 0 {
			names = append(names, v.factCalled(ctx, i.Fact))
		}
	}
	return strings.Join(names, ui.T(ctx, "web.comma"))
}

// never names the outcomes that are never given.
func (v *simplifyPage) never(ctx context.Context) string {
	var names []string
	for _, key := range v.one.Unreachable.Outcomes {
		names = append(names, valueName(ctx, &v.one.Fact, key))
	}
	return strings.Join(names, ui.T(ctx, "web.comma"))
}

func (v *simplifyPage) facts(ctx context.Context) []ui.Pair {
	out := []ui.Pair{
		{Name: ui.T(ctx, "kengine.simplify.before"), Value: ui.Text(shapeWords(ctx, v.one.Before))},
		{Name: ui.T(ctx, "kengine.simplify.after"), Value: ui.Text(shapeWords(ctx, v.one.After))},
		{Name: ui.T(ctx, "kengine.simplify.compared"), Value: ui.Text(ui.T(ctx, "kengine.simplify.all_equal", "n", v.one.Compared))},
	}
	if v.to == decide.AsTree {
		key := "kengine.simplify.greedy"
		if v.one.Proven {
			key = "kengine.simplify.proven"
		}
		out = append(out, ui.Pair{Name: ui.T(ctx, "kengine.simplify.search"), Value: ui.Text(ui.T(ctx, key))})
	}
	if names := v.idle(ctx); names != "" {
		out = append(out, ui.Pair{Name: ui.T(ctx, "kengine.simplify.idle"), Value: ui.Text(names)})
	}
	u := v.one.Unreachable
	switch {
	case u == nil:
		out = append(out, ui.Pair{Name: ui.T(ctx, "kengine.simplify.unreachable"), Value: ui.Text(ui.T(ctx, "kengine.simplify.untold"))})
	case u.Combinations == 0:
		out = append(out, ui.Pair{Name: ui.T(ctx, "kengine.simplify.unreachable"), Value: ui.Text(ui.T(ctx, "kengine.simplify.none"))})
	default:
		text := ui.T(ctx, "kengine.simplify.some", "n", strconv.Itoa(u.Combinations), "of", strconv.Itoa(u.Of), "example", u.Examples[0])
		out = append(out, ui.Pair{Name: ui.T(ctx, "kengine.simplify.unreachable"), Value: ui.Text(text)})
	}
	if u != nil && len(u.Outcomes) > 0 {
		out = append(out, ui.Pair{Name: ui.T(ctx, "kengine.simplify.never"), Value: ui.Text(v.never(ctx))})
	}
	return out
}
