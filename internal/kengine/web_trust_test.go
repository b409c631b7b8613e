package kengine

import (
	"strings"
	"testing"
)

// TestTrustPages walks the pages of trust and replay in both languages, as those who may and may not see.
func TestTrustPages(t *testing.T) {
	t.Parallel()
	bothWithModel(t, func(t *testing.T, f *fixture) {
		s := newSite(t, f)
		s.get("reader", "/en/console/kengine/trust").wants(t, "nothing ruled", 200, "Nobody has ruled yet", "at least 20")
		rows := s.told(t, 90)
		ids := idsOf(rows)
		s.confirm(t, s.manager, ids[:2]...)
		s.get("reader", "/en/console/kengine/trust").wants(t, "too few", 200, "Not enough rulings for figures to go by: n = 2, at least 20", "!NaN", "n = 2: too few", "73 more rulings")
		s.confirm(t, s.manager, ids[2:40]...)
		s.now = s.now.AddDate(0, 0, 14)
		s.confirm(t, s.manager, ids[40:50]...)
		s.overrule(t, colleague(), "O", LogicWrong, ids[50:75]...)
		draft := s.stricter(t)
		model := "/console/kengine/model/" + draft
		decision := "decision=deployer%2F" + s.decisionKey()
		s.walk([]step{
			{what: "page", actor: "reader", path: "/ja/console/kengine/trust", status: 200, texts: []string{"推奨の信頼度", "66.7%", "<svg", "以前より悪化", "複数の分析者が判断した例が足りません", "分析者の違い", "ブライアスコア", "!NaN"}},
			{what: "page in English", actor: "manager", path: "/en/console/kengine/trust?unit=month", status: 200, texts: []string{"Worse than before", "Mean cost", "one in 2,500 rulings", "each step too low counts 2", "org1-colleague", "25 deviations"}},
			{what: "one decision", actor: "manager", path: "/en/console/kengine/trust?" + decision, status: 200, texts: []string{`aria-current`}},
			{what: "no such decision", actor: "manager", path: "/en/console/kengine/trust?decision=no%2Fsuch", status: 404},
			{what: "no such unit", actor: "manager", path: "/en/console/kengine/trust?unit=year", status: 422, texts: []string{`role="alert"`}},
			{what: "another organisation", actor: "stranger", path: "/en/console/kengine/trust", status: 200, texts: []string{"Nobody has ruled yet", "!org1"}},
			{what: "statistics lead here", actor: "reader", path: "/en/console/kengine/statistic", status: 200, texts: []string{"/en/console/kengine/trust"}},
			{what: "a model leads to its replay", actor: "reader", path: "/en" + model, status: 200, texts: []string{model + "/replay"}},
			{what: "replay", actor: "reader", path: "/ja" + model + "/replay", status: 200, texts: []string{"再適用", "正しくなる", "誤りになる", "期限超過は予測できません", "運用中の"}},
			{what: "replay of a week", actor: "manager", path: "/en" + model + "/replay?days=7", status: 200, texts: []string{"Compared with", "past rulings would have another recommendation", "No report came in"}},
			{what: "replay of no days", actor: "manager", path: "/en" + model + "/replay?days=-1", status: 422, texts: []string{`role="alert"`}},
			{what: "replay by another organisation", actor: "stranger", path: "/en" + model + "/replay", status: 404},
			{what: "replay of nothing", actor: "manager", path: "/en/console/kengine/model/nothing/replay", status: 404},
		})
		for table, want := range map[string]string{
			"overview": "exact,deployer/", "course": "coverage,deployer/", "conflicts": "org1-colleague", "deviations": "stated:logic,shown:analyst", "calibration": "brier,deployer/",
		} {
			s.get("reader", "/en/console/kengine/trust/export?table="+table).wants(t, table, 200, "what,of,key,value,cases", want)
		}
		s.get("reader", "/en/console/kengine/trust/export?table=secrets").wants(t, "no such table", 422)
		p := s.get("reader", "/en"+model+"/replay/export?table=rulings").wants(t, "flips", 200, "decision,report,task,at,analyst,ruled,old,new,better", "S,O,1", "S,O,-1")
		if n := strings.Count(p.body, "\n"); n != 76 {
			t.Errorf("%d lines of flips", n)
		}
		s.get("reader", "/en"+model+"/replay/export?table=work&format=json").wants(t, "work", 200, `"hours_after"`, `"outcome":"O"`)
		s.get("stranger", "/en"+model+"/replay/export").wants(t, "flips of others", 404)
	})
}

// decisionKey is the key of the only decision of the model in force.
func (s *site) decisionKey() string {
	s.t.Helper()
	active, err := s.ActiveModels(s.t.Context(), s.DB.Read(), "org1")
	if err != nil {
		s.t.Fatal(err)
	}
	return active[0].Model.Decisions[0].Key
}
