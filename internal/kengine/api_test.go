package kengine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"noroshi.dev/internal/core/api"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
	"noroshi.dev/internal/core/web"
)

// programs are the callers of the API by their tokens.
type programs map[string]identity.Actor

// Authenticate implements api.Tokens.
func (p programs) Authenticate(_ context.Context, token string) (identity.Actor, error) {
	if a, ok := p[token]; ok {
		return a, nil
	}
	return identity.Actor{}, fault.New(fault.Denied, "identity.token")
}

// machine is the room behind its API.
type machine struct {
	*fixture
	t      *testing.T
	server *httptest.Server
	vars   map[string]string // $NAME in paths and bodies
}

func newMachine(t *testing.T, f *fixture) *machine {
	t.Helper()
	texts := i18n.New()
	if err := errors.Join(texts.Add("web", web.Messages()), texts.Add("identity", identity.Messages), texts.Add(Room, Messages)); err != nil {
		t.Fatal(err)
	}
	a := api.New(api.Config{Texts: texts, Tokens: programs{
		"manager": f.manager, "analyst": member("org1", identity.Analyst), "reader": member("org1", identity.Reader),
		"stranger": member("org2", identity.Manager),
	}})
	f.operations(a)
	m := &machine{fixture: f, t: t, server: httptest.NewServer(a.Handler()), vars: map[string]string{}}
	t.Cleanup(m.server.Close)
	return m
}

// call sends a request of a caller; the empty caller has no token.
func (m *machine) call(actor, method, path, body string) (status int, answer string) {
	m.t.Helper()
	for name, value := range m.vars {
		path, body = strings.ReplaceAll(path, "$"+name, value), strings.ReplaceAll(body, "$"+name, value)
	}
	r, err := http.NewRequestWithContext(m.t.Context(), method, m.server.URL+api.Prefix+"/kengine"+path, strings.NewReader(body))
	if err != nil {
		m.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if actor != "" {
		r.Header.Set("Authorization", "Bearer "+actor)
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		m.t.Fatal(err)
	}
	data, err := io.ReadAll(res.Body)
	if err := errors.Join(err, res.Body.Close()); err != nil {
		m.t.Fatal(err)
	}
	return res.StatusCode, string(data)
}

// want fails unless an answer has a status and texts; a text after "!" must not be there.
func (m *machine) want(actor, call, body string, status int, texts ...string) map[string]any {
	m.t.Helper()
	method, path, _ := strings.Cut(call, " ")
	got, answer := m.call(actor, method, path, body)
	if got != status {
		m.t.Errorf("%s %s: %d, want %d: %.600s", actor, call, got, status, answer)
	}
	for _, text := range texts {
		absent, bad := strings.CutPrefix(text, "!")
		if bad == strings.Contains(answer, absent) {
			m.t.Errorf("%s %s: %q in %.1500s", actor, call, text, answer)
		}
	}
	var v map[string]any
	if strings.HasPrefix(answer, "{") {
		if err := json.Unmarshal([]byte(answer), &v); err != nil {
			m.t.Errorf("%s %s: %v in %.200s", actor, call, err, answer)
		}
	}
	return v
}

// audited fails unless the last leaf of the audit log is op.
func (m *machine) audited(op string) {
	m.t.Helper()
	if n := len(m.ledger.entries); n == 0 || m.ledger.entries[n-1].Op != op {
		m.t.Errorf("the audit log does not end with %s: %+v", op, m.ledger.entries[max(0, n-1):])
	}
}

// keep remembers members of an answer under names for later calls.
func (m *machine) keep(v map[string]any, pairs ...string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		m.vars[pairs[i]] = strings.TrimSuffix(fmt.Sprint(v[pairs[i+1]]), ".0")
	}
}

// settle answers questions about a report with their highest values until nothing is left to ask.
func (m *machine) settle(report string) {
	m.t.Helper()
	(&site{fixture: m.fixture, t: m.t}).settle(report)
}

// demoMachine serves the demo's records, decided by the CISA coordinator's model, on both databases.
func demoMachine(t *testing.T, do func(m *machine)) {
	t.Helper()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.demo(t, "cisa-coordinator")
		do(newMachine(t, f))
	})
}

