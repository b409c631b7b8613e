package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web/ui"
)

func TestAMenuThatCannotCountIsStillAMenu(t *testing.T) {
	t.Parallel()
	h := open(t, func(c *Config) {
		c.Menu = []Item{
			{Key: "web.gallery.title", Path: galleryPath, Permission: identity.Person(), Count: func(context.Context, identity.Actor) (int, error) { return 0, errors.New("disk") }},
			{Key: "web.keys.title", Path: keysPath, Permission: identity.Person(), Count: func(ctx context.Context, _ identity.Actor) (int, error) {
				<-ctx.Done() // a count that never ends is cut off
				return 0, ctx.Err()
			}},
		}
	}, nil)
	begin := time.Now()
	got := h.ask(t, "GET", "/ja/console/thing/1", "x", nil)
	if got.StatusCode != http.StatusOK || !strings.Contains(got.body, `href="/ja/console/_gallery"`) || strings.Contains(got.body, `class="count"`) {
		t.Errorf("page = %d\n%s", got.StatusCode, got.body)
	}
	if took := time.Since(begin); took > 20*countTime {
		t.Errorf("the page took %v, the menu may take %v", took, countTime)
	}
}

func TestPaletteAsksOnlyWhatTheActorMay(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 10)
	finder := func(name string, p identity.Permission, hits int, err error) Finder {
		return Finder{Key: "web.organisation", Permission: p, Find: func(_ context.Context, _ identity.Actor, text string) ([]Hit, error) {
			asked <- name + " " + text
			out := make([]Hit, hits)
			for i := range out {
				out[i] = Hit{Title: fmt.Sprintf("%s-%d", name, i), Path: "/console/thing/1"}
			}
			return out, err
		}}
	}
	h := open(t, func(c *Config) {
		c.Finders = []Finder{
			finder("many", identity.Person(), 20, nil),
			finder("secret", manage(), 1, nil),
			finder("broken", identity.Person(), 0, errors.New("secret detail")),
		}
	}, nil)
	got := h.ask(t, "GET", "/en/console/go?q=%EF%BC%A3%EF%BC%B6%EF%BC%A5+", "x", nil) // full-width CVE and a space
	close(asked)
	var names []string
	for n := range asked {
		names = append(names, n)
	}
	if s := strings.Join(names, ", "); s != "many CVE, broken CVE" {
		t.Errorf("asked %q", s)
	}
	for _, want := range []string{"many-7", "A part could not be searched."} {
		if !strings.Contains(got.body, want) {
			t.Errorf("the palette lacks %q", want)
		}
	}
	for _, unwanted := range []string{"many-8", "secret"} {
		if strings.Contains(got.body, unwanted) {
			t.Errorf("the palette has %q", unwanted)
		}
	}
}

func TestPaletteWithoutWordsListsPages(t *testing.T) {
	t.Parallel()
	h := open(t, nil, nil)
	if got := h.ask(t, "GET", "/en/console/go", "x", nil); !strings.Contains(got.body, "Components") || strings.Contains(got.body, "found") {
		t.Errorf("palette = %s", got.body)
	}
	part := h.ask(t, "GET", "/en/console/go?q=zzz", "x", nil, "HX-Request", "true", "HX-Target", "palette-hits")
	if strings.Contains(part.body, "<form") || !strings.Contains(part.body, "found zzz") {
		t.Errorf("hits alone = %s", part.body)
	}
	long := h.ask(t, "GET", "/en/console/go?q="+strings.Repeat("a", 500), "x", nil)
	if !strings.Contains(long.body, "found "+strings.Repeat("a", 200)+"<") {
		t.Error("a long text is not cut to 200 characters")
	}
}

func TestFormErrorKeepsWhatCanBeMended(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodPost, "/x", nil)
	r = r.WithContext(ui.With(r.Context(), ui.Reader{Lang: i18n.EN, Texts: i18n.New(), Request: "abc"}))
	for _, tt := range []struct {
		err    error
		status int
		kept   bool
	}{
		{nil, 200, true},
		{fault.New(fault.Invalid, "web.form").Field("title", "required"), 422, true},
		{fault.New(fault.Conflict, "storage.exists"), 409, true},
		{fault.New(fault.Limit, "test.limit"), 429, true},
		{fault.New(fault.Denied, "test.thing"), 403, false},
		{fault.New(fault.NotFound, "test.thing"), 404, false},
		{errors.New("disk"), 500, false},
	} {
		trouble, err := FormError(r, tt.err)
		if (err == nil) != tt.kept || tt.kept && trouble.Status != tt.status {
			t.Errorf("FormError(%v) = %+v, %v", tt.err, trouble, err)
		}
		if tt.kept && tt.err != nil && (!trouble.Any() || trouble.Hint == "" || trouble.Request != "abc") {
			t.Errorf("FormError(%v) = %+v tells too little", tt.err, trouble)
		}
		if Status(tt.err) != tt.status {
			t.Errorf("Status(%v) = %d, want %d", tt.err, Status(tt.err), tt.status)
		}
	}
	trouble, _ := FormError(r, fault.New(fault.Invalid, "web.form").Field("title", "required"))
	if trouble.Of("title") != "Fill this in." || trouble.Of("other") != "" {
		t.Errorf("fields = %v", trouble.Fields)
	}
}

func TestRenderOutsideOfAServer(t *testing.T) {
	t.Parallel()
	if err := Render(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil), http.StatusOK, ui.Page{}, words("x")); err == nil {
		t.Error("Render() without a server")
	}
	if got := Lang(httptest.NewRequest(http.MethodGet, "/", nil)); got != i18n.JA {
		t.Errorf("Lang() = %s", got)
	}
	if a := Actor(httptest.NewRequest(http.MethodGet, "/", nil)); a.SignedIn() {
		t.Errorf("Actor() = %+v", a)
	}
}

func TestRetryAfterIsWhatTheFaultSays(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]int{
		fault.New(fault.Limit, "x").With("retry", 90): 90,
		fault.New(fault.Limit, "x"):                   30,
		errors.New("x"):                               30,
	} {
		if got := retry(err); got != want {
			t.Errorf("retry(%v) = %d, want %d", err, got, want)
		}
	}
}

func TestAccepts(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]bool{
		"": false, "gzip": true, "br, GZIP": true, "gzip;q=0": false, "gzip; q=0.000": false, "gzip;q=0.5, br": true, "xgzip": false,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept-Encoding", header)
		if got := accepts(r); got != want {
			t.Errorf("accepts(%q) = %v, want %v", header, got, want)
		}
	}
}

func TestOnlyTextsArePacked(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]bool{
		"text/html; charset=utf-8": true, "application/json": true, "image/svg+xml": true, "text/event-stream": false,
		"application/zip": false, "image/png": false, "": false,
	} {
		if got := text(kind); got != want {
			t.Errorf("text(%q) = %v, want %v", kind, got, want)
		}
	}
}
