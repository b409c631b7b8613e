package chart

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"noroshi.dev/internal/core/i18n"
)

// kinds draws values with each kind of drawing that takes numbers.
func kinds(values []float64, span Span) map[string]templ.Component {
	items := make([]Bar, 0, len(values))
	for i, v := range values {
		items = append(items, Bar{Label: "b" + strconv.Itoa(i), Value: v})
	}
	rows := []Series{{"a", values}, {"b", values}}
	return map[string]templ.Component{
		"line":    Line{Title: "t", Series: rows, Span: span, Moments: []Moment{{span.Start.Add(span.Step), "m"}}},
		"stack":   Stack{Title: "t", Series: rows, Span: span},
		"columns": Columns{Title: "t", Values: values, Span: span},
		"bars":    Bars{Title: "t", Items: items},
		"spark":   Spark{Title: "t", Values: values},
		"heat":    Heat{Title: "t", Rows: []string{"r"}, Columns: make([]string, len(values)), Values: [][]float64{values}},
	}
}

// edges are the rows that break drawings: none, one, gaps, huge, tiny, negative.
func edges() map[string][]float64 {
	nan, inf := math.NaN(), math.Inf(1)
	return map[string][]float64{
		"none":           nil,
		"one":            {7},
		"one gap":        {nan},
		"only gaps":      {nan, nan, nan},
		"gap first":      {nan, 3, 4},
		"gap last":       {3, 4, nan},
		"lonely":         {nan, 3, nan, nan, 5},
		"zeros":          {0, 0, 0},
		"negative":       {-3, -1, -7},
		"both signs":     {-30, 12, 0},
		"infinite":       {1, inf, 2},
		"minus infinite": {1, math.Inf(-1), 2},
		"largest":        {math.MaxFloat64, 1},
		"huge":           {9e299, 1, 4e299},
		"above int64":    {1e19, 2e19},
		"tiny":           {math.SmallestNonzeroFloat64, 0},
		"fraction":       {0.001, 0.0005},
	}
}

// number of an attribute that must not be below zero or outside of a drawing.
func checkSizes(t *testing.T, name, svg string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		for _, a := range e.Attr {
			if a.Name.Local != "width" && a.Name.Local != "height" && a.Name.Local != "cx" && a.Name.Local != "cy" {
				continue
			}
			if v, err := strconv.ParseFloat(a.Value, 64); err != nil || v < 0 || v > 1e5 {
				t.Errorf("%s: <%s %s=%q>", name, e.Name.Local, a.Name.Local, a.Value)
			}
		}
		if x := attr(e, "d"); strings.ContainsAny(x, "eE") || strings.Contains(x, "NaN") {
			t.Errorf("%s: path %q", name, x)
		}
	}
}

// attr is an attribute of an element.
func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func TestEdgesAreDrawn(t *testing.T) {
	t.Parallel()
	for edge, values := range edges() {
		for kind, c := range kinds(values, Span{start(), time.Hour}) {
			for _, lang := range []i18n.Lang{i18n.JA, i18n.EN} {
				checkSizes(t, kind+" of "+edge, drawn(t, c, lang))
			}
		}
	}
}

func TestRandomRowsAreDrawnWithinTheArea(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	point := regexp.MustCompile(`[ML]([-0-9.]+) ([-0-9.]+)|V([-0-9.]+)`)
	for range 200 {
		values := make([]float64, 1+r.IntN(40))
		for i := range values {
			values[i] = (r.Float64() - .3) * math.Pow(10, float64(r.IntN(20)-8))
			if r.IntN(6) == 0 {
				values[i] = math.NaN()
			}
		}
		p := newPlot(reading(t, i18n.EN), 400, 200, 16, Span{start(), time.Minute}, len(values), [][]float64{values})
		for _, m := range point.FindAllStringSubmatch(p.stroke(values), -1) {
			for _, text := range []string{m[2], m[3]} {
				if y, err := strconv.ParseFloat(text, 64); text != "" && (err != nil || y < p.top-.1 || y > p.top+p.height+.1) {
					t.Fatalf("y = %s of %v is outside of %v to %v", text, values, p.top, p.top+p.height)
				}
			}
		}
	}
}

func TestNegativeValuesLieBelowTheAxis(t *testing.T) {
	t.Parallel()
	svg := drawn(t, Columns{Title: "t", Values: []float64{-4, 4}, Width: 400}, i18n.EN)
	boxes := regexp.MustCompile(`class="bar s1" x="[^"]*" y="([^"]*)" width="[^"]*" height="([^"]*)"`).FindAllStringSubmatch(svg, -1)
	axis := regexp.MustCompile(`class="axis" d="M52 ([^h]*)h`).FindStringSubmatch(svg)
	if len(boxes) != 2 || axis == nil {
		t.Fatalf("drawing:\n%s", svg)
	}
	if boxes[0][1] != axis[1] || boxes[0][2] != boxes[1][2] || boxes[0][2] == "0" {
		t.Errorf("column of -4 begins at %s with height %s, of 4 at %s with %s; axis at %s", boxes[0][1], boxes[0][2], boxes[1][1], boxes[1][2], axis[1])
	}
	for _, want := range []string{">-4<", ">0<", ">4<"} {
		if !strings.Contains(svg, want) {
			t.Errorf("no word %s on the axis", want)
		}
	}
}

