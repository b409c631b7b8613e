package kengine

import (
	"context"

	"noroshi.dev/internal/core/api"
	"noroshi.dev/internal/kengine/decide"
)

// apiShape is how large a table or tree is.
type apiShape struct {
	Form   string `json:"form" enum:"table,tree"`
	Inputs int    `json:"inputs" doc:"Facts that it reads"`
	Rows   int    `json:"rows" doc:"Of a table"`
	Leaves int    `json:"leaves" doc:"Of a tree"`
	Depth  int    `json:"depth" doc:"Questions on the longest way through a tree"`
}

// apiImportance says how much a fact means.
type apiImportance struct {
	Fact    string  `json:"fact"`
	Changes float64 `json:"changes" doc:"Share of combinations in which the fact alone can change the outcome, 0 to 1; 0: it never matters"`
	Gain    float64 `json:"gain" doc:"Information that the fact alone gives, in bits"`
}

// apiUnreachable says what is never reached.
type apiUnreachable struct {
	Combinations int      `json:"combinations" doc:"Of the inputs, that no combination of the facts behind them gives"`
	Of           int      `json:"of"`
	Examples     []string `json:"examples" doc:"The first of them, at most ten"`
	Outcomes     []string `json:"outcomes" doc:"Keys of outcomes that are never given"`
}

// apiSimplified is a table or tree in another form.
type apiSimplified struct {
	Node        string          `json:"node" doc:"Id of the decided fact"`
	Before      apiShape        `json:"before"`
	After       apiShape        `json:"after"`
	Proven      bool            `json:"proven" doc:"No tree has fewer leaves"`
	Compared    int             `json:"compared" doc:"Combinations that were asked of both; all gave the same outcome"`
	Importance  []apiImportance `json:"importance" doc:"The most important fact first"`
	Unreachable *apiUnreachable `json:"unreachable,omitempty" doc:"Absent: too many combinations to tell"`
}

func shapeOf(s decide.Shape) apiShape {
	return apiShape{Form: string(s.Form), Inputs: s.Inputs, Rows: s.Rows, Leaves: s.Leaves, Depth: s.Depth}
}

func simplifiedOf(v Simplified) apiSimplified {
	out := apiSimplified{
		Node: v.Outcome.String(), Before: shapeOf(v.Before), After: shapeOf(v.After), Proven: v.Proven, Compared: v.Compared,
		Importance: mapped(v.Importance, func(i decide.Importance) apiImportance {
			return apiImportance{Fact: i.Fact.String(), Changes: i.Changes, Gain: i.Gain}
		}),
	}
	if u := v.Unreachable; u != nil {
		out.Unreachable = &apiUnreachable{
			Combinations: u.Combinations, Of: u.Of, Examples: append([]string{}, u.Examples...), Outcomes: append([]string{}, u.Outcomes...),
		}
	}
	return out
}

// simplifyOperations declares the other forms of tables and trees.
func (s *Service) simplifyOperations(a *api.API) {
	type look struct {
		ModelPath
		Node string `query:"node" maxLength:"300" doc:"Id of the decided fact; absent: that of the first decision"`
		To   string `query:"to" enum:"tree,table" default:"tree"`
	}
	apiRead(a, "kengine-model-simplified", "/models/{id}/simplify", "How large a table would be as a tree, or a tree as a table", PermModelRead(),
		func(ctx context.Context, in *look) (*answer[apiSimplified], error) {
			v, err := s.Simplify(ctx, api.Actor(ctx), in.ID, in.Node, decide.Form(in.To))
			return answered(simplifiedOf(v), err)
		})
	type deed struct {
		ModelPath
		Body struct {
			Node string `json:"node,omitempty" maxLength:"300" doc:"Id of the decided fact; absent: all that get smaller"`
			To   string `json:"to" enum:"tree,table"`
		}
	}
	type drafted struct {
		Model APIModel        `json:"model" doc:"The new draft"`
		Nodes []apiSimplified `json:"nodes" doc:"What changed"`
	}
	apiDeed(a, "kengine-model-simplify", "/models/{id}/simplify", "Make a draft with smaller trees, or with tables", PermModelEdit(),
		func(ctx context.Context, in *deed) (*answer[drafted], error) {
			id, list, err := s.SimplifyDraft(ctx, api.Actor(ctx), in.ID, in.Body.Node, decide.Form(in.Body.To))
			if err != nil {
				return nil, err
			}
			v, err := s.Model(ctx, api.Actor(ctx), id)
			if err != nil {
				return nil, err
			}
			return answered(drafted{modelOf(v.ModelRow), mapped(list, simplifiedOf)}, nil)
		})
}