func TestReportsByTheAPI(t *testing.T) {
	t.Parallel()
	demoMachine(t, func(m *machine) {
		page := m.want("reader", "GET /reports?limit=2&q=is:kev", "", 200, `"kev":true`, `!"kev":false`)
		items, _ := page["items"].([]any)
		if len(items) != 2 || page["next"] == "" {
			m.t.Fatalf("%d reports, next %v", len(items), page["next"])
		}
		m.keep(page, "NEXT", "next")
		m.keep(items[0].(map[string]any), "KEY", "key")
		m.want("reader", "GET /reports?limit=2&q=is:kev&after=$NEXT", "", 200, "!"+m.vars["KEY"])
		m.want("reader", "GET /reports/$KEY", "", 200, `"facts"`, `"tasks"`, m.vars["KEY"])
		m.want("reader", "GET /reports/$KEY/form", "", 200, `"questions"`, `"decisions"`)
		m.want("reader", "GET /reports/$KEY/selections", "", 200, `"schemaVersion":"2.0.0"`, m.vars["KEY"])
		for call, want := range map[string]int{
			"GET /reports?q=nothing:x": 422, "GET /reports?sort=size": 422, "GET /reports?after=!!": 422, "GET /reports/CVE-1999-99999": 404,
			"GET /reports?colour=red": 422,
		} {
			m.want("reader", call, "", want, "urn:noroshi:problem:")
		}
		m.want("", "GET /reports", "", 401)
		m.want("nobody-knows", "GET /reports", "", 401)
		assert := `{"claims": [{"fact": "ssvc:MWI:1.0.0", "values": ["H"]}], "evidence": "our own inventory"}`
		m.want("reader", "POST /reports/$KEY/assertions", assert, 403)
		m.want("reader", "POST /reports/$KEY/assertions", "no json at all", 403) // before anything of the input is told
		m.want("analyst", "POST /reports/$KEY/assertions", `{"claims": [{"fact": "ssvc:MWI:1.0.0", "values": ["X"]}]}`, 422)
		m.want("analyst", "POST /reports/$KEY/assertions", assert, 200, `"items"`)
		m.audited("report.assert")
		m.want("analyst", "GET /reports/$KEY", "", 200, "our own inventory", `"own":true`)
		m.want("stranger", "GET /reports/$KEY", "", 200, "!our own inventory", `"tasks":[]`)
	})
}

func TestTasksByTheAPI(t *testing.T) {
	t.Parallel()
	demoMachine(t, func(m *machine) {
		for _, row := range m.tasks(m.t, m.manager, "is:open")[:3] {
			m.settle(row.Report)
		}
		page := m.want("reader", "GET /tasks?limit=50&q=is:decided+is:open", "", 200)
		items, _ := page["items"].([]any)
		if len(items) < 3 {
			m.t.Fatalf("%d tasks are decided", len(items))
		}
		for i, name := range []string{"A", "B", "C"} {
			m.keep(items[i].(map[string]any), name, "id", "V"+name, "version")
		}
		m.want("reader", "GET /tasks/$A", "", 200, `"path"`, `"allowed"`, `"inputs"`)
		m.want("stranger", "GET /tasks/$A", "", 404)
		m.want("stranger", "POST /tasks/$A/confirm", "", 404)
		m.want("reader", "POST /tasks/$A/confirm", "", 403)
		m.want("analyst", "POST /tasks/$A/assign", `{"owner": "org1-analyst", "version": $VA}`, 200, `"owner":"org1-analyst"`)
		m.audited("task.assign")
		m.want("analyst", "POST /tasks/$A/confirm", `{"version": $VA}`, 409, "urn:noroshi:problem:conflict")
		m.want("analyst", "POST /tasks/$A/confirm", "", 200, `"state":"todo"`)
		m.audited("rule.confirm")
		m.want("analyst", "POST /tasks/$A/start", "", 200, `"state":"doing"`)
		m.want("analyst", "POST /tasks/$A/start", "", 409)
		m.want("analyst", "POST /tasks/$A/notes", `{"text": "連絡済み"}`, 200, "連絡済み")
		m.want("analyst", "POST /tasks/$A/finish", `{}`, 200, `"state":"done"`)
		m.want("analyst", "POST /tasks/$A/reopen", "", 200)
		m.want("analyst", "POST /tasks/$A/undo", "", 200, `"state":"done"`)
		m.want("analyst", "POST /tasks/$B/overrule", `{"outcome": "none of ours", "reason": "judgement"}`, 422)
		m.want("analyst", "POST /tasks/$B/overrule", `{"outcome": "AC", "reason": "confirmed"}`, 422)
		m.want("analyst", "POST /tasks/$B/due", `{"due": "2026-12-24T00:00:00Z"}`, 200, `"due_set":true`, "2026-12-24")
		m.want("analyst", "POST /tasks/$B/due", `{}`, 200, `"due_set":false`)
		m.want("analyst", "POST /tasks/$B/priority", `{"priority": 9}`, 422)
		m.want("analyst", "POST /tasks/$B/priority", `{"priority": 4}`, 200, `"priority":4`, `"priority_set":true`)
		m.want("analyst", "POST /tasks/$B/drop", `{"why": ""}`, 422)
		m.want("analyst", "POST /tasks/$B/drop", `{"why": "not ours"}`, 409) // only what was ruled can be given up
		m.want("analyst", "POST /tasks/$B/confirm", "", 200)
		m.want("analyst", "POST /tasks/$B/drop", `{"why": "not ours"}`, 200, `"state":"closed"`, "not ours")
		m.want("analyst", "POST /tasks", `{"act": "assign", "owner": "org1-analyst"}`, 422)
		m.want("analyst", "POST /tasks", `{"act": "fly", "ids": ["$C"]}`, 422)
		m.want("stranger", "POST /tasks", `{"act": "confirm", "ids": ["$C", "$A"]}`, 200, `"changed":0`, "kengine.task")
		m.want("analyst", "POST /tasks", `{"act": "assign", "q": "is:open", "owner": "org1-analyst"}`, 200, `"refused":[]`)
		m.audited("task.assign")
		m.want("reader", "GET /tasks?q=is:open+assignee:org1-analyst&limit=1", "", 200, `"owner":"org1-analyst"`)
	})
}

