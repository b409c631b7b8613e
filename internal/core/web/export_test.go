package web

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"noroshi.dev/internal/core/identity"
)

// row is a row of the test export.
type row struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// rowsOf yields rows and then, if it is not nil, an error.
func rowsOf(rows []row, err error) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
		if err != nil {
			yield(row{}, err)
		}
	}
}

// exporting is a house with exports of rows.
func exporting(t *testing.T) *house {
	t.Helper()
	columns := []Column[row]{{"id", func(r row) string { return r.ID }}, {"name", func(r row) string { return r.Name }}}
	two := []row{{"1", `=cmd|'/c calc'!A0`}, {"2", "脆弱性, \"x\""}}
	return open(t, nil, func(rs *Routes) {
		for path, rows := range map[string]iter.Seq2[row, error]{
			"two": rowsOf(two, nil), "none": rowsOf(nil, nil), "broken": rowsOf(two, errors.New("disk")),
			"large": func(yield func(row, error) bool) {
				for range 5000 {
					if !yield(row{"1", strings.Repeat("x", 50)}, nil) {
						return
					}
				}
				yield(row{}, errors.New("disk"))
			},
		} {
			rs.Get("/console/export/"+path, identity.Person(), func(w http.ResponseWriter, r *http.Request) error {
				return Export(w, r, "list", columns, rows)
			})
		}
	})
}

func TestExport(t *testing.T) {
	t.Parallel()
	h := exporting(t)
	for _, tt := range []struct{ path, kind, want string }{
		{"two", "text/csv; charset=utf-8", "id,name\r\n1,'=cmd|'/c calc'!A0\r\n2,\"脆弱性, \"\"x\"\"\"\r\n"},
		{"two?bom=1", "text/csv; charset=utf-8", "\ufeffid,name\r\n"},
		{"none", "text/csv; charset=utf-8", "id,name\r\n"},
		{"two?format=json", "application/json", "[\n{\"id\":\"1\""},
		{"none?format=json", "application/json", "[]\n"},
		{"two?format=ndjson", "application/x-ndjson", "{\"id\":\"1\""},
		{"none?format=ndjson", "application/x-ndjson", ""},
	} {
		got := h.ask(t, "GET", "/ja/console/export/"+tt.path, "x", nil)
		if got.StatusCode != http.StatusOK || got.Header.Get("Content-Type") != tt.kind || !strings.HasPrefix(got.body, tt.want) {
			t.Errorf("%s = %d %s\n%q", tt.path, got.StatusCode, got.Header.Get("Content-Type"), got.body)
		}
		if !strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment; filename=list.") {
			t.Errorf("%s: %q", tt.path, got.Header.Get("Content-Disposition"))
		}
	}
	var list []row
	if err := json.Unmarshal([]byte(h.ask(t, "GET", "/ja/console/export/two?format=json", "x", nil).body), &list); err != nil || len(list) != 2 {
		t.Errorf("json = %v, %v", list, err)
	}
	lines := strings.Split(strings.TrimSpace(h.ask(t, "GET", "/ja/console/export/two?format=ndjson", "x", nil).body), "\n")
	if len(lines) != 2 || json.Unmarshal([]byte(lines[1]), &row{}) != nil {
		t.Errorf("ndjson = %q", lines)
	}
}

func TestExportFailures(t *testing.T) {
	t.Parallel()
	h := exporting(t)
	if got := h.ask(t, "GET", "/en/console/export/two?format=xls", "x", nil); got.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("unknown format = %d", got.StatusCode)
	}
	// An error before the first bytes left is a page, one later cuts the answer.
	if got := h.ask(t, "GET", "/en/console/export/broken", "x", nil); got.StatusCode != http.StatusInternalServerError || strings.Contains(got.body, "disk") {
		t.Errorf("early error = %d %q", got.StatusCode, got.body)
	}
	for _, format := range []string{"csv", "json", "ndjson"} {
		if got := h.ask(t, "GET", "/en/console/export/large?format="+format, "x", nil); !strings.HasPrefix(got.body, "CUT ") {
			t.Errorf("late error in %s: %d bytes as if they were all", format, len(got.body))
		}
	}
}

func TestHarmless(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"": "", "a=b": "a=b", "=1+1": "'=1+1", "@x": "'@x", "+cmd": "'+cmd", "-cmd": "'-cmd", "\tx": "'\tx", "\rx": "'\rx",
		"-1.5": "-1.5", "+81": "+81", "-1-1": "'-1-1", " =1": "' =1", "＝1": "'＝1", "　=1": "'　=1", "\n=1": "'\n=1", "-": "'-", "- 1": "'- 1", "1=": "1=",
	} {
		if got := harmless(cell); got != want {
			t.Errorf("harmless(%q) = %q, want %q", cell, got, want)
		}
	}
}

func TestDownloadNeverRunsInThePage(t *testing.T) {
	t.Parallel()
	h := open(t, nil, func(rs *Routes) {
		rs.Get("/console/evidence", identity.Person(), func(w http.ResponseWriter, _ *http.Request) error {
			return Download(w, "a\"b\r\n.html", "text/html", -1, strings.NewReader("<script>1</script>"))
		})
	})
	got := h.ask(t, "GET", "/ja/console/evidence", "x", url.Values(nil))
	if !strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment;") || !strings.Contains(got.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%v", got.Header)
	}
}

// FuzzHarmless holds that no cell of a written file begins a formula and that the
// file reads back cell by cell.
func FuzzHarmless(f *testing.F) {
	for _, s := range []string{"=1", "\t=1", "　－1", "-1", "x", "\"", "\n+"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		got := harmless(cell)
		first := strings.TrimLeft(got, " \u3000\u00a0\n")
		if first != "" && strings.ContainsAny(first[:1], "=@\t\r") {
			t.Fatalf("harmless(%q) = %q", cell, got)
		}
		if first != "" && strings.ContainsAny(first[:1], "+-") && !number(first[1:]) {
			t.Fatalf("harmless(%q) = %q", cell, got)
		}
		var b strings.Builder
		w := csv.NewWriter(&b)
		if err := w.Write([]string{got, "end"}); err != nil {
			t.Fatal(err)
		}
		w.Flush()
		back, err := csv.NewReader(strings.NewReader(b.String())).Read()
		if err != nil || len(back) != 2 || back[0] != strings.ReplaceAll(got, "\r\n", "\n") {
			t.Fatalf("%q reads back as %q, %v", got, back, err)
		}
	})
}
