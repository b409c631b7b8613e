package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/web"
)

// problemType is the type of a problem: its kind, which a program may test.
const problemType = "urn:noroshi:problem:"

// problem translates an error into a problem document in the reader's language.
// What is not a fault is logged here, once, and told without its text.
func (a *API) problem(ctx context.Context, err error) *huma.ErrorModel {
	status := web.Status(err)
	if status == http.StatusForbidden && !Actor(ctx).SignedIn() {
		status = http.StatusUnauthorized
	}
	if status == http.StatusInternalServerError {
		a.config.Log.ErrorContext(ctx, "internal error", "op", "api", "err", err)
	} else {
		a.config.Log.InfoContext(ctx, "refused", "op", "api", "status", status, "err", err)
	}
	l := Lang(ctx)
	title, fields, hint := a.config.Texts.Fault(l, err)
	kind := "internal"
	if f := fault.Of(err); f != nil {
		kind = i18n.KindName(f.Kind)
	}
	p := &huma.ErrorModel{
		Type: problemType + kind, Status: status, Detail: title + " " + hint,
		Title: a.config.Texts.Text(l, "i18n.fault."+kind+".title"), Instance: instance(ctx),
	}
	if f := fault.Of(err); f != nil {
		for _, field := range f.Fields {
			if text, ok := fields[field.Name]; ok {
				p.Errors = append(p.Errors, &huma.ErrorDetail{Location: field.Name, Message: text})
				delete(fields, field.Name)
			}
		}
	}
	return p
}

// instance names the request, so that its log lines can be found.
func instance(ctx context.Context) string { return "urn:noroshi:request:" + web.RequestID(ctx) }

// localised rewrites the problems that huma makes itself (input that does not fit
// the document): title in the reader's language, no values echoed.
func (a *API) localised(ctx huma.Context, _ string, v any) (any, error) {
	p, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	advise(p.Status, ctx.SetHeader)
	if strings.HasPrefix(p.Type, problemType) {
		return p, nil
	}
	c := ctx.Context()
	kind := "invalid"
	switch {
	case p.Status == http.StatusRequestEntityTooLarge:
		kind = "limit"
	case p.Status == http.StatusRequestTimeout:
		kind = "unavailable"
	case p.Status >= http.StatusInternalServerError:
		kind = "internal"
	}
	p.Type, p.Instance = problemType+kind, instance(c)
	p.Title = a.config.Texts.Text(Lang(c), "i18n.fault."+kind+".title")
	for _, d := range p.Errors {
		d.Value = nil
	}
	return p, nil
}

// advise sets the header that goes with a status: what to send, or when to come back.
func advise(status int, set func(name, value string)) {
	switch status {
	case http.StatusUnauthorized:
		set("WWW-Authenticate", "Bearer")
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		set("Retry-After", "30")
	}
}

// write answers a problem outside of an operation.
func (a *API) write(w http.ResponseWriter, r *http.Request, p *huma.ErrorModel) {
	body, err := json.Marshal(p)
	if err != nil {
		http.Error(w, p.Title, p.Status)
		return
	}
	advise(p.Status, w.Header().Set)
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(p.Status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a reader who left needs no answer
	}
}

// known answers a problem where there is no such operation.
func (a *API) known(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		p := a.problem(r.Context(), fault.New(fault.NotFound, "web.operation"))
		if allowed := a.methods(mux, r); len(allowed) > 0 {
			w.Header().Set("Allow", strings.Join(allowed, ", "))
			p = a.problem(r.Context(), fault.New(fault.Invalid, "web.method"))
			p.Status = http.StatusMethodNotAllowed
		}
		a.write(w, r, p)
	})
}

// methods are those that the path of r answers to.
func (a *API) methods(mux *http.ServeMux, r *http.Request) []string {
	var out []string
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = m
		if _, pattern := mux.Handler(other); pattern != "" {
			out = append(out, m)
		}
	}
	return out
}
