package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"noroshi.dev/internal/core/identity"
)

// Register adds an operation. The permission is compulsory: a zero one, a missing
// operation id or one declared twice panics, which the first test finds.
func Register[I, O any](a *API, op huma.Operation, p identity.Permission, h func(context.Context, *I) (*O, error)) {
	a.declare(&op, p)
	op.Middlewares = append(op.Middlewares, a.held(p))
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := h(ctx, in)
		if err != nil {
			return nil, a.problem(ctx, err)
		}
		return out, nil
	})
}

// held lets only those pass who hold a permission. It comes before the input is read, so that nobody
// else is told what the input lacks, or has its body read.
func (a *API) held(p identity.Permission) func(huma.Context, func(huma.Context)) {
	return func(c huma.Context, next func(huma.Context)) {
		who := Actor(c.Context())
		if err := who.Can(p, who.Organisation); err != nil {
			r, w := humago.Unwrap(c)
			a.write(w, r, a.problem(c.Context(), err))
			return
		}
		next(c)
	}
}

// declare checks an operation and fills what is the same for all.
func (a *API) declare(op *huma.Operation, p identity.Permission) {
	if !p.Declared() {
		panic(fmt.Sprintf("api: undeclared operation %s %s: an operation names its permission", op.Method, op.Path))
	}
	if op.OperationID == "" || slices.ContainsFunc(a.declared, func(d Declared) bool { return d.ID == op.OperationID }) {
		panic(fmt.Sprintf("api: operation %s %s needs an id of its own, has %q", op.Method, op.Path, op.OperationID))
	}
	room, _, _ := strings.Cut(strings.TrimPrefix(op.Path, "/"), "/")
	if len(op.Tags) == 0 {
		op.Tags = []string{room}
	}
	op.Path = Prefix + op.Path
	op.Errors = append(op.Errors, http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusInternalServerError)
	if p.Scope != identity.Public {
		op.Errors = append(op.Errors, http.StatusUnauthorized)
		op.Security = []map[string][]string{{"bearer": {p.Name}}}
	}
	a.declared = append(a.declared, Declared{Method: op.Method, Path: op.Path, ID: op.OperationID, Permission: p})
}
