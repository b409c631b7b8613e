package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/ui"
)

// DocsPath is where the documentation page is, below the language.
const DocsPath = "/docs/api"

// Pages declares the documentation page.
func (a *API) Pages(rs *web.Routes) { rs.Get(DocsPath, identity.Anyone(), a.docs) }

// docs shows every operation of the OpenAPI document.
func (a *API) docs(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, ui.Page{Title: web.T(r, "web.api.title"), Reading: true}, docsPage(a.groups(r.Context())))
}

// group is the operations of one room.
type group struct {
	Name       string
	Operations []operation
}

// operation is one operation as the page shows it.
type operation struct {
	ID, Method, Path     string
	Summary, Description string
	Permission           string
	Parameters           []parameter
	Body, Answer         string // example documents in JSON
}

// parameter is one parameter of an operation.
type parameter struct {
	Name, In, Type, Doc string
	Required            bool
}

// groups returns the operations by room, in the reader's language where the
// catalogue has their summary.
func (a *API) groups(ctx context.Context) []group {
	byTag := map[string][]operation{}
	for _, d := range a.declared {
		op := a.operationOf(d)
		if op == nil || op.Hidden {
			continue
		}
		byTag[op.Tags[0]] = append(byTag[op.Tags[0]], a.described(ctx, d, op))
	}
	out := make([]group, 0, len(byTag))
	for name, ops := range byTag {
		out = append(out, group{Name: name, Operations: ops})
	}
	slices.SortFunc(out, func(a, b group) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// operationOf finds a declared operation in the document.
func (a *API) operationOf(d Declared) *huma.Operation {
	item := a.huma.OpenAPI().Paths[d.Path]
	if item == nil {
		return nil
	}
	for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
		if op != nil && op.OperationID == d.ID {
			return op
		}
	}
	return nil
}

// described is an operation for the page.
func (a *API) described(ctx context.Context, d Declared, op *huma.Operation) operation {
	out := operation{ID: d.ID, Method: d.Method, Path: d.Path, Summary: op.Summary, Description: op.Description, Permission: d.Permission.Name}
	key := op.Tags[0] + ".api." + strings.ReplaceAll(d.ID, "-", "_")
	if told(ctx, key) {
		out.Summary = ui.T(ctx, key)
	} else if told(ctx, key+".summary") {
		out.Summary = ui.T(ctx, key+".summary")
	}
	for _, p := range op.Parameters {
		kind := ""
		if p.Schema != nil {
			kind = p.Schema.Type
		}
		out.Parameters = append(out.Parameters, parameter{Name: p.Name, In: p.In, Type: kind, Doc: meaning(ctx, key, p), Required: p.Required})
	}
	if op.RequestBody != nil {
		out.Body = a.example(op.RequestBody.Content)
	}
	for _, status := range []string{"200", "201", "202"} {
		if resp := op.Responses[status]; resp != nil {
			out.Answer = a.example(resp.Content)
		}
	}
	return out
}

// told reports whether the catalogue has a text for the reader.
func told(ctx context.Context, key string) bool {
	rd := ui.From(ctx)
	return rd.Texts.Has(rd.Lang, key)
}

// meaning is what a parameter is for: the catalogue's text of the operation's
// parameter or of one that all lists share, else the document's English.
func meaning(ctx context.Context, key string, p *huma.Param) string {
	shared := "web.api.parameter." + p.Name
	switch {
	case told(ctx, key+"."+p.Name):
		return ui.T(ctx, key+"."+p.Name)
	case p.In == "query" && told(ctx, shared):
		return ui.T(ctx, shared)
	default:
		return p.Description
	}
}
