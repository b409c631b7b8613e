package ssvc_test

import (
	"os"
	"testing"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/testkit"
)

// TestConformance holds the package against the published data: 1,574 rows of
// 16 tables and 255 rows of five legacy trees.
func TestConformance(t *testing.T) {
	t.Parallel()
	rep, err := ssvc.Conformance(os.DirFS(testkit.Shared(t, "data/ssvc")))
	if err != nil {
		t.Fatal(err)
	}
	if rep.Points != 148 || rep.TablesInRegistry != 16 || len(rep.Tables) != 16 || len(rep.Legacy) != 5 {
		t.Errorf("objects = %d points, %d tables, %d files, %d legacy; want 148, 16, 16, 5",
			rep.Points, rep.TablesInRegistry, len(rep.Tables), len(rep.Legacy))
	}
	if agree, total := rep.Rows(); agree != 1574 || total != 1574 {
		t.Errorf("Rows() = %d/%d, want 1574/1574", agree, total)
	}
	if agree, total := rep.LegacyRows(); agree != 255 || total != 255 {
		t.Errorf("LegacyRows() = %d/%d, want 255/255", agree, total)
	}
	if !rep.OK() {
		t.Errorf("OK() = false: %+v", rep)
	}
	same := 0
	for _, tab := range rep.Tables {
		if !tab.Complete || !tab.Monotone || !tab.RoundTrip {
			t.Errorf("%s: %+v", tab.ID, tab)
		}
		if tab.SameText {
			same++
		}
	}
	if same != 15 {
		t.Errorf("%d of 16 exports have the published bytes, want 15 (BOD 26-04 lists its rows in another member order)", same)
	}
	for _, l := range rep.Legacy {
		want := 0
		if l.Name == "Coordinator-Triage" {
			want = 108
		}
		if l.Missing != want || l.MissingAgree != want {
			t.Errorf("%s: %d missing rows of which %d mean decline, want %d", l.Name, l.Missing, l.MissingAgree, want)
		}
	}
}
