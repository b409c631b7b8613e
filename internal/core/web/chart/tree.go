package chart

import (
	"context"
	"html"
	"io"
	"strings"

	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/web/ui"
)

// MaxLevels is how many questions deep a tree is drawn; what is below is folded
// into one box that says how much it is.
const MaxLevels = 6

// Node is a question or, without branches, an outcome of a decision tree.
type Node struct {
	Text     string
	Seen     int // past decisions that came here; below zero: not shown
	Taken    bool
	Changed  bool
	Branches []Branch
}

// Branch is an answer and where it leads.
type Branch struct {
	Answer string
	To     Node
}

// Tree is a decision tree from left to right with the path taken.
type Tree struct {
	Title string
	Root  Node
}

// The measures of a tree in pixels.
const (
	leafGap  = 46.0
	nodeHigh = 30.0
	nodeWide = 150.0
	nodeMost = 260.0
	treeEdge = 8.0
)

// placed is a node with its place.
type placed struct {
	Node
	level    int
	y        float64 // middle
	answer   string
	children []*placed
}

// Render writes the drawing; what is taken lies above the rest.
func (c Tree) Render(ctx context.Context, w io.Writer) error {
	t := treeLayout{fold: func(n int) string { return ui.T(ctx, "web.chart.folded", "n", n) }}
	root := t.place(c.Root, "", 0)
	xs := t.columns()
	nodes, leaves := count(c.Root)
	var s svg
	s.begin("tree", c.Title, ui.T(ctx, "web.chart.tree", "nodes", nodes, "leaves", leaves), xs[len(xs)-1]+t.wide[len(t.wide)-1]+treeEdge, t.next-leafGap/2+nodeHigh/2+treeEdge)
	for _, taken := range []bool{false, true} {
		t.branches(&s, root, xs, taken)
	}
	t.nodes(&s, root, xs, ui.From(ctx).Lang)
	return s.end(w)
}

// count returns the questions and outcomes below n.
func count(n Node) (nodes, leaves int) {
	if len(n.Branches) == 0 {
		return 0, 1
	}
	nodes = 1
	for _, b := range n.Branches {
		m, l := count(b.To)
		nodes, leaves = nodes+m, leaves+l
	}
	return nodes, leaves
}

// treeLayout finds the places of nodes.
type treeLayout struct {
	next float64   // y of the next leaf's middle
	wide []float64 // of the nodes of each level
	gap  []float64 // before each level, from its widest answer
	fold func(n int) string
}

// place puts leaves at even distances and parents into the middle of theirs.
func (t *treeLayout) place(n Node, answer string, level int) *placed {
	if level == MaxLevels && len(n.Branches) > 0 {
		_, leaves := count(n)
		n = Node{Text: t.fold(leaves), Seen: n.Seen, Taken: n.Taken, Changed: n.Changed}
	}
	if level == len(t.wide) {
		t.wide, t.gap = append(t.wide, nodeWide), append(t.gap, 0)
	}
	p := &placed{Node: n, level: level, answer: answer}
	t.wide[level] = max(t.wide[level], min(nodeMost, width(n.Text, 13, 7.5)+seenWidth(n)+20))
	if level > 0 {
		t.gap[level] = max(t.gap[level], width(answer, 12, 7)+60)
	}
	for _, b := range n.Branches {
		p.children = append(p.children, t.place(b.To, b.Answer, level+1))
	}
	if len(p.children) == 0 {
		if t.next == 0 {
			t.next = treeEdge + nodeHigh/2
		}
		p.y = t.next
		t.next += leafGap
	} else {
		p.y = (p.children[0].y + p.children[len(p.children)-1].y) / 2
	}
	return p
}

// seenWidth is the room for the count of a node.
func seenWidth(n Node) float64 {
	if n.Seen < 0 {
		return 0
	}
	return width(i18n.Number(i18n.EN, n.Seen), 11, 7) + 12
}

// columns are the left edges of the levels.
func (t *treeLayout) columns() []float64 {
	xs := []float64{treeEdge}
	for i := 1; i < len(t.wide); i++ {
		xs = append(xs, xs[i-1]+t.wide[i-1]+t.gap[i])
	}
	return xs
}

// branches draws the lines that are taken, or those that are not.
func (t *treeLayout) branches(s *svg, p *placed, xs []float64, taken bool) {
	for _, c := range p.children {
		x0, x1 := xs[p.level]+t.wide[p.level], xs[c.level]
		on := p.Taken && c.Taken
		if on == taken {
			class := ""
			if on {
				class = " taken"
			}
			s.path("branch"+class, "M"+num(x0)+" "+num(p.y)+"C"+num(x0+22)+" "+num(p.y)+" "+num(x0+18)+" "+num(c.y)+" "+num(x0+40)+" "+num(c.y)+"H"+num(x1))
			s.text("answer"+class, "end", x1-6, c.y-6, c.answer)
		}
		t.branches(s, c, xs, taken)
	}
}

// nodes draws the boxes.
func (t *treeLayout) nodes(s *svg, p *placed, xs []float64, lang i18n.Lang) {
	class := []string{"node"}
	if len(p.children) == 0 {
		class = append(class, "leaf")
	}
	if p.Taken {
		class = append(class, "taken")
	}
	if p.Changed {
		class = append(class, "changed")
	}
	x, wide := xs[p.level], t.wide[p.level]
	s.WriteString(`<g class="` + strings.Join(class, " ") + `">`)
	s.rect("", x, p.y-nodeHigh/2, wide, nodeHigh, 5)
	shown := cut(p.Text, wide-20-seenWidth(p.Node), 13, 7.5)
	if shown != p.Text {
		s.WriteString("<title>" + html.EscapeString(p.Text) + "</title>")
	}
	s.WriteString(`<text x="` + num(x+10) + `" y="` + num(p.y+5) + `">` + html.EscapeString(shown) + "</text>")
	if p.Seen >= 0 {
		s.text("seen", "end", x+wide-8, p.y+4, i18n.Number(lang, p.Seen))
	}
	s.WriteString("</g>")
	for _, c := range p.children {
		t.nodes(s, c, xs, lang)
	}
}
