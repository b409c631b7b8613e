package kengine

import (
	"context"
	"strconv"
	"strings"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web/ui"
	"noroshi.dev/internal/kengine/decide"
)

// say is a text in the reader's language.
func say(ctx context.Context, t decide.Text) string { return t.In(string(ui.From(ctx).Lang)) }

// titleOf is what a report is called: its title, or its id where it has none.
func titleOf(ctx context.Context, t decide.Text, key string) string {
	if text := say(ctx, t); text != "" {
		return text
	}
	return key
}

// How wide titles and products of a list may be, in half-width characters: about one line.
const (
	titleWide    = 74
	taskWide     = 46 // beside more columns
	productsWide = 40
)

// unmarked is a text without the marks by which SSVC's definitions stress words.
func unmarked(s string) string { return strings.ReplaceAll(s, "**", "") }

// brief cuts a text at a width in which a character outside of Latin counts as two.
func brief(s string, wide int) string {
	used := 0
	for i, r := range s {
		if used++; r >= 0x1100 {
			used++
		}
		if used > wide {
			return strings.TrimRight(s[:i], " ,.、。…") + "…"
		}
	}
	return s
}

// rankKind is the mark of a rank or of a priority set by hand.
func rankKind(weight int) ui.Kind {
	switch weight {
	case 4, 3:
		return ui.Now
	case 2:
		return ui.Soon
	case 1:
		return ui.Plan
	default:
		return ui.None
	}
}

// rankWord is the word of a rank or of a priority set by hand.
func rankWord(ctx context.Context, weight int) string {
	return ui.T(ctx, "kengine.word.rank."+strconv.Itoa(weight))
}

// stateKind is the weight of the state of a task.
func stateKind(s State) ui.Kind {
	switch s {
	case Open, Todo:
		return ui.Open
	case Doing:
		return ui.Bad
	case Done:
		return ui.Good
	case Closed:
		return ui.Unknown
	}
	return ui.Unknown
}

func stateWord(ctx context.Context, s State) string {
	return ui.T(ctx, "kengine.word.state."+string(s))
}

// causeWord says why a task was closed.
func causeWord(ctx context.Context, cause string) string {
	switch cause {
	case CauseNoAction, CauseNoAsset, CauseRejected, CauseNoModel:
		return ui.T(ctx, "kengine.word.cause."+cause)
	}
	return cause
}

// outcomeNames joins the names of outcomes that are all possible.
func outcomeNames(ctx context.Context, outcomes []Outcome) string {
	names := make([]string, len(outcomes))
	for i, o := range outcomes {
		names[i] = say(ctx, o.Name)
	}
	return strings.Join(names, ui.T(ctx, "kengine.word.or"))
}

// outcomeList is outcomeNames where there is little room.
func outcomeList(ctx context.Context, outcomes []Outcome) string {
	if len(outcomes) == 2 {
		return outcomeNames(ctx, outcomes)
	}
	names := make([]string, len(outcomes))
	for i, o := range outcomes {
		names[i] = say(ctx, o.Name)
	}
	return strings.Join(names, ui.T(ctx, "kengine.word.dot"))
}

// colon joins a name and its value.
func colon(ctx context.Context, name, value string) string {
	return ui.T(ctx, "kengine.word.colon", "name", name, "value", value)
}

// factName is what a fact is called, its id where nobody named it.
func factName(ctx context.Context, f *decide.Fact, id string) string {
	if name := say(ctx, f.Name); name != "" {
		return name
	}
	return id
}

// valueWords are the values of a view of a fact in words.
func (f *FactView) valueWords(ctx context.Context) string {
	if len(f.Fact.Values) > 0 && f.Possible != 0 {
		return f.Fact.Words(f.Possible, string(ui.From(ctx).Lang))
	}
	return strings.Join(f.Value.Values, " ")
}

// sourceWord says in words whose a value is.
func sourceWord(ctx context.Context, source string) string {
	class, of, _ := strings.Cut(source, ":")
	switch class {
	case SourceAnalyst, "cna", "kev", "epss", "nvd", "jvn", "vrda", "osv", SourceDefault, string(KindManual):
		return ui.T(ctx, "kengine.word.source."+class)
	case "adp", "csaf", "tag", "set":
		return ui.T(ctx, "kengine.word.source."+class, "name", of)
	}
	return source
}

// kindWord says in words what kind of document something is.
func kindWord(ctx context.Context, kind string) string {
	if kind == "" {
		return "—"
	}
	return ui.T(ctx, "kengine.word.kind."+strings.ReplaceAll(kind, "-", "_"))
}

// severityOf is the rating of a CVSS score.
func severityOf(score float64) string {
	switch {
	case score >= 9:
		return "critical"
	case score >= 7:
		return "high"
	case score >= 4:
		return "medium"
	case score > 0:
		return "low"
	default:
		return "none"
	}
}

// severityKind is the mark of a CVSS score.
func severityKind(score float64) ui.Kind {
	switch severityOf(score) {
	case "critical":
		return ui.Now
	case "high":
		return ui.Soon
	case "none":
		return ui.None
	}
	return ui.Plan
}

func severityWord(ctx context.Context, score float64) string {
	return ui.T(ctx, "kengine.word.severity."+severityOf(score))
}

// scoreText is a CVSS score as it is written, a dash for none.
func scoreText(score float64) string {
	if score < 0 {
		return "—"
	}
	return strconv.FormatFloat(score, 'f', 1, 64)
}

// versionText is a version as a form carries it.
func versionText(version int64) string { return strconv.FormatInt(version, 10) }

// nameBook tells the names of people.
type nameBook interface {
	Names(ctx context.Context, ids []string) (map[string]string, error)
}

// peopleNames are the names of people by their ids.
type peopleNames map[string]string

// names looks the names of people up; ids of the engine and empty ones need none.
func (s *Service) names(ctx context.Context, ids ...string) (peopleNames, error) {
	var wanted []string
	for _, id := range ids {
		if id != "" && !strings.HasPrefix(id, "system:") {
			wanted = append(wanted, id)
		}
	}
	n, ok := s.People.(nameBook)
	if !ok || len(wanted) == 0 {
		return nil, nil //nolint:nilnil // ids stand in for names
	}
	return n.Names(ctx, wanted)
}

// of is the name of somebody; the engine is called automatic.
func (n peopleNames) of(ctx context.Context, id string) string {
	switch {
	case id == "":
		return "—"
	case n[id] != "":
		return n[id]
	case strings.HasPrefix(id, "system:"), id == "kengine", id == "demo", strings.HasPrefix(id, "kengine."):
		return ui.T(ctx, "kengine.word.automatic")
	}
	return id
}

// members are the people who may be given tasks, as choices of a select.
func (s *Service) members(ctx context.Context, a identity.Actor, chosen string) ([]ui.Option, error) {
	out := []ui.Option{{Value: "", Label: ui.T(ctx, "kengine.tasks.nobody"), Chosen: chosen == ""}}
	if s.People == nil {
		return out, nil
	}
	list, err := s.People.Members(ctx, identity.System("kengine").In(a.Organisation), a.Organisation)
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		if m.Disabled {
			continue
		}
		label := m.Name
		if label == "" {
			label = m.Person
		}
		if m.Person == a.ID {
			label = ui.T(ctx, "kengine.tasks.me", "name", label)
		}
		out = append(out, ui.Option{Value: m.Person, Label: label, Chosen: m.Person == chosen})
	}
	return out, nil
}
