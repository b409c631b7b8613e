package app

import (
	"net/http"
	"strings"

	"noroshi.dev/internal/core/api"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web"
)

// site is the pages and operations of all rooms with the servers that answer them.
type site struct {
	routes *web.Routes
	pages  *web.Server
	api    *api.API
}

// site declares every page and operation of the house.
func (h *House) site() (site, error) {
	var finders []web.Finder
	for _, m := range h.modules {
		finders = append(finders, m.Finders...)
	}
	pages, err := web.New(web.Config{
		Texts: h.texts, Sessions: h.identity, Clock: h.config.Clock, Log: h.config.Log, Menu: h.menu(), Finders: finders,
		Zone: h.zone, Base: h.config.BaseURL, Demo: h.config.Demo, Hosted: h.hosted(),
	})
	if err != nil {
		return site{}, err
	}
	s := site{
		routes: &web.Routes{}, pages: pages,
		api: api.New(api.Config{Texts: h.texts, Tokens: h.identity, Sessions: h.identity, Log: h.config.Log, Version: Version(), Base: h.config.BaseURL}),
	}
	pages.Pages(s.routes)
	s.routes.Get("/{$}", identity.Anyone(), h.start)
	s.routes.Get("/console/{$}", identity.Person(), h.start)
	s.api.Pages(s.routes)
	for _, m := range h.modules {
		if m.Pages != nil {
			m.Pages(s.routes)
		}
		if m.API != nil {
			m.API(s.api)
		}
	}
	return s, nil
}

// hosted reports whether readers reach the house by TLS, here or at a proxy.
func (h *House) hosted() bool {
	return h.config.TLS.Certificate != "" || strings.HasPrefix(h.config.BaseURL, "https://")
}

// Handler answers everything that the house serves.
func (h *House) Handler() (http.Handler, error) {
	s, err := h.site()
	if err != nil {
		return nil, err
	}
	var operations []string
	for _, o := range s.api.All() {
		operations = append(operations, o.Method+" "+o.Path)
	}
	h.mount(s)
	all := measured(s.pages.Handler(s.routes), h.metrics, newLabels(s.routes.All(), operations))
	return forwarded(all, h.config.HTTP.TrustedProxies.Prefixes()), nil
}

// mount adds what is served past the declared routes: the API, which declares
// its operations itself, and what programs of the operator ask.
func (h *House) mount(s site) {
	s.routes.Mount("/api/", s.api.Handler())
	s.routes.Mount("/healthz", http.HandlerFunc(alive))
	s.routes.Mount("/readyz", http.HandlerFunc(h.ready))
	s.routes.Mount("/metrics", h.metrics.Handler(h.config.Metrics.Allow.Prefixes()))
}
