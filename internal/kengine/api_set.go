package kengine

import (
	"context"
	"time"

	"noroshi.dev/internal/core/api"
)

// SetBody is what a program says about a default fact set.
type SetBody struct {
	Name          string     `json:"name" minLength:"1" maxLength:"200"`
	Condition     string     `json:"condition,omitempty" maxLength:"1000" doc:"Filter over vendor:, product:, cwe: and kind:; absent: always"`
	Facts         []apiClaim `json:"facts" minItems:"1" maxItems:"100"`
	Justification string     `json:"justification,omitempty" maxLength:"2000"`
}

func (b *SetBody) input() SetInput {
	return SetInput{Name: b.Name, Condition: b.Condition, Facts: claimsIn(b.Facts), Justification: b.Justification}
}

// apiSet is a default fact set.
type apiSet struct {
	SetBody
	ID       string    `json:"id"`
	Position int       `json:"position" doc:"From 0; the first set that gives a fact wins"`
	Created  time.Time `json:"created"`
	Updated  time.Time `json:"updated"`
	Version  int64     `json:"version"`
}

func setOf(v Set) apiSet {
	return apiSet{
		SetBody: SetBody{Name: v.Name, Condition: v.Condition, Facts: claimsOut(v.Facts), Justification: v.Justification},
		ID:      v.ID, Position: v.Position, Created: v.Created, Updated: v.Updated, Version: v.Version,
	}
}

// SetPath names a default fact set.
type SetPath struct {
	ID string `path:"id" maxLength:"64"`
}

// setAfter answers a set as it is after a change.
func (s *Service) setAfter(ctx context.Context, id string, err error) (*answer[apiSet], error) {
	if err != nil {
		return nil, err
	}
	v, err := s.Set(ctx, api.Actor(ctx), id)
	return answered(setOf(v), err)
}

// allSets answers the sets in their order.
func (s *Service) allSets(ctx context.Context) (*answer[wholeList[apiSet]], error) {
	rows, err := s.Sets(ctx, api.Actor(ctx))
	return answered(wholeList[apiSet]{Items: mapped(rows, setOf)}, err)
}

// setOperations declares default fact sets.
func (s *Service) setOperations(a *api.API) {
	apiRead(a, "kengine-sets", "/sets", "List the default fact sets of the own organisation in their order", PermTaskRead(),
		func(ctx context.Context, _ *struct{}) (*answer[wholeList[apiSet]], error) { return s.allSets(ctx) })
	apiRead(a, "kengine-set", "/sets/{id}", "One default fact set", PermTaskRead(),
		func(ctx context.Context, in *SetPath) (*answer[apiSet], error) { return s.setAfter(ctx, in.ID, nil) })
	type setCreate struct{ Body SetBody }
	apiDeed(a, "kengine-set-create", "/sets", "Add a default fact set at the end", PermTagEdit(), func(ctx context.Context, in *setCreate) (*answer[apiSet], error) {
		id, err := s.CreateSet(ctx, api.Actor(ctx), in.Body.input())
		return s.setAfter(ctx, id, err)
	})
	type setUpdate struct {
		SetPath
		Body struct {
			SetBody
			Versioned
		}
	}
	apiDeed(a, "kengine-set-update", "/sets/{id}", "Change a default fact set", PermTagEdit(), func(ctx context.Context, in *setUpdate) (*answer[apiSet], error) {
		return s.setAfter(ctx, in.ID, s.UpdateSet(ctx, api.Actor(ctx), in.ID, in.Body.Version, in.Body.input()))
	})
	type setRemove struct {
		SetPath
		Body Versioned
	}
	apiDeed(a, "kengine-set-delete", "/sets/{id}/delete", "Remove a default fact set", PermTagEdit(), func(ctx context.Context, in *setRemove) (*struct{}, error) {
		return nothing(s.DeleteSet(ctx, api.Actor(ctx), in.ID, in.Body.Version))
	})
	type setOrder struct {
		Body struct {
			IDs []string `json:"ids" maxItems:"200" doc:"All sets, each once"`
		}
	}
	apiDeed(a, "kengine-sets-order", "/sets/order", "Put the default fact sets into an order", PermTagEdit(),
		func(ctx context.Context, in *setOrder) (*answer[wholeList[apiSet]], error) {
			if err := s.OrderSets(ctx, api.Actor(ctx), in.Body.IDs); err != nil {
				return nil, err
			}
			return s.allSets(ctx)
		})
}

// PolicyBody is the order of sources as programs see it.
type PolicyBody struct {
	Sources   []string            `json:"sources" maxItems:"50" doc:"Classes of sources, the most trusted first"`
	Facts     map[string][]string `json:"facts,omitempty" doc:"Another order for single facts"`
	Unmatched string              `json:"unmatched" enum:"list,close" doc:"Reports about products that are not used: listed like the others, or closed"`
}

// apiPolicy is the policy of an organisation.
type apiPolicy struct {
	PolicyBody
	Version int64     `json:"version" doc:"0: none was set, the default holds"`
	Updated time.Time `json:"updated,omitzero"`
}

// policyNow answers the policy as it is.
func (s *Service) policyNow(ctx context.Context) (*answer[apiPolicy], error) {
	v, err := s.Policy(ctx, api.Actor(ctx))
	body := PolicyBody{Sources: append([]string{}, v.Sources...), Facts: v.Facts, Unmatched: v.Unmatched}
	return answered(apiPolicy{PolicyBody: body, Version: v.Version, Updated: v.Updated}, err)
}

// policyOperations declares the resolution policy.
func (s *Service) policyOperations(a *api.API) {
	apiRead(a, "kengine-policy", "/policy", "Whose word counts for the own organisation", PermModelRead(),
		func(ctx context.Context, _ *struct{}) (*answer[apiPolicy], error) { return s.policyNow(ctx) })
	type policySet struct {
		Body struct {
			PolicyBody
			Versioned
		}
	}
	apiDeed(a, "kengine-policy-set", "/policy", "Change whose word counts", PermModelActivate(), func(ctx context.Context, in *policySet) (*answer[apiPolicy], error) {
		b := &in.Body
		if err := s.SetPolicy(ctx, api.Actor(ctx), Policy{Sources: b.Sources, Facts: b.Facts, Unmatched: b.Unmatched}, b.Version); err != nil {
			return nil, err
		}
		return s.policyNow(ctx)
	})
}
