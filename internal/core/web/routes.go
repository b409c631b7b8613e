package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"noroshi.dev/internal/core/identity"
)

// Handler answers a request or returns why it cannot: a fault becomes a page
// with its status, anything else an internal error with its text hidden.
type Handler func(w http.ResponseWriter, r *http.Request) error

// DefaultLimit is the largest body of a request in bytes unless its route says
// otherwise by Limit.
const DefaultLimit = 1 << 20

// Route is one declared route.
type Route struct {
	Method     string
	Pattern    string // of net/http.ServeMux, without the language
	Permission identity.Permission
	Bare       bool  // served without a language prefix
	Limit      int64 // largest body in bytes
	handler    Handler
}

// Option changes a route.
type Option func(*Route)

// Limit sets the largest body of a route in bytes, for uploads.
func Limit(bytes int64) Option { return func(r *Route) { r.Limit = bytes } }

// Mount is a handler of its own below a prefix, such as the API; it checks its
// own permissions.
type Mount struct {
	Prefix  string
	Handler http.Handler
}

// Routes gathers the routes of all rooms. It is filled at start-up.
type Routes struct {
	routes []Route
	mounts []Mount
}

// Get declares a page. The pattern has no language: "/console/kengine/{id}" is
// served at /ja/console/kengine/{id} and /en/console/kengine/{id}. A zero
// permission or a pattern declared twice panics, which the first test finds.
func (rs *Routes) Get(pattern string, p identity.Permission, h Handler, o ...Option) {
	rs.add(http.MethodGet, pattern, p, h, false, o)
}

// Post declares a deed. A handler answers it by SeeOther or, for a bad form, by
// the same form with status 422.
func (rs *Routes) Post(pattern string, p identity.Permission, h Handler, o ...Option) {
	rs.add(http.MethodPost, pattern, p, h, false, o)
}

// Bare declares a route without a language prefix, for programs: feeds under a
// secret address, calendar files, /.well-known. Its language is what the request
// accepts.
func (rs *Routes) Bare(method, pattern string, p identity.Permission, h Handler, o ...Option) {
	rs.add(method, pattern, p, h, true, o)
}

// Mount serves everything below prefix ("/api/") or exactly prefix ("/healthz") by h.
func (rs *Routes) Mount(prefix string, h http.Handler) {
	rs.mounts = append(rs.mounts, Mount{Prefix: prefix, Handler: h})
}

// All returns every declared route in the order of declaration.
func (rs *Routes) All() []Route { return slices.Clone(rs.routes) }

// Mounts returns every mounted handler.
func (rs *Routes) Mounts() []Mount { return slices.Clone(rs.mounts) }

// add declares one route.
func (rs *Routes) add(method, pattern string, p identity.Permission, h Handler, bare bool, options []Option) {
	if !p.Declared() {
		panic(fmt.Sprintf("web: undeclared route %s %s: a route names its permission", method, pattern))
	}
	if !strings.HasPrefix(pattern, "/") {
		panic(fmt.Sprintf("web: route %s %q does not begin with a slash", method, pattern))
	}
	r := Route{Method: method, Pattern: pattern, Permission: p, Bare: bare, Limit: DefaultLimit, handler: h}
	for _, o := range options {
		o(&r)
	}
	for _, other := range rs.routes {
		if other.Method == method && other.Pattern == pattern && other.Bare == bare {
			panic(fmt.Sprintf("web: route %s %s declared twice", method, pattern))
		}
	}
	rs.routes = append(rs.routes, r)
}
