package kengine

import (
	"context"
	"net/url"
	"strconv"

	"noroshi.dev/internal/core/web/ui"
)

// action is the address of a deed on the task, with the version that the reader sees.
func (v *taskPage) action(ctx context.Context, name string) string {
	return ui.URL(ctx, pathTasks+"/task/%s/"+name, v.ID) + "?version=" + strconv.FormatInt(v.Version, 10)
}

// labels name the fields of the forms of the page.
func (v *taskPage) labels(ctx context.Context) []ui.Label {
	out := []ui.Label{
		{Name: "outcome", Label: ui.T(ctx, "kengine.work.outcome")},
		{Name: "reason", Label: ui.T(ctx, "kengine.work.reason")},
		{Name: "note", Label: ui.T(ctx, "kengine.work.note")},
		{Name: "text", Label: ui.T(ctx, "kengine.work.note")},
		{Name: "owner", Label: ui.T(ctx, "kengine.work.owner")},
		{Name: "due", Label: ui.T(ctx, "kengine.work.due")},
		{Name: "priority", Label: ui.T(ctx, "kengine.work.priority_label")},
		{Name: "why", Label: ui.T(ctx, "kengine.work.why")},
		{Name: "claims", Label: ui.T(ctx, "kengine.form.answers")},
		{Name: "evidence", Label: ui.T(ctx, "kengine.form.evidence")},
	}
	for _, q := range v.asks {
		out = append(out, ui.Label{Name: answerPrefix + q.fact.ID.String(), Label: say(ctx, q.fact.Name)})
	}
	return out
}

// steps is where the task stands on its way.
func (v *taskPage) steps(ctx context.Context) []ui.Step {
	way := []State{Open, Todo, Doing, Done}
	if v.State == Closed {
		way = []State{Open, Closed}
	}
	out := make([]ui.Step, len(way))
	before := true
	for i, s := range way {
		if s == v.State {
			before = false
		}
		out[i] = ui.Step{Label: stateWord(ctx, s), Done: before || s == v.State && !v.State.Live(), Current: s == v.State && v.State.Live()}
	}
	return out
}

// single is the outcome whose action counts: the ruled one, else the only possible one.
func (v *taskPage) single() *Outcome {
	switch {
	case v.Ruled != nil:
		return v.Ruled
	case len(v.Possible) == 1:
		return &v.Possible[0]
	}
	return nil
}

// outcomeOptions are all outcomes of the decision, the most urgent first.
func (v *taskPage) outcomeOptions(ctx context.Context) []ui.Option {
	out := make([]ui.Option, 0, len(v.Outcomes))
	for i := len(v.Outcomes) - 1; i >= 0; i-- {
		o := &v.Outcomes[i]
		out = append(out, ui.Option{Value: o.Key, Label: say(ctx, o.Name), Hint: say(ctx, o.Do)})
	}
	return out
}

// reasonOptions are the reasons for overruling.
func reasonOptions(ctx context.Context) []ui.Option {
	out := make([]ui.Option, 0, len(Reasons()))
	for _, reason := range Reasons() {
		out = append(out, ui.Option{Value: string(reason), Label: ui.T(ctx, "kengine.reason."+string(reason)), Hint: ui.T(ctx, "kengine.reason_hint."+string(reason))})
	}
	return out
}

// differs names the facts by which a past report differs.
func (v *taskPage) differs(ctx context.Context, sim Similar) string {
	if sim.Same {
		return ui.T(ctx, "kengine.work.same")
	}
	names := make([]string, 0, len(sim.Differs))
	for _, id := range sim.Differs {
		called := id
		for i := range v.Inputs {
			if v.Inputs[i].ID == id {
				called = factName(ctx, &v.Inputs[i].Fact, id)
			}
		}
		names = append(names, called)
	}
	return joined(ctx, names)
}

// thread is the notes as a conversation.
func (v *taskPage) thread(ctx context.Context) []ui.Note {
	out := make([]ui.Note, len(v.Notes))
	for i, n := range v.Notes {
		lang := "en"
		if hasJapanese(n.Text) {
			lang = "ja"
		}
		out[i] = ui.Note{ID: n.ID, By: v.names.of(ctx, n.Actor), At: n.At, Body: n.Text, Lang: lang}
	}
	return out
}

// treeCaption says what the tree is and what its numbers count.
func (v *taskPage) treeCaption(ctx context.Context) string {
	text := ui.T(ctx, "kengine.work.tree", "model", say(ctx, v.Compiled.Model.Name), "version", strconv.Itoa(v.Compiled.Model.Version))
	if v.Support.Counted > 0 {
		text += ui.T(ctx, "kengine.work.tree_counted", "n", v.Support.Counted)
	}
	return text
}

// trustLink is the page that tells how often such recommendations were right.
func (v *taskPage) trustLink(ctx context.Context) string {
	return ui.URL(ctx, pathTrust) + "?" + url.Values{"decision": {v.Decision}}.Encode()
}

// reasonText says why a filled-in value holds, in words.
func reasonText(ctx context.Context, reason string) string {
	w, ok := ReadWhy(reason)
	if !ok {
		return reason
	}
	text := ui.T(ctx, "kengine.why."+w.By, "pattern", w.Pattern, "product", w.Product)
	if w.Release != "" {
		text += ui.T(ctx, "web.comma") + ui.T(ctx, "kengine.why.release", "release", w.Release, "status", statusWord(ctx, w.Status))
	}
	return text
}

// evidenceURL is the evidence of a value if it is an address of the web, else "".
func evidenceURL(evidence string) string {
	u, err := url.Parse(evidence)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return ""
	}
	return evidence
}

func orDash(text string) string {
	if text == "" {
		return "—"
	}
	return text
}
