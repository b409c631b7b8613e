package chart

import (
	"context"
	"html"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"noroshi.dev/internal/core/web/ui"
)

// Stack is stacked areas over time; not for series that differ a hundredfold,
// because the small ones vanish.
type Stack struct {
	Title  string
	Series []Series
	Span   Span
	Width  float64 // pixels; 1100 if zero
	Height float64 // pixels; 300 if zero
}

// Render writes the drawing, the first series at the bottom.
func (c Stack) Render(ctx context.Context, w io.Writer) error {
	all := limited(c.Series, ui.T(ctx, "web.chart.others"))
	points, rows, names := 0, [][]float64{}, 0.0
	for _, s := range all {
		points = max(points, len(s.Values))
		rows = append(rows, s.Values)
		names = max(names, width(s.Name, 12, 7))
	}
	sums := make([][]float64, len(all)+1)
	sums[0] = make([]float64, points)
	for i, s := range all {
		sums[i+1] = make([]float64, points)
		for j := range points {
			sums[i+1][j] = sums[i][j]
			if j < len(s.Values) && !missing(s.Values[j]) {
				sums[i+1][j] += s.Values[j]
			}
		}
	}
	right := min(names, 200) + 16
	wide, height := orSize(c.Width, 1100), orSize(c.Height, 300)
	p := newPlot(ctx, wide, height, right, c.Span, points, sums)
	p.begin("chart", c.Title, ui.T(ctx, "web.chart.stack", "series", len(all), "points", points), wide, height)
	p.gaps(rows)
	p.axes(c.Span.Start.Add(time.Duration(max(points-1, 0)) * c.Span.Step))
	places := make([]float64, len(all))
	for i := range all {
		p.path("area "+series(i), p.between(sums[i], sums[i+1]))
		if points > 0 {
			places[i] = p.y((sums[i][points-1]+sums[i+1][points-1])/2) + 4
		}
	}
	for i, y := range apart(places, 15, p.top+4, p.top+p.height) {
		p.text("label "+series(i), "start", p.left+p.wide+8, y, cut(all[i].Name, right-8, 12, 7))
	}
	return p.end(w)
}

// between is the closed path between two rows of sums.
func (p *plot) between(low, high []float64) string {
	var b strings.Builder
	for i, v := range high {
		b.WriteString(pen(i == 0) + num(p.x(float64(i))) + " " + num(p.y(v)))
	}
	for i, v := range slices.Backward(low) {
		b.WriteString("L" + num(p.x(float64(i))) + " " + num(p.y(v)))
	}
	return b.String() + "Z"
}

// pen is the command that begins or goes on with a path.
func pen(first bool) string {
	if first {
		return "M"
	}
	return "L"
}

// Columns is one column for each value over time, for counts by day.
type Columns struct {
	Title  string
	Values []float64
	Span   Span
	Width  float64 // pixels; 1100 if zero
	Height float64 // pixels; 220 if zero
}

// Render writes the drawing.
func (c Columns) Render(ctx context.Context, w io.Writer) error {
	wide, height := orSize(c.Width, 1100), orSize(c.Height, 220)
	n := len(c.Values)
	p := newPlot(ctx, wide, height, 16, c.Span, n+1, [][]float64{c.Values})
	_, most, _ := extent([][]float64{c.Values})
	p.begin("chart", c.Title, ui.T(ctx, "web.chart.bars", "points", n, "max", label(p.lang, most, p.step)), wide, height)
	p.axes(c.Span.Start.Add(time.Duration(n) * c.Span.Step))
	gap := min(3, p.wide/float64(max(n, 1))/4)
	for i, v := range c.Values {
		if missing(v) {
			p.rect("gap", p.x(float64(i)), p.top, p.x(float64(i+1))-p.x(float64(i)), p.height, 0)
			continue
		}
		p.rect("bar s1", p.x(float64(i))+gap/2, p.y(max(v, 0)), p.x(float64(i+1))-p.x(float64(i))-gap, math.Abs(p.y(v)-p.y(0)), 0)
	}
	return p.end(w)
}

// Bar is one named value.
type Bar struct {
	Label string
	Value float64
	Href  string // where the value leads, with its language; may be empty
}

// Bars is named values side by side, drawn as lying bars so that long names fit.
type Bars struct {
	Title string
	Items []Bar
	Width float64 // pixels; 640 if zero
}

// The measures of bars in pixels.
const barRow, barThick = 26, 16

// Render writes the drawing.
func (c Bars) Render(ctx context.Context, w io.Writer) error {
	lang := ui.From(ctx).Lang
	names, role, values := 0.0, "img", make([]float64, 0, len(c.Items))
	for _, b := range c.Items {
		names = max(names, width(b.Label, 12, 7))
		values = append(values, b.Value)
		if b.Href != "" {
			role = "group"
		}
	}
	_, most, whole := extent([][]float64{values})
	wide, left := orSize(c.Width, 640), min(names, 240)+12
	room := max(wide-left-70, 1)
	var s svg
	s.start("chart", role, c.Title, ui.T(ctx, "web.chart.bars", "points", len(c.Items), "max", value(lang, most, whole)), wide, float64(len(c.Items))*barRow+8)
	for i, b := range c.Items {
		y, long, words := float64(i)*barRow+4, 0.0, "–"
		if !missing(b.Value) {
			words = value(lang, b.Value, whole)
			if b.Value > 0 {
				long = room * (b.Value / most)
			}
		}
		if b.Href != "" {
			s.WriteString(`<a href="` + html.EscapeString(string(templ.URL(b.Href))) + `">`)
		}
		s.text("value", "end", left-8, y+barThick-3, cut(b.Label, 240, 12, 7))
		s.rect("bar s1", left, y, long, barThick, 0)
		s.text("value", "start", left+long+6, y+barThick-3, words)
		if b.Href != "" {
			s.WriteString("</a>")
		}
	}
	s.path("axis", "M"+num(left)+" 0v"+strconv.Itoa(len(c.Items)*barRow+8))
	return s.end(w)
}
