package chart

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strconv"

	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/web/ui"
)

// Spark is a small line without axes beside a number.
type Spark struct {
	Title  string
	Values []float64
}

// The size of a sparkline in pixels.
const sparkWide, sparkHigh = 120.0, 24.0

// Render writes the drawing.
func (c Spark) Render(ctx context.Context, w io.Writer) error {
	lang := ui.From(ctx).Lang
	least, most, whole := extent([][]float64{c.Values})
	p := &plot{left: 2, top: 3, wide: sparkWide - 6, height: sparkHigh - 6, points: len(c.Values), least: least, most: most}
	if most == least {
		p.most = 1
	}
	at := lastAt(c.Values)
	last := "–"
	if at >= 0 {
		last = value(lang, c.Values[at], whole)
	}
	p.begin("chart spark", c.Title, ui.T(ctx, "web.chart.spark", "points", len(c.Values), "last", last, "max", value(lang, most, whole)), sparkWide, sparkHigh)
	p.path("line s1", p.stroke(c.Values))
	if at >= 0 {
		p.dot("s1", p.x(float64(at)), p.y(c.Values[at]))
	}
	return p.end(w)
}

// value writes a value: without a point if all are whole.
func value(l i18n.Lang, v float64, whole bool) string {
	if whole {
		return i18n.Decimal(l, v, 0)
	}
	return i18n.Decimal(l, v, 1)
}

// Heat is a strip of shades, for example hours by weekdays. Shades are the
// quintiles of the values above zero; zero has a shade of its own.
type Heat struct {
	Title   string
	Rows    []string // names, from the top; Monday first
	Columns []string // names, from the left; empty ones are not written
	Values  [][]float64
}

// The measures of a heat strip in pixels.
const heatCell, heatTop = 22.0, 18.0

// Render writes the drawing.
func (c Heat) Render(ctx context.Context, w io.Writer) error {
	lang := ui.From(ctx).Lang
	left := 0.0
	for _, n := range c.Rows {
		left = max(left, width(n, 12, 7)+8)
	}
	_, most, _ := extent(c.Values)
	bounds := quintiles(c.Values)
	var s svg
	s.begin("chart", c.Title, ui.T(ctx, "web.chart.heat", "rows", len(c.Rows), "columns", len(c.Columns), "max", i18n.Decimal(lang, most, 0)),
		left+float64(len(c.Columns))*heatCell, heatTop+float64(len(c.Rows))*heatCell)
	for j, name := range c.Columns {
		s.text("tick", "middle", left+(float64(j)+.5)*heatCell, heatTop-6, name)
	}
	for i, name := range c.Rows {
		y := heatTop + float64(i)*heatCell
		s.text("tick", "end", left-6, y+heatCell/2+4, name)
		for j := range c.Columns {
			if i < len(c.Values) && j < len(c.Values[i]) && !missing(c.Values[i][j]) {
				s.rect("cell "+shade(c.Values[i][j], bounds), left+float64(j)*heatCell, y, heatCell, heatCell, 0)
			} else {
				s.rect("cell gap", left+float64(j)*heatCell, y, heatCell, heatCell, 0)
			}
		}
	}
	return s.end(w)
}

// quintiles are the lower bounds of the shades 2 to 5 among values above zero.
func quintiles(all [][]float64) []float64 {
	var seen []float64
	for _, row := range all {
		for _, v := range row {
			if v > 0 && !missing(v) {
				seen = append(seen, v)
			}
		}
	}
	slices.SortFunc(seen, cmp.Compare[float64])
	if len(seen) == 0 {
		return nil
	}
	out := make([]float64, 0, 4)
	for i := 1; i < 5; i++ {
		out = append(out, seen[min(i*len(seen)/5, len(seen)-1)])
	}
	return out
}

// shade is the class of a value.
func shade(v float64, bounds []float64) string {
	if v <= 0 {
		return "q0"
	}
	n := 1
	for _, b := range bounds {
		if v >= b {
			n++
		}
	}
	return "q" + strconv.Itoa(min(n, 5))
}
