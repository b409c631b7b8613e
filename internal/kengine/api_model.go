package kengine

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"noroshi.dev/internal/core/api"
	"noroshi.dev/internal/kengine/decide"
)

// APIModel is a version of a decision model.
type APIModel struct {
	ID        string    `json:"id"`
	Key       string    `json:"key" doc:"The same for all versions"`
	Version   int64     `json:"version"`
	Status    string    `json:"status" enum:"draft,active,retired"`
	Name      apiText   `json:"name"`
	Origin    string    `json:"origin,omitempty" doc:"builtin:KEY, copy:ID, file:NAME, learned:DECISION or simplified:ID"`
	Creator   string    `json:"creator,omitempty"`
	Created   time.Time `json:"created"`
	Updated   time.Time `json:"updated"`
	Approver  string    `json:"approver,omitempty"`
	Activated time.Time `json:"activated,omitzero"`
	Retired   time.Time `json:"retired,omitzero"`
	Edit      int64     `json:"edit" doc:"Give it back with a change to be refused when somebody else was faster"`
}

func modelOf(m ModelRow) APIModel {
	return APIModel{
		ID: m.ID, Key: m.Key, Version: m.Version, Status: string(m.Status), Name: textOf(m.Name), Origin: m.Origin, Creator: m.Creator,
		Created: m.Created, Updated: m.Updated, Approver: m.Approver, Activated: m.Activated, Retired: m.Retired, Edit: m.Edit,
	}
}

// apiModelFull is a version with its text and its checks.
type apiModelFull struct {
	APIModel
	Source   string       `json:"source" doc:"The model as YAML"`
	Ready    bool         `json:"ready" doc:"It may be put into force"`
	Findings []apiFinding `json:"findings"`
}

// apiFinding is something that the author of a model should know.
type apiFinding struct {
	Severity string  `json:"severity" enum:"error,gap,warning"`
	Code     string  `json:"code"`
	Place    string  `json:"place" doc:"Node, fact or decision"`
	Words    apiText `json:"words"`
}

func findingOf(f decide.Finding) apiFinding {
	return apiFinding{Severity: string(f.Severity), Code: f.Key, Place: f.Place, Words: apiText{JA: f.Text("ja"), EN: f.Text("en")}}
}

// apiImpact says what a version would change.
type apiImpact struct {
	Reports   int                 `json:"reports" doc:"Reports that were decided again"`
	From      *APIModel           `json:"from,omitempty" doc:"The version in force; absent: none"`
	Decisions []apiDecisionImpact `json:"decisions"`
}

// apiDecisionImpact is the effect on one decision.
type apiDecisionImpact struct {
	Decision string     `json:"decision"`
	Name     apiText    `json:"name"`
	Changed  int        `json:"changed"`
	Shifts   []apiShift `json:"shifts"`
	After    []apiCount `json:"after" doc:"How the version decides, the most urgent first"`
}

// apiShift counts reports that go from some outcomes to others.
type apiShift struct {
	From     []apiOutcome `json:"from"`
	To       []apiOutcome `json:"to"`
	Count    int          `json:"count"`
	Examples []string     `json:"examples" doc:"Keys of reports"`
}

// apiCount counts reports by their possible outcomes.
type apiCount struct {
	Outcomes []apiOutcome `json:"outcomes"`
	Count    int          `json:"count"`
}

func impactOf(m ModelImpact) apiImpact {
	out := apiImpact{Reports: m.Reports, Decisions: mapped(m.Decisions, func(d DecisionImpact) apiDecisionImpact {
		return apiDecisionImpact{
			Decision: d.Decision, Name: textOf(d.Name), Changed: d.Changed,
			Shifts: mapped(d.Shifts, func(v OutcomeShift) apiShift {
				return apiShift{From: mapped(v.From, outcomeOf), To: mapped(v.To, outcomeOf), Count: v.Count, Examples: append([]string{}, v.Examples...)}
			}),
			After: mapped(d.After, func(c OutcomeCount) apiCount {
				return apiCount{Outcomes: mapped(c.Outcomes, outcomeOf), Count: c.Count}
			}),
		}
	})}
	if m.From != nil {
		from := modelOf(*m.From)
		out.From = &from
	}
	return out
}

// ModelPath names a version of a model.
type ModelPath struct {
	ID string `path:"id" maxLength:"64"`
}

