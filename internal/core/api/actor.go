package api

import (
	"context"
	"net/http"
	"strings"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/identity"
)

// Actor returns who asks; the zero Actor is nobody.
func Actor(ctx context.Context) identity.Actor {
	a, _ := identity.ActorFrom(ctx)
	return a
}

type langKey struct{}

// Lang returns the language of problems and of texts in answers: what the request
// accepts.
func Lang(ctx context.Context) i18n.Lang {
	if l, ok := ctx.Value(langKey{}).(i18n.Lang); ok {
		return l
	}
	return i18n.EN
}

// lang is the language that a request accepts; programs that say nothing are
// answered in English.
func lang(r *http.Request) i18n.Lang {
	if h := r.Header.Get("Accept-Language"); h != "" && h != "*" {
		return i18n.Accept(h)
	}
	return i18n.EN
}

// authenticated puts actor and language into the context.
func (a *API) authenticated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := context.WithValue(r.Context(), langKey{}, lang(r))
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Add("Vary", "Authorization, Cookie, Accept-Language")
		who, err := a.who(r)
		if err != nil {
			a.write(w, r, a.problem(ctx, err))
			return
		}
		next.ServeHTTP(w, r.WithContext(identity.WithActor(ctx, who)))
	})
}

// who is the actor of a request. A session counts only where a page of this site
// asks and nothing is changed: no other site can make a reader's browser do that.
func (a *API) who(r *http.Request) (identity.Actor, error) {
	if h := r.Header.Get("Authorization"); h != "" {
		scheme, token, ok := strings.Cut(h, " ")
		if !ok || !strings.EqualFold(scheme, "bearer") || strings.TrimSpace(token) == "" {
			return identity.Actor{}, fault.New(fault.Denied, "web.api_token")
		}
		return a.config.Tokens.Authenticate(r.Context(), strings.TrimSpace(token))
	}
	site := r.Header.Get("Sec-Fetch-Site")
	reading := r.Method == http.MethodGet || r.Method == http.MethodHead
	if a.config.Sessions == nil || !reading || site != "same-origin" && site != "none" {
		return identity.Actor{}, nil
	}
	return a.config.Sessions.Actor(r.Context(), r)
}
