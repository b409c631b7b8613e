package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/web"
)

// problemOf reads a problem document.
func problemOf(t *testing.T, body string) huma.ErrorModel {
	t.Helper()
	var p huma.ErrorModel
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return p
}

// TestEveryKindIsAProblem asks for each kind of fault in both languages.
func TestEveryKindIsAProblem(t *testing.T) {
	t.Parallel()
	srv := site(t)
	status := map[fault.Kind]int{
		fault.NotFound: 404, fault.Denied: 401, fault.Conflict: 409, fault.Invalid: 422, fault.Limit: 429, fault.Unavailable: 503,
	}
	for kind, want := range status {
		titles := map[i18n.Lang]string{}
		for _, l := range i18n.Langs() {
			resp, body := ask(t, srv, "GET", "/api/v1/test/fail/"+i18n.KindName(kind), "", "Accept-Language", string(l))
			p := problemOf(t, body)
			checkProblem(t, resp, body)
			if resp.StatusCode != want || p.Type != problemType+i18n.KindName(kind) || strings.TrimSpace(p.Detail) == "" {
				t.Errorf("%s in %s = %d %q %q", i18n.KindName(kind), l, resp.StatusCode, p.Type, p.Detail)
			}
			if got := resp.Header.Get("Retry-After"); (got != "") != (want == 429 || want == 503) {
				t.Errorf("%s: Retry-After %q", i18n.KindName(kind), got)
			}
			titles[l] = p.Title
		}
		if titles[i18n.JA] == titles[i18n.EN] {
			t.Errorf("%s has one title in both languages: %q", i18n.KindName(kind), titles[i18n.JA])
		}
	}
}

// TestRefusalsBeforeTheOperationSayWhenToComeBack asks with a token whose check
// is refused for a time, which no operation sees.
func TestRefusalsBeforeTheOperationSayWhenToComeBack(t *testing.T) {
	t.Parallel()
	srv := site(t)
	for token, want := range map[string]int{"often": 429, "closed": 503} {
		resp, body := ask(t, srv, "GET", "/api/v1/test/things", "", "Authorization", "Bearer "+token)
		checkProblem(t, resp, body)
		if resp.StatusCode != want || resp.Header.Get("Retry-After") == "" {
			t.Errorf("%s = %d with Retry-After %q", token, resp.StatusCode, resp.Header.Get("Retry-After"))
		}
	}
}

func TestHowATokenIsGiven(t *testing.T) {
	t.Parallel()
	srv := site(t)
	for header, want := range map[string]int{
		"Bearer good": 200, "bearer good": 200, "BEARER   good  ": 200,
		"Bearer": 401, "Bearer ": 401, "good": 401, "Basic good": 401, "Bearer good,Bearer good": 401, "Token good": 401,
	} {
		resp, body := ask(t, srv, "GET", "/api/v1/test/things", "", "Authorization", header)
		if resp.StatusCode != want {
			t.Errorf("Authorization: %q = %d, want %d: %s", header, resp.StatusCode, want, body)
		}
	}
	// A token that is wrong is not overruled by a session that is right.
	if resp, _ := ask(t, srv, "GET", "/api/v1/test/things", "", "Authorization", "Bearer bad", "Cookie", "who=x", "Sec-Fetch-Site", "same-origin"); resp.StatusCode != 401 {
		t.Errorf("wrong token beside a session = %d", resp.StatusCode)
	}
	if resp, _ := ask(t, srv, "GET", "/api/v1/test/things?access_token=good", ""); resp.StatusCode != 401 {
		t.Errorf("a token in the address = %d", resp.StatusCode)
	}
}

func TestSessionsReadFromThisSiteOnly(t *testing.T) {
	t.Parallel()
	srv := site(t)
	for _, tt := range []struct {
		method, site string
		want         int
	}{
		{"GET", "same-origin", 200},
		{"HEAD", "same-origin", 200},
		{"GET", "none", 200},
		{"GET", "same-site", 401},
		{"GET", "cross-site", 401},
		{"GET", "", 401},
		{"GET", "SAME-ORIGIN", 401},
		{"POST", "same-origin", 401},
		{"POST", "none", 401},
	} {
		headers := []string{"Cookie", "who=x"}
		if tt.site != "" {
			headers = append(headers, "Sec-Fetch-Site", tt.site)
		}
		body := ""
		if tt.method == "POST" {
			body = `{"id":"x","count":1}`
		}
		if resp, text := ask(t, srv, tt.method, "/api/v1/test/things", body, headers...); resp.StatusCode != tt.want {
			t.Errorf("%s from %q = %d, want %d: %s", tt.method, tt.site, resp.StatusCode, tt.want, text)
		}
	}
}

func TestMethods(t *testing.T) {
	t.Parallel()
	srv := site(t)
	for _, method := range []string{"PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"} {
		resp, body := ask(t, srv, method, "/api/v1/test/things", "", "Authorization", "Bearer good")
		if allow := resp.Header.Get("Allow"); resp.StatusCode != 405 || allow != "GET, POST" {
			t.Errorf("%s = %d, Allow %q: %s", method, resp.StatusCode, allow, body)
		}
		if resp.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s opens the API to other sites", method)
		}
	}
	resp, body := ask(t, srv, "HEAD", "/api/v1/nothing", "", "Authorization", "Bearer good")
	if resp.StatusCode != 404 || body != "" || resp.Header.Get("Content-Length") == "0" {
		t.Errorf("HEAD of nothing = %d, %q, length %s", resp.StatusCode, body, resp.Header.Get("Content-Length"))
	}
}

