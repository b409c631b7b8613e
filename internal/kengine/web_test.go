package kengine

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/web"
)

// step is one request of a scenario.
type step struct {
	what   string
	actor  string
	post   bool
	path   string
	form   []string
	status int
	texts  []string
	audit  string // operation of the last audit leaf afterwards, empty: not looked at
}

func (s *site) walk(steps []step) {
	s.t.Helper()
	for _, x := range steps {
		var p reply
		if x.post {
			p = s.post(x.actor, x.path, x.form...)
		} else {
			p = s.get(x.actor, x.path)
		}
		p.wants(s.t, x.what, x.status, x.texts...)
		if x.audit != "" {
			s.audited(x.what, x.audit)
		}
	}
}

// settle answers questions about a report with their highest values until nothing is left to ask.
func (s *site) settle(report string) {
	s.t.Helper()
	for range 10 {
		f, err := s.Form(s.t.Context(), s.manager, report)
		if err != nil {
			s.t.Fatal(err)
		}
		if f.Done() {
			return
		}
		q := &f.Questions[0]
		s.answer(s.t, s.manager, report, q.Fact.ID.String()+"="+q.Fact.Values[len(q.Fact.Values)-1].Key)
	}
	s.t.Fatalf("%s is never settled", report)
}

// pickTasks returns an open task of which one outcome is left, and undecided one of which several are.
func (s *site) pickTasks() (decided, undecided TaskRow) {
	s.t.Helper()
	rows := s.tasks(s.t, s.manager, "is:open")
	s.settle(rows[0].Report)
	for _, row := range s.tasks(s.t, s.manager, "is:open") {
		switch {
		case row.Decided() && decided.ID == "":
			decided = row
		case len(row.Possible) > 1 && row.Asks > 0 && undecided.ID == "":
			undecided = row
		}
	}
	if decided.ID == "" || undecided.ID == "" {
		s.t.Fatal("the demo has no tasks of both kinds")
	}
	return decided, undecided
}