// agree has everything decided again and compares what the tasks say then.
func (m *machine) agree(ids []string, want string) {
	m.t.Helper()
	if err := m.DecideAll(m.t.Context(), "org1"); err != nil {
		m.t.Fatal(err)
	}
	for _, id := range ids {
		m.want("reader", "GET /tasks/"+id, "", 200, want, `"leaf":4`)
	}
}

// TestLearningByTheAPI is the story of learning as a program tells it: history comes in, five reports are overruled, a
// candidate appears, its difference is right, it goes into force, the five agree, and the older version comes back.
func TestLearningByTheAPI(t *testing.T) {
	t.Parallel()
	demoMachine(t, func(m *machine) {
		m.want("reader", "GET /candidates", "", 200, `"items":[]`)
		m.want("reader", "POST /learn", "", 403)
		m.want("reader", "POST /learn/history", "a,b", 403)
		m.want("analyst", "POST /learn/history", "a,b\n", 422)
		m.want("analyst", "POST /learn/history", "ssvc:E:1.1.0,outcome\nN,AC\nX,AC\n", 200, `"added":1`, `"refused":1`, `"reason":"value"`, `"line":3`)
		m.audited("learn.import")
		m.want("analyst", "POST /learn?decision=nothing", "", 404)
		list := m.want("analyst", "POST /learn", "", 200, `"reason":"too_little"`, `"cases":1`)
		m.keep(list["items"].([]any)[0].(map[string]any), "C", "id")
		m.want("reader", "GET /candidates/$C", "", 200, `"status":"none"`)
		m.want("stranger", "GET /candidates/$C", "", 404)
		m.want("reader", "POST /learn/history/forget?decision=nothing", "", 403)
		m.want("analyst", "POST /learn/history/forget?decision=nothing", "", 404)
		m.want("analyst", "POST /learn/history/forget", "", 200, `"forgotten":1`)
		m.audited("learn.forget")
		m.want("analyst", "POST /learn/history/forget", "", 200, `"forgotten":0`)
		five := m.overruleFive(m.t, "AT")
		made := m.want("analyst", "POST /learn", "", 200, `"status":"ready"`, `"way":"revised"`, `"flipped"`, `"against"`)
		m.keep(made["items"].([]any)[0].(map[string]any), "D", "model", "B", "base")
		m.keep(m.want("reader", "GET /models/$D", "", 200, `"ready":true`, `"origin":"learned:`), "E", "edit")
		m.want("reader", "GET /models/$D/diff", "", 200, `"kind":"rows"`, `"AT"`)
		m.want("analyst", "POST /models/$D/activate", `{"edit": $E}`, 403)
		m.want("manager", "POST /models/$D/activate", `{"edit": $E}`, 200, `"status":"active"`)
		m.agree(five, `"deviates":false`)
		m.keep(m.want("reader", "GET /models/$B", "", 200, `"status":"retired"`), "E", "edit")
		m.want("manager", "POST /models/$B/activate", `{"edit": $E}`, 200, `"status":"active"`)
		m.agree(five, `"deviates":true`)
	})
}

