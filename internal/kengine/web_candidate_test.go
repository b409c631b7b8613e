package kengine

import (
	"fmt"
	"strings"
	"testing"
)

// TestCandidatePages walks through the pages: nothing learnt, a candidate with its evidence, into force, and back.
func TestCandidatePages(t *testing.T) {
	t.Parallel()
	demoSite(t, "cisa-coordinator", func(s *site) {
		s.walk([]step{
			{"nothing yet", "reader", false, "/en/console/kengine/candidate", nil, 200, []string{"Nothing has been learnt yet", "!Learn now"}, ""},
			{"learn as a reader", "reader", true, "/en/console/kengine/candidate", nil, 403, nil, ""},
			{"learn from nothing", "analyst", true, "/en/console/kengine/candidate", nil, 200, []string{"No history (n = 0)", "Learn now"}, "learn.abstain"},
		})
		none := s.candidates(s.t)[0]
		s.get("reader", "/ja/console/kengine/candidate/"+none.ID).wants(s.t, "no candidate", 200, "履歴がありません（n = 0）", "<svg", "!候補を捨てる")
		five := s.overruleFive(s.t, "AT")
		s.post("analyst", "/en/console/kengine/candidate").wants(s.t, "learn", 200, "Leaves of the tree in force changed by 5 rulings", "waits for a person")
		c := s.candidates(s.t)[0]
		v := s.one(s.t, five[0])
		s.vars = strings.NewReplacer("{c}", c.ID, "{edit}", fmt.Sprint(s.model(s.t, c.Model).Edit), "{base}", c.Base, "{draft}", c.Model)
		s.walk([]step{
			{"evidence", "reader", false, "/en/console/kengine/candidate/{c}", nil, 200, []string{
				v.Report, "Past rulings recommended otherwise: 5", "Leaves that change: 1", "<svg", "Tree of the candidate", "Tree in force when it was learnt", "!Discard the candidate",
			}, ""},
			{"side by side", "reader", false, "/en/console/kengine/candidate/{c}", nil, 200, []string{`class="node leaf changed"`, "Dashed boxes differ", "/model/" + c.Base + "/diff?to=" + c.Model}, ""},
			{"two versions", "reader", false, "/en/console/kengine/model/{base}/diff?to={draft}", nil, 200, []string{`class="node leaf changed"`, "(Draft)", "(In force)", "<del>", "<ins>"}, ""},
			{"the way from a version", "reader", false, "/ja/console/kengine/model/{draft}", nil, 200, []string{"並べて比較", "/diff?to="}, ""},
			{"two versions in Japanese", "reader", false, "/ja/console/kengine/model/{base}/diff?to={draft}", nil, 200, []string{"破線の枠が違いです"}, ""},
			{"evidence in Japanese", "manager", false, "/ja/console/kengine/candidate/{c}", nil, 200, []string{"推奨が変わる過去の判断: 5", "候補の木", "候補を捨てる", "data-label"}, ""},
			{"another organisation", "stranger", false, "/en/console/kengine/candidate/{c}", nil, 404, nil, ""},
			{"activate as an analyst", "analyst", true, "/en/console/kengine/candidate/{c}/activate?edit={edit}", nil, 403, nil, ""},
			{"activate as it was not seen", "manager", true, "/en/console/kengine/candidate/{c}/activate", []string{"edit", "99"}, 409, []string{`role="alert"`}, ""},
			{"activate", "manager", true, "/en/console/kengine/candidate/{c}/activate", []string{"edit", "{edit}"}, 200, []string{"in force", "The version it replaced"}, "model.activate"},
			{"discard what is in force", "analyst", true, "/en/console/kengine/candidate/{c}/discard", []string{"edit", "{edit}"}, 409, nil, ""},
			{"the list of models", "reader", false, "/en/console/kengine/model", nil, 200, []string{"learned from rulings", "Learned candidates"}, ""},
		})
	})
}
