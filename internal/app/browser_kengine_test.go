//go:build !race

package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/kengine"
	"noroshi.dev/internal/testkit/browser"
)

// analysts work in the language of their organisation.
func analysts() map[i18n.Lang]string {
	return map[i18n.Lang]string{i18n.JA: "tanaka", i18n.EN: "miller"}
}

// story is a tab of an analyst in one language.
type story struct {
	*served
	t    *testing.T
	tab  *browser.Tab
	lang i18n.Lang
	who  caller
}

// stories runs a story in each language, in a house of its own.
func stories(t *testing.T, people map[i18n.Lang]string, tell func(s *story)) {
	t.Helper()
	for l, login := range people {
		t.Run(string(l), func(t *testing.T) {
			t.Parallel()
			house := serveDemo(t, clock.Wall{})
			s := &story{served: house, t: t, lang: l, who: house.session(t, login), tab: house.tab(t, login, browser.Options{Allow: []string{"422"}})}
			tell(s)
			s.tab.Check(browser.Name(strings.ReplaceAll(t.Name(), "/", "-")))
		})
	}
}

// open goes to a path in the language of the story.
func (s *story) open(path string) { s.t.Helper(); s.tab.Open(s.url(s.lang, path)) }

// leaves does what leads to another page and waits until that one is loaded.
func (s *story) leaves(do func()) {
	s.t.Helper()
	browser.Eval[string](s.tab, `document.documentElement.dataset.before = "x"`)
	do()
	s.tab.Wait(`document.readyState === "complete" && document.documentElement.dataset.before === undefined`)
}

// sends clicks a button and waits for the page that answers.
func (s *story) sends(selector string) {
	s.t.Helper()
	s.leaves(func() { s.tab.Click(selector) })
}

// told fails unless the page tells that the deed before was done.
func (s *story) told() {
	s.t.Helper()
	if !browser.Eval[bool](s.tab, `document.querySelector("#status .notice.good") !== null`) {
		s.t.Fatalf("the page does not tell that it was done: %.600s", s.tab.Text("main"))
	}
}

// task reads a task past the browser.
func (s *story) task(id string) kengine.TaskView {
	s.t.Helper()
	v, err := s.rooms.kengine.Task(s.t.Context(), s.who.actor, id)
	if err != nil {
		s.t.Fatal(err)
	}
	return v
}

// rows are the ids of the tasks on the page, in their order.
func (s *story) rows() []string {
	s.t.Helper()
	return browser.Eval[[]string](s.tab, `[...document.querySelectorAll("#rows input[name=id]")].map((i) => i.value)`)
}

// TestStoryWork handles tasks from the work list by keyboard and by buttons:
// choose two and confirm, assign, date, start, finish, take back.
func TestStoryWork(t *testing.T) {
	t.Parallel()
	stories(t, map[i18n.Lang]string{i18n.JA: "tanaka", i18n.EN: "suzuki"}, func(s *story) {
		s.open("/console/kengine?q=is:decided+is:unruled")
		rows := s.rows()
		if len(rows) < 3 {
			s.t.Fatalf("%d rows", len(rows))
		}
		s.tab.Press("jxjx")
		s.leaves(func() { s.tab.Press("a") })
		s.told()
		for _, id := range rows[:2] {
			if v := s.task(id); v.Ruled == nil || v.State == kengine.Open {
				s.t.Errorf("task %s is %s after it was confirmed", v.Report, v.State)
			}
		}
		s.open("/console/kengine?q=is:todo")
		id := s.rows()[0]
		s.assign(id)
		s.begin(id)
	})
}

// assign gives the first row of the list an owner and a date by the bulk bar.
func (s *story) assign(id string) {
	s.t.Helper()
	s.tab.Press("jx")
	s.leaves(func() { s.tab.Press("m") })
	browser.Eval[string](s.tab, `document.querySelector('select[name="owner"]').value = "`+s.who.actor.ID+`"`)
	s.sends(`main form button[type="submit"]`)
	s.told()
	if v := s.task(id); v.Owner != s.who.actor.ID {
		s.t.Errorf("owner = %q", v.Owner)
	}
	s.open("/console/kengine?q=is:todo+is:mine")
	id = s.rows()[0]
	s.tab.Press("jx")
	s.leaves(func() { s.tab.Press("d") })
	browser.Eval[string](s.tab, `document.querySelector('input[name="due"]').value = "2031-04-01T09:00"`)
	s.sends(`main form button[type="submit"]`)
	s.told()
	if v := s.task(id); !v.DueSet || v.Due.Year() != 2031 {
		s.t.Errorf("due = %v", v.Due)
	}
}

// begin starts and finishes a task on its page and takes the last step back.
func (s *story) begin(id string) {
	s.t.Helper()
	s.open("/console/kengine/task/" + id)
	for _, step := range []struct {
		deed string
		want kengine.State
	}{{"start", kengine.Doing}, {"finish", kengine.Done}} {
		s.sends(`form[action*="/` + step.deed + `"] button`)
		s.told()
		if v := s.task(id); v.State != step.want {
			s.t.Fatalf("state after %s = %s", step.deed, v.State)
		}
	}
	s.leaves(func() { s.tab.Press("u") })
	if v := s.task(id); v.State != kengine.Doing {
		s.t.Errorf("state after undo = %s", v.State)
	}
}