func TestModelsByTheAPI(t *testing.T) {
	t.Parallel()
	demoMachine(t, func(m *machine) {
		list := m.want("reader", "GET /models", "", 200, `"status":"active"`)
		m.keep(list["items"].([]any)[0].(map[string]any), "M", "id")
		m.want("stranger", "GET /models", "", 200, `"items":[]`)
		m.want("stranger", "GET /models/$M", "", 404)
		m.want("stranger", "POST /models", `{"copy": "$M"}`, 404)
		m.want("reader", "POST /models", `{"copy": "$M"}`, 403)
		m.want("analyst", "POST /models", `{"copy": "$M", "builtin": "starter"}`, 422)
		m.want("analyst", "POST /models", `{"source": "format: x"}`, 422)
		d := m.want("analyst", "POST /models", `{"copy": "$M"}`, 200, `"status":"draft"`, `"version":2`)
		m.keep(d, "D", "id", "E", "edit")
		m.audited("model.draft")
		edit := `{"edit": $E, "kind": "name", "text": {"ja": "わたしたちの基準", "en": "Our own"}}`
		m.want("analyst", "POST /models/$D/edit", edit, 200, "わたしたちの基準")
		m.want("analyst", "POST /models/$D/edit", edit, 409)
		m.keep(m.want("analyst", "GET /models/$D", "", 200, `"ready":true`), "E", "edit")
		m.want("analyst", "POST /models/$D/edit", `{"edit": $E, "kind": "row", "node": "x"}`, 422)
		m.want("analyst", "POST /models/$D/text", `{"edit": $E, "source": "nothing"}`, 422)
		m.want("reader", "GET /models/$D/impact", "", 200, `"reports":320`, `"changed":0`)
		m.want("reader", "GET /models/$D/diff", "", 200, `"nodes":[]`)
		m.want("reader", "GET /models/$D/simplify", "", 200, `"rows":36`, `"leaves":18`, `"proven":true`, `"compared":36`, `"combinations":0`)
		m.want("reader", "GET /models/$D/simplify?node=x", "", 422)
		m.want("reader", "POST /models/$D/simplify", `{"to": "tree"}`, 403)
		m.want("stranger", "POST /models/$D/simplify", `{"to": "tree"}`, 404)
		simple := m.want("analyst", "POST /models/$D/simplify", `{"to": "tree"}`, 200, `"status":"draft"`, `"origin":"simplified:`, `"leaves":18`)
		m.audited("model.draft")
		m.keep(simple["model"].(map[string]any), "T", "id")
		m.want("reader", "GET /models/$D/diff?to=$T", "", 200, `"kind":"form"`, `"count":0`)
		m.want("reader", "GET /models/$D/diff?to=$M", "", 200)
		m.want("reader", "GET /models/$D/export", "", 200, "わたしたちの基準")
		m.want("reader", "GET /models/$D/export?format=ssvc", "", 200, `"mapping"`)
		m.want("reader", "GET /models/$D/export?format=docx", "", 422)
		m.want("analyst", "POST /models/$D/activate", `{"edit": $E}`, 403)
		active := m.want("manager", "POST /models/$D/activate", `{"edit": $E}`, 200, `"status":"active"`)
		m.audited("model.activate")
		m.want("manager", "POST /models/$D/discard", `{"edit": $E}`, 409)
		m.keep(active, "E", "edit")
		m.want("manager", "POST /models/$D/retire", `{"edit": $E}`, 200, `"status":"retired"`)
		m.keep(m.want("analyst", "POST /models", `{"builtin": "starter"}`, 200), "S", "id", "E", "edit")
		m.want("stranger", "POST /models/$S/discard", `{"edit": $E}`, 404)
		m.want("analyst", "POST /models/$S/discard", `{"edit": $E}`, 204)
		m.want("analyst", "GET /models/$S", "", 404)
	})
}

