package kengine

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
	"noroshi.dev/internal/kengine/decide"
	"noroshi.dev/internal/testkit"
)

// TestSimplifyDraft: a draft of the smaller form decides as the version in force, which stays.
func TestSimplifyDraft(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.demo(t, "cisa-coordinator")
		rows, err := f.Models(t.Context(), f.manager)
		if err != nil || len(rows) != 1 {
			t.Fatalf("%v, %v", rows, err)
		}
		node := "cisa:CISA:1.1.0"
		one, err := f.Simplify(t.Context(), f.manager, rows[0].ID, "", decide.AsTree)
		if err != nil || one.Outcome.String() != node || one.Before.Rows != 36 || one.After.Leaves != 18 || one.Compared != 36 || !one.Proven {
			t.Fatalf("Simplify() = %+v, %v", one.Simplification, err)
		}
		if len(one.Importance) != 4 || one.Unreachable == nil || one.Unreachable.Of != 36 || one.Unreachable.Combinations != 0 {
			t.Errorf("told: %+v, %+v", one.Importance, one.Unreachable)
		}
		if _, _, err := f.SimplifyDraft(t.Context(), identity.Actor{ID: "nobody", Organisation: f.manager.Organisation}, rows[0].ID, "", decide.AsTree); fault.Of(err) == nil || fault.Of(err).Kind != fault.Denied {
			t.Errorf("somebody without the right makes a draft: %v", err)
		}
		id, list, err := f.SimplifyDraft(t.Context(), f.manager, rows[0].ID, "", decide.AsTree)
		if err != nil || len(list) != 1 {
			t.Fatalf("SimplifyDraft() = %v, %v", list, err)
		}
		v := f.model(t, id)
		if v.Status != decide.Draft || v.Version != 2 || v.Origin != "simplified:"+rows[0].ID || !v.Ready || v.Model.Nodes[0].Tree == nil {
			t.Errorf("draft %+v ready %t", v.ModelRow, v.Ready)
		}
		d, err := f.DiffModels(t.Context(), f.manager, rows[0].ID, id)
		if err != nil || len(d.Nodes) != 1 || d.Nodes[0].Kind != "form" || d.Nodes[0].Count != 0 {
			t.Errorf("DiffModels() = %+v, %v", d, err)
		}
		if v := f.model(t, rows[0].ID); v.Status != decide.Active {
			t.Errorf("the version in force is %s", v.Status)
		}
		if _, _, err := f.SimplifyDraft(t.Context(), f.manager, id, "", decide.AsTree); fault.Of(err) == nil || fault.Of(err).Kind != fault.Invalid {
			t.Errorf("as small as it can be: %v", err)
		}
		back, _, err := f.SimplifyDraft(t.Context(), f.manager, id, node, decide.AsTable)
		if err != nil {
			t.Fatal(err)
		}
		if v := f.model(t, back); v.Model.Nodes[0].Table == nil || len(v.Model.Nodes[0].Table.Rows) != 36 {
			t.Error("the table did not come back")
		}
		if _, _, err := f.SimplifyDraft(t.Context(), f.manager, id, "x:NONE:1.0.0", decide.AsTable); fault.Of(err) == nil || fault.Of(err).Kind != fault.Invalid {
			t.Errorf("an unknown node: %v", err)
		}
	})
}

func TestSimplifyPages(t *testing.T) {
	t.Parallel()
	demoSite(t, "cisa-coordinator", func(s *site) {
		rows, err := s.Models(s.t.Context(), s.manager)
		if err != nil {
			s.t.Fatal(err)
		}
		page := "/console/kengine/model/" + rows[0].ID + "/simplify"
		node := "cisa:CISA:1.1.0"
		s.walk([]step{
			{what: "page", actor: "reader", path: "/ja" + page, status: 200, texts: []string{"36 行の表", "末端 18 個、質問は最大 5 回の木", "36 通りの組合せすべてで一致", "<svg", "!この形の下書きを作る"}},
			{what: "page in English", actor: "analyst", path: "/en" + page, status: 200, texts: []string{"a table of 36 rows", "a tree of 18 leaves, at most 5 questions", "No tree has fewer leaves.", "Make a draft of it"}},
			{what: "a table as a table", actor: "analyst", path: "/en" + page + "?to=table", status: 200, texts: []string{"It is as small as it can be already.", "!Make a draft of it"}},
			{what: "an unknown node", actor: "analyst", path: "/en" + page + "?node=x", status: 200, texts: []string{"There is no such table or tree.", "!Make a draft of it"}},
			{what: "another organisation", actor: "stranger", path: "/en" + page, status: 404},
			{what: "a reader makes a draft", actor: "reader", post: true, path: "/ja" + page, form: []string{"node", node, "to", "tree"}, status: 403},
			{what: "a draft of nothing", actor: "analyst", post: true, path: "/en" + page, form: []string{"node", "x", "to", "tree"}, status: 422, texts: []string{"There is no such table or tree."}},
			{what: "an unknown form", actor: "analyst", post: true, path: "/en" + page, form: []string{"node", node, "to", "graph"}, status: 422},
		})
		p := s.post("analyst", "/ja"+page, "node", node, "to", "tree").wants(s.t, "make a draft", 200, "下書きを作りました", "別の版を簡単にしたもの", "18 個の結論")
		if m := regexp.MustCompile(`/model/([0-9a-f-]{36})$`).FindStringSubmatch(p.path); m == nil || m[1] == rows[0].ID {
			s.t.Errorf("the draft is not open: %s", p.path)
		}
		s.audited("simplify", "model.draft")
	})
}