func TestTaskPages(t *testing.T) {
	t.Parallel()
	demoSite(t, "starter", func(s *site) {
		one, two := s.pickTasks()
		s.vars = strings.NewReplacer("{one}", one.ID, "{two}", two.ID, "{key}", one.Report, "{version}", fmt.Sprint(one.Version))
		s.walk([]step{
			{"list", "manager", false, "/ja/console/kengine?q=is%3Aopen+key%3A{key}", nil, 200, []string{"対応判断", "未判断", one.Report, "推奨を承認", "data-bulk"}, ""},
			{"list in English", "manager", false, "/en/console/kengine", nil, 200, []string{"Decisions", "Undecided", "Confirm advice"}, ""},
			{"list of a reader", "reader", false, "/en/console/kengine?q=is%3Aopen+key%3A{key}", nil, 200, []string{one.Report, "!Confirm advice", "!New report"}, ""},
			{"list of another organisation", "stranger", false, "/en/console/kengine", nil, 200, []string{"There is nothing to decide yet", "!" + one.Report}, ""},
			{"nothing matches", "manager", false, "/en/console/kengine?q=nosuchword", nil, 200, []string{"No task matches", "Clear the conditions"}, ""},
			{"a filter that cannot be read", "manager", false, "/en/console/kengine?q=%28", nil, 422, []string{`id="q-error"`, `value="("`}, ""},
			{"an unknown field", "manager", false, "/ja/console/kengine?q=colour%3Ared", nil, 422, []string{"「colour」では絞り込めません"}, ""},
			{"an unknown order", "manager", false, "/en/console/kengine?sort=colour", nil, 422, nil, ""},
			{"task", "manager", false, "/ja/console/kengine/task/{one}", nil, 200, []string{one.Report, "推奨までの道筋", "使われた分析値", `class="tree"`, "違う判断をする"}, ""},
			{"task of a reader", "reader", false, "/en/console/kengine/task/{one}", nil, 200, []string{"The way to the recommendation", "!Overrule", "!Add note", "!Confirm advice"}, ""},
			{"task of another organisation", "stranger", false, "/en/console/kengine/task/{one}", nil, 404, nil, ""},
			{"no such task", "manager", false, "/en/console/kengine/task/nothing", nil, 404, []string{"There is no such task"}, ""},
			{"confirm as a reader", "reader", true, "/en/console/kengine/task/{one}/confirm?version={version}", nil, 403, nil, ""},
			{"confirm what is undecided", "analyst", true, "/en/console/kengine/task/{two}/confirm", nil, 422, []string{"Several outcomes are still possible"}, ""},
			{"confirm an old version", "analyst", true, "/en/console/kengine/task/{one}/confirm?version=999", nil, 409, []string{"Somebody changed this task"}, ""},
			{"confirm", "analyst", true, "/ja/console/kengine/task/{one}/confirm?version={version}", nil, 200, []string{"1 件の推奨を承認しました", "推奨のとおり", "対応待ち"}, "rule.confirm"},
			{"undo", "analyst", true, "/en/console/kengine/task/{one}/undo", nil, 200, []string{"(undone)", "Undecided"}, "task.undo"},
			{"overrule without saying why", "analyst", true, "/en/console/kengine/task/{one}/overrule", []string{"note", "I say so"}, 422, []string{"Choose why you rule otherwise", "I say so"}, ""},
			{"overrule by no outcome", "analyst", true, "/en/console/kengine/task/{one}/overrule", []string{"outcome", "XX", "reason", "exception"}, 422, []string{"no outcome of this decision"}, ""},
			{"overrule", "analyst", true, "/en/console/kengine/task/{one}/overrule", []string{"outcome", firstOutcome(s, one), "reason", "exception", "note", "It is switched off"}, 200, []string{"overruled", "Exception", "It is switched off"}, "rule.overrule"},
			{"note without text", "analyst", true, "/ja/console/kengine/task/{one}/note", []string{"text", " "}, 422, []string{"入力してください"}, ""},
			{"note", "analyst", true, "/ja/console/kengine/task/{one}/note", []string{"text", "担当に <b>確認</b> した"}, 200, []string{"メモを残しました", "担当に &lt;b&gt;確認&lt;/b&gt; した"}, "task.note"},
			{"a field that is not there", "analyst", true, "/en/console/kengine/task/{one}/note", []string{"text", "x", "owner", "y"}, 422, nil, ""},
			{"plan", "analyst", true, "/en/console/kengine/task/{two}/plan", []string{"owner", "org1-analyst", "due", "2026-12-24T10:00", "priority", "4"}, 200, []string{"The plan was saved", "2026-12-24 10:00", "First of all"}, "task.priority"},
			{"plan badly", "analyst", true, "/en/console/kengine/task/{two}/plan", []string{"owner", "", "due", "tomorrow", "priority", "4"}, 422, []string{"Not a date and time"}, ""},
			{"mine", "analyst", false, "/en/console/kengine?q=is%3Amine", nil, 200, []string{two.Report, "!" + one.Report}, ""},
		})
	})
}

// firstOutcome is an outcome of a task that is not the recommended one.
func firstOutcome(s *site, row TaskRow) string {
	s.t.Helper()
	v := s.one(s.t, row.ID)
	for i := len(v.Outcomes) - 1; i >= 0; i-- {
		if v.Outcomes[i].Key != row.Possible[0].Key && v.Outcomes[i].Mark.Rank() > 0 {
			return v.Outcomes[i].Key
		}
	}
	s.t.Fatal("the decision has one outcome only")
	return ""
}

