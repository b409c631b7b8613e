package kengine

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"noroshi.dev/internal/kengine/decide"
	"noroshi.dev/internal/testkit"
)

// editOf is the state of a version as its editor sees it.
func (s *site) editOf(id string) string {
	s.t.Helper()
	return strconv.FormatInt(s.model(s.t, id).Edit, 10)
}

// draftBy makes a draft by the pages and returns its id.
func (s *site) draftBy(actor string, pairs ...string) string {
	s.t.Helper()
	p := s.post(actor, "/ja/console/kengine/model", pairs...).wants(s.t, "make a draft", 200, "下書きを作りました", "判断モデルの編集")
	m := regexp.MustCompile(`/model/([0-9a-f-]{36})/edit`).FindStringSubmatch(p.path)
	if m == nil {
		s.t.Fatalf("the editor is not open: %s", p.path)
	}
	return m[1]
}

func TestModelPages(t *testing.T) {
	t.Parallel()
	demoSite(t, "cisa-coordinator", func(s *site) {
		s.get("reader", "/ja/console/kengine/model").wants(s.t, "list", 200, "CISA 調整者モデル", "適用中", "!下書きを作る", `data-label="版"`)
		s.get("analyst", "/en/console/kengine/model").wants(s.t, "list of who may edit", 200, "Make a draft of it", "Starter", "In force")
		s.get("stranger", "/en/console/kengine/model").wants(s.t, "list of another organisation", 200, "There is no model yet", "!version 1")
		s.get("reader", "/en/console/kengine/model?status=retired").wants(s.t, "a state without versions", 200, "No version is in this state")
		rows, err := s.Models(s.t.Context(), s.manager)
		if err != nil || len(rows) != 1 {
			s.t.Fatalf("Models() = %v, %v", rows, err)
		}
		active := rows[0].ID
		s.vars = strings.NewReplacer("ACTIVE", active)
		s.walk([]step{
			{what: "page", actor: "reader", path: "/ja/console/kengine/model/ACTIVE", status: 200, texts: []string{"即応", "14日以内", "<svg", "決定木", "320 件", "!適用をやめる"}},
			{what: "page in English", actor: "manager", path: "/en/console/kengine/model/ACTIVE", status: 200, texts: []string{"Attend", "within 14 days", "Take this version out of force", "As a table (36 rows)"}},
			{what: "page of another organisation", actor: "stranger", path: "/ja/console/kengine/model/ACTIVE", status: 404, texts: []string{"!即応"}},
			{what: "effect of the version in force", actor: "reader", path: "/ja/console/kengine/model/ACTIVE/impact", status: 200, texts: []string{"この版が適用中です", "!この版を適用する"}},
			{what: "differences to itself", actor: "reader", path: "/en/console/kengine/model/ACTIVE/diff", status: 200, texts: []string{"Nothing differs"}},
			{what: "the editor of a version in force", actor: "manager", path: "/ja/console/kengine/model/ACTIVE/edit", status: 409, texts: []string{"下書きだけ"}},
			{what: "a reader makes a draft", actor: "reader", post: true, path: "/ja/console/kengine/model", form: []string{"copy", "ACTIVE"}, status: 403},
			{what: "a draft of somebody else's version", actor: "stranger", post: true, path: "/ja/console/kengine/model", form: []string{"copy", "ACTIVE"}, status: 404},
			{what: "a draft of nothing", actor: "analyst", post: true, path: "/ja/console/kengine/model", status: 422, texts: []string{"判断モデルを保存できませんでした", "入力してください"}},
			{what: "YAML", actor: "reader", path: "/ja/console/kengine/model/ACTIVE/export?format=yaml", status: 200, texts: []string{"cisa-coordinator"}},
			{what: "SSVC", actor: "reader", path: "/ja/console/kengine/model/ACTIVE/export?format=ssvc", status: 200, texts: []string{`"mapping"`}},
			{what: "CSV", actor: "reader", path: "/ja/console/kengine/model/ACTIVE/export?format=csv", status: 200},
			{what: "an unknown form", actor: "reader", path: "/ja/console/kengine/model/ACTIVE/export?format=docx", status: 422},
		})
	})
}