func TestAValueBetweenGapsIsSeen(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	for _, tt := range []struct {
		values []float64
		dots   int
	}{
		{[]float64{1, 2, 3}, 0},
		{[]float64{1}, 1},
		{[]float64{nan, 1, nan, 2, 3, nan, 4}, 2},
		{[]float64{nan, nan}, 0},
	} {
		svg := drawn(t, Line{Title: "t", Series: []Series{{"a", tt.values}}, Span: Span{start(), time.Hour}}, i18n.EN)
		if n := strings.Count(svg, "<circle"); n != tt.dots {
			t.Errorf("%v has %d dots, want %d", tt.values, n, tt.dots)
		}
	}
}

func TestSparkSpotIsTheLastMeasuredValue(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	for _, tt := range []struct {
		values []float64
		x      string // of the spot; empty: none
		last   string
	}{
		{[]float64{1, 2, 3}, "116", "Last 3,"},
		{[]float64{1, 2, nan}, "59", "Last 2,"},
		{[]float64{nan, nan}, "", "Last –,"},
		{nil, "", "Last –,"},
		{[]float64{1e19}, "2", "Last 10000000000000000000,"},
		{[]float64{1.25, 2}, "116", "Last 2.0,"},
	} {
		svg := drawn(t, Spark{Title: "t", Values: tt.values}, i18n.EN)
		if !strings.Contains(svg, tt.last) {
			t.Errorf("%v is described as %s", tt.values, regexp.MustCompile("<desc>.*</desc>").FindString(svg))
		}
		spot := regexp.MustCompile(`<circle[^>]* cx="([^"]*)"`).FindStringSubmatch(svg)
		if tt.x == "" && spot != nil || tt.x != "" && (spot == nil || spot[1] != tt.x) {
			t.Errorf("%v: spot %v, want x %q", tt.values, spot, tt.x)
		}
	}
}

func TestBarsLeadSomewhere(t *testing.T) {
	t.Parallel()
	svg := drawn(t, Bars{Title: "t", Items: []Bar{
		{Label: "a", Value: 3, Href: "/en/tasks?q=is:open&x=\"<"},
		{Label: "b", Value: 1},
		{Label: "c", Value: 1, Href: "javascript:alert(1)"},
	}}, i18n.EN)
	if !strings.Contains(svg, `<a href="/en/tasks?q=is:open&amp;x=&#34;&lt;"><text`) || strings.Count(svg, "<a ") != 2 {
		t.Errorf("links of:\n%s", svg)
	}
	if strings.Contains(svg, "javascript:") {
		t.Error("a script address is a link")
	}
	if !strings.Contains(svg, `role="group"`) {
		t.Error("the links of a role img are hidden from a screen reader")
	}
	plain := drawn(t, Bars{Title: "t", Items: []Bar{{Label: "b", Value: 1}}}, i18n.EN)
	if !strings.Contains(plain, `role="img"`) || strings.Contains(plain, "<a ") {
		t.Errorf("bars without links:\n%s", plain)
	}
}

func TestBarLengths(t *testing.T) {
	t.Parallel()
	box := regexp.MustCompile(`class="bar s1"[^>]* width="([^"]*)" height="16"`)
	svg := drawn(t, Bars{Title: "t", Width: 300, Items: []Bar{{"a", 8, ""}, {"b", 2, ""}, {"c", 0, ""}, {"d", -2, ""}, {"e", math.NaN(), ""}}}, i18n.EN)
	var got []string
	for _, m := range box.FindAllStringSubmatch(svg, -1) {
		got = append(got, m[1])
	}
	if s := strings.Join(got, " "); s != "211 52.8 0 0 0" {
		t.Errorf("lengths = %s", s)
	}
	for _, want := range []string{">8<", ">-2<", ">–<"} {
		if !strings.Contains(svg, want) {
			t.Errorf("no value %s in\n%s", want, svg)
		}
	}
}

