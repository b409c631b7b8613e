package chart

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/web/ui"
)

// Series is one row of values; NaN is a gap.
type Series struct {
	Name   string
	Values []float64
}

// Span is the time axis of a drawing: value i was measured from Start + i*Step.
type Span struct {
	Start time.Time
	Step  time.Duration
}

// Moment is a vertical line with its words, for example the end of an embargo.
type Moment struct {
	At   time.Time
	Text string
}

// limited returns at most MaxSeries series: the largest by sum in their order, and
// the sum of the rest under the name others.
func limited(all []Series, others string) []Series {
	if len(all) <= MaxSeries {
		return all
	}
	order := make([]int, len(all))
	for i := range all {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(total(all[b]), total(all[a])) })
	kept, rest := order[:MaxSeries-1], order[MaxSeries-1:]
	slices.Sort(kept)
	out := make([]Series, 0, MaxSeries)
	for _, i := range kept {
		out = append(out, all[i])
	}
	sum := Series{Name: others}
	for _, i := range rest {
		sum.Values = added(sum.Values, all[i].Values)
	}
	return append(out, sum)
}

// total is the sum of a series, its gaps left out.
func total(s Series) float64 {
	t := 0.0
	for _, v := range s.Values {
		if !missing(v) {
			t += v
		}
	}
	return t
}

// added is the sum of two rows; a gap in both stays one.
func added(a, b []float64) []float64 {
	out := slices.Clone(a)
	for i, v := range b {
		if i == len(out) {
			out = append(out, math.NaN())
		}
		switch {
		case missing(out[i]):
			out[i] = v
		case !missing(v):
			out[i] += v
		}
	}
	return out
}

// plot is the area between the axes and the words around it.
type plot struct {
	svg
	lang                    i18n.Lang
	zone                    *time.Location
	left, top, wide, height float64 // of the area
	span                    Span
	points                  int
	least, most, step       float64
}

// The space around the area of a plot in pixels.
const (
	spaceLeft, spaceTop, spaceBottom = 52, 12, 28
)

// newPlot starts a plot of all drawn values on a page of w by h pixels.
func newPlot(ctx context.Context, w, h, spaceRight float64, span Span, points int, all [][]float64) *plot {
	r := ui.From(ctx)
	least, most, whole := extent(all)
	s := step(most-least, whole)
	least, most = math.Floor(least/s+1e-9)*s, math.Ceil(most/s-1e-9)*s
	if most == least {
		most = s
	}
	zone := r.Zone
	if zone == nil {
		zone = time.UTC
	}
	return &plot{
		lang: r.Lang, zone: zone, left: spaceLeft, top: spaceTop, wide: max(w-spaceLeft-spaceRight, 1),
		height: max(h-spaceTop-spaceBottom, 1), span: span, points: points, step: s, least: least, most: most,
	}
}

// x is the place of value i, which may lie between two.
func (p *plot) x(i float64) float64 {
	return p.left + p.wide*i/float64(max(p.points-1, 1))
}

// y is the place of a value.
func (p *plot) y(v float64) float64 { return p.top + p.height*(p.most-v)/(p.most-p.least) }

// at is the place of a time.
func (p *plot) at(t time.Time) float64 {
	return p.x(float64(t.Sub(p.span.Start)) / float64(p.span.Step))
}

// axes draws the grid, the base line and the words of both axes.
func (p *plot) axes(end time.Time) {
	var grid strings.Builder
	low, high := int(math.Round(p.least/p.step)), int(math.Round(p.most/p.step))
	for i := low; i <= high; i++ {
		if i != 0 {
			grid.WriteString("M" + num(p.left) + " " + num(p.y(float64(i)*p.step)) + "h" + num(p.wide))
		}
	}
	p.path("grid", grid.String())
	for i := low; i <= high; i++ {
		v := float64(i) * p.step
		p.text("tick", "end", p.left-8, p.y(v)+4, label(p.lang, v, p.step))
	}
	p.path("axis", "M"+num(p.left)+" "+num(p.y(0))+"h"+num(p.wide))
	if p.span.Step <= 0 {
		return
	}
	for _, t := range ticks(p.lang, p.span.Start, end, p.zone) {
		if x := p.at(t.at); x <= p.left+p.wide+1 {
			p.text("tick", "middle", x, p.top+p.height+18, t.text)
		}
	}
}

// moments draws vertical lines with their words.
func (p *plot) moments(all []Moment) {
	if p.span.Step <= 0 {
		return // without a scale no time has a place
	}
	for _, m := range all {
		x := p.at(m.At)
		if x < p.left || x > p.left+p.wide {
			continue
		}
		p.path("embargo", "M"+num(x)+" "+num(p.top)+"v"+num(p.height))
		p.text("tick", "end", x-4, p.top+10, m.Text)
	}
}

// apart moves places so that none is nearer than gap to the next, within lo and hi,
// and keeps their order.
func apart(places []float64, gap, lo, hi float64) []float64 {
	order := make([]int, len(places))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(places[a], places[b]) })
	out := slices.Clone(places)
	last := lo - gap
	for _, i := range order {
		out[i] = max(out[i], last+gap)
		last = out[i]
	}
	last = hi + gap
	for _, i := range slices.Backward(order) {
		out[i] = min(out[i], last-gap)
		last = out[i]
	}
	return out
}
