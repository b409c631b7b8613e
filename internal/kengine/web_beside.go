package kengine

import (
	"context"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/core/web/chart"
	"noroshi.dev/internal/kengine/decide"
)

// besides is one node in two versions of a model, what differs marked in both.
type besides struct{ before, after beside }

// beside is a node in one version.
type beside struct {
	view *decide.View // nil: the version does not decide it, or it is too large to be grown
	fact decide.Fact
}

// besideOf finds the node that decides a fact in two versions; a version may be nil.
func besideOf(before, after *ModelView, outcome ssvc.ID) besides {
	out := besides{oneBeside(before, outcome), oneBeside(after, outcome)}
	if out.before.small() && out.after.small() {
		decide.MarkChanged(out.before.view, out.after.view)
	}
	return out
}

func oneBeside(m *ModelView, outcome ssvc.ID) beside {
	if m == nil || m.Compiled == nil {
		return beside{}
	}
	at := m.Model.Fact(outcome)
	if at < 0 {
		return beside{}
	}
	view, err := m.Compiled.View(at)
	if err != nil {
		return beside{}
	}
	return beside{view, m.Model.Facts[at]}
}

func (b *beside) small() bool { return b.view != nil && b.view.Leaves <= maxDrawn }

// any reports whether one of the two can be drawn.
func (b *besides) any() bool { return b.before.small() || b.after.small() }

func (b *beside) drawing(ctx context.Context) chart.Tree {
	return chart.Tree{Title: factTitle(ctx, &b.fact), Root: drawn(ctx, b.view, b.view.Root, false)}
}

// versionCalled names a version.
func versionCalled(ctx context.Context, m *ModelView) string {
	return orDefault(say(ctx, m.Name), m.Key) + " " + versionWords(ctx, m.Version) + " (" + versionStatus(ctx, m.Status) + ")"
}

// other is the version that this one is best compared with: the one in force, for that one the version before it;
// empty where there is none.
func (v *modelPage) other() string {
	for _, m := range v.versions { // the newest first
		if m.ID != v.ID && (m.Status == decide.Active || v.Status == decide.Active && m.Version < v.Version) {
			return m.ID
		}
	}
	return ""
}
