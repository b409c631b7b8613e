package kengine

import (
	"context"
	"time"

	"noroshi.dev/internal/core/api"
	"noroshi.dev/internal/kengine/decide"
)

// APITask is a task in a list.
type APITask struct {
	ID       string       `json:"id"`
	Report   string       `json:"report" doc:"Key of the report"`
	Title    apiText      `json:"title"`
	Products string       `json:"products,omitempty"`
	CVSS     *float64     `json:"cvss,omitempty"`
	KEV      bool         `json:"kev"`
	Decision string       `json:"decision" doc:"model/decision"`
	Name     apiText      `json:"name" doc:"Name of the decision"`
	Possible []apiOutcome `json:"possible" doc:"Outcomes still possible; one: decided"`
	Ruled    *apiOutcome  `json:"ruled,omitempty" doc:"What a person ruled"`
	Deviates bool         `json:"deviates" doc:"The ruling is not among the possible outcomes"`
	Changed  bool         `json:"changed" doc:"New facts changed the outcome since the ruling"`
	Priority int          `json:"priority" minimum:"0" maximum:"4" doc:"What orders the list: 3 now, 2 soon, 1 plan, 0 none; 4 by hand only"`
	ByHand   bool         `json:"priority_set" doc:"The priority was set by hand"`
	State    string       `json:"state" enum:"open,todo,doing,done,closed"`
	Cause    string       `json:"cause,omitempty" doc:"Why it is closed"`
	Owner    string       `json:"owner,omitempty" doc:"Id of a person"`
	Due      time.Time    `json:"due,omitzero"`
	DueSet   bool         `json:"due_set" doc:"The due date was set by hand"`
	Overdue  bool         `json:"overdue"`
	Created  time.Time    `json:"created"`
	Updated  time.Time    `json:"updated"`
	Version  int64        `json:"version" doc:"Give it back with an act to be refused when somebody else was faster"`
}

func taskOf(t TaskRow) APITask {
	out := APITask{
		ID: t.ID, Report: t.Report, Title: textOf(t.Title), Products: t.Products, CVSS: orNone(t.CVSS), KEV: t.KEV,
		Decision: t.Decision, Name: textOf(t.DecisionName), Possible: mapped(t.Possible, outcomeOf), Deviates: t.Deviates,
		Changed: t.Changed, Priority: t.Weight(), ByHand: t.Priority != nil, State: string(t.State), Cause: t.Cause, Owner: t.Owner,
		Due: t.Due, DueSet: t.DueSet, Overdue: t.Overdue, Created: t.Created, Updated: t.Updated, Version: t.Version,
	}
	if t.Ruled != nil {
		o := outcomeOf(*t.Ruled)
		out.Ruled = &o
	}
	return out
}

// apiTaskFull is a task with its reasons and its past.
type apiTaskFull struct {
	APITask
	Inputs   []apiValue   `json:"inputs" doc:"Facts that the decision looks at"`
	Path     []apiText    `json:"path" doc:"The way to the recommendation in words"`
	Changes  []apiChange  `json:"changes" doc:"Smallest changes of facts after which it comes out otherwise"`
	Outcomes []apiOutcome `json:"outcomes" doc:"All outcomes of the decision, low to high"`
	Support  apiSupport   `json:"support"`
	Similar  []apiSimilar `json:"similar" doc:"Past reports and what was ruled"`
	Rulings  []apiRuling  `json:"rulings" doc:"The newest first"`
	History  []apiEvent   `json:"history" doc:"The newest first"`
	Notes    []apiNote    `json:"notes" doc:"The oldest first"`
	Allowed  []string     `json:"allowed" doc:"Acts that the state allows"`
}

// apiChange is a smallest change of facts.
type apiChange struct {
	Words apiText `json:"words"`
}

// apiSupport is the record that a recommendation stands on.
type apiSupport struct {
	Equal      int      `json:"equal" doc:"Past rulings on equal facts"`
	EqualAgree int      `json:"equal_agree" doc:"Those of them that are the recommended outcome"`
	Confidence *float64 `json:"confidence,omitempty" doc:"Share of them that agreed, smoothed after Laplace; absent: several outcomes are possible or nothing was ruled on equal facts"`
	Leaf       int      `json:"leaf" doc:"Past rulings, imported ones too, that come to the same leaf of the tree"`
	LeafAgree  int      `json:"leaf_agree" doc:"Those of them that are the recommended outcome"`
	Imported   int      `json:"imported" doc:"Those of the leaf that were imported"`
}

func supportOf(v *Support) apiSupport {
	out := apiSupport{Equal: v.Equal.Total, EqualAgree: v.Equal.Agree, Leaf: v.Leaf.Total, LeafAgree: v.Leaf.Agree, Imported: v.Imported}
	if v.Known() {
		c := v.Equal.Confidence()
		out.Confidence = &c
	}
	return out
}

