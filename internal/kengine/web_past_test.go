package kengine

import (
	"strings"
	"testing"

	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

// TestPastPages takes rulings from elsewhere in by the page: a good file, the same again, one with wrong rows, one that
// cannot be read; and is rid of them again.
func TestPastPages(t *testing.T) {
	t.Parallel()
	demoSite(t, "cisa-coordinator", func(s *site) {
		const path = "/en/console/kengine/learn/history"
		decision := s.onlyDecision(s.t)
		text := s.pastAsTheModelSays(s.t, 1, "")
		s.get("analyst", path).wants(s.t, "nothing yet", 200, "No file of rulings was imported yet", `enctype="multipart/form-data"`, "report,analyst,at,ssvc:E:1.1.0")
		s.get("reader", "/ja/console/kengine/learn/history").wants(s.t, "a reader", 200, "判断履歴はまだ取り込んでいません", "!multipart/form-data")
		s.get("stranger", path).wants(s.t, "no model", 200, "None is in force yet", "!multipart/form-data")
		s.get("analyst", "/en/console/kengine/candidate").wants(s.t, "the way there", 200, `href="/en/console/kengine/learn/history"`)
		s.upload("reader", path, "past.csv", []byte(text), "decision", decision).wants(s.t, "import as a reader", 403)
		s.upload("analyst", path, "", nil, "decision", decision).wants(s.t, "no file", 422, `role="alert"`, `aria-invalid="true"`)
		s.upload("analyst", path, "past.csv", []byte("a,b\n"), "decision", decision).wants(s.t, "no fact named", 422, "cannot be read", "no column names a fact")
		s.upload("analyst", path, "past.csv", []byte(text), "decision", "no/such").wants(s.t, "no such decision", 404)
		good := s.upload("analyst", path, "past.csv", []byte(text), "decision", decision).
			wants(s.t, "import", 200, "36 rulings added, 0 rows refused", "36 rulings were imported", "!Refused rows")
		s.audited("import", "learn.import")
		s.upload("analyst", path, "past.csv", []byte(text), "decision", decision).wants(s.t, "the same again", 200, "0 rulings added")
		wrong := text[:strings.IndexByte(text, '\n')+1] + "NEW-1,A,Y,T,H,AC\nNEW-2,Q,Y,T,H,AC\nNEW-3,A,Y,T,H,perhaps\nNEW-4,A\n"
		bad := s.upload("analyst", path, "wrong.csv", []byte(wrong), "decision", decision).
			wants(s.t, "wrong rows", 200, "rows refused", "not a value of this fact", "ssvc:E:1.1.0 = Q", "not one outcome of the decision", "another number of columns")
		s.get("reader", strings.Replace(bad.path, "/en/", "/ja/", 1)).wants(s.t, "in Japanese", 200, "拒否した行", "列の数が先頭行と違います", "wrong.csv")
		s.get("stranger", good.path).wants(s.t, "of another organisation", 404)
		s.get("reader", path).wants(s.t, "the list", 200, "past.csv", "wrong.csv", "Imported rulings: ", "!Forget")
		s.post("reader", path+"/forget", "decision", decision).wants(s.t, "forget as a reader", 403)
		s.post("analyst", path+"/forget").wants(s.t, "forget nothing named", 422)
		s.post("analyst", path+"/forget", "decision", decision).wants(s.t, "forget", 200, "were forgotten", "!past.csv", "No ruling was imported")
		s.audited("forget", "learn.forget")
		s.get("analyst", good.path).wants(s.t, "a file that was forgotten", 404)
	})
}

// TestPastOfADecisionThatIsGone keeps what was imported about a decision whose model is no longer in force, to be seen and
// forgotten, but takes nothing more in.
func TestPastOfADecisionThatIsGone(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.install(t, f.manager, "cisa-coordinator")
		in := f.importPast(t, f.pastAsTheModelSays(t, 1, ""))
		models, err := f.Models(t.Context(), f.manager)
		if err != nil || len(models) != 1 {
			t.Fatalf("%d models, %v", len(models), err)
		}
		if err := f.Retire(t.Context(), f.manager, models[0].ID, f.model(t, models[0].ID).Edit); err != nil {
			t.Fatal(err)
		}
		rows, err := f.Past(t.Context(), f.manager)
		if err != nil || len(rows) != 1 || rows[0].Active || rows[0].Cases != 36 || rows[0].Decision != in.Decision || rows[0].Facts != nil {
			t.Errorf("Past = %+v, %v; want 36 of %s, not in force", rows, err, in.Decision)
		}
		v, err := f.PastFile(t.Context(), f.manager, in.ID)
		if err != nil || v.Added != 36 || v.Name != "past.csv" || v.Actor != f.manager.ID {
			t.Errorf("PastFile = %+v, %v", v, err)
		}
		if n, err := f.ForgetHistory(t.Context(), f.manager, in.Decision); err != nil || n != 36 {
			t.Errorf("ForgetHistory = %d, %v; want 36", n, err)
		}
		if rows, err := f.Past(t.Context(), f.manager); err != nil || len(rows) != 0 {
			t.Errorf("Past = %+v, %v; want nothing", rows, err)
		}
	})
}