func TestWhatAnOrganisationUsesByTheAPI(t *testing.T) {
	t.Parallel()
	demoMachine(t, func(m *machine) {
		tag := `{"vendor": "Cisco", "product": "*", "criticality": "high", "exposure": "open", "active": true}`
		m.want("reader", "POST /tags/preview", tag, 403)
		m.want("analyst", "POST /tags/preview", tag, 200, `"total"`, "CVE-")
		m.want("analyst", "POST /tags", `{"active": true}`, 422)
		m.keep(m.want("analyst", "POST /tags", tag, 200, `"criticality":"high"`), "T", "id", "V", "version")
		m.audited("tag.create")
		m.want("reader", "GET /tags?q=vendor:cisco", "", 200, m.vars["T"])
		m.want("stranger", "GET /tags", "", 200, `"items":[]`)
		m.want("stranger", "GET /tags/$T", "", 404)
		m.want("stranger", "GET /tags/$T/reports", "", 404)
		m.want("reader", "GET /tags/$T/reports?limit=1", "", 200)
		update := `{"vendor": "Cisco", "product": "*", "criticality": "low", "active": true, "version": $V}`
		m.want("analyst", "POST /tags/$T", update, 200, `"criticality":"low"`)
		m.want("analyst", "POST /tags/$T", update, 409)
		m.want("analyst", "POST /tags/$T/delete", `{"version": $V}`, 409)
		m.want("analyst", "POST /tags/csv?name=a.csv", "vendor,product,criticality\nAcme,Shop,high\n", 200, `"added":1`)
		m.want("analyst", "POST /tags/sbom?name=x", "no bill of materials", 422)
		m.keep(m.want("analyst", "POST /sets", `{"name": "Web", "condition": "product:http*", "facts": [{"fact": "ssvc:EXP:1.0.1", "values": ["O"]}]}`, 200), "S", "id", "V", "version")
		m.want("analyst", "POST /sets", `{"name": "Bad", "condition": "colour:red", "facts": [{"fact": "ssvc:EXP:1.0.1", "values": ["O"]}]}`, 422)
		m.want("stranger", "GET /sets/$S", "", 404)
		m.want("reader", "GET /sets", "", 200, "product:http*")
		m.want("analyst", "POST /sets/$S", `{"name": "The web", "facts": [{"fact": "ssvc:EXP:1.0.1", "values": ["O"]}], "version": $V}`, 200, "The web")
		m.want("analyst", "POST /sets/order", `{"ids": []}`, 409)
		m.want("analyst", "POST /sets/order", `{"ids": ["$S"]}`, 200, "The web")
		m.keep(m.want("analyst", "GET /sets/$S", "", 200), "V", "version")
		m.want("analyst", "POST /sets/$S/delete", `{"version": $V}`, 204)
		policy := `{"sources": ["analyst", "kev"], "unmatched": "close", "version": 0}`
		m.want("analyst", "POST /policy", policy, 403)
		m.want("manager", "POST /policy", `{"sources": ["rumour"], "unmatched": "close", "version": 0}`, 422)
		m.want("manager", "POST /policy", policy, 200, `"unmatched":"close"`)
		m.want("manager", "POST /policy", policy, 409)
		m.want("stranger", "GET /policy", "", 200, `"version":0`, `"unmatched":"list"`)
	})
}

func TestWhatComesInAndGoesOutByTheAPI(t *testing.T) {
	t.Parallel()
	demoMachine(t, func(m *machine) {
		m.want("reader", "POST /imports?name=x", "{", 403)
		in := m.want("analyst", "POST /imports?name=mine.json", record("CVE-2026-31337", "Acme", "Shop", "2.0", "CWE-79"), 200, `"added":1`, `"refusals":[]`, "mine.json")
		m.keep(in, "I", "id")
		m.want("analyst", "POST /imports?name=broken", `{"dataType": "CVE_RECORD"`, 200, `"refused":1`, `"reason"`)
		m.want("analyst", "GET /imports?q=is:refused", "", 200, "broken", "!mine.json")
		m.want("stranger", "GET /imports/$I", "", 404)
		m.want("stranger", "GET /imports", "", 200, "!mine.json")
		m.want("analyst", "GET /imports/$I", "", 200, "mine.json")
		source := `{"name": "Feed", "url": "https://example.org/feed.json", "minutes": 60, "active": false}`
		m.want("analyst", "POST /sources", source, 403)
		m.want("manager", "POST /sources", `{"name": "Feed", "url": "file:///etc/passwd", "minutes": 60, "active": true}`, 422)
		m.keep(m.want("manager", "POST /sources", source, 200), "S", "id", "V", "version")
		m.want("stranger", "GET /sources/$S", "", 404)
		m.want("analyst", "GET /sources", "", 200, "example.org")
		m.want("manager", "POST /sources/$S", `{"name": "Other", "url": "https://example.org/feed.json", "minutes": 90, "active": false, "version": $V}`, 200, `"minutes":90`)
		m.want("manager", "POST /sources/$S/delete", `{"version": $V}`, 409)
		from := m.now.AddDate(0, 0, -2).Format(time.RFC3339)
		m.want("reader", "GET /statistics?from="+from+"&zone=Asia/Tokyo", "", 200, `"days"`, `"ages"`)
		m.want("reader", "GET /statistics?zone=Mars/Base", "", 422)
		m.want("", "GET /statistics", "", 401)
		m.want("", "GET /facts?limit=1", "", 200, `"updated"`, `"next"`)
		m.want("", "GET /facts?after=nonsense", "", 422)
	})
}