func TestTicksFollowTheClockOfTheWall(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		from time.Time
		span time.Duration
		want string
	}{
		{time.Date(2026, 10, 24, 0, 0, 0, 0, berlin), 73 * time.Hour, "24 Oct 12:00 25 Oct 12:00 26 Oct 12:00 27 Oct"},
		{time.Date(2026, 3, 28, 0, 0, 0, 0, berlin), 71 * time.Hour, "28 Mar 12:00 29 Mar 12:00 30 Mar 12:00 31 Mar"},
		{time.Date(2026, 3, 29, 0, 0, 0, 0, berlin), 5 * time.Hour, "29 Mar 01:00 03:00 04:00 05:00 06:00"},
		{time.Date(2026, 10, 12, 0, 0, 0, 0, berlin), 30 * 24 * time.Hour, "12 Oct 19 Oct 26 Oct 2 Nov 9 Nov"},
	} {
		var got []string
		for _, tk := range ticks(i18n.EN, tt.from, tt.from.Add(tt.span), berlin) {
			got = append(got, tk.text)
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("ticks(%v, %v) = %s, want %s", tt.from, tt.span, s, tt.want)
		}
	}
}

func TestTicksAreFewAndInOrder(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		from := start().Add(time.Duration(r.Int64N(int64(20_000 * time.Hour))))
		span := time.Duration(math.Pow(10, 4+r.Float64()*6)) * time.Millisecond * 10
		all := ticks(i18n.EN, from, from.Add(span), zone)
		if len(all) > 9 {
			t.Fatalf("%d ticks from %v for %v", len(all), from, span)
		}
		for i, tk := range all {
			if tk.at.Before(from) || tk.at.After(from.Add(span)) || i > 0 && !tk.at.After(all[i-1].at) {
				t.Fatalf("tick %d at %v is out of place (from %v for %v)", i, tk.at, from, span)
			}
		}
	}
}

func TestMomentsOutsideAreNotDrawn(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		at   time.Time
		step time.Duration
		want int
	}{
		{start().Add(time.Hour), time.Hour, 1},
		{start(), time.Hour, 1},
		{start().Add(-time.Minute), time.Hour, 0},
		{start().Add(3 * time.Hour), time.Hour, 0},
		{start(), 0, 0},
		{time.Time{}, 0, 0},
	} {
		svg := drawn(t, Line{Title: "t", Series: []Series{{"a", []float64{1, 2, 3}}}, Span: Span{start(), tt.step}, Moments: []Moment{{tt.at, "end"}}}, i18n.EN)
		if n := strings.Count(svg, `class="embargo"`); n != tt.want {
			t.Errorf("moment %v with step %v is drawn %d times, want %d", tt.at, tt.step, n, tt.want)
		}
	}
}

func TestStackShowsGapsAndHeights(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	for _, tt := range []struct {
		a, b []float64
		gaps int
	}{
		{[]float64{1, nan, 3}, []float64{1, nan, 3}, 1},
		{[]float64{1, nan, 3}, []float64{1, 2, 3}, 0},
		{[]float64{nan, 2, nan}, []float64{nan, 2, nan}, 2},
		{[]float64{1, 2, 3}, []float64{1}, 0},
	} {
		svg := drawn(t, Stack{Title: "t", Series: []Series{{"a", tt.a}, {"b", tt.b}}, Span: Span{start(), time.Hour}}, i18n.EN)
		if n := strings.Count(svg, `class="gap"`); n != tt.gaps {
			t.Errorf("%v and %v: %d bands, want %d", tt.a, tt.b, n, tt.gaps)
		}
	}
	p := newPlot(reading(t, i18n.EN), 168, 140, 16, Span{}, 2, [][]float64{{10}})
	if got, want := p.between([]float64{0, 5}, []float64{5, 10}), "M52 62L152 12L152 62L52 112Z"; got != want {
		t.Errorf("between() = %s, want %s", got, want)
	}
}

func TestNarrowDrawingsKeepAnArea(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("長い名前", 30)
	for name, c := range map[string]templ.Component{
		"line":    Line{Title: "t", Series: []Series{{long, []float64{1, 2}}}, Span: Span{start(), time.Hour}, Width: 60, Height: 20},
		"stack":   Stack{Title: "t", Series: []Series{{long, []float64{1, 2}}}, Span: Span{start(), time.Hour}, Width: 60, Height: 20},
		"columns": Columns{Title: "t", Values: make([]float64, 500), Span: Span{start(), time.Hour}, Width: 60, Height: 20},
		"bars":    Bars{Title: "t", Items: []Bar{{Label: long, Value: 4}}, Width: 60},
	} {
		svg := drawn(t, c, i18n.JA)
		checkSizes(t, name, svg)
		if strings.Contains(svg, long) {
			t.Errorf("%s writes the long name whole", name)
		}
	}
}

