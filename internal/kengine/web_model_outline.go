package kengine

import (
	"context"
	"strconv"
	"strings"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/core/web/ui"
	"noroshi.dev/internal/kengine/decide"
)

// nodeKey is the key of a fact's id, for addresses within a page.
func nodeKey(id string) string {
	parsed, err := ssvc.ParseID(id)
	if err != nil {
		return ""
	}
	return parsed.Key
}

// branchID is the id of a place of the outline.
func branchID(node, place string) string {
	if place == "" {
		return "node-" + node
	}
	return "at-" + node + "-" + strings.ReplaceAll(place, ".", "-")
}

func rowID(node string, row int) string { return "row-" + node + "-" + strconv.Itoa(row) }

// outline is one place of the outline: an answer with what it leads to, or the root of a tree.
type outline struct {
	v      *editPage
	node   *modelNode
	place  []int // of the question that the answer belongs to
	answer int   // -1: the root
	of     *decide.Fact
	values []string // of the answer
	last   bool     // no answer comes after it
	branch decide.Branch
	asked  []ssvc.ID // questions on the way here
}

// root is the outline of the tree of a node.
func (v *editPage) root(n *modelNode) outline {
	return outline{v: v, node: n, answer: -1, branch: *n.tree}
}

// here is the place of what the answer leads to.
func (o *outline) here() []int {
	if o.answer < 0 {
		return nil
	}
	return append(append([]int{}, o.place...), o.answer)
}

func (o *outline) id() string { return branchID(o.node.key, PlaceText(o.here())) }

// fact is the question that is asked here.
func (o *outline) fact() *decide.Fact {
	if at := o.v.Model.Fact(o.branch.Ask); at >= 0 {
		return &o.v.Model.Facts[at]
	}
	return &decide.Fact{ID: o.branch.Ask}
}

// answers are the outlines of the answers to the question that is asked here.
func (o *outline) answers() []outline {
	f := o.fact()
	var named []string
	for _, a := range o.branch.Answers {
		named = append(named, a.Values...)
	}
	out := make([]outline, 0, len(o.branch.Answers))
	for i, a := range o.branch.Answers {
		values := a.Values
		if len(values) == 0 {
			values = others(f, named)
		}
		out = append(out, outline{
			v: o.v, node: o.node, place: o.here(), answer: i, of: f, values: values, last: i == len(o.branch.Answers)-1,
			branch: a.Then, asked: append(append([]ssvc.ID{}, o.asked...), o.branch.Ask),
		})
	}
	return out
}

// others are the values of a fact that no answer names.
func others(f *decide.Fact, named []string) []string {
	var out []string
	for _, v := range f.Values {
		used := false
		for _, n := range named {
			used = used || n == v.Key
		}
		if !used {
			out = append(out, v.Key)
		}
	}
	return out
}

// words are the values of the answer.
func (o *outline) words(ctx context.Context) string {
	names := make([]string, len(o.values))
	for i, key := range o.values {
		names[i] = valueName(ctx, o.of, key)
	}
	return strings.Join(names, ui.T(ctx, "kengine.word.or"))
}

// outcomes are the outcomes as choices.
func (o *outline) outcomes(ctx context.Context) []ui.Option {
	return valueOptions(ctx, &o.node.fact, o.branch.Outcome)
}

func valueOptions(ctx context.Context, f *decide.Fact, chosen string) []ui.Option {
	out := make([]ui.Option, len(f.Values))
	for i, v := range f.Values {
		out[i] = ui.Option{Value: v.Key, Label: orDefault(say(ctx, v.Name), v.Key), Chosen: v.Key == chosen}
	}
	return out
}

// questions are the facts that can be asked here: those that are not asked on the way.
func (o *outline) questions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for i := range o.v.Model.Facts {
		f := &o.v.Model.Facts[i]
		asked := f.ID == o.branch.Ask || f.ID.String() == o.node.id
		for _, id := range o.asked {
			asked = asked || id == f.ID
		}
		if !asked {
			out = append(out, ui.Option{Value: f.ID.String(), Label: factTitle(ctx, f)})
		}
	}
	return out
}

// unread are the facts that a table does not look at, as choices.
func (v *editPage) unread(ctx context.Context, n *modelNode) []ui.Option {
	var out []ui.Option
	for i := range v.Model.Facts {
		f := &v.Model.Facts[i]
		used := f.ID.String() == n.id
		for j := range n.inputs {
			used = used || n.inputs[j].ID == f.ID
		}
		if !used {
			out = append(out, ui.Option{Value: f.ID.String(), Label: factTitle(ctx, f)})
		}
	}
	return out
}

// inputs are the facts that no node decides.
func (v *editPage) inputs() []decide.Fact {
	var out []decide.Fact
	for _, f := range v.Model.Facts {
		if v.Model.Node(f.ID) < 0 {
			out = append(out, f)
		}
	}
	return out
}

// action is the action of an outcome, the zero one where there is none.
func action(d *decide.Decision, outcome string) decide.Action {
	a, ok := d.Action(outcome)
	if !ok {
		a.Outcome, a.Mark, a.Due.Kind = outcome, decide.None, decide.DueNone
	}
	return a
}

// markOptions are the priorities as choices.
func markOptions(ctx context.Context, chosen decide.Mark) []ui.Option {
	var out []ui.Option
	for _, m := range []decide.Mark{decide.Now, decide.Soon, decide.Plan, decide.None} {
		out = append(out, ui.Option{Value: string(m), Label: markWord(ctx, m), Chosen: m == chosen})
	}
	return out
}

// defaultOptions are the values of a fact, those of its default chosen.
func defaultOptions(ctx context.Context, f *decide.Fact) []ui.Option {
	out := make([]ui.Option, len(f.Values))
	for i, v := range f.Values {
		out[i] = ui.Option{Value: v.Key, Label: orDefault(say(ctx, v.Name), v.Key), Hint: say(ctx, v.Definition)}
		if f.Default != nil {
			for _, key := range f.Default.Values {
				out[i].Chosen = out[i].Chosen || key == v.Key
			}
		}
	}
	return out
}

func whyOf(f *decide.Fact) decide.Text {
	if f.Default == nil {
		return decide.Text{}
	}
	return f.Default.Why
}

// previewWords say how many reports the draft would decide otherwise.
func previewWords(ctx context.Context, v *editPage) string {
	if v.impact.From == nil {
		return ui.T(ctx, "kengine.model.edit.preview_first", "n", v.impact.Reports)
	}
	return ui.T(ctx, "kengine.model.edit.preview", "n", v.impact.changed(), "of", v.impact.Reports)
}

// answerOptions are the values of an answer as choices.
func answerOptions(ctx context.Context, o *outline) []ui.Option {
	out := make([]ui.Option, len(o.values))
	for i, key := range o.values {
		out[i] = ui.Option{Value: key, Label: valueName(ctx, o.of, key)}
	}
	return out
}

// textTabs are the parts of the editor, the text chosen.
func textTabs(ctx context.Context, v *textPage) []ui.Tab {
	tabs := editTabs(ctx, &editPage{modelPage: v.modelPage})
	tabs[len(tabs)-1].Current = true
	return tabs
}
