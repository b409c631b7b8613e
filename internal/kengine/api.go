package kengine

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"noroshi.dev/internal/core/api"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/kengine/decide"
)

// operations declares the operations of the room below /api/v1/kengine. Each calls the same use case
// as the page of the same name.
func (s *Service) operations(a *api.API) {
	s.reportOperations(a)
	s.taskOperations(a)
	s.taskActs(a)
	s.importOperations(a)
	s.modelOperations(a)
	s.learnOperations(a)
	s.modelDeeds(a)
	s.simplifyOperations(a)
	s.tagOperations(a)
	s.setOperations(a)
	s.policyOperations(a)
	s.sourceOperations(a)
	s.outOperations(a)
	s.trustOperations(a)
}

// apiRead declares an operation that changes nothing.
func apiRead[I, O any](a *api.API, id, path, summary string, p identity.Permission, h func(context.Context, *I) (*O, error)) {
	api.Register(a, huma.Operation{OperationID: id, Method: http.MethodGet, Path: "/kengine" + path, Summary: summary}, p, h)
}

// apiDeed declares an operation that changes something.
func apiDeed[I, O any](a *api.API, id, path, summary string, p identity.Permission, h func(context.Context, *I) (*O, error)) {
	api.Register(a, huma.Operation{OperationID: id, Method: http.MethodPost, Path: "/kengine" + path, Summary: summary}, p, h)
}

// answer is one object as an answer.
type answer[T any] struct{ Body T }

func answered[T any](v T, err error) (*answer[T], error) {
	if err != nil {
		return nil, err
	}
	return &answer[T]{Body: v}, nil
}

// wholeList is a whole list that has no pages.
type wholeList[T any] struct {
	Items []T `json:"items" doc:"All rows, never null"`
}

// mapped writes each item of a list.
func mapped[R, T any](rows []R, item func(R) T) []T {
	out := make([]T, len(rows))
	for i, r := range rows {
		out[i] = item(r)
	}
	return out
}

// apiText is a text in both languages.
type apiText struct {
	JA string `json:"ja,omitempty"`
	EN string `json:"en,omitempty"`
}

func textOf(t decide.Text) apiText { return apiText{JA: t.JA, EN: t.EN} }

func (t apiText) text() decide.Text { return decide.Text{JA: t.JA, EN: t.EN} }

// apiOutcome is an outcome of a decision.
type apiOutcome struct {
	Key  string  `json:"key" doc:"Key of the value of the decided fact"`
	Name apiText `json:"name"`
	Do   apiText `json:"do" doc:"What to do"`
	Mark string  `json:"mark" enum:"now,soon,plan,none" doc:"Priority that the outcome gives"`
	Due  string  `json:"due" doc:"Due rule: none, next upgrade, or a time after the decision such as 72h or 3d"`
}

func outcomeOf(o Outcome) apiOutcome {
	return apiOutcome{Key: o.Key, Name: textOf(o.Name), Do: textOf(o.Do), Mark: string(o.Mark), Due: o.Due.String()}
}

// apiValue is what is said about a fact.
type apiValue struct {
	Fact     string    `json:"fact" doc:"Id of the fact, namespace:KEY:version"`
	Name     apiText   `json:"name"`
	Values   []string  `json:"values" doc:"Keys of the values still possible"`
	Source   string    `json:"source,omitempty" doc:"Who says so; absent: nobody"`
	Evidence string    `json:"evidence,omitempty"`
	Reason   string    `json:"reason,omitempty" doc:"Why a filled-in value holds"`
	Observed time.Time `json:"observed,omitzero"`
	Assumed  bool      `json:"assumed,omitempty" doc:"Nobody says anything: the default of the fact"`
	Conflict bool      `json:"conflict,omitempty" doc:"Sources exclude each other"`
	Matters  bool      `json:"matters" doc:"Another value could change an open decision"`
}

func factValueOf(f FactView) apiValue {
	v := apiValue{
		Fact: f.ID, Name: textOf(f.Fact.Name), Values: f.Value.Values, Source: f.Value.Source, Evidence: f.Value.Evidence,
		Reason: f.Value.Reason, Observed: f.Value.Observed, Assumed: f.Assumed, Conflict: f.Conflict, Matters: f.Matters,
	}
	if len(v.Values) == 0 && len(f.Fact.Values) > 0 && f.Possible != 0 {
		v.Values = f.Fact.Keys(f.Possible)
	}
	if v.Values == nil {
		v.Values = []string{}
	}
	return v
}