// TestNobodyIsToldWhatThereIs compares what strangers hear of operations that
// they may not call, with good and with bad input.
func TestNobodyIsToldWhatThereIs(t *testing.T) {
	t.Parallel()
	srv := site(t)
	var seen []string
	for _, path := range []string{"/api/v1/test/things", "/api/v1/test/things?limit=999", "/api/v1/test/things?q=(", "/api/v1/test/things?odd=1"} {
		for _, token := range []string{"", "Bearer narrow"} {
			headers := []string{}
			if token != "" {
				headers = []string{"Authorization", token}
			}
			resp, body := ask(t, srv, "GET", path, "", headers...)
			p := problemOf(t, body)
			seen = append(seen, fmt.Sprint(token, resp.StatusCode, p.Type, p.Detail, len(p.Errors)))
		}
	}
	slices.Sort(seen)
	if n := len(slices.Compact(seen)); n != 2 {
		t.Errorf("%d different answers:\n%s", n, strings.Join(seen, "\n"))
	}
}

func TestListsAreWalkedToTheirEnd(t *testing.T) {
	t.Parallel()
	srv := site(t)
	for _, limit := range []int{1, 2, 3, 4, 200} {
		var got []string
		after, pages := "", 0
		for {
			_, body := ask(t, srv, "GET", fmt.Sprintf("/api/v1/walk?limit=%d&after=%s", limit, url.QueryEscape(after)), "", "Authorization", "Bearer good")
			var page Page[thing]
			if err := json.Unmarshal([]byte(body), &page); err != nil || page.Items == nil {
				t.Fatalf("limit %d, page %d: %v %s", limit, pages, err, body)
			}
			if len(page.Items) > limit {
				t.Fatalf("limit %d gives %d rows", limit, len(page.Items))
			}
			for _, i := range page.Items {
				got = append(got, i.ID)
			}
			if pages++; page.Next == "" || pages > 10 {
				break
			}
			after = page.Next
		}
		if s := strings.Join(got, ""); s != "abcdefg" {
			t.Errorf("limit %d: %s in %d pages", limit, s, pages)
		}
	}
	_, body := ask(t, srv, "GET", "/api/v1/walk?after="+url.QueryEscape(web.Cursor{"g"}.String()), "", "Authorization", "Bearer good")
	if strings.TrimSpace(body) != `{"items":[]}` {
		t.Errorf("after the last row: %s", body)
	}
}

func TestQueriesThatAreRefused(t *testing.T) {
	t.Parallel()
	srv := site(t)
	for _, tt := range []struct{ query, place string }{
		{"limit=0", "query.limit"},
		{"limit=-1", "query.limit"},
		{"limit=201", "query.limit"},
		{"limit=two", "query.limit"},
		{"limit=99999999999999999999", "query.limit"},
		{"q=" + strings.Repeat("a", 1001), "query.q"},
		{"after=" + strings.Repeat("a", 1001), "query.after"},
		{"after=%00", "after"},
		{"after=bm9wZQ", "after"},
		{"q=(((", "q"},
		{"q=is:", "q"},
		{"Limit=1", "query.Limit"},
		{"admin=true&limit=1", "query.admin"},
	} {
		resp, body := ask(t, srv, "GET", "/api/v1/test/things?"+tt.query, "", "Authorization", "Bearer good")
		p := problemOf(t, body)
		if resp.StatusCode != 422 || !slices.ContainsFunc(p.Errors, func(d *huma.ErrorDetail) bool { return d.Location == tt.place && d.Message != "" }) {
			t.Errorf("%.40s = %d %s", tt.query, resp.StatusCode, body)
		}
		for _, d := range p.Errors {
			if d.Value != nil {
				t.Errorf("%.40s: the value %v is echoed", tt.query, d.Value)
			}
		}
	}
	// Both faults of one request are named at once.
	_, body := ask(t, srv, "GET", "/api/v1/test/things?q=(&after=!", "", "Authorization", "Bearer good")
	if p := problemOf(t, body); len(p.Errors) != 2 {
		t.Errorf("faults = %s", body)
	}
}