func TestModelIsEditedAndPutIntoForceByThePages(t *testing.T) {
	t.Parallel()
	demoSite(t, "starter", func(s *site) {
		rows, err := s.Models(s.t.Context(), s.manager)
		if err != nil {
			s.t.Fatal(err)
		}
		id := s.draftBy("analyst", "copy", rows[0].ID)
		s.audited("draft", "model.draft")
		v := s.model(s.t, id)
		node := v.Model.Nodes[0].Outcome.String()
		leaf := v.Model.Facts[v.Model.Fact(v.Model.Nodes[0].Outcome)].Values[0].Key
		page := "/ja/console/kengine/model/" + id
		s.get("analyst", page+"/edit").wants(s.t, "editor", 200, "中 0 件の対応区分が変わります", `class="outline"`, `name="kind" value="outcome"`)
		s.get("reader", page+"/edit").wants(s.t, "the editor for a reader", 403)
		s.get("stranger", page+"/edit").wants(s.t, "the editor for another organisation", 404)
		first := s.editOf(id)
		p := s.post("analyst", page+"/edit", "edit", first, "kind", "outcome", "node", node, "place", "", "answer", "0", "outcome", leaf).
			wants(s.t, "a leaf instead of a branch", 200, "!中 0 件の対応区分が変わります")
		s.audited("edit", "model.edit")
		if strings.Contains(p.path, "#") {
			s.t.Errorf("the test client does not cut %s", p.path)
		}
		s.post("analyst", page+"/edit", "edit", first, "kind", "outcome", "node", node, "answer", "0", "outcome", leaf).
			wants(s.t, "a stale edit", 409, "ほかの人が", "保存されていません")
		for what, form := range map[string][]string{
			"no such act":       {"kind", "explode"},
			"no such value":     {"kind", "outcome", "node", node, "answer", "1", "outcome", "nothing"},
			"no such place":     {"kind", "outcome", "node", node, "place", "9.9", "answer", "0", "outcome", leaf},
			"a place of words":  {"kind", "outcome", "node", node, "place", "up", "answer", "0", "outcome", leaf},
			"a field too many":  {"kind", "outcome", "colour", "red"},
			"a due without one": {"kind", "action", "part", "action", "decision", v.Model.Decisions[0].Key, "outcome", leaf, "due", "soon", "mark", "now"},
		} {
			s.post("analyst", page+"/edit", append([]string{"edit", s.editOf(id)}, form...)...).wants(s.t, what, 422, `role="alert"`)
		}
		s.actsOfTheEditor(id, page, node)
		s.get("reader", page+"/impact").wants(s.t, "the effect for a reader", 200, "対応区分が変わります", "組織の管理者だけ", "!この版を適用する</button>")
		s.get("manager", page+"/impact").wants(s.t, "the effect", 200, "この版を適用する", "/console/kengine/report/CVE-")
		s.get("reader", page+"/diff").wants(s.t, "differences", 200, "通りの組合せで結果が変わりました", "<ins>", "<del>")
		s.post("analyst", page+"/activate", "edit", s.editOf(id)).wants(s.t, "activation by an analyst", 403)
		s.post("manager", page+"/activate", "edit", first).wants(s.t, "a stale activation", 409)
		s.post("manager", page+"/activate", "edit", s.editOf(id)).wants(s.t, "activation", 200, "この版を適用しました")
		s.audited("activation", "model.activate")
		s.post("manager", page+"/retire", "edit", s.editOf(id)).wants(s.t, "retirement", 200, "適用をやめました", "適用終了")
		s.audited("retirement", "model.retire")
	})
}

