package kengine

import (
	"bytes"
	"context"
	"io"
	"strconv"
	"strings"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/core/web/chart"
	"noroshi.dev/internal/core/web/ui"
	"noroshi.dev/internal/kengine/decide"
)

func orDefault(s, instead string) string {
	if s == "" {
		return instead
	}
	return s
}

func bytesReader(b []byte) io.Reader { return bytes.NewReader(b) }

// statusKind is the weight of the state of a version.
func statusKind(s decide.Status) ui.Kind {
	switch s {
	case decide.Active:
		return ui.Good
	case decide.Draft:
		return ui.Open
	case decide.Retired:
		return ui.Unknown
	}
	return ui.Unknown
}

func versionStatus(ctx context.Context, s decide.Status) string {
	return ui.T(ctx, "kengine.model.status."+string(s))
}

// markWord is the word of the priority that an outcome gives.
func markWord(ctx context.Context, m decide.Mark) string {
	if m == "" {
		m = decide.None
	}
	return ui.T(ctx, "kengine.model.mark."+string(m))
}

func markKind(m decide.Mark) ui.Kind {
	if m == "" {
		return ui.None
	}
	return ui.Kind(m)
}

// dueWords says a due rule in words.
func dueWords(ctx context.Context, d decide.Due) string {
	switch {
	case d.Kind == decide.DueNextUpgrade:
		return ui.T(ctx, "kengine.model.due.next_upgrade")
	case d.Kind != decide.DueWithin:
		return ui.T(ctx, "kengine.model.due.none")
	case d.Hours%24 == 0:
		return ui.T(ctx, "kengine.model.due.days", "n", d.Hours/24)
	}
	return ui.T(ctx, "kengine.model.due.hours", "n", d.Hours)
}

// originWords says what a version began as.
func originWords(ctx context.Context, origin string) string {
	kind, of, _ := strings.Cut(origin, ":")
	switch kind {
	case "builtin", "file", "learned":
		return ui.T(ctx, "kengine.model.origin."+kind, "name", of)
	case "copy", "simplified":
		return ui.T(ctx, "kengine.model.origin."+kind)
	}
	return "—"
}

// modelNode is one node of a model as its pages show it.
type modelNode struct {
	key    string // of the decided fact, for addresses
	id     string
	fact   decide.Fact
	source string
	inputs []decide.Fact
	tree   *decide.Branch
	view   *decide.View
	rows   []decide.Row // of a table, or of a tree written out
	from   int          // first row shown
	open   bool         // the table is unfolded
}

// shownRows is how many rows of a table a page shows.
const shownRows = 60

func newNode(m *ModelView, i int, view *decide.View) modelNode {
	n := m.Model.Nodes[i]
	out := modelNode{key: n.Outcome.Key, id: n.Outcome.String(), source: n.Source, tree: n.Tree, view: view}
	if at := m.Model.Fact(n.Outcome); at >= 0 {
		out.fact = m.Model.Facts[at]
	}
	table := n.Table
	if table == nil {
		if flat, err := m.Model.Flatten(n); err == nil {
			table = &flat // one that is too large is shown as a tree only
		}
	}
	if table == nil {
		return out
	}
	out.rows = table.Rows
	for _, id := range table.Inputs {
		f := decide.Fact{ID: id, Name: decide.Text{EN: id.Key, JA: id.Key}}
		if at := m.Model.Fact(id); at >= 0 {
			f = m.Model.Facts[at]
		}
		out.inputs = append(out.inputs, f)
	}
	return out
}

// page unfolds the table from a row on.
func (n *modelNode) page(from int) {
	n.open = true
	if from > 0 && from < len(n.rows) {
		n.from = from - from%shownRows
	}
}

// shown are the rows of the part.
func (n *modelNode) shown() []decide.Row { return n.rows[n.from:min(n.from+shownRows, len(n.rows))] }

// valueName is what a value of a fact is called.
func valueName(ctx context.Context, f *decide.Fact, key string) string {
	if i := f.Index(key); i >= 0 {
		return orDefault(say(ctx, f.Values[i].Name), key)
	}
	return key
}

func factTitle(ctx context.Context, f *decide.Fact) string {
	return orDefault(say(ctx, f.Name), f.ID.Key)
}

// maxDrawn is up to how many leaves a tree is drawn; a larger one says nothing to the eye.
const maxDrawn = 60

// drawing is the tree of the node; nil where there is none to look at.
func (n *modelNode) drawing(ctx context.Context, counted bool) *chart.Tree {
	if n.view == nil || n.view.Leaves > maxDrawn {
		return nil
	}
	return &chart.Tree{Title: factTitle(ctx, &n.fact), Root: drawn(ctx, n.view, n.view.Root, counted)}
}

func drawn(ctx context.Context, v *decide.View, n *decide.ViewNode, counted bool) chart.Node {
	lang := string(ui.From(ctx).Lang)
	out := chart.Node{Seen: -1, Changed: n.Changed}
	if counted {
		out.Seen = n.Count
	}
	if n.Fact == nil {
		out.Text = v.Outcome.Words(n.Result, lang)
		return out
	}
	out.Text = factTitle(ctx, n.Fact)
	for i, a := range n.Answers {
		out.Branches = append(out.Branches, chart.Branch{Answer: n.Label(i, lang), To: drawn(ctx, v, a.To, counted)})
	}
	return out
}

// importance are the inputs of a decision by how much they mean; nil where that cannot be told.
func (v *modelPage) importance(ctx context.Context, decision int) []chart.Bar {
	if v.Compiled == nil {
		return nil
	}
	list, ok := v.Compiled.Importance(decision)
	if !ok {
		return nil
	}
	return v.bars(ctx, list)
}

// bars are facts by how much they mean, in percent.
func (v *ModelView) bars(ctx context.Context, list []decide.Importance) []chart.Bar {
	bars := make([]chart.Bar, 0, len(list))
	for _, i := range list {
		bars = append(bars, chart.Bar{Label: v.factCalled(ctx, i.Fact), Value: float64(int(i.Changes*1000+.5)) / 10})
	}
	return bars
}

// factCalled is what a fact of the model is called.
func (v *ModelView) factCalled(ctx context.Context, id ssvc.ID) string {
	if at := v.Model.Fact(id); at >= 0 {
		return factTitle(ctx, &v.Model.Facts[at])
	}
	return id.String()
}

// outcomeFact is the fact that a decision exposes.
func (v *modelPage) outcomeFact(d *decide.Decision) *decide.Fact {
	if at := v.Model.Fact(d.Outcome); at >= 0 {
		return &v.Model.Facts[at]
	}
	return &decide.Fact{ID: d.Outcome}
}

// defaults are the facts that have a default.
func (v *modelPage) defaults() []decide.Fact {
	var out []decide.Fact
	for _, f := range v.Model.Facts {
		if f.Default != nil {
			out = append(out, f)
		}
	}
	return out
}

// severityOfFinding is the weight of a finding.
func severityOfFinding(s decide.Severity) ui.Kind {
	if s == decide.Warning {
		return ui.Open
	}
	return ui.Bad
}

// versionWords is the number of a version in words.
func versionWords(ctx context.Context, n int64) string {
	return ui.T(ctx, "kengine.model.version", "n", strconv.FormatInt(n, 10))
}
