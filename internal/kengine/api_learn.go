package kengine

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"noroshi.dev/internal/core/api"
	"noroshi.dev/internal/kengine/learn"
)

// apiCandidate is what was learnt about a decision.
type apiCandidate struct {
	ID       string      `json:"id"`
	Decision string      `json:"decision" doc:"Key of the model, a slash, key of the decision"`
	Status   string      `json:"status" enum:"ready,active,retired,discarded,none"`
	Base     string      `json:"base" doc:"Id of the version in force from which it was made"`
	Model    string      `json:"model,omitempty" doc:"Id of the draft; absent: there was not enough to make one of"`
	Cases    int64       `json:"cases" doc:"Rulings learnt from"`
	History  string      `json:"history" doc:"Hash of these rulings"`
	Created  time.Time   `json:"created"`
	Evidence apiEvidence `json:"evidence"`
}

// apiEvidence is what speaks for a candidate.
type apiEvidence struct {
	Way          string         `json:"way,omitempty" enum:"revised,new" doc:"Leaves were changed, or a new tree was learnt"`
	Reason       string         `json:"reason,omitempty" enum:"no_history,agrees,too_little" doc:"Why there is no draft"`
	Against      int            `json:"against" doc:"Rulings that the version in force would decide otherwise"`
	Before       apiMeasure     `json:"before"`
	After        apiMeasure     `json:"after"`
	Unseen       apiMeasure     `json:"unseen" doc:"By cross-validation, on rulings not learnt from"`
	LeavesBefore int            `json:"leaves_before"`
	LeavesAfter  int            `json:"leaves_after"`
	Leaves       []LeafEvidence `json:"leaves" doc:"Ends of the tree that differ from the version in force, at most 100"`
	Flips        int            `json:"flips" doc:"Past rulings that would be recommended otherwise"`
	Flipped      []FlipEvidence `json:"flipped" doc:"The first 200 of them"`
}

// apiMeasure is how a model answers a history.
type apiMeasure struct {
	Accuracy  float64 `json:"accuracy" doc:"Share decided as ruled, 0 to 1"`
	WithinOne float64 `json:"within_one" doc:"Share decided as ruled or next to it"`
	Undecided float64 `json:"undecided" doc:"Share with several outcomes"`
	Cost      float64 `json:"cost" doc:"Mean cost of steps from the ruling, by the weights of the organisation"`
}

func measureOf(m learn.Measure) apiMeasure { return apiMeasure(m) }

func candidateOf(c Candidate) apiCandidate {
	e := &c.Evidence
	return apiCandidate{
		ID: c.ID, Decision: c.Decision, Status: string(c.Status), Base: c.Base, Model: c.Model, Cases: c.Cases, History: c.History, Created: c.Created,
		Evidence: apiEvidence{
			Way: string(e.Way), Reason: string(e.Reason), Against: e.Against, Before: measureOf(e.Before), After: measureOf(e.After),
			Unseen: measureOf(e.Unseen), LeavesBefore: e.LeavesBefore, LeavesAfter: e.LeavesAfter, Leaves: append([]LeafEvidence{}, e.Leaves...),
			Flips: e.Flips, Flipped: append([]FlipEvidence{}, e.Flipped...),
		},
	}
}

// CandidatePath names a candidate.
type CandidatePath struct {
	ID string `path:"id" maxLength:"64"`
}

// apiHistoryImport says what an import of past rulings did.
type apiHistoryImport struct {
	ID       string             `json:"id"`
	Decision string             `json:"decision"`
	Added    int                `json:"added"`
	Same     int                `json:"same" doc:"Rulings that were there already"`
	Refused  int                `json:"refused"`
	Refusals []apiHistoryRefuse `json:"refusals" doc:"The first 100 rows that were left out"`
	Ignored  []string           `json:"ignored" doc:"Columns and decision points that the model does not have"`
}

// apiHistoryRefuse is a row of a history that was left out.
type apiHistoryRefuse struct {
	Line   int    `json:"line"`
	Reason string `json:"reason" enum:"width,value,outcome,time,json"`
	Text   string `json:"text"`
}

// historyUpload is past rulings as the body of a request.
type historyUpload struct {
	Decision string `query:"decision" maxLength:"200" doc:"Key of the decision, alone or as MODEL/DECISION; it may be left out where there is only one"`
	Name     string `query:"name" maxLength:"200" default:"api" doc:"Where the rulings are from"`
	body     io.Reader
}

// Resolve takes the body without reading it.
func (u *historyUpload) Resolve(ctx huma.Context) []error {
	u.body = ctx.BodyReader()
	return nil
}

// learnOperations declares learning.
func (s *Service) learnOperations(a *api.API) {
	apiRead(a, "kengine-candidates", "/candidates", "List what was learnt about the decisions of the own organisation", PermModelRead(),
		func(ctx context.Context, _ *struct{}) (*answer[wholeList[apiCandidate]], error) {
			rows, err := s.Candidates(ctx, api.Actor(ctx))
			return answered(wholeList[apiCandidate]{Items: mapped(rows, candidateOf)}, err)
		})
	apiRead(a, "kengine-candidate", "/candidates/{id}", "One candidate with its evidence", PermModelRead(),
		func(ctx context.Context, in *CandidatePath) (*answer[apiCandidate], error) {
			c, err := s.Candidate(ctx, api.Actor(ctx), in.ID)
			return answered(candidateOf(c), err)
		})
	type which struct {
		Decision string `query:"decision" maxLength:"200" doc:"Key of the decision, alone or as MODEL/DECISION; absent: all"`
	}
	apiDeed(a, "kengine-learn", "/learn", "Learn candidates from past rulings now", PermModelEdit(),
		func(ctx context.Context, in *which) (*answer[wholeList[apiCandidate]], error) {
			rows, err := s.Learn(ctx, api.Actor(ctx), in.Decision)
			return answered(wholeList[apiCandidate]{Items: mapped(rows, candidateOf)}, err)
		})
	type forgotten struct {
		Forgotten int64 `json:"forgotten" doc:"Imported rulings that are gone"`
	}
	apiDeed(a, "kengine-learn-forget", "/learn/history/forget", "Remove the imported rulings of a decision", PermModelEdit(),
		func(ctx context.Context, in *which) (*answer[forgotten], error) {
			n, err := s.ForgetHistory(ctx, api.Actor(ctx), in.Decision)
			return answered(forgotten{n}, err)
		})
	op := huma.Operation{
		OperationID: "kengine-learn-history", Method: http.MethodPost, Path: "/kengine/learn/history", Summary: "Import past rulings",
		Description: "The body is CSV, whose columns are facts by id or key and whose last column is the outcome, or SSVC SelectionLists. Rows that are wrong are refused and listed.",
		RequestBody: document(),
	}
	api.Register(a, op, PermModelEdit(), func(ctx context.Context, in *historyUpload) (*answer[apiHistoryImport], error) {
		v, err := s.ImportHistory(ctx, api.Actor(ctx), in.Decision, in.Name, in.body)
		return answered(apiHistoryImport{
			ID: v.ID, Decision: v.Decision, Added: v.Added, Same: v.Same, Refused: v.Refused, Ignored: append([]string{}, v.Ignored...),
			Refusals: mapped(v.Refusals, func(r learn.Refusal) apiHistoryRefuse { return apiHistoryRefuse(r) }),
		}, err)
	})
}