func TestMarkupInEveryWordIsEscaped(t *testing.T) {
	t.Parallel()
	const canary = `<b onclick="x">&'`
	for name, c := range map[string]templ.Component{
		"line":   Line{Title: canary, Series: []Series{{canary, []float64{1}}}, Span: Span{start(), time.Hour}, Moments: []Moment{{start(), canary}}},
		"stack":  Stack{Title: canary, Series: []Series{{canary, []float64{1}}}},
		"bars":   Bars{Title: canary, Items: []Bar{{canary, 1, canary}}},
		"heat":   Heat{Title: canary, Rows: []string{canary}, Columns: []string{canary}, Values: [][]float64{{1}}},
		"spark":  Spark{Title: canary},
		"tree":   Tree{Title: canary, Root: Node{Text: strings.Repeat(canary, 5), Branches: []Branch{{canary, Node{Text: canary}}}}},
		"figure": Figure{Chart: Spark{}, Caption: canary, Data: canary, Scroll: canary},
	} {
		if svg := drawn(t, c, i18n.EN); strings.Contains(svg, "<b ") || strings.Contains(svg, `"x"`) {
			t.Errorf("%s lets markup through:\n%s", name, svg)
		}
	}
	if f := drawn(t, Figure{Chart: Spark{}, Data: "javascript:alert(1)"}, i18n.EN); strings.Contains(f, "javascript:") {
		t.Error("the data of a figure may be a script address")
	}
}

// full is a writer that takes n bytes.
type full struct{ n int }

var errFull = errors.New("full")

func (f *full) Write(p []byte) (int, error) {
	if f.n -= len(p); f.n < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestFigureTellsOfAWriterThatFails(t *testing.T) {
	t.Parallel()
	for _, scroll := range []string{"", "wide"} {
		f := Figure{Chart: Spark{Title: "t", Values: []float64{1}}, Caption: "c", Scroll: scroll}
		whole := len(drawn(t, f, i18n.EN))
		for _, n := range []int{0, 120, whole - 1} {
			if err := f.Render(reading(t, i18n.EN), &full{n}); !errors.Is(err, errFull) {
				t.Errorf("after %d of %d bytes: %v", n, whole, err)
			}
		}
		if err := f.Render(reading(t, i18n.EN), &full{whole}); err != nil {
			t.Error(err)
		}
	}
}

func TestQuintilesAndShades(t *testing.T) {
	t.Parallel()
	row := make([]float64, 100)
	for i := range row {
		row[i] = float64(i + 1)
	}
	bounds := quintiles([][]float64{row, {0, -5, math.NaN(), math.Inf(1)}})
	if got := fmt.Sprint(bounds); got != "[21 41 61 81]" {
		t.Errorf("quintiles = %s", got)
	}
	for v, want := range map[float64]string{-1: "q0", 0: "q0", 0.5: "q1", 20: "q1", 21: "q2", 60: "q3", 80: "q4", 81: "q5", 1e9: "q5"} {
		if got := shade(v, bounds); got != want {
			t.Errorf("shade(%v) = %s, want %s", v, got, want)
		}
	}
	if got := quintiles([][]float64{{0, 0}}); got != nil {
		t.Errorf("quintiles of zeros = %v", got)
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		words string
		most  float64
		want  string
	}{
		{"abc", 21, "abc"},
		{"abcd", 21, "a…"},
		{"脆弱性情報", 36, "脆弱…"},
		{"a脆b", 26, "a脆b"},
		{"a脆b", 25, "a…"},
		{"", 0, ""},
		{"abc", 0, "…"},
	} {
		got := cut(tt.words, tt.most, 12, 7)
		if got != tt.want {
			t.Errorf("cut(%q, %v) = %q, want %q", tt.words, tt.most, got, tt.want)
		}
		if tt.most > 12 && width(got, 12, 7) > tt.most {
			t.Errorf("cut(%q, %v) is %v wide", tt.words, tt.most, width(got, 12, 7))
		}
	}
}

func TestTreeLeavesDoNotOverlap(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	var grow func(depth int) Node
	grow = func(depth int) Node {
		n := Node{Text: strings.Repeat("問", 1+r.IntN(20)), Seen: r.IntN(1000) - 1, Taken: r.IntN(2) == 0}
		for range r.IntN(4) * min(depth, 1) {
			n.Branches = append(n.Branches, Branch{strings.Repeat("a", r.IntN(9)), grow(depth - 1)})
		}
		return n
	}
	box := regexp.MustCompile(`<rect x="([^"]*)" y="([^"]*)" width="([^"]*)"`)
	for range 50 {
		svg := drawn(t, Tree{Title: "t", Root: grow(7)}, i18n.JA)
		seen := map[[2]string]bool{}
		for _, m := range box.FindAllStringSubmatch(svg, -1) {
			if at := [2]string{m[1], m[2]}; seen[at] {
				t.Fatalf("two boxes at %v", at)
			} else {
				seen[at] = true
			}
		}
	}
}