// apiSimilar is a past report with a ruling.
type apiSimilar struct {
	Task    string     `json:"task"`
	Report  string     `json:"report"`
	Title   apiText    `json:"title"`
	Outcome apiOutcome `json:"outcome"`
	Reason  string     `json:"reason"`
	At      time.Time  `json:"at"`
	Same    bool       `json:"same" doc:"All inputs are equal"`
	Differs []string   `json:"differs" doc:"Ids of the facts that differ"`
}

// apiRuling is what a person decided.
type apiRuling struct {
	ID          string    `json:"id"`
	Recommended []string  `json:"recommended"`
	Outcome     string    `json:"outcome"`
	Reason      string    `json:"reason" enum:"confirmed,data_missing,logic_wrong,judgement,exception"`
	Note        string    `json:"note,omitempty"`
	Actor       string    `json:"actor"`
	At          time.Time `json:"at"`
	Undone      time.Time `json:"undone,omitzero"`
}

// apiEvent is one entry of a task's history.
type apiEvent struct {
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`
	What   string    `json:"what"`
	Before Snapshot  `json:"before"`
	After  Snapshot  `json:"after"`
	Undone bool      `json:"undone,omitempty"`
}

// apiNote is a remark.
type apiNote struct {
	ID    string    `json:"id"`
	At    time.Time `json:"at"`
	Actor string    `json:"actor"`
	Text  string    `json:"text"`
}

func noteOf(n Note) apiNote { return apiNote(n) }

func fullTaskOf(v TaskView) apiTaskFull {
	out := apiTaskFull{
		APITask: taskOf(v.TaskRow), Inputs: mapped(v.Inputs, factValueOf), Outcomes: mapped(v.Outcomes, outcomeOf),
		Path: []apiText{}, Changes: []apiChange{}, Support: supportOf(&v.Support),
		Similar: mapped(v.Similar, func(p Similar) apiSimilar {
			return apiSimilar{
				Task: p.Task, Report: p.Report, Title: textOf(p.Title), Outcome: outcomeOf(p.Outcome), Reason: string(p.Reason),
				At: p.At, Same: p.Same, Differs: append([]string{}, p.Differs...),
			}
		}),
		Rulings: mapped(v.Rulings, func(r Ruling) apiRuling {
			return apiRuling{
				ID: r.ID, Recommended: append([]string{}, r.Recommended...), Outcome: r.Outcome, Reason: string(r.Reason), Note: r.Note,
				Actor: r.Actor, At: r.At, Undone: r.Undone,
			}
		}),
		History: mapped(v.History, func(h History) apiEvent {
			return apiEvent{At: h.At, Actor: h.Actor, What: h.What, Before: h.Before, After: h.After, Undone: h.Undone}
		}),
		Notes:   mapped(v.Notes, noteOf),
		Allowed: mapped(v.Allowed, func(a Act) string { return string(a) }),
	}
	if v.Compiled == nil {
		return out
	}
	ja, en := v.Compiled.Lines(v.Explanation, "ja"), v.Compiled.Lines(v.Explanation, "en")
	for i := range ja {
		out.Path = append(out.Path, apiText{JA: ja[i], EN: en[i]})
	}
	for _, c := range v.Changes {
		words := func(lang string) string { return v.Compiled.Words(v.Explanation.Decision, c, lang) }
		out.Changes = append(out.Changes, apiChange{Words: textOf(decide.Text{JA: words("ja"), EN: words("en")})})
	}
	return out
}

// TaskPath names a task.
type TaskPath struct {
	ID string `path:"id" maxLength:"64"`
}

// taskOperations declares what can be read of tasks.
func (s *Service) taskOperations(a *api.API) {
	type sorted struct {
		api.PageInput
		Sort string `query:"sort" enum:"priority,due,updated" default:"priority" doc:"Order"`
	}
	apiRead(a, "kengine-tasks", "/tasks", "List the tasks of the own organisation", PermTaskRead(),
		func(ctx context.Context, in *sorted) (*api.PageOutput[APITask], error) {
			q, err := in.Query()
			if err != nil {
				return nil, err
			}
			q.Sort = in.Sort
			rows, err := s.ListTasks(ctx, api.Actor(ctx), q)
			if err != nil {
				return nil, err
			}
			return api.PageOf(rows, taskOf), nil
		})
	apiRead(a, "kengine-task", "/tasks/{id}", "One task with the recommendation and its reasons", PermTaskRead(),
		func(ctx context.Context, in *TaskPath) (*answer[apiTaskFull], error) {
			v, err := s.Task(ctx, api.Actor(ctx), in.ID)
			return answered(fullTaskOf(v), err)
		})
}
