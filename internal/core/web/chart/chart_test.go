package chart

import (
	"context"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/web/ui"
)

// update writes the golden files anew.
var update = flag.Bool("update", false, "write golden files")

// reading is a context with a reader in Tokyo.
func reading(t testing.TB, l i18n.Lang) context.Context {
	t.Helper()
	c := i18n.New()
	if err := c.Add("web", os.DirFS("..")); err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	return ui.With(context.Background(), ui.Reader{Lang: l, Texts: c, Zone: zone})
}

// drawn is what a drawing writes; it must be well-formed and free of styles.
func drawn(t testing.TB, c templ.Component, l i18n.Lang) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(reading(t, l), &b); err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(strings.NewReader(b.String()))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, b.String())
		}
		if e, ok := token.(xml.StartElement); ok {
			for _, a := range e.Attr {
				if a.Name.Local == "style" || strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
					t.Errorf("<%s %s=%q>", e.Name.Local, a.Name.Local, a.Value)
				}
			}
		}
	}
	return b.String()
}

// start is midnight of 1 November 2026 in Tokyo.
func start() time.Time { return time.Date(2026, 10, 31, 15, 0, 0, 0, time.UTC) }

// sample is every kind of drawing.
func sample() map[string]templ.Component {
	nan := math.NaN()
	a, b := Series{"445/tcp", []float64{1, 4, nan, nan, 2, 7}}, Series{"そのほかの長い名前 <x>", []float64{2, 2, nan, nan, 3, 7}}
	leaf := Node{Text: "定期パッチ", Seen: 9}
	taken := Node{Text: "緊急パッチ適用", Seen: 29, Taken: true}
	return map[string]templ.Component{
		"line":    Line{Title: "Ports & hosts", Series: []Series{a, b}, Span: Span{start(), 24 * time.Hour}, Moments: []Moment{{start().AddDate(0, 0, 4), "公開"}}, Width: 400, Height: 200},
		"empty":   Line{Title: "Nothing", Span: Span{start(), time.Hour}},
		"stack":   Stack{Title: "Kinds", Series: []Series{a, b}, Span: Span{start(), time.Hour}, Width: 400},
		"columns": Columns{Title: "By day", Values: []float64{0, 3, nan, 12}, Span: Span{start(), 24 * time.Hour}, Width: 400},
		"bars":    Bars{Title: "Outcomes", Items: []Bar{{Label: "緊急パッチ適用", Value: 29}, {Label: "Record", Value: 1234}, {Label: "None"}}},
		"spark":   Spark{Title: "Course", Values: []float64{1, 5, nan, 2.5}},
		"heat":    Heat{Title: "Hours", Rows: []string{"月", "火"}, Columns: []string{"0", "", "2"}, Values: [][]float64{{0, 1, 2}, {3, nan, 9}}},
		"tree": Tree{Title: "第 7 版", Root: Node{Text: "悪用状況", Seen: 412, Taken: true, Branches: []Branch{
			{"確認あり", Node{Text: "対外公開", Seen: 38, Taken: true, Branches: []Branch{{"はい", taken}, {"いいえ", leaf}}}},
			{"なし", Node{Text: "この質問はたいへん長いので枠の中におさまりません", Seen: -1, Changed: true, Branches: []Branch{{"あり", leaf}, {"なし", leaf}}}},
		}}},
		"figure": Figure{Chart: Spark{Title: "x", Values: []float64{1}}, Caption: "a < b", Data: "/ja/data?a=1&b=2", Scroll: "図"},
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for name, c := range sample() {
		got := drawn(t, c, i18n.JA) + "\n"
		path := filepath.Join("testdata", name+".golden")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestNoPeakIsLost(t *testing.T) {
	t.Parallel()
	values := make([]float64, 100_000)
	for i := range values {
		values[i] = 10
	}
	values[77_777] = 695
	svg := drawn(t, Line{Title: "x", Series: []Series{{"a", values}}, Span: Span{start(), time.Minute}}, i18n.EN)
	path := regexp.MustCompile(`class="line s1" d="([^"]*)"`).FindStringSubmatch(svg)[1]
	peak := 12 + 300*(1-695.0/700)
	if !strings.Contains(path, "V"+num(peak)) {
		t.Errorf("the peak at y %s is not in the path", num(peak))
	}
	if len(path) > 40_000 {
		t.Errorf("path = %d bytes for 100,000 points", len(path))
	}
}

func TestGapsStayGaps(t *testing.T) {
	t.Parallel()
	svg := drawn(t, sample()["line"], i18n.EN)
	path := regexp.MustCompile(`class="line s1" d="([^"]*)"`).FindStringSubmatch(svg)[1]
	if strings.Count(path, "M") != 2 || !strings.Contains(svg, `class="gap"`) {
		t.Errorf("path %q is not cut in two or has no band", path)
	}
}

func TestStep(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		most  float64
		whole bool
		want  float64
	}{{0, true, 1}, {1, true, 1}, {3, true, 1}, {14, true, 2}, {695, true, 100}, {10, true, 2}, {0.3, false, 0.05}, {1e9, true, 2e8}} {
		if got := step(tt.most, tt.whole); math.Abs(got-tt.want) > 1e-12*tt.want {
			t.Errorf("step(%v, %v) = %v, want %v", tt.most, tt.whole, got, tt.want)
		}
	}
	for most := 1.0; most < 1e7; most *= 1.07 {
		if n := most / step(most, false); n > 8 || n < 1.9 {
			t.Errorf("step(%v) gives %v lines", most, n)
		}
	}
}

func TestTicks(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		lang i18n.Lang
		span time.Duration
		want string
	}{
		{i18n.JA, 14 * 24 * time.Hour, "11/1 11/3 11/5 11/7 11/9 11/11 11/13 11/15"},
		{i18n.EN, 3 * 24 * time.Hour, "1 Nov 12:00 2 Nov 12:00 3 Nov 12:00 4 Nov"},
		{i18n.JA, 6 * time.Hour, "11/1 01:00 02:00 03:00 04:00 05:00 06:00"},
		{i18n.JA, 40 * 24 * time.Hour, "11/2 11/9 11/16 11/23 11/30 12/7"},
		{i18n.EN, 365 * 24 * time.Hour, "Nov 2026 Jan 2027 Mar 2027 May 2027 Jul 2027 Sep 2027 Nov 2027"},
	} {
		var got []string
		for _, tk := range ticks(tt.lang, start(), start().Add(tt.span), zone) {
			got = append(got, tk.text)
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("ticks(%v) = %s, want %s", tt.span, s, tt.want)
		}
	}
}

func TestSevenSeriesAreSixAndOther(t *testing.T) {
	t.Parallel()
	var all []Series
	for i := range 9 {
		all = append(all, Series{string(rune('a' + i)), []float64{float64(i), math.NaN(), 1}})
	}
	all[8].Values = append(all[8].Values, 4)
	got := limited(all, "other")
	if len(got) != MaxSeries || got[0].Name != "e" || got[5].Name != "other" || got[5].Values[0] != 0+1+2+3 || !math.IsNaN(got[5].Values[1]) {
		t.Errorf("limited() = %v", got)
	}
}

func TestLabelsArePushedApart(t *testing.T) {
	t.Parallel()
	for _, places := range [][]float64{{100, 101, 102}, {0, 0, 0, 0}, {300, 299, 10}, {}} {
		got := apart(places, 15, 4, 300)
		for i := range got {
			for j := range got[:i] {
				if d := math.Abs(got[i] - got[j]); d < 15-1e-9 {
					t.Errorf("apart(%v) = %v", places, got)
				}
			}
		}
	}
}

func TestDeepTreesAreFolded(t *testing.T) {
	t.Parallel()
	n := Node{Text: "leaf", Seen: 1}
	for range 9 {
		n = Node{Text: "q", Seen: 1, Branches: []Branch{{"yes", n}, {"no", Node{Text: "out", Seen: 1}}}}
	}
	svg := drawn(t, Tree{Title: "t", Root: n}, i18n.EN)
	if !strings.Contains(svg, "4 more") || strings.Contains(svg, ">leaf<") {
		t.Errorf("a tree of nine levels is not folded:\n%s", svg)
	}
	single := drawn(t, Tree{Title: "t", Root: Node{Text: "only", Seen: -1}}, i18n.EN)
	if strings.Contains(single, "branch") || !strings.Contains(single, ">only<") {
		t.Errorf("a tree of one outcome:\n%s", single)
	}
}

// BenchmarkLine draws 10,080 points in 5 series; the floor is 5 ms.
func BenchmarkLine(b *testing.B) {
	values := make([]float64, 2016)
	for i := range values {
		values[i] = float64(i * 7919 % 500)
	}
	c := Line{Title: "x", Span: Span{start(), 10 * time.Minute}}
	for _, n := range []string{"a", "b", "c", "d", "e"} {
		c.Series = append(c.Series, Series{n, values})
	}
	ctx := reading(b, i18n.JA)
	for b.Loop() {
		if err := c.Render(ctx, io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