func TestTaskSteps(t *testing.T) {
	t.Parallel()
	demoSite(t, "starter", func(s *site) {
		one, two := s.pickTasks()
		s.vars = strings.NewReplacer("{one}", one.ID, "{two}", two.ID)
		s.walk([]step{
			{"start before the ruling", "analyst", true, "/en/console/kengine/task/{one}/start", nil, 409, nil, ""},
			{"confirm", "analyst", true, "/en/console/kengine/task/{one}/confirm", nil, 200, nil, "rule.confirm"},
			{"start", "analyst", true, "/en/console/kengine/task/{one}/start", nil, 200, []string{"Work on 1 task started", "In work"}, "task.start"},
			{"finish", "analyst", true, "/en/console/kengine/task/{one}/finish", nil, 200, []string{"1 task finished", "Done"}, "task.finish"},
			{"reopen", "analyst", true, "/en/console/kengine/task/{one}/reopen", nil, 200, []string{"1 task reopened"}, "task.reopen"},
			{"drop without a reason", "analyst", true, "/en/console/kengine/task/{one}/drop", []string{"why", ""}, 422, []string{"Fill this in"}, ""},
			{"drop", "analyst", true, "/en/console/kengine/task/{one}/drop", []string{"why", "sold last year"}, 200, []string{"1 task dropped", "sold last year"}, "task.drop"},
			{"answer nothing", "analyst", true, "/en/console/kengine/task/{two}/answer", []string{"evidence", "none"}, 422, nil, ""},
			{"answer nonsense", "analyst", true, "/en/console/kengine/task/{two}/answer", []string{"fact.ssvc:EXP:1.0.1", "Z"}, 422, []string{"is not a value of"}, ""},
			{"answer an unknown field", "analyst", true, "/en/console/kengine/task/{two}/answer", []string{"colour", "red"}, 422, nil, ""},
			{"answer as a reader", "reader", true, "/en/console/kengine/task/{two}/answer", nil, 403, nil, ""},
		})
		v := s.one(t, two.ID)
		asked := ""
		for i := range v.Inputs {
			if v.Inputs[i].Matters {
				asked = v.Inputs[i].ID
			}
		}
		f, _ := s.knownFact(mustTenant(t, s), asked)
		s.post("analyst", "/ja/console/kengine/task/{two}/answer", answerPrefix+asked, f.Values[len(f.Values)-1].Key, "evidence", "https://example.jp/note").
			wants(t, "answer", 200, "記録し、判断し直しました", "自組織の分析者", `href="https://example.jp/note"`)
		s.audited("answer", "report.assert")
	})
}

