// Package progress draws a bar for work that takes long, on a terminal only: a
// pipe or a log file never sees one.
package progress

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// redraw is the least time between two pictures of a bar.
const redraw = 100 * time.Millisecond

// width is the number of cells of a bar.
const width = 30

// Bar shows how far a piece of work is. It is safe for concurrent use. A nil
// Bar shows nothing.
type Bar struct {
	mu     sync.Mutex
	out    io.Writer // nil: not a terminal
	now    func() time.Time
	label  string
	total  int64 // 0: not known
	done   int64
	began  time.Time
	drawn  time.Time
	length int
}

// New returns a bar with a label on out for total units, 0 if their number is
// not known. It draws only if out is a terminal.
func New(out io.Writer, label string, total int64) *Bar {
	if f, ok := out.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) {
		out = nil
	}
	return newBar(out, label, total, time.Now)
}

func newBar(out io.Writer, label string, total int64, now func() time.Time) *Bar {
	return &Bar{out: out, label: label, total: total, now: now, began: now()}
}

// Add counts n more units as done.
func (b *Bar) Add(n int64) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done += n
	if b.out != nil && b.now().Sub(b.drawn) >= redraw {
		b.draw()
	}
}

// Total corrects the number of units.
func (b *Bar) Total(n int64) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.total = n
}

// Close removes the bar from the terminal.
func (b *Bar) Close() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.out != nil && b.length > 0 {
		fmt.Fprint(b.out, "\r"+strings.Repeat(" ", b.length)+"\r")
	}
	b.out = nil
}

// Reader returns r, whose bytes are counted as they are read.
func (b *Bar) Reader(r io.Reader) io.Reader { return counted{r, b} }

type counted struct {
	io.Reader
	bar *Bar
}

// Read implements io.Reader.
func (c counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.bar.Add(int64(n))
	return n, err
}

// draw writes one picture over the one before.
func (b *Bar) draw() {
	b.drawn = b.now()
	text := fmt.Sprintf("%s %d", b.label, b.done)
	if b.total > 0 {
		part := min(max(b.done*width/b.total, 0), width)
		text = fmt.Sprintf("%s [%s%s] %3d%%", b.label, strings.Repeat("#", int(part)), strings.Repeat(".", int(width-part)), min(max(b.done*100/b.total, 0), 100))
	}
	if took := b.drawn.Sub(b.began); took > time.Second {
		text += fmt.Sprintf(" %.0f/s", float64(b.done)/took.Seconds())
	}
	pad := max(b.length-len(text), 0)
	b.length = len(text)
	fmt.Fprint(b.out, "\r"+text+strings.Repeat(" ", pad))
}
