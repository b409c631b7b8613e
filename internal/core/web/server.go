package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"noroshi.dev/internal/core/audit"
	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/telemetry"
)

// Sessions tells who sent a request: identity's sessions behind the account pages.
// No session is the zero Actor and no error.
type Sessions interface {
	Actor(ctx context.Context, r *http.Request) (identity.Actor, error)
}

// Config is what a server is made of. Texts and Sessions must be given.
type Config struct {
	Texts    *i18n.Catalogue
	Sessions Sessions
	Clock    clock.Clock // nil is the wall clock
	Log      *slog.Logger
	Menu     []Item
	Finders  []Finder
	Zone     *time.Location // of public pages and of actors without a zone; nil is UTC
	Secret   []byte         // signs the cookie that carries a message over a redirect; nil is a random one
	Base     string         // outside address, "https://noroshi.example"; empty if unknown
	Trusted  []string       // further origins allowed to send forms, "https://proxy.example"
	Demo     bool           // shows the banner
	Hosted   bool           // behind TLS: cookies are Secure, HSTS is sent

	SignInPath  string // "/sign-in" if empty
	AccountPath string // "/console/account" if empty
	SwitchPath  string // "/console/account/organisation" if empty
}

// Server answers pages. See New and Handler.
type Server struct {
	config Config
	assets *assets
}

// New returns a server. It fails if the assets or messages of the shell cannot be read.
func New(c Config) (*Server, error) {
	if c.Texts == nil || c.Sessions == nil {
		return nil, fmt.Errorf("web: new: texts and sessions must be given")
	}
	if c.Clock == nil {
		c.Clock = clock.Wall{}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if len(c.Secret) == 0 {
		c.Secret = make([]byte, 32)
		rand.Read(c.Secret)
	}
	c.SignInPath = orElse(c.SignInPath, "/sign-in")
	c.AccountPath = orElse(c.AccountPath, "/console/account")
	c.SwitchPath = orElse(c.SwitchPath, "/console/account/organisation")
	if err := addMessages(c.Texts); err != nil {
		return nil, fmt.Errorf("web: new: %w", err)
	}
	a, err := newAssets(embedded)
	if err != nil {
		return nil, fmt.Errorf("web: new: %w", err)
	}
	return &Server{config: c, assets: a}, nil
}

// orElse returns s, or instead if s is empty.
func orElse(s, instead string) string {
	if s == "" {
		return instead
	}
	return s
}

// Handler returns the whole site: assets, pages in both languages, bare routes
// and mounts, behind headers, compression, protection against forged forms,
// recovery and limits.
func (s *Server) Handler(rs *Routes) http.Handler {
	site := http.NewServeMux()
	site.Handle("GET /assets/", s.assets)
	pages := http.NewServeMux()
	for _, route := range rs.routes {
		mux := pages
		if route.Bare {
			mux = site
		}
		mux.Handle(route.Method+" "+route.Pattern, s.serve(route))
	}
	pages.Handle("/", s.absent(pages))
	for _, l := range i18n.Langs() {
		prefix := "/" + string(l)
		site.Handle(prefix+"/", inLanguage(l, http.StripPrefix(prefix, pages)))
	}
	for _, m := range rs.mounts {
		site.Handle(m.Prefix, m.Handler)
	}
	site.Handle("/", s.choose(pages))
	guard := http.NewCrossOriginProtection()
	for _, origin := range s.config.Trusted {
		if err := guard.AddTrustedOrigin(origin); err != nil {
			s.config.Log.Error("origin not trusted", "op", "handler", "err", err)
		}
	}
	guard.SetDenyHandler(s.forged())
	return s.enter(compress(guard.Handler(site)))
}

// state is what web keeps about one request.
type state struct {
	server  *Server
	id      string
	lang    i18n.Lang
	route   string // pattern of the route; the path itself may hold a secret, so it is not logged
	started bool   // something was written
	status  int
	bytes   int64
}

type stateKey struct{}

// stateOf returns the state of a request; outside of a server an empty one.
func stateOf(ctx context.Context) *state {
	if s, ok := ctx.Value(stateKey{}).(*state); ok {
		return s
	}
	return &state{}
}

// RequestID returns the id of the request that error pages show and logs carry.
func RequestID(ctx context.Context) string { return stateOf(ctx).id }

// Actor returns who sent the request; the zero Actor is nobody.
func Actor(r *http.Request) identity.Actor {
	a, _ := identity.ActorFrom(r.Context())
	return a
}

// Lang returns the language of the request: that of the path, or for a bare route
// that of its Accept-Language header.
func Lang(r *http.Request) i18n.Lang {
	if l := stateOf(r.Context()).lang; l.Known() {
		return l
	}
	return i18n.Accept(r.Header.Get("Accept-Language"))
}

// enter begins each request: id, headers, recovery, log line.
func (s *Server) enter(next http.Handler) http.Handler {
	site := next
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next := site
		st := &state{server: s, id: requestID()}
		ctx := audit.WithRequest(telemetry.WithRequest(r.Context(), st.id), st.id)
		r = r.WithContext(context.WithValue(ctx, stateKey{}, st))
		s.headers(w.Header(), st.id)
		rec := &recorder{ResponseWriter: w, state: st}
		begin := time.Now()
		if !utf8.ValidString(r.URL.Path) || strings.ContainsRune(r.URL.Path, 0) {
			next = s.unreadable()
		}
		defer func() {
			if v := recover(); v != nil {
				s.recovered(rec, r, v)
			}
			s.config.Log.InfoContext(r.Context(), "request", "op", r.Method, "route", st.route, "status", st.status,
				"bytes", st.bytes, "took", time.Since(begin))
		}()
		next.ServeHTTP(rec, r)
	})
}

// requestID returns 12 random hexadecimal digits.
func requestID() string {
	var b [6]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// inLanguage notes the language of a path.
func inLanguage(l i18n.Lang, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stateOf(r.Context()).lang = l
		next.ServeHTTP(w, r)
	})
}

// choose sends a page asked for without a language to the one that the reader
// accepts, and remembers nothing.
func (s *Server) choose(pages *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := pages.Handler(r); r.Method != http.MethodGet && r.Method != http.MethodHead || pattern == "/" {
			s.absent(pages).ServeHTTP(w, r)
			return
		}
		w.Header().Add("Vary", "Accept-Language")
		target := "/" + string(Lang(r)) + r.URL.EscapedPath()
		if r.URL.RawQuery != "" {
			target += "?" + r.URL.RawQuery
		}
		http.Redirect(w, r, target, http.StatusFound) //nolint:gosec // the target begins with our own language prefix
	})
}

// localPath reports whether a path given by a request stays on this site.
func localPath(p string) bool {
	return strings.HasPrefix(p, "/") && !strings.HasPrefix(p, "//") && !strings.ContainsAny(p, "\\\r\n\t")
}
