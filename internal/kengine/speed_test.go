package kengine

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"noroshi.dev/internal/core/storage"
)

// manyRulings is the history that the goals speak of.
const manyRulings = 10_000

// muchHistory imports rulings that agree with the model in force but for one outcome, which people rule higher.
func muchHistory(b *testing.B, f *fixture) {
	b.Helper()
	text := f.pastAsTheModelSays(b, manyRulings/36+1, "")
	text = strings.ReplaceAll(text, ",T*\n", ",AT\n")
	if in := f.importPast(b, text); in.Added < manyRulings {
		b.Fatalf("import = %+v", in)
	}
}

// BenchmarkCandidate makes the candidate of ten thousand rulings with its difference: less than a second is the goal.
func BenchmarkCandidate(b *testing.B) {
	f := setUp(b, fresh(b, storage.SQLite))
	f.demo(b, "cisa-coordinator")
	muchHistory(b, f)
	for b.Loop() {
		list, err := f.Learn(b.Context(), f.manager, "")
		if err != nil || len(list) != 1 || list[0].Cases < manyRulings || list[0].Evidence.Flips == 0 {
			b.Fatalf("%+v, %v", list, err)
		}
	}
}

// BenchmarkTreePages asks for the pages that draw a tree: less than 50 ms is the goal.
func BenchmarkTreePages(b *testing.B) {
	f := setUp(b, fresh(b, storage.SQLite))
	f.demo(b, "cisa-coordinator")
	muchHistory(b, f)
	list, err := f.Learn(b.Context(), f.manager, "")
	if err != nil || len(list) != 1 {
		b.Fatal(list, err)
	}
	handler := pagesOf(b, f).server.Config.Handler
	model := "/en/console/kengine/model/" + list[0].Model
	task := f.tasks(b, f.manager, "is:undecided")[0].ID
	for name, path := range map[string]string{
		"model": model, "simplify": model + "/simplify", "candidate": "/en/console/kengine/candidate/" + list[0].ID,
		"task": fmt.Sprintf("/en/console/kengine/task/%s", task),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, nil)
				r.Header.Set("X-Test-Actor", "manager")
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, r)
				if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `<svg class="tree"`) {
					b.Fatalf("%s: %d", path, w.Code)
				}
			}
		})
	}
}
