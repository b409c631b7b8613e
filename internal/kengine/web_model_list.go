package kengine

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"noroshi.dev/internal/core/web/ui"
	"noroshi.dev/internal/kengine/decide"
)

// modelLabels name the fields of the forms of models for their summaries.
func modelLabels(ctx context.Context) []ui.Label {
	var out []ui.Label
	for name, key := range map[string]string{
		"file": "kengine.model.file.label", "key": "kengine.model.file.key", "missing": "kengine.model.file.missing", "source": "kengine.model.text.label",
		"outcome": "kengine.model.outcome", "fact": "kengine.model.fact", "value": "kengine.model.value", "values": "kengine.model.defaults.value",
		"due": "kengine.model.due_label", "mark": "kengine.model.priority", "node": "kengine.model.node_label", "place": "kengine.model.place",
		"answer": "kengine.model.answer", "row": "kengine.model.row", "decision": "kengine.model.decision",
	} {
		out = append(out, ui.Label{Name: name, Label: ui.T(ctx, key)})
	}
	return out
}

// modelTabs are the states of versions.
func modelTabs(ctx context.Context, v *modelList) []ui.Tab {
	n := map[decide.Status]int{}
	for _, m := range v.all {
		n[m.Status]++
	}
	tabs := []ui.Tab{{Label: ui.T(ctx, "kengine.model.all"), Href: ui.Here(ctx, "status", ""), Count: len(v.all), Current: v.status == ""}}
	for _, s := range []decide.Status{decide.Active, decide.Draft, decide.Retired} {
		tabs = append(tabs, ui.Tab{Label: versionStatus(ctx, s), Href: ui.Here(ctx, "status", string(s)), Count: n[s], Current: v.status == string(s)})
	}
	return tabs
}

func decisionNames(ctx context.Context, list []decide.Decision) string {
	names := make([]string, len(list))
	for i, d := range list {
		names[i] = orDefault(say(ctx, d.Name), d.Key)
	}
	return ui.T(ctx, "kengine.model.decides", "names", strings.Join(names, ui.T(ctx, "kengine.model.comma")))
}

func exportLink(ctx context.Context, id, format, decision string) string {
	return ui.URL(ctx, pathModels+"/%s/export", id) + "?format=" + format + "&decision=" + url.QueryEscape(decision)
}

func diffLink(ctx context.Context, from, to string) string {
	return ui.URL(ctx, pathModels+"/%s/diff", from) + "?to=" + url.QueryEscape(to)
}

func reversed(values []decide.FactValue) []decide.FactValue {
	out := slices.Clone(values)
	slices.Reverse(out)
	return out
}

// findingsKind is the weight of all findings together.
func findingsKind(v *modelPage) ui.Kind {
	if v.Ready {
		return ui.Open
	}
	return ui.Bad
}

func findingsTitle(ctx context.Context, v *modelPage) string {
	if v.Ready {
		return ui.T(ctx, "kengine.model.findings_open", "n", len(v.Findings))
	}
	return ui.T(ctx, "kengine.model.findings_bad", "n", len(v.Findings))
}

func treeCaption(ctx context.Context, v *modelPage) string {
	if v.counted == 0 {
		return ui.T(ctx, "kengine.model.tree_caption")
	}
	return ui.T(ctx, "kengine.model.tree_counted", "n", v.counted)
}

// tableColumns are the heads of a table: inputs, outcome, and one more where it is not empty.
func tableColumns(ctx context.Context, n *modelNode, more string) []ui.Column {
	var out []ui.Column
	for i := range n.inputs {
		out = append(out, ui.Column{Label: factTitle(ctx, &n.inputs[i])})
	}
	out = append(out, ui.Column{Label: ui.T(ctx, "kengine.model.outcome")})
	if more != "" {
		out = append(out, ui.Column{Label: more, Hidden: true})
	}
	return out
}

// modelPairs say who made a version and when.
func modelPairs(ctx context.Context, v *modelPage) []ui.Pair {
	out := []ui.Pair{
		{Name: ui.T(ctx, "kengine.model.key"), Value: ui.Text(v.Key)},
		{Name: ui.T(ctx, "kengine.model.origin_label"), Value: ui.Text(originWords(ctx, v.Origin))},
		{Name: ui.T(ctx, "kengine.model.creator"), Value: ui.Text(v.names.of(ctx, v.Creator))},
		{Name: ui.T(ctx, "kengine.model.created"), Value: ui.TimeTag(v.Created)},
		{Name: ui.T(ctx, "kengine.model.updated"), Value: ui.TimeTag(v.Updated)},
	}
	if !v.Activated.IsZero() {
		out = append(out, ui.Pair{Name: ui.T(ctx, "kengine.model.approver"), Value: ui.Text(v.names.of(ctx, v.Approver))},
			ui.Pair{Name: ui.T(ctx, "kengine.model.activated_at"), Value: ui.TimeTag(v.Activated)})
	}
	if !v.Retired.IsZero() {
		out = append(out, ui.Pair{Name: ui.T(ctx, "kengine.model.retired_at"), Value: ui.TimeTag(v.Retired)})
	}
	return out
}