func mustTenant(t *testing.T, s *site) *tenant {
	t.Helper()
	x, err := s.loadTenant(t.Context(), s.DB.Read(), "org1")
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestBulkActs(t *testing.T) {
	t.Parallel()
	demoSite(t, "starter", func(s *site) {
		one, two := s.pickTasks()
		s.vars = strings.NewReplacer("{one}", one.ID, "{two}", two.ID)
		s.walk([]step{
			{"nothing chosen", "analyst", true, "/ja/console/kengine/tasks/confirm", []string{"q", "is:open"}, 200, []string{"行を選択してください"}, ""},
			{"confirm as a reader", "reader", true, "/en/console/kengine/tasks/confirm", []string{"id", "{one}"}, 403, nil, ""},
			{"confirm both", "analyst", true, "/en/console/kengine/tasks/confirm", []string{"id", "{one}", "id", "{two}", "q", "is:open"}, 200, []string{"1 changed, 1 could not be changed", "Several outcomes"}, "rule.confirm"},
			{"undo", "analyst", true, "/en/console/kengine/tasks/undo", []string{"id", "{one}", "q", "is:open"}, 200, []string{"last act on 1 task was undone"}, "task.undo"},
			{"ask whom", "analyst", true, "/ja/console/kengine/tasks/assign", []string{"id", "{one}", "id", "{two}", "q", "is:open"}, 200, []string{"2 件を選択中", `name="owner"`, one.ID}, ""},
			{"assign", "analyst", true, "/en/console/kengine/tasks/assign", []string{"go", "true", "id", "{one}", "id", "{two}", "owner", "org1-analyst", "q", "is:open"}, 200, []string{"2 tasks assigned"}, "task.assign"},
			{"ask until when", "analyst", true, "/en/console/kengine/tasks/due", []string{"id", "{one}"}, 200, []string{"1 task chosen", `name="due"`}, ""},
			{"set the date", "analyst", true, "/en/console/kengine/tasks/due", []string{"go", "true", "id", "{one}", "due", "2027-01-05T09:00"}, 200, []string{"Due date of 1 task changed"}, "task.due"},
			{"a date that is none", "analyst", true, "/en/console/kengine/tasks/due", []string{"go", "true", "id", "{one}", "due", "soon"}, 422, []string{"Not a date and time"}, ""},
			{"drop without a reason", "analyst", true, "/en/console/kengine/tasks/drop", []string{"go", "true", "id", "{one}"}, 422, []string{"Fill this in"}, ""},
			{"ask how urgent", "analyst", true, "/en/console/kengine/tasks/priority", []string{"id", "{one}"}, 200, []string{"First of all"}, ""},
			{"set how urgent", "analyst", true, "/en/console/kengine/tasks/priority", []string{"go", "true", "id", "{one}", "priority", "4"}, 200, []string{"Priority of 1 task changed"}, "task.priority"},
		})
		before := len(s.tasks(t, s.manager, "is:open priority:now"))
		s.post("analyst", "/en/console/kengine/tasks/assign", "all", "true", "q", "is:open priority:now").wants(t, "all that match", 200, fmt.Sprintf("%d tasks chosen", before))
		s.post("analyst", "/en/console/kengine/tasks/assign", "go", "true", "all", "true", "q", "is:open priority:now", "owner", "").
			wants(t, "assign all", 200, fmt.Sprintf("%d tasks assigned", before))
	})
}

func TestReportPages(t *testing.T) {
	t.Parallel()
	demoSite(t, "cisa-coordinator", func(s *site) {
		_, two := s.pickTasks()
		s.vars = strings.NewReplacer("{key}", two.Report)
		s.walk([]step{
			{"list", "reader", false, "/ja/console/kengine/report", nil, 200, []string{"脆弱性情報", "!情報を登録"}, ""},
			{"list of high ones", "manager", false, "/en/console/kengine/report?q=severity%3A%3E%3Dcritical&sort=cvss", nil, 200, []string{"Critical", "New report"}, ""},
			{"nothing matches", "manager", false, "/ja/console/kengine/report?q=nosuchword", nil, 200, []string{"この条件に合う情報はありません"}, ""},
			{"report", "manager", false, "/ja/console/kengine/report/{key}", nil, 200, []string{two.Report, "概要", "影響を受けるシステム", "分析項目", "参考情報", "識別子", "自組織の対応", "値を加える"}, ""},
			{"report in English", "reader", false, "/en/console/kengine/report/{key}", nil, 200, []string{"Summary", "Affected systems", "!Add values"}, ""},
			{"no such report", "manager", false, "/ja/console/kengine/report/CVE-1999-0000", nil, 404, []string{"CVE-1999-0000"}, ""},
			{"form", "manager", false, "/ja/console/kengine/report/{key}/form", nil, 200, []string{"結果を左右する質問だけ", `type="radio"`, "任務"}, ""},
			{"form of a reader", "reader", false, "/ja/console/kengine/report/{key}/form", nil, 403, nil, ""},
			{"answer", "analyst", true, "/en/console/kengine/report/{key}/form", []string{"fact.ssvc:MWI:1.0.0", "H"}, 200, []string{"Recorded and decided again", "Nothing is left to ask"}, "report.assert"},
			{"take it back", "analyst", true, "/en/console/kengine/report/{key}/assert", []string{"fact.ssvc:MWI:1.0.0", "-"}, 200, []string{"taken back"}, "report.assert"},
			{"new", "analyst", false, "/en/console/kengine/report/new", nil, 200, []string{"New report", `name="key"`}, ""},
			{"new without anything", "analyst", true, "/en/console/kengine/report/new", []string{"key", "x", "description", "kept text"}, 422, []string{"3 to 64 capital letters", "kept text"}, ""},
			{"new", "analyst", true, "/ja/console/kengine/report/new", []string{"key", "cve-2026-99999", "title", "見本の脆弱性", "vendor", "Example", "product", "Thing", "url", "https://example.jp/1"}, 200, []string{"登録し、判断しました", "見本の脆弱性", "CVE-2026-99999"}, "report.add"},
			{"the same again", "analyst", true, "/en/console/kengine/report/new", []string{"key", "CVE-2026-99999", "title", "x"}, 409, []string{"There is a report CVE-2026-99999 already"}, ""},
			{"palette", "manager", false, "/en/console/go?q=CVE-2026-99999", nil, 200, []string{"見本の脆弱性"}, ""},
			{"palette of a half filter", "manager", false, "/en/console/go?q=%22half", nil, 200, nil, ""},
		})
	})
}

func TestConflictPages(t *testing.T) {
	t.Parallel()
	demoSite(t, "cisa-coordinator", func(s *site) {
		kev, err := demoFiles.ReadFile("demo/kev.json")
		if err != nil {
			t.Fatal(err)
		}
		s.get("manager", "/en/console/kengine/conflict").wants(t, "before", 200)
		s.upload("analyst", "/en/console/kengine/import/new", "kev.json", kev).wants(t, "import", 200, "was imported", "CISA KEV")
		rows, err := s.ListConflicts(t.Context(), s.manager, Query{Filter: parse(t, "is:open")})
		if err != nil || len(rows.Items) < 2 {
			t.Fatalf("%d contradictions, %v", len(rows.Items), err)
		}
		c, d := rows.Items[0], rows.Items[1]
		ids := []string{"report", c.Report, "report_id", c.ReportID, "fact", c.Fact, "organisation", c.Organisation, "version", fmt.Sprint(c.Version)}
		s.walk([]step{
			{"list", "reader", false, "/ja/console/kengine/conflict", nil, 200, []string{"矛盾", c.Report, "悪用を確認", "!扱いを決める"}, ""},
			{"list of who may", "analyst", false, "/ja/console/kengine/conflict", nil, 200, []string{"扱いを決める"}, ""},
			{"settle without a note", "analyst", true, "/ja/console/kengine/conflict/settle", ids, 422, []string{"入力してください"}, ""},
			{"settle as a reader", "reader", true, "/ja/console/kengine/conflict/settle", ids, 403, nil, ""},
			{"settle", "analyst", true, "/ja/console/kengine/conflict/settle", append([]string{"note", "KEV が新しい"}, ids...), 200, []string{"確認済みにしました"}, "conflict.accepted"},
			{"settle an old version", "analyst", true, "/ja/console/kengine/conflict/settle", append([]string{"note", "もう一度"}, ids...), 409, nil, ""},
			{"settled", "analyst", false, "/en/console/kengine/conflict?q=is%3Aaccepted", nil, 200, []string{c.Report, "KEV が新しい", "Open again"}, ""},
			{"state the value", "analyst", true, "/en/console/kengine/conflict/settle", []string{"report", d.Report, "report_id", d.ReportID, "fact", d.Fact, "version", "1", "value", "A"}, 200, []string{"Recorded and decided again"}, "report.assert"},
			{"nothing matches", "analyst", false, "/en/console/kengine/conflict?q=nosuchword", nil, 200, []string{"No contradiction matches"}, ""},
		})
	})
}

func TestImportPages(t *testing.T) {
	t.Parallel()
	demoSite(t, "starter", func(s *site) {
		s.get("analyst", "/ja/console/kengine/import").wants(t, "list", 200, "取り込み", "demo")
		s.get("reader", "/ja/console/kengine/import").wants(t, "list of a reader", 403)
		s.get("analyst", "/en/console/kengine/import?q=nosuchword").wants(t, "nothing matches", 200, "No import matches")
		s.get("stranger", "/en/console/kengine/import").wants(t, "list of another organisation", 200, "Nothing has been imported yet")
		s.get("analyst", "/en/console/kengine/import/new").wants(t, "form", 200, `type="file"`, "CSAF 2.0")
		s.upload("analyst", "/ja/console/kengine/import/new", "", nil).wants(t, "no file", 422)
		p := s.upload("analyst", "/ja/console/kengine/import/new", "broken.json", []byte(`{"dataType":"CVE_RECORD","cveMetadata":{"cveId":`)).
			wants(t, "a broken record", 200, "拒否された部分", "broken.json")
		s.audited("import", "import.end")
		s.get("analyst", strings.Replace(p.path, "/ja/", "/en/", 1)).wants(t, "in English", 200, "Refused parts", "SHA-256")
		s.get("stranger", p.path).wants(t, "of another organisation", 404)
	})
}

func TestSourcePages(t *testing.T) {
	t.Parallel()
	demoSite(t, "starter", func(s *site) {
		s.walk([]step{
			{"none", "manager", false, "/ja/console/kengine/source", nil, 200, []string{"取得元はまだありません", "取得元を追加"}, ""},
			{"none for an analyst", "analyst", false, "/en/console/kengine/source", nil, 200, []string{"There are no sources yet", "!Add a source"}, ""},
			{"form", "manager", false, "/en/console/kengine/source/new", nil, 200, []string{`name="url"`}, ""},
			{"a bad one", "manager", true, "/en/console/kengine/source/new", []string{"name", "", "url", "ftp://x", "period", "1"}, 422, []string{"An address with http or https", "Fill this in"}, ""},
			{"add as an analyst", "analyst", true, "/en/console/kengine/source/new", []string{"name", "KEV", "url", "https://example.com/kev.json", "period", "60"}, 403, nil, ""},
			{"add", "manager", true, "/ja/console/kengine/source/new", []string{"name", "KEV", "url", "https://example.com/kev.json", "period", "60", "active", "true"}, 200, []string{"取得元を追加しました", "1 時間", "取得待ち"}, "source.create"},
		})
		list, err := s.Sources(t.Context(), s.manager)
		if err != nil || len(list) != 1 {
			t.Fatalf("sources: %v, %v", list, err)
		}
		s.vars = strings.NewReplacer("{id}", list[0].ID, "{version}", fmt.Sprint(list[0].Version))
		s.walk([]step{
			{"edit", "manager", false, "/en/console/kengine/source/{id}", nil, 200, []string{`value="https://example.com/kev.json"`, `value="60"`}, ""},
			{"pause", "manager", true, "/en/console/kengine/source/{id}", []string{"name", "KEV", "url", "https://example.com/kev.json", "period", "1440", "version", "{version}"}, 200, []string{"Paused", "1 day"}, "source.update"},
			{"an old version", "manager", true, "/en/console/kengine/source/{id}", []string{"name", "KEV", "url", "https://example.com/kev.json", "period", "60", "version", "{version}"}, 409, nil, ""},
			{"of another organisation", "stranger", false, "/en/console/kengine/source/{id}", nil, 404, nil, ""},
			{"run without a background", "manager", true, "/en/console/kengine/source/{id}/run", nil, 503, nil, ""},
			{"delete an old version", "manager", true, "/en/console/kengine/source/{id}/delete", []string{"version", "77"}, 409, nil, ""},
			{"delete", "manager", true, "/en/console/kengine/source/{id}/delete", []string{"version", fmt.Sprint(list[0].Version + 1)}, 200, []string{"The source was deleted"}, "source.delete"},
		})
	})
}

func TestExportsAreWhatIsFiltered(t *testing.T) {
	t.Parallel()
	demoSite(t, "starter", func(s *site) {
		for _, list := range []struct{ path, q string }{
			{"/en/console/kengine", "is:open"},
			{"/en/console/kengine", "is:all"},
			{"/en/console/kengine/report", "severity:>=high"},
			{"/en/console/kengine/conflict", "is:all"},
			{"/en/console/kengine/import", ""},
		} {
			query := "?q=" + url.QueryEscape(list.q)
			p := s.get("analyst", list.path+"/export"+query+"&format=csv").wants(t, list.path, 200)
			rows, err := csv.NewReader(strings.NewReader(p.body)).ReadAll()
			if err != nil {
				t.Fatalf("%s: %v", list.path, err)
			}
			var items []map[string]any
			p = s.get("analyst", list.path+"/export"+query+"&format=json").wants(t, list.path, 200)
			if err := json.Unmarshal([]byte(p.body), &items); err != nil {
				t.Fatalf("%s: %v", list.path, err)
			}
			if len(items) != len(rows)-1 {
				t.Errorf("%s %s: %d rows in JSON and %d in CSV", list.path, list.q, len(items), len(rows)-1)
			}
			if list.q == "is:open" && len(items) != len(s.tasks(t, s.manager, list.q)) {
				t.Errorf("%s: %d rows, the list has %d", list.path, len(items), len(s.tasks(t, s.manager, list.q)))
			}
			s.get("analyst", list.path+"/export?q=%28&format=csv").wants(t, list.path+" with a bad filter", 422)
		}
		s.get("stranger", "/en/console/kengine/export?q=is%3Aall&format=json").wants(t, "another organisation", 200, "[]")
	})
}

func TestListsAreWalkedBothWays(t *testing.T) {
	t.Parallel()
	demoSite(t, "starter", func(s *site) {
		link := regexp.MustCompile(`rel="(next|prev)" href="([^"]+)"`)
		follow := func(p reply, rel string) string {
			for _, m := range link.FindAllStringSubmatch(p.body, -1) {
				if m[1] == rel {
					return strings.ReplaceAll(m[2], "&amp;", "&")
				}
			}
			return ""
		}
		for _, path := range []string{"/en/console/kengine?q=is%3Aall&limit=30", "/en/console/kengine/report?limit=50&sort=cvss"} {
			first := s.get("manager", path).wants(t, path, 200)
			id := regexp.MustCompile(`<code>(CVE-[0-9-]+)</code>`)
			pages, last := 1, first
			for next := follow(first, "next"); next != "" && pages < 100; next = follow(last, "next") {
				last = s.get("manager", next).wants(t, next, 200)
				pages++
			}
			for prev := follow(last, "prev"); prev != ""; prev = follow(last, "prev") {
				last = s.get("manager", prev).wants(t, prev, 200)
				pages--
			}
			if pages != 1 || id.FindString(first.body) != id.FindString(last.body) {
				t.Errorf("%s: back at page %d with %s, began with %s", path, pages, id.FindString(last.body), id.FindString(first.body))
			}
		}
		s.get("manager", "/en/console/kengine?after=nonsense").wants(t, "a place that is none", 422)
	})
}

// TestEveryPageInBothLanguages opens every page that needs no object, as a manager, and looks for
// keys without a text, classes without a style, inline styles and scripts.
func TestEveryPageInBothLanguages(t *testing.T) {
	t.Parallel()
	demoSite(t, "starter", func(s *site) {
		one, two := s.pickTasks()
		css := s.get("manager", regexp.MustCompile(`/assets/noroshi\.[0-9a-f]+\.css`).FindString(s.get("manager", "/en/console/kengine").body)).body
		paths := []string{"/console/kengine/task/" + one.ID, "/console/kengine/task/" + two.ID, "/console/kengine/report/" + one.Report, "/console/kengine/report/" + two.Report + "/form"}
		for _, route := range s.routes.All() {
			if route.Method == http.MethodGet && strings.HasPrefix(route.Pattern, "/console/kengine") && !strings.Contains(route.Pattern, "{") && !strings.Contains(route.Pattern, "/export") {
				paths = append(paths, route.Pattern)
			}
		}
		class := regexp.MustCompile(`class="([^"]*)"`)
		for _, l := range i18n.Langs() {
			for _, path := range paths {
				p := s.get("manager", "/"+string(l)+path).wants(t, path, 200, `lang="`+string(l)+`"`, "! style=", "! onclick=", "!<script>", "!%!")
				for _, m := range class.FindAllStringSubmatch(p.body, -1) {
					for _, name := range strings.Fields(m[1]) {
						if !strings.Contains(css, "."+name) {
							t.Errorf("%s: the stylesheet does not know the class %s", path, name)
						}
					}
				}
				if l == i18n.EN && regexp.MustCompile(`<h[12]>[^<]*\p{Han}`).MatchString(mainOf(p.body)) {
					t.Errorf("%s: a heading of the English page is Japanese", path)
				}
			}
		}
	})
}

func TestBriefCutsByWidth(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		wide int
		want string
	}{
		{"short", 10, "short"},
		{"exactly ten", 11, "exactly ten"},
		{"a longer text", 8, "a longer…"},
		{"脆弱性の題名", 12, "脆弱性の題名"},
		{"脆弱性の題名", 7, "脆弱性…"},
		{"one, two", 4, "one…"},
		{"", 3, ""},
	} {
		if got := brief(c.text, c.wide); got != c.want {
			t.Errorf("brief(%q, %d) = %q, want %q", c.text, c.wide, got, c.want)
		}
	}
}

func TestEvidenceIsLinkedOnlyWhereItIsAnAddress(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"https://example.jp/a": true, "http://example.jp": true, "javascript:alert(1)": false, "data:text/html,x": false,
		"//example.jp": false, "a colleague said so": false, "https://": false, "": false,
	} {
		if got := evidenceURL(text) != ""; got != want {
			t.Errorf("evidenceURL(%q) links: %v, want %v", text, got, want)
		}
	}
}

func TestMenuCountsWhatAwaitsARuling(t *testing.T) {
	t.Parallel()
	demoSite(t, "starter", func(s *site) {
		var items []web.Item = s.Module().Menu
		n, err := items[0].Count(t.Context(), s.manager)
		if want := len(s.tasks(t, s.manager, "is:open")); err != nil || n != want {
			t.Errorf("the menu counts %d, %v, want %d", n, err, want)
		}
		s.now = s.now.Add(400 * 24 * time.Hour)
		s.get("manager", "/en/console/kengine?q=is%3Aoverdue").wants(t, "overdue", 200, "overdue")
	})
}
