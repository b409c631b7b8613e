package chart

import (
	"context"
	"html"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"noroshi.dev/internal/core/web/ui"
)

// MaxSeries is how many series one drawing shows.
const MaxSeries = 6

// svg builds one drawing.
type svg struct {
	strings.Builder
}

// begin writes the head of a drawing of a class with its title and description.
func (s *svg) begin(class, title, desc string, width, height float64) {
	s.start(class, "img", title, desc, width, height)
}

// start is begin with a role: the parts of an "img" are hidden from those who do
// not see it, so that a drawing with links is a "group".
func (s *svg) start(class, role, title, desc string, width, height float64) {
	s.WriteString(`<svg class="` + class + `" role="` + role + `" width="` + num(width) + `" height="` + num(height) +
		`" viewBox="0 0 ` + num(width) + ` ` + num(height) + `"><title>` + html.EscapeString(title) + `</title>`)
	if desc != "" {
		s.WriteString(`<desc>` + html.EscapeString(desc) + `</desc>`)
	}
}

// path writes a path of a class.
func (s *svg) path(class, d string) {
	s.WriteString(`<path class="` + class + `" d="` + d + `"/>`)
}

// rect writes a box of a class; r is the radius of its corners.
func (s *svg) rect(class string, x, y, w, h, r float64) {
	s.WriteString("<rect")
	if class != "" {
		s.WriteString(` class="` + class + `"`)
	}
	s.WriteString(` x="` + num(x) + `" y="` + num(y) + `" width="` + num(w) + `" height="` + num(h) + `"`)
	if r > 0 {
		s.WriteString(` rx="` + num(r) + `"`)
	}
	s.WriteString("/>")
}

// dot writes the place of one value.
func (s *svg) dot(class string, x, y float64) {
	s.WriteString(`<circle class="bar ` + class + ` spot" cx="` + num(x) + `" cy="` + num(y) + `" r="2"/>`)
}

// text writes words of a class; anchor is "start", "middle" or "end".
func (s *svg) text(class, anchor string, x, y float64, words string) {
	s.WriteString(`<text class="` + class + `" x="` + num(x) + `" y="` + num(y) + `"`)
	if anchor != "" && anchor != "start" {
		s.WriteString(` text-anchor="` + anchor + `"`)
	}
	s.WriteString(">" + html.EscapeString(words) + "</text>")
}

// end writes the whole drawing to w.
func (s *svg) end(w io.Writer) error {
	s.WriteString("</svg>")
	_, err := io.WriteString(w, s.String())
	return err
}

// num is a coordinate with at most one digit after the point.
func num(v float64) string {
	return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
}

// series is the class of series i, from 0.
func series(i int) string { return "s" + strconv.Itoa(i%MaxSeries+1) }

// width is about how wide words are in pixels at 12 px: a CJK character counts
// cjk, others latin.
func width(words string, cjk, latin float64) float64 {
	w := 0.0
	for _, r := range words {
		if r >= 0x1100 {
			w += cjk
		} else {
			w += latin
		}
	}
	return w
}

// cut shortens words to a width in pixels, with an ellipsis.
func cut(words string, most, cjk, latin float64) string {
	if width(words, cjk, latin) <= most {
		return words
	}
	out, w := []rune{}, width("…", cjk, latin)
	for _, r := range words {
		step := latin
		if r >= 0x1100 {
			step = cjk
		}
		if w+step > most {
			break
		}
		out, w = append(out, r), w+step
	}
	return string(out) + "…"
}

// Figure is a drawing with its caption and the link to its data.
type Figure struct {
	Chart   templ.Component
	Caption string
	Data    string // address of the data, with its language; empty: no link
	Scroll  string // name of a drawing that keeps its size on a phone and scrolls
}

// Render writes the figure.
func (f Figure) Render(ctx context.Context, w io.Writer) error {
	if f.Scroll != "" {
		if _, err := io.WriteString(w, `<figure><div class="scroll" role="group" tabindex="0" aria-label="`+html.EscapeString(f.Scroll)+`">`); err != nil {
			return err
		}
	} else if _, err := io.WriteString(w, "<figure>"); err != nil {
		return err
	}
	if err := f.Chart.Render(ctx, w); err != nil {
		return err
	}
	end := "<figcaption>" + html.EscapeString(f.Caption)
	if f.Data != "" {
		end += ` <a href="` + html.EscapeString(string(templ.URL(f.Data))) + `">` + html.EscapeString(ui.T(ctx, "web.chart.data")) + "</a>"
	}
	if f.Scroll != "" {
		end = "</div>" + end
	}
	_, err := io.WriteString(w, end+"</figcaption></figure>")
	return err
}
