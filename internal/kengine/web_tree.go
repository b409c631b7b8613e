package kengine

import (
	"context"
	"strings"
	"time"

	"noroshi.dev/internal/core/web/chart"
	"noroshi.dev/internal/core/web/ui"
	"noroshi.dev/internal/kengine/decide"
)

// maxLeaves is up to how many outcomes a tree is drawn; a larger one says nothing to the eye.
const maxLeaves = 48

// treeOf draws the node behind a decision with the places that a report can come to, and how many past rulings
// came to each; nil where it is too large to be drawn.
func treeOf(v *Support, name decide.Text, lang string) *chart.Tree {
	if v.Tree == nil || v.Tree.Leaves > maxLeaves {
		return nil
	}
	return &chart.Tree{Title: name.In(lang), Root: treeNode(v.Tree, v.Tree.Root, v.Counted > 0, lang)}
}

func treeNode(v *decide.View, n *decide.ViewNode, counted bool, lang string) chart.Node {
	out := chart.Node{Seen: -1, Taken: n.OnPath}
	if counted {
		out.Seen = n.Count
	}
	if n.Fact == nil {
		out.Text = v.Outcome.Words(n.Result, lang)
		return out
	}
	out.Text = n.Fact.Name.In(lang)
	for i, a := range n.Answers {
		out.Branches = append(out.Branches, chart.Branch{Answer: n.Label(i, lang), To: treeNode(v, a.To, counted, lang)})
	}
	return out
}

// changes are the histories of a task as the page shows them.
func (v *taskPage) changes(ctx context.Context) []ui.Change {
	out := make([]ui.Change, 0, len(v.History))
	for i := range v.History {
		h := &v.History[i]
		c := ui.Change{At: h.At, By: v.names.of(ctx, h.Actor), Text: ui.T(ctx, "kengine.history."+strings.ReplaceAll(h.What, "-", "_"))}
		c.Old, c.New = v.difference(ctx, &h.Before, &h.After)
		if h.Undone {
			c.Text += " " + ui.T(ctx, "kengine.history.undone")
		}
		out = append(out, c)
	}
	return out
}

// difference tells what changed between two snapshots, each in words.
func (v *taskPage) difference(ctx context.Context, before, after *Snapshot) (was, now string) {
	var old, fresh []string
	add := func(a, b string) {
		if a == b {
			return
		}
		if a != "" {
			old = append(old, a)
		}
		if b != "" {
			fresh = append(fresh, b)
		}
	}
	if before.State != "" {
		add(stateWord(ctx, before.State), stateWord(ctx, after.State))
	} else {
		add("", stateWord(ctx, after.State))
	}
	add(v.called(ctx, before.Outcomes), v.called(ctx, after.Outcomes))
	add(v.called(ctx, keysOf(before.Ruled)), v.called(ctx, keysOf(after.Ruled)))
	if before.Owner != after.Owner {
		add(v.names.of(ctx, before.Owner), v.names.of(ctx, after.Owner))
	}
	if !before.Due.Equal(after.Due) {
		add(dateOr(ctx, before.Due), dateOr(ctx, after.Due))
	}
	add(handWord(ctx, before.Priority), handWord(ctx, after.Priority))
	add(causeWord(ctx, before.Cause), causeWord(ctx, after.Cause))
	comma := ui.T(ctx, "web.comma")
	return strings.Join(old, comma), strings.Join(fresh, comma)
}

func keysOf(key string) []string {
	if key == "" {
		return nil
	}
	return []string{key}
}

// called names outcomes by their keys.
func (v *taskPage) called(ctx context.Context, keys []string) string {
	var out []Outcome
	for _, key := range keys {
		o := Outcome{Key: key, Name: decide.Text{EN: key, JA: key}}
		for i := range v.Outcomes {
			if v.Outcomes[i].Key == key {
				o = v.Outcomes[i]
			}
		}
		out = append(out, o)
	}
	return outcomeNames(ctx, out)
}

func dateOr(ctx context.Context, t time.Time) string {
	if t.IsZero() {
		return ui.T(ctx, "kengine.work.no_due")
	}
	return ui.Date(ctx, t)
}

func handWord(ctx context.Context, priority *int) string {
	if priority == nil {
		return ""
	}
	return rankWord(ctx, *priority)
}