func TestBodiesThatAreRefused(t *testing.T) {
	t.Parallel()
	srv := site(t)
	for name, tt := range map[string]struct {
		body, kind string
		status     int
	}{
		"empty":             {"", "application/json", 400},
		"null":              {"null", "application/json", 422},
		"a list":            {"[]", "application/json", 422},
		"two documents":     {`{"id":"x","count":1}{}`, "application/json", 400},
		"a missing member":  {`{"id":"x"}`, "application/json", 422},
		"a wrong type":      {`{"id":5,"count":1}`, "application/json", 422},
		"a fraction":        {`{"id":"x","count":1.5}`, "application/json", 422},
		"a huge number":     {`{"id":"x","count":1e400}`, "application/json", 400},
		"a form":            {"id=x&count=1", "application/x-www-form-urlencoded", 415},
		"another JSON type": {`{"id":"x","count":1}`, "text/plain", 415},
		"too large":         {`{"id":"` + strings.Repeat("x", 2<<20) + `","count":1}`, "application/json", 413},
		"too deep":          {strings.Repeat(`{"id":`, 20_000), "application/json", 400},
	} {
		resp, body := ask(t, srv, "POST", "/api/v1/test/things", tt.body, "Authorization", "Bearer good", "Content-Type", tt.kind)
		if resp.StatusCode != tt.status {
			t.Errorf("%s = %d, want %d: %.200s", name, resp.StatusCode, tt.status, body)
			continue
		}
		checkProblem(t, resp, body)
		if strings.Contains(body, "xxxx") {
			t.Errorf("%s: the body is echoed", name)
		}
	}
}

func TestTheDocumentDescribesWhatIsAnswered(t *testing.T) {
	t.Parallel()
	a := New(Config{Texts: i18n.New(), Tokens: keys{}, Base: "https://noroshi.example"})
	operations(a)
	data, err := a.Document()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Info    struct{ Version string }
		Servers []struct{ URL string }
		Paths   map[string]map[string]struct {
			OperationID string                     `json:"operationId"`
			Responses   map[string]json.RawMessage `json:"responses"`
			Tags        []string                   `json:"tags"`
			Security    []map[string][]string      `json:"security"`
		}
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Info.Version != "0" || len(doc.Servers) != 1 || doc.Servers[0].URL != "https://noroshi.example" {
		t.Errorf("head = %v %v", doc.Info, doc.Servers)
	}
	for _, d := range a.All() {
		op, ok := doc.Paths[d.Path][strings.ToLower(d.Method)]
		if !ok || op.OperationID != d.ID || len(op.Tags) != 1 {
			t.Errorf("%s %s is described as %+v", d.Method, d.Path, op)
		}
		for _, status := range []string{"403", "404", "422", "429", "500"} {
			if op.Responses[status] == nil {
				t.Errorf("%s has no answer %s", d.ID, status)
			}
		}
		if public := len(op.Security) == 0; public != (op.Responses["401"] == nil) {
			t.Errorf("%s: security %v, answer 401 %s", d.ID, op.Security, op.Responses["401"])
		}
	}
	again, err := a.Document()
	if err != nil || string(again) != string(data) {
		t.Errorf("the second document differs: %v", err)
	}
}

func TestSamplesOfSchemas(t *testing.T) {
	t.Parallel()
	a := New(Config{Texts: i18n.New(), Tokens: keys{}})
	self := &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{}}
	self.Properties["again"] = self
	for name, tt := range map[string]struct {
		schema *huma.Schema
		want   string
	}{
		"example":    {&huma.Schema{Type: huma.TypeString, Examples: []any{"T-1"}, Default: "d"}, `"T-1"`},
		"default":    {&huma.Schema{Type: huma.TypeString, Default: "d", Enum: []any{"e"}}, `"d"`},
		"choice":     {&huma.Schema{Type: huma.TypeString, Enum: []any{"e", "f"}}, `"e"`},
		"format":     {&huma.Schema{Type: huma.TypeString, Format: "date-time"}, `"date-time"`},
		"text":       {&huma.Schema{Type: huma.TypeString}, `"string"`},
		"number":     {&huma.Schema{Type: huma.TypeNumber}, `0`},
		"truth":      {&huma.Schema{Type: huma.TypeBoolean}, `false`},
		"list":       {&huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeInteger}}, `[0]`},
		"empty list": {&huma.Schema{Type: huma.TypeArray}, `[]`},
		"no such":    {&huma.Schema{Ref: "#/components/schemas/Gone"}, `null`},
		"itself":     {self, `{"again":{"again":{"again":{"again":{"again":{"again":null}}}}}}`},
	} {
		got, err := json.Marshal(a.sample(tt.schema, 0))
		if err != nil || string(got) != tt.want {
			t.Errorf("%s = %s, %v, want %s", name, got, err, tt.want)
		}
	}
	for name, content := range map[string]map[string]*huma.MediaType{
		"nothing": nil, "another kind": {"text/csv": {}}, "no schema": {"application/json": {}},
		"a value that JSON has not": {"application/json": {Schema: &huma.Schema{Examples: []any{func() {}}}}},
	} {
		if got := a.example(content); got != "" {
			t.Errorf("example of %s = %q", name, got)
		}
	}
}

// TestADocumentThatCannotBeWrittenIsAProblem breaks the document.
func TestADocumentThatCannotBeWrittenIsAProblem(t *testing.T) {
	t.Parallel()
	a := New(Config{Texts: i18n.New(), Tokens: keys{}})
	a.huma.OpenAPI().Extensions = map[string]any{"x-broken": make(chan int)}
	w := httptest.NewRecorder()
	a.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, DocumentPath, nil))
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "chan") || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("document = %d %v %s", w.Code, w.Header(), w.Body)
	}
}