// modelFile is a model as a file.
type modelFile struct {
	Type        string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

// modelOperations declares what can be read of models.
func (s *Service) modelOperations(a *api.API) {
	apiRead(a, "kengine-models", "/models", "List all versions of the models of the own organisation", PermModelRead(),
		func(ctx context.Context, _ *struct{}) (*answer[wholeList[APIModel]], error) {
			rows, err := s.Models(ctx, api.Actor(ctx))
			return answered(wholeList[APIModel]{Items: mapped(rows, modelOf)}, err)
		})
	apiRead(a, "kengine-model", "/models/{id}", "One version of a model with its checks", PermModelRead(),
		func(ctx context.Context, in *ModelPath) (*answer[apiModelFull], error) {
			return s.modelAfter(ctx, in.ID, nil)
		})
	apiRead(a, "kengine-model-impact", "/models/{id}/impact", "How many reports a version would decide otherwise", PermModelRead(),
		func(ctx context.Context, in *ModelPath) (*answer[apiImpact], error) {
			v, err := s.Impact(ctx, api.Actor(ctx), in.ID)
			return answered(impactOf(v), err)
		})
	type pair struct {
		ModelPath
		To string `query:"to" maxLength:"64" doc:"Id of the other version; absent: the one in force"`
	}
	apiRead(a, "kengine-model-diff", "/models/{id}/diff", "What differs between two versions", PermModelRead(),
		func(ctx context.Context, in *pair) (*answer[apiDiff], error) {
			d, err := s.DiffModels(ctx, api.Actor(ctx), in.ID, in.To)
			return answered(diffOf(d), err)
		})
	type export struct {
		ModelPath
		Format   string `query:"format" enum:"yaml,ssvc,csv" default:"yaml" doc:"The whole model, or the table of a decision"`
		Decision string `query:"decision" maxLength:"200" doc:"Key of the decision; absent: the first"`
	}
	op := huma.Operation{OperationID: "kengine-model-export", Method: "GET", Path: "/kengine/models/{id}/export", Summary: "A model as a file"}
	api.Register(a, op, PermModelRead(), func(ctx context.Context, in *export) (*modelFile, error) {
		f, err := s.ExportModel(ctx, api.Actor(ctx), in.ID, in.Format, in.Decision)
		if err != nil {
			return nil, err
		}
		return &modelFile{Type: f.Type, Disposition: `attachment; filename="` + f.Name + `"`, Body: f.Data}, nil
	})
}

// modelAfter answers a version as it is after a change.
func (s *Service) modelAfter(ctx context.Context, id string, err error) (*answer[apiModelFull], error) {
	if err != nil {
		return nil, err
	}
	v, err := s.Model(ctx, api.Actor(ctx), id)
	if err != nil {
		return nil, err
	}
	return answered(apiModelFull{APIModel: modelOf(v.ModelRow), Source: v.Source, Ready: v.Ready, Findings: mapped(v.Findings, findingOf)}, nil)
}

// apiDiff is what differs between two versions.
type apiDiff struct {
	FactsAdded       []string          `json:"facts_added"`
	FactsRemoved     []string          `json:"facts_removed"`
	FactsChanged     []string          `json:"facts_changed"`
	Nodes            []apiNodeChange   `json:"nodes"`
	DecisionsAdded   []string          `json:"decisions_added"`
	DecisionsRemoved []string          `json:"decisions_removed"`
	DecisionsChanged []string          `json:"decisions_changed" doc:"Of another fact, name or role"`
	Actions          []apiActionChange `json:"actions"`
}

// apiNodeChange says how a table or tree differs.
type apiNodeChange struct {
	Outcome string         `json:"outcome" doc:"Id of the decided fact"`
	Kind    string         `json:"kind" enum:"added,removed,inputs,rows,form"`
	Count   int            `json:"count" doc:"Combinations with another outcome"`
	Rows    []apiRowChange `json:"rows" doc:"The first of them"`
}

// apiRowChange is one combination with another outcome.
type apiRowChange struct {
	When []string `json:"when"`
	From string   `json:"from"`
	To   string   `json:"to"`
}

// apiActionChange says how what an outcome means differs.
type apiActionChange struct {
	Decision string    `json:"decision"`
	Outcome  string    `json:"outcome"`
	From     apiAction `json:"from"`
	To       apiAction `json:"to"`
}

// apiAction is what an outcome means.
type apiAction struct {
	Do   apiText `json:"do"`
	Due  string  `json:"due" maxLength:"50" doc:"none, next upgrade, or a time such as 72h or 3d"`
	Mark string  `json:"mark" enum:"now,soon,plan,none"`
}

func actionOf(a decide.Action) apiAction {
	return apiAction{Do: textOf(a.Do), Due: a.Due.String(), Mark: string(a.Mark)}
}

func diffOf(d decide.Diff) apiDiff {
	return apiDiff{
		FactsAdded: mapped(d.FactsAdded, idText), FactsRemoved: mapped(d.FactsRemoved, idText), FactsChanged: mapped(d.FactsChanged, idText),
		DecisionsAdded: append([]string{}, d.DecisionsAdded...), DecisionsRemoved: append([]string{}, d.DecisionsRemoved...),
		DecisionsChanged: append([]string{}, d.DecisionsChanged...),
		Nodes: mapped(d.Nodes, func(n decide.NodeChange) apiNodeChange {
			return apiNodeChange{Outcome: n.Outcome.String(), Kind: n.Kind, Count: n.Count, Rows: mapped(n.Rows, func(r decide.RowChange) apiRowChange {
				return apiRowChange{When: append([]string{}, r.When...), From: r.From, To: r.To}
			})}
		}),
		Actions: mapped(d.Actions, func(c decide.ActionChange) apiActionChange {
			return apiActionChange{Decision: c.Decision, Outcome: c.Outcome, From: actionOf(c.From), To: actionOf(c.To)}
		}),
	}
}
