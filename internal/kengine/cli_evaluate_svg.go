package kengine

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"noroshi.dev/format/dtree"
)

// The picture of a learning curve stands alone, outside the pages and their stylesheet, and its axis is the size of
// the history instead of time; so it is drawn here and carries its own colours.
const (
	curveWide, curveHigh      = 760.0, 420.0
	curveLeft, curveRight     = 64.0, 120.0
	curveTop, curveBottom     = 40.0, 56.0
	curveTree, curveMajor     = "#0b5cad", "#8a5a00"
	curveInk, curveGrid       = "#222222", "#d5d5d5"
	curveFont, curveFontSmall = "15", "12"
)

// curvePicture draws accuracy and majority against the size of the history, on a logarithmic axis; one panel below the other.
func curvePicture(curves []curve) string {
	var b strings.Builder
	high := curveHigh * float64(len(curves))
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" width="%g" height="%g" role="img" font-family="sans-serif">`+"\n", curveWide, high, curveWide, high)
	b.WriteString("<title>学習曲線 / Learning curve</title>\n")
	fmt.Fprintf(&b, `<rect width="%g" height="%g" fill="#ffffff"/>`+"\n", curveWide, high)
	for i, c := range curves {
		fmt.Fprintf(&b, `<g transform="translate(0 %g)">`+"\n", curveHigh*float64(i))
		curvePanel(&b, c)
		b.WriteString("</g>\n")
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func curvePanel(b *strings.Builder, c curve) {
	points := c.Points
	low := 1.0
	for _, p := range points {
		low = min(low, p.Lowest, p.Majority)
	}
	low = math.Floor(low*10) / 10
	first, last := float64(points[0].Cases), float64(points[len(points)-1].Cases)
	for _, p := range points {
		first, last = min(first, float64(p.Cases)), max(last, float64(p.Cases))
	}
	x := func(n int) float64 {
		if last == first {
			return curveLeft
		}
		return curveLeft + (curveWide-curveLeft-curveRight)*math.Log(float64(n)/first)/math.Log(last/first)
	}
	y := func(v float64) float64 {
		return curveHigh - curveBottom - (curveHigh-curveBottom-curveTop)*(v-low)/max(1-low, 0.1)
	}
	label := func(at, px, py float64, anchor, colour, size, text string) {
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="%s" fill="%s" font-size="%s">%s</text>`+"\n", px, py+at, anchor, colour, size, text)
	}
	heading := "正答率と履歴の件数 / Accuracy by number of cases"
	if c.Decision != "" {
		heading += ": " + c.Decision
	}
	label(0, curveLeft, 22, "start", curveInk, curveFont, heading)
	for v := low; v <= 1.0001; v += 0.1 {
		fmt.Fprintf(b, `<path d="M%.1f %.1fH%.1f" stroke="%s"/>`+"\n", curveLeft, y(v), curveWide-curveRight, curveGrid)
		label(4, curveLeft-8, y(v), "end", curveInk, curveFontSmall, fmt.Sprintf("%.0f %%", 100*v))
	}
	for _, p := range points {
		label(0, x(p.Cases), curveHigh-curveBottom+20, "middle", curveInk, curveFontSmall, strconv.Itoa(p.Cases))
		fmt.Fprintf(b, `<path d="M%.1f %.1fV%.1f" stroke="%s" opacity="0.4"/>`+"\n", x(p.Cases), y(p.Lowest), y(p.Highest), curveTree)
		fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>`+"\n", x(p.Cases), y(p.Accuracy), curveTree)
	}
	label(0, (curveWide-curveRight+curveLeft)/2, curveHigh-14, "middle", curveInk, curveFontSmall, "件数 / cases")
	course := func(colour, dash string, value func(dtree.CurvePoint) float64) {
		var d strings.Builder
		for i, p := range points {
			fmt.Fprintf(&d, "%c%.1f %.1f", "ML"[min(i, 1)], x(p.Cases), y(value(p)))
		}
		fmt.Fprintf(b, `<path d="%s" fill="none" stroke="%s" stroke-width="2"%s/>`+"\n", d.String(), colour, dash)
	}
	course(curveTree, "", func(p dtree.CurvePoint) float64 { return p.Accuracy })
	course(curveMajor, ` stroke-dasharray="6 4"`, func(p dtree.CurvePoint) float64 { return p.Majority })
	end := points[len(points)-1]
	above, below := -2.0, 12.0
	if end.Accuracy < end.Majority {
		above, below = below, above
	}
	label(above, x(end.Cases)+8, y(end.Accuracy), "start", curveTree, curveFontSmall, "木 / tree")
	label(below, x(end.Cases)+8, y(end.Majority), "start", curveMajor, curveFontSmall, "多数 / majority")
}
