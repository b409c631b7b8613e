package kengine

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"noroshi.dev/format/vrda"
)

func TestStatisticsPage(t *testing.T) {
	t.Parallel()
	demoSite(t, "cisa-coordinator", func(s *site) {
		s.confirmOne()
		s.now = time.Now() // the database dates rows by the wall clock
		s.walk([]step{
			{what: "page", actor: "reader", path: "/ja/console/kengine/statistic", status: 200, texts: []string{"届いた脆弱性情報", "対応区分の内訳", "判断と推奨の食い違い", "推奨を承認", "分析者が決定", `aria-label="期間"`, "<svg", "data-label"}},
			{what: "page in English", actor: "manager", path: "/en/console/kengine/statistic?days=7", status: 200, texts: []string{"Reports received", "Decided by the analyst", "verdict%3Aoverruled", "less than 1 days"}},
			{what: "a period that ends before it begins", actor: "reader", path: "/en/console/kengine/statistic?from=2026-11-20&to=2026-11-01", status: 422, texts: []string{`role="alert"`, "!<svg class=\"chart"}},
			{what: "a period without anything", actor: "reader", path: "/en/console/kengine/statistic?from=2001-01-01&to=2001-01-07", status: 200, texts: []string{"No report came in during this period"}},
			{what: "days that are no number", actor: "reader", path: "/en/console/kengine/statistic?days=many", status: 422},
		})
		own := s.get("reader", "/ja/console/kengine/statistic/export?table=outcomes&format=csv").wants(s.t, "data", 200, "what,of,key,value,rows", "recommended,cisa-coordinator/")
		if !strings.Contains(own.header.Get("Content-Disposition"), "statistics-outcomes") {
			s.t.Errorf("the file is called %s", own.header.Get("Content-Disposition"))
		}
		for _, table := range []string{"days", "rulings", "ages"} {
			s.get("reader", "/ja/console/kengine/statistic/export?table="+table).wants(s.t, table, 200, "what,of,key,value,rows")
		}
		s.get("reader", "/ja/console/kengine/statistic/export?table=secrets").wants(s.t, "an unknown table", 422)
		s.get("stranger", "/en/console/kengine/statistic").wants(s.t, "another organisation", 200, "No task came up", "!Level of response")
	})
}

// confirmOne rules a task as recommended.
func (s *site) confirmOne() {
	s.t.Helper()
	decided, _ := s.pickTasks()
	if _, err := s.Confirm(s.t.Context(), s.manager, These(decided.ID)); err != nil {
		s.t.Fatal(err)
	}
}

// TestEachFigureLeadsToItsRows follows every link of the page that has a number.
func TestEachFigureLeadsToItsRows(t *testing.T) {
	t.Parallel()
	demoSite(t, "cisa-coordinator", func(s *site) {
		s.confirmOne()
		body := mainOf(s.get("reader", "/en/console/kengine/statistic").wants(s.t, "page", 200).body)
		links := regexp.MustCompile(`href="(/en/console/kengine(?:/report)?\?q=[^"]+)"`).FindAllStringSubmatch(body, -1)
		if len(links) < 6 {
			s.t.Fatalf("%d links", len(links))
		}
		for _, link := range links {
			s.get("reader", strings.ReplaceAll(link[1], "&amp;", "&")).wants(s.t, link[1], 200, "!is not")
		}
	})
}

func TestPublicFactsHoldNothingOfAnOrganisation(t *testing.T) {
	t.Parallel()
	demoSite(t, "cisa-coordinator", func(s *site) {
		rows := s.tasks(s.t, s.manager, "is:open")
		s.answer(s.t, s.manager, rows[0].Report, "ssvc:MWI:1.0.0=H")
		secret := `!ssvc:MWI`
		s.get("", "/ja/kengine/facts").wants(s.t, "page", 200, "公開情報に基づく分析値", "/kengine/facts.atom", "CVE-")
		s.get("", "/en/kengine/facts").wants(s.t, "page in English", 200, "Facts from public sources")
		p := s.get("", "/kengine/facts.json?limit=2").wants(s.t, "JSON", 200, `"items"`, `"next"`, secret)
		var page struct {
			Items []WorldReport `json:"items"`
			Next  string        `json:"next"`
		}
		if err := json.Unmarshal([]byte(p.body), &page); err != nil || len(page.Items) != 2 || !strings.Contains(page.Next, "/kengine/facts.json?") {
			s.t.Fatalf("%v: %d items, next %q", err, len(page.Items), page.Next)
		}
		s.unchanged("/kengine/facts.json?limit=2", p.header.Get("ETag"))
		s.get("", "/kengine/facts.json"+page.Next[strings.IndexByte(page.Next, '?'):]).wants(s.t, "the next page", 200, "!"+page.Items[0].Key)
		atom := s.get("", "/kengine/facts.atom?limit=200&lang=ja").wants(s.t, "Atom", 200, "<feed", `xml:lang="ja"`, secret)
		if _, err := vrda.Read(bytes.NewReader([]byte(atom.body))); err != nil {
			s.t.Errorf("the feed cannot be read again: %v", err)
		}
		s.get("", "/kengine/facts/"+page.Items[0].Key).wants(s.t, "one report", 200, `"schemaVersion"`, secret)
		s.get("", "/kengine/facts/"+rows[0].Report).wants(s.t, "a report with own words", 200, secret)
		s.get("", "/kengine/facts/CVE-1999-99999").wants(s.t, "no report", 404)
		s.get("", "/kengine/facts.json?since=yesterday").wants(s.t, "no time", 422)
		s.get("", "/kengine/facts.json?after=nonsense").wants(s.t, "no place", 422)
		s.get("", "/kengine/facts.json?since=2099-01-01T00:00:00Z").wants(s.t, "the future", 200, `"items":[]`)
	})
}

// unchanged fails unless a reader who has the answer is told that it is the same.
func (s *site) unchanged(path, tag string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.server.URL+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("If-None-Match", tag)
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		s.t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusNotModified {
		s.t.Errorf("%s with %s: %d, want 304", path, tag, res.StatusCode)
	}
}

func TestCalendarPages(t *testing.T) {
	t.Parallel()
	demoSite(t, "cisa-coordinator", func(s *site) {
		page := "/en/console/kengine/calendar"
		s.get("reader", page).wants(s.t, "page", 200, "There is no address yet")
		s.post("reader", page, "scope", "everything", "lang", "en").wants(s.t, "no such scope", 422)
		s.post("reader", page, "scope", "mine").wants(s.t, "no language", 422)
		p := s.post("reader", page, "scope", CalendarOrganisation, "lang", "ja").wants(s.t, "make", 200, "It is shown this once", "All tasks of the organisation")
		s.audited("make", "calendar.create")
		address := regexp.MustCompile(`/kengine/calendar/[A-Za-z0-9_-]+\.ics`).FindString(p.body)
		if address == "" {
			s.t.Fatalf("no address in %.2000s", mainOf(p.body))
		}
		s.get("reader", page).wants(s.t, "afterwards", 200, "!"+address, "never")
		s.get("", "/kengine/calendar/nonsense.ics").wants(s.t, "an unknown address", 404)
		id := regexp.MustCompile(`name="id" value="([0-9a-f-]{36})"`).FindStringSubmatch(s.get("reader", page).body)
		s.post("manager", page+"/delete", "id", id[1]).wants(s.t, "somebody else's address", 404)
		s.post("reader", page+"/delete", "id", id[1]).wants(s.t, "delete", 200, "The address is void", "There is no address yet")
		s.audited("delete", "calendar.delete")
		s.get("", address).wants(s.t, "a void address", 404)
	})
}