// TestStoryOverrule rules otherwise than recommended, with a reason.
func TestStoryOverrule(t *testing.T) {
	t.Parallel()
	stories(t, analysts(), func(s *story) {
		s.open("/console/kengine")
		id := s.rows()[0]
		s.sends("#rows .title a")
		s.tab.Click(".recommend details.fold summary")
		s.tab.Click(`form[action*="/overrule"] fieldset:nth-of-type(1) label:last-of-type input`)
		s.tab.Click(`form[action*="/overrule"] input[name="reason"][value="judgement"]`)
		s.tab.Type(`form[action*="/overrule"] textarea`, "現場で確かめた / seen on site")
		s.sends(`form[action*="/overrule"] button`)
		s.told()
		v := s.task(id)
		if v.Ruled == nil || v.Rulings[0].Reason != kengine.Judgement || v.Rulings[0].Note != "現場で確かめた / seen on site" || v.Rulings[0].Actor != s.who.actor.ID {
			s.t.Errorf("ruled %v by %+v", v.Ruled, v.Rulings)
		}
		if text := s.tab.Text(".recommend"); !strings.Contains(text, "seen on site") {
			s.t.Errorf("the page does not tell the ruling: %s", text)
		}
	})
}

// maxRounds bounds how often a form may ask again.
const maxRounds = 12

// TestStoryAnalysis answers the form of a report, one question a time, until
// nothing asked can change a decision any more.
func TestStoryAnalysis(t *testing.T) {
	t.Parallel()
	stories(t, analysts(), func(s *story) {
		s.open("/console/kengine?q=is:undecided+is:unruled")
		key := browser.Eval[string](s.tab, `document.querySelector("#rows code").textContent`)
		s.open("/console/kengine/report/" + key + "/form")
		rounds := 0
		for ; browser.Eval[bool](s.tab, `document.querySelector("fieldset.question") !== null`); rounds++ {
			if rounds == maxRounds {
				s.t.Fatalf("the form still asks after %d answers", rounds)
			}
			s.tab.Click("fieldset.question label:last-of-type input")
			s.tab.Type(`input[name="evidence"]`, "https://example.com/"+key)
			s.sends(`main form[action$="/form"] button[type="submit"]`)
			s.told()
		}
		form, err := s.rooms.kengine.Form(s.t.Context(), s.who.actor, key)
		if err != nil || !form.Done() || rounds == 0 {
			s.t.Errorf("after %d answers to %s: done %v, %v", rounds, key, err == nil && form.Done(), err)
		}
		s.open("/console/kengine?q=is:decided+" + key)
		if len(s.rows()) == 0 {
			s.t.Errorf("%s is not decided on the list", key)
		}
	})
}

// TestStoryImport sends a file by the form, follows it to its result and finds
// the report; a second file is refused with its reason.
func TestStoryImport(t *testing.T) {
	t.Parallel()
	stories(t, analysts(), func(s *story) {
		key := map[i18n.Lang]string{i18n.JA: "CVE-2031-10001", i18n.EN: "CVE-2031-10002"}[s.lang]
		s.send(key+".json", strings.ReplaceAll(sampleRecord, "CVE-2031-10000", key))
		if text := s.tab.Text("main"); !strings.Contains(text, "1") {
			s.t.Errorf("result = %s", text)
		}
		s.open("/console/kengine/report/" + key)
		if text := s.tab.Text("main"); !strings.Contains(text, "Overlong lantern") {
			s.t.Errorf("report = %s", text)
		}
		s.send("broken.json", `{"dataType": "CVE_RECORD", "cveMetadata": {"cveId": 7`)
		s.tab.Wait(`document.querySelector("main .notice.bad, main .notice.open") !== null`)
	})
}

// send uploads a file by the form of imports and waits for the end of the import.
func (s *story) send(name, text string) {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.open("/console/kengine/import/new")
	s.tab.Do(chromedp.SetUploadFiles(chromedp.CSS(`input[name="file"]`), []string{path}))
	s.sends(`main form[enctype] button[type="submit"]`)
	s.tab.Wait(`document.querySelector('meta[http-equiv="refresh"]') === null && document.querySelector("main .notice") !== null`)
}

// sampleRecord is a record of a vulnerability that does not exist.
const sampleRecord = `{"dataType": "CVE_RECORD", "dataVersion": "5.1",
"cveMetadata": {"cveId": "CVE-2031-10000", "assignerOrgId": "00000000-0000-4000-9000-000000000000", "state": "PUBLISHED", "datePublished": "2031-01-02T03:04:05.000Z", "dateUpdated": "2031-01-02T03:04:05.000Z"},
"containers": {"cna": {"title": "Overlong lantern", "providerMetadata": {"orgId": "00000000-0000-4000-9000-000000000000"},
"affected": [{"vendor": "Example", "product": "Lantern", "defaultStatus": "affected"}],
"descriptions": [{"lang": "en", "value": "Overlong lantern burns the hill."}], "references": [{"url": "https://example.com/lantern"}]}}}`
