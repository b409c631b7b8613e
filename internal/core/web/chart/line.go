package chart

import (
	"context"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"noroshi.dev/internal/core/web/ui"
)

// Line is a line chart over time. Every peak is kept: in each pixel column the
// line goes from the smallest to the largest value there.
type Line struct {
	Title   string
	Series  []Series
	Span    Span
	Width   float64 // pixels; 1100 if zero
	Height  float64 // pixels; 340 if zero
	Moments []Moment
}

// orSize is v, or instead if v is not set.
func orSize(v, instead float64) float64 {
	if v <= 0 {
		return instead
	}
	return v
}

// Render writes the drawing.
func (c Line) Render(ctx context.Context, w io.Writer) error {
	all := limited(c.Series, ui.T(ctx, "web.chart.others"))
	points, rows, names := 0, [][]float64{}, 0.0
	for _, s := range all {
		points = max(points, len(s.Values))
		rows = append(rows, s.Values)
		names = max(names, width(s.Name, 12, 7))
	}
	right := min(names, 200) + 16
	width, height := orSize(c.Width, 1100), orSize(c.Height, 340)
	p := newPlot(ctx, width, height, right, c.Span, points, rows)
	p.begin("chart", c.Title, ui.T(ctx, "web.chart.line", "series", len(all), "points", points), width, height)
	p.gaps(rows)
	p.axes(c.Span.Start.Add(time.Duration(max(points-1, 0)) * c.Span.Step))
	for i, s := range all {
		p.course(series(i), s.Values)
	}
	p.names(all, right)
	p.moments(c.Moments)
	return p.end(w)
}

// names writes the name of each line at its end, pushed apart.
func (p *plot) names(all []Series, right float64) {
	places := make([]float64, len(all))
	for i, s := range all {
		places[i] = p.y(0) + 4
		if at := lastAt(s.Values); at >= 0 {
			places[i] = p.y(s.Values[at]) + 4
		}
	}
	for i, y := range apart(places, 15, p.top+4, p.top+p.height) {
		p.text("label "+series(i), "start", p.left+p.wide+8, y, cut(all[i].Name, right-8, 12, 7))
	}
}

// lastAt is the place of the last value that is no gap, -1 of none.
func lastAt(values []float64) int {
	for i, v := range slices.Backward(values) {
		if !missing(v) {
			return i
		}
	}
	return -1
}

// gaps draws a soft band where no series has a value.
func (p *plot) gaps(rows [][]float64) {
	from := -1
	for i := 0; i <= p.points; i++ {
		hole := i < p.points
		for _, r := range rows {
			hole = hole && (i >= len(r) || missing(r[i]))
		}
		switch {
		case hole && from < 0:
			from = i
		case !hole && from >= 0:
			x0, x1 := p.x(float64(max(from-1, 0))), p.x(float64(min(i, p.points-1)))
			p.rect("gap", x0, p.top, x1-x0, p.height, 0)
			from = -1
		}
	}
}

// course draws one series: its line, and a dot for each value that stands alone
// between gaps, of which a line would show nothing.
func (p *plot) course(class string, values []float64) {
	p.path("line "+class, p.stroke(values))
	alone := func(i int) bool { return i < 0 || i >= len(values) || missing(values[i]) }
	for i, v := range values {
		if !missing(v) && alone(i-1) && alone(i+1) {
			p.dot(class, p.x(float64(i)), p.y(v))
		}
	}
}

// stroke is the path of one series: through every point, or where points are
// denser than pixels through first, smallest, largest and last of each column.
func (p *plot) stroke(values []float64) string {
	var b strings.Builder
	pen, column := false, math.Inf(-1)
	var first, lo, hi, last float64
	flush := func() {
		if math.IsInf(column, -1) {
			return
		}
		x := num(column)
		if !pen {
			b.WriteString("M" + x + " " + num(p.y(first)))
		} else {
			b.WriteString("L" + x + " " + num(p.y(first)))
		}
		pen = true
		for _, v := range []float64{lo, hi, last} {
			if v != first || v != last {
				b.WriteString("V" + num(p.y(v)))
			}
		}
		column = math.Inf(-1)
	}
	dense := float64(len(values)) > p.wide
	for i, v := range values {
		if missing(v) {
			flush()
			pen = false
			continue
		}
		x := p.x(float64(i))
		if dense {
			x = math.Round(x)
		}
		if x != column {
			flush()
			column, first, lo, hi = x, v, v, v
		}
		lo, hi, last = min(lo, v), max(hi, v), v
	}
	flush()
	return b.String()
}