// TestSimplifyCommand simplifies a file, a folder and a stored model.
func TestSimplifyCommand(t *testing.T) {
	t.Parallel()
	f := setUp(t, fresh(t, storage.SQLite))
	f.People = town{}
	f.demo(t, "cisa-coordinator")
	folder := t.TempDir()
	tree, table := filepath.Join(folder, "tree.yaml"), filepath.Join(folder, "table.json")
	rows, err := f.Models(t.Context(), f.manager)
	if err != nil {
		t.Fatal(err)
	}
	file, err := f.ExportModel(t.Context(), f.manager, rows[0].ID, ExportSSVC, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(table, file.Data, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args  []string
		wants []string // after "!": not there
		bad   bool
	}{
		{args: []string{table, "--out", tree}, wants: []string{"36 rows", "18 leaves", "ssvc:MWI:1.0.0", "never reached: 0 of 36"}},
		{args: []string{tree, "--to", "table"}, wants: []string{"18 leaves", "36 rows"}},
		{args: []string{tree, "--to", "table", "--json"}, wants: []string{`"leaves": 18`, `"compared": 36`}},
		{args: []string{folder}, wants: []string{"cisa:DT_CO:2.0.3", "36", "18", "1/1"}},
		{args: []string{folder, "--json"}, wants: []string{`"ok": true`, `"rows": 36`}},
		{args: []string{"cisa-coordinator"}, wants: []string{"18 leaves", "!draft"}},
		{args: []string{"cisa-coordinator", "--draft"}, wants: []string{"18 leaves", "draft "}},
		{args: []string{"cisa-coordinator@2", "--draft", "--json", "--to", "table"}, wants: []string{`"rows": 36`, `"draft": "`}},
		{args: []string{table, "--draft"}, bad: true},
		{args: []string{table, "--to", "graph"}, bad: true},
		{args: []string{"nothing"}, bad: true},
	} {
		out, err := command(t, f.Service, append([]string{"model", "simplify", "--organisation", "org1"}, c.args...)...)
		if (err != nil) != c.bad {
			t.Errorf("%v: %v\n%s", c.args, err, out)
		}
		for _, want := range c.wants {
			absent, bad := strings.CutPrefix(want, "!")
			if bad == strings.Contains(out, absent) {
				t.Errorf("%v: %q in\n%s", c.args, want, out)
			}
		}
	}
	if out, err := command(t, newService(deps{}), "model", "simplify", "nothing"); err == nil {
		t.Errorf("a model without a house:\n%s", out)
	}
}

// TestSimplifyPublished turns the published SSVC tables into trees and back by one command.
func TestSimplifyPublished(t *testing.T) {
	t.Parallel()
	out, err := command(t, newService(deps{}), "model", "simplify", testkit.Shared(t, "data/ssvc"), "--json")
	var got struct {
		Rows, Leaves, Exact int
		OK                  bool
		Tables              []apiThereAndBack
	}
	if err != nil || json.Unmarshal([]byte(out), &got) != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !got.OK || got.Rows != 1574 || got.Exact != 16 || len(got.Tables) != 16 || got.Leaves != 306 {
		t.Errorf("%d tables, %d rows, %d leaves, %d exact", len(got.Tables), got.Rows, got.Leaves, got.Exact)
	}
}

func TestTablesThereAndBackRefuses(t *testing.T) {
	t.Parallel()
	for name, folder := range map[string]fstest.MapFS{
		"nothing":     {},
		"no table":    {"a.json": {Data: []byte(`{"mapping": 1}`)}},
		"broken JSON": {"json/decision_tables/x/a.json": {Data: []byte(`{`)}},
	} {
		if list, err := tablesThereAndBack(folder); err == nil {
			t.Errorf("%s: %v", name, list)
		}
	}
}