// actsOfTheEditor does each kind of act once; every one leads back to the editor.
func (s *site) actsOfTheEditor(id, page, node string) {
	s.t.Helper()
	v := s.model(s.t, id)
	d := v.Model.Decisions[0]
	var input decide.Fact
	for _, f := range v.Model.Facts {
		if v.Model.Node(f.ID) < 0 {
			input = f
		}
	}
	for _, form := range [][]string{
		{"kind", "flatten", "node", node, "answer", "-1"},
		{"kind", "row", "node", node, "row", "0", "outcome", v.Model.Facts[v.Model.Fact(d.Outcome)].Values[1].Key},
		{"kind", "grow", "node", node, "answer", "-1"},
		{"kind", "action", "part", "action", "decision", d.Key, "outcome", d.Actions[0].Outcome, "text_ja", "様子を見る", "text_en", "Wait", "due", "3d", "mark", "plan"},
		{"kind", "decision", "part", "action", "decision", d.Key, "text_ja", "対応", "text_en", "Response", "role_ja", "運用", "role_en", "Operations"},
		{"kind", "default", "part", "fact", "fact", input.ID.String(), "values", input.Values[0].Key, "text_ja", "まれ", "text_en", "rare"},
		{"kind", "fact-text", "part", "fact", "fact", input.ID.String(), "text_ja", "別の名", "text_en", "Another name", "description_ja", "どうですか", "description_en", "How is it?"},
		{"kind", "name", "part", "name", "text_ja", "わたしたちの基準", "text_en", "Our own"},
	} {
		s.post("analyst", page+"/edit", append([]string{"edit", s.editOf(id)}, form...)...).wants(s.t, form[1], 200, "判断モデルの編集")
	}
	s.get("analyst", page+"/edit?part=action").wants(s.t, "outcomes", 200, "様子を見る", "運用", `value="3d"`)
	s.get("analyst", page+"/edit?part=fact").wants(s.t, "facts", 200, "別の名", "まれ", "どうですか")
	s.get("analyst", page+"/edit?part=name").wants(s.t, "name", 200, "わたしたちの基準")
}

func TestModelTextAndFilesByThePages(t *testing.T) {
	t.Parallel()
	demoSite(t, "starter", func(s *site) {
		id := s.draftBy("analyst", "builtin", "deployer")
		page := "/ja/console/kengine/model/" + id
		v := s.model(s.t, id)
		s.get("analyst", page+"/text").wants(s.t, "text", 200, "deployer")
		s.post("analyst", page+"/text", "edit", s.editOf(id), "source", "format: x").wants(s.t, "no model", 422, "読めません", "format: x")
		mine := strings.Replace(v.Source, "deployer", "deployer", 1) + "\n"
		s.post("analyst", page+"/text", "edit", s.editOf(id), "source", mine).wants(s.t, "save", 200, "保存しました")
		s.post("analyst", page+"/text", "edit", "1", "source", "# mine\n"+mine).wants(s.t, "a stale text", 409, "# mine", "ほかの人が保存した内容")
		s.get("stranger", page+"/text").wants(s.t, "the text for another organisation", 404)
		s.post("analyst", page+"/discard", "edit", "0").wants(s.t, "a stale discard", 409)
		s.post("analyst", page+"/discard", "edit", s.editOf(id)).wants(s.t, "discard", 200, "下書きを削除しました")
		s.audited("discard", "model.discard")
		s.get("analyst", page).wants(s.t, "a discarded draft", 404)
		s.upload("analyst", "/ja/console/kengine/model", "a.json", []byte(`{"a": 1}`)).wants(s.t, "a file that is no model", 422, "読めません")
		tree, err := os.ReadFile(testkit.Shared(s.t, "data/ssvc/legacy-calculator/Deployer.json"))
		if err != nil {
			s.t.Fatal(err)
		}
		s.upload("analyst", "/ja/console/kengine/model", "Deployer.json", tree, "key", "ours").wants(s.t, "a tree of the older calculator", 200, "下書きを作りました")
		s.get("analyst", "/ja/console/kengine/model?status=draft").wants(s.t, "drafts", 200, "ours", "Deployer.json")
	})
}
