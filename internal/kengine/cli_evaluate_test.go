package kengine

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/testkit"
)

// history writes a made history of n rulings, and their folds.
func history(t *testing.T, n int) (csv, folds string) {
	t.Helper()
	var rows, list strings.Builder
	rows.WriteString("exploited,exposed,team,class\n")
	for i := range n {
		exploited, exposed := i%3 == 0, i%2 == 0
		class := map[[2]bool]string{{true, true}: "now", {true, false}: "soon"}[[2]bool{exploited, exposed}]
		if class == "" {
			class = "later"
		}
		fmt.Fprintf(&rows, "%t,%t,t%d,%s\n", exploited, exposed, i*7%5, class)
		fmt.Fprintf(&list, "%d\n", i*3%10)
	}
	dir := t.TempDir()
	return written(t, dir, "h.csv", rows.String()), written(t, dir, "h.folds", list.String())
}

func written(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEvaluateCommand(t *testing.T) {
	t.Parallel()
	f := setUp(t, fresh(t, storage.SQLite))
	csv, folds := history(t, 300)
	out, err := command(t, f.Service, "evaluate", "--csv", csv, "--folds", folds)
	if err != nil || !strings.Contains(out, "mean  300") || !strings.Contains(out, "100.00 %") {
		t.Errorf("%v\n%s", err, out)
	}
	out, err = command(t, f.Service, "evaluate", "--csv", csv, "--folds", folds, "--rule", "1se", "--criterion", "entropy", "--json")
	var e struct {
		Accuracy float64
		Folds    []float64
		Leaves   float64
		TrainMS  *float64 `json:"train_ms"`
	}
	if err != nil || json.Unmarshal([]byte(out), &e) != nil || e.Accuracy != 1 || len(e.Folds) != 10 || e.Leaves != 3 || e.TrainMS == nil {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err = command(t, f.Service, "evaluate", "--csv", csv); err != nil || !strings.Contains(out, "mean  300") {
		t.Errorf("folds of its own: %v\n%s", err, out)
	}
}

func TestEvaluateCommandSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	f := setUp(t, fresh(t, storage.SQLite))
	csv, _ := history(t, 30)
	dir := t.TempDir()
	wide := "a,class\n"
	for i := range 80 {
		wide += fmt.Sprintf("v%d,x\nv%d,y\n", i, i)
	}
	many := written(t, dir, "wide.csv", wide)
	for name, c := range map[string]struct {
		args []string
		want []string
	}{
		"no file":     {[]string{"--csv", filepath.Join(dir, "none.csv")}, []string{"none.csv"}},
		"empty":       {[]string{"--csv", written(t, dir, "empty.csv", "")}, []string{"empty.csv", "header"}},
		"short line":  {[]string{"--csv", written(t, dir, "short.csv", "a,b,class\n1,2,x\n1,x\n")}, []string{"short.csv", "line 3"}},
		"bad fold":    {[]string{"--csv", csv, "--folds", written(t, dir, "bad.folds", "1\ntwo\n")}, []string{"bad.folds", "line 2"}},
		"few folds":   {[]string{"--csv", csv, "--folds", written(t, dir, "few.folds", "1\n2\n")}, []string{"few.folds", "2 folds for 30 rows"}},
		"rule":        {[]string{"--csv", csv, "--rule", "best"}, []string{"--rule", "1se"}},
		"many values": {[]string{"--csv", many, "--refuse-rare"}, []string{"wide.csv", `"a"`, "80 values"}},
	} {
		out, err := command(t, f.Service, append([]string{"evaluate"}, c.args...)...)
		if err == nil {
			t.Errorf("%s: taken:\n%s", name, out)
			continue
		}
		for _, w := range c.want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %v does not say %q", name, err, w)
			}
		}
	}
	if out, err := command(t, f.Service, "evaluate", "--csv", many, "--json"); err != nil || !strings.Contains(out, `"a": 17`) {
		t.Errorf("rare values are grouped: %v\n%s", err, out)
	}
	unruled := written(t, dir, "unruled.csv", "a,class\n"+strings.Repeat("1,x\n2,?\n3,y\n", 20))
	if out, err := command(t, f.Service, "evaluate", "--csv", unruled, "--json"); err != nil || !strings.Contains(out, `"unruled": 20`) {
		t.Errorf("rows without class: %v\n%s", err, out)
	}
}

func TestCurveCommand(t *testing.T) {
	t.Parallel()
	f := setUp(t, fresh(t, storage.SQLite))
	csv, _ := history(t, 300)
	svg, table := filepath.Join(t.TempDir(), "curve.svg"), filepath.Join(t.TempDir(), "curve.csv")
	args := []string{"curve", "--csv", csv, "--sizes", "20,100,250,300", "--draws", "4"}
	out, err := command(t, f.Service, args...)
	if err != nil || !strings.HasPrefix(out, "n,draws,majority,accuracy,") || strings.Count(out, "\n") != 4 {
		t.Fatalf("%v\n%s", err, out)
	}
	if _, err = command(t, f.Service, append(args, "--svg", svg, "--out", table)...); err != nil {
		t.Fatal(err)
	}
	saved, err := os.ReadFile(table)
	if err != nil || !strings.Contains(out, string(saved)) {
		t.Errorf("the file differs from what is printed: %v\n%s", err, saved)
	}
	picture, err := os.ReadFile(svg)
	if err != nil || !strings.Contains(string(picture), "majority") {
		t.Fatalf("%v\n%s", err, picture)
	}
	d := xml.NewDecoder(strings.NewReader(string(picture)))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(string(picture), "NaN") {
		t.Error("a place that is no number")
	}
	if out, err := command(t, f.Service, "curve", "--csv", csv, "--sizes", "300"); err == nil || !strings.Contains(err.Error(), "300 rows") {
		t.Errorf("nothing left to predict: %v\n%s", err, out)
	}
	if _, err := command(t, f.Service, "curve", "--csv", csv, "--sizes", "20", "--svg", svg); err != nil {
		t.Errorf("one point: %v", err)
	}
}

// TestEvaluateCommandOnSharedSet reads a real set with its folds.
func TestEvaluateCommandOnSharedSet(t *testing.T) {
	t.Parallel()
	f := setUp(t, fresh(t, storage.SQLite))
	csv := testkit.Shared(t, "data/trees/vote.csv")
	out, err := command(t, f.Service, "evaluate", "--csv", csv, "--folds", strings.TrimSuffix(csv, ".csv")+".folds")
	if err != nil || !strings.Contains(out, "mean  435") {
		t.Errorf("%v\n%s", err, out)
	}
}
