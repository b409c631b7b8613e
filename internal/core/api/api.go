package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web"
)

// Prefix is the path of version 1 of the API.
const Prefix = "/api/v1"

// DocumentPath is where the OpenAPI document is.
const DocumentPath = "/api/openapi.json"

// Tokens tells who holds an API token: identity's tokens. A token that is not
// valid is a fault.
type Tokens interface {
	Authenticate(ctx context.Context, token string) (identity.Actor, error)
}

// Config is what an API is made of. Texts and Tokens must be given.
type Config struct {
	Texts    *i18n.Catalogue
	Tokens   Tokens
	Sessions web.Sessions // nil: tokens only
	Log      *slog.Logger
	Version  string // of the product
	Base     string // outside address, "https://noroshi.example"; may be empty
}

// Declared is an operation with its permission, for the authorisation matrix.
type Declared struct {
	Method, Path string
	ID           string
	Permission   identity.Permission
}

// API gathers the operations of all rooms. It is filled at start-up.
type API struct {
	config   Config
	huma     huma.API
	mux      *http.ServeMux
	declared []Declared
	document func() ([]byte, error)
}

// New returns an API without operations.
func New(c Config) *API {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	a := &API{config: c, mux: http.NewServeMux()}
	hc := huma.DefaultConfig("Noroshi", orElse(c.Version, "0"))
	hc.CreateHooks = nil // no $schema member in answers
	hc.OpenAPIPath, hc.DocsPath, hc.SchemasPath = "", "", ""
	hc.Formats = map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat}
	hc.RejectUnknownQueryParameters = true
	hc.Transformers = []huma.Transformer{a.localised}
	if c.Base != "" {
		hc.Servers = []*huma.Server{{URL: c.Base}}
	}
	hc.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"bearer": {Type: "http", Scheme: "bearer"}}
	a.huma = humago.New(a.mux, hc)
	a.document = sync.OnceValues(func() ([]byte, error) { return json.MarshalIndent(a.huma.OpenAPI(), "", " ") })
	return a
}

// orElse returns s, or instead if s is empty.
func orElse(s, instead string) string {
	if s == "" {
		return instead
	}
	return s
}

// All returns every operation in the order of declaration.
func (a *API) All() []Declared { return slices.Clone(a.declared) }

// Document returns the OpenAPI document in JSON. Operations must not be added
// after the first call.
func (a *API) Document() ([]byte, error) { return a.document() }

// Handler answers everything below /api/.
func (a *API) Handler() http.Handler {
	top := http.NewServeMux()
	top.HandleFunc("GET "+DocumentPath, a.serveDocument)
	top.Handle("/", a.authenticated(a.known(a.mux)))
	return top
}

// serveDocument answers the OpenAPI document.
func (a *API) serveDocument(w http.ResponseWriter, r *http.Request) {
	doc, err := a.Document()
	if err != nil {
		a.write(w, r, a.problem(r.Context(), err))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(doc) // a reader who left needs no answer
}
