package kengine

import (
	"context"
	"time"

	"noroshi.dev/internal/core/api"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web/filter"
)

// Seen is the version of a task that the caller saw; in a body that may be left out.
type Seen struct {
	Version int64 `json:"version,omitempty" minimum:"0" doc:"As it was read; another one is refused. 0: whatever it is now"`
}

// taskActs declares what can be done to one task, and to many.
func (s *Service) taskActs(a *api.API) {
	plain := func(id, path, summary string, p identity.Permission, do func(context.Context, identity.Actor, Selection) (Result, error)) {
		type input struct {
			TaskPath
			Body *Seen
		}
		apiDeed(a, id, "/tasks/{id}/"+path, summary, p, func(ctx context.Context, in *input) (*answer[APITask], error) {
			var version int64
			if in.Body != nil {
				version = in.Body.Version
			}
			_, err := do(ctx, api.Actor(ctx), One(in.ID, version))
			return s.taskAfter(ctx, in.ID, err)
		})
	}
	plain("kengine-task-confirm", "confirm", "Rule a task as recommended", PermRule(), s.Confirm)
	plain("kengine-task-start", "start", "Begin the work on a task", PermTaskWork(), s.Start)
	plain("kengine-task-finish", "finish", "Say that the work on a task is done", PermTaskWork(), s.Finish)
	plain("kengine-task-reopen", "reopen", "Take up a task that was done or closed", PermTaskWork(), s.Reopen)
	plain("kengine-task-undo", "undo", "Take the last act on a task back", PermTaskWork(), s.Undo)
	s.taskDeeds(a)
	s.taskNotes(a)
}

// taskDeeds declares the acts that take more than a version.
func (s *Service) taskDeeds(a *api.API) {
	type overrule struct {
		TaskPath
		Body struct {
			Seen
			Outcome string `json:"outcome" maxLength:"200" doc:"Key of the outcome"`
			Reason  string `json:"reason" enum:"data_missing,logic_wrong,judgement,exception"`
			Note    string `json:"note,omitempty" maxLength:"10000"`
		}
	}
	apiDeed(a, "kengine-task-overrule", "/tasks/{id}/overrule", "Rule a task otherwise than recommended", PermRule(),
		func(ctx context.Context, in *overrule) (*answer[APITask], error) {
			_, err := s.Overrule(ctx, api.Actor(ctx), One(in.ID, in.Body.Version), RuleInput{Outcome: in.Body.Outcome, Reason: Reason(in.Body.Reason), Note: in.Body.Note})
			return s.taskAfter(ctx, in.ID, err)
		})
	type assign struct {
		TaskPath
		Body struct {
			Seen
			Owner string `json:"owner" maxLength:"64" doc:"Id of a member of the organisation; empty: nobody"`
		}
	}
	apiDeed(a, "kengine-task-assign", "/tasks/{id}/assign", "Give a task to somebody", PermTaskWork(), func(ctx context.Context, in *assign) (*answer[APITask], error) {
		_, err := s.Assign(ctx, api.Actor(ctx), One(in.ID, in.Body.Version), in.Body.Owner)
		return s.taskAfter(ctx, in.ID, err)
	})
	type due struct {
		TaskPath
		Body struct {
			Seen
			Due time.Time `json:"due,omitempty" doc:"Absent: what the model says"`
		}
	}
	apiDeed(a, "kengine-task-due", "/tasks/{id}/due", "Set the due date of a task", PermTaskWork(), func(ctx context.Context, in *due) (*answer[APITask], error) {
		_, err := s.SetDue(ctx, api.Actor(ctx), One(in.ID, in.Body.Version), in.Body.Due)
		return s.taskAfter(ctx, in.ID, err)
	})
	type priority struct {
		TaskPath
		Body struct {
			Seen
			Priority *int `json:"priority,omitempty" minimum:"0" maximum:"4" doc:"Absent: what the model says"`
		}
	}
	apiDeed(a, "kengine-task-priority", "/tasks/{id}/priority", "Set the priority of a task", PermTaskWork(),
		func(ctx context.Context, in *priority) (*answer[APITask], error) {
			_, err := s.SetPriority(ctx, api.Actor(ctx), One(in.ID, in.Body.Version), in.Body.Priority)
			return s.taskAfter(ctx, in.ID, err)
		})
	type drop struct {
		TaskPath
		Body struct {
			Seen
			Why string `json:"why" minLength:"1" maxLength:"500"`
		}
	}
	apiDeed(a, "kengine-task-drop", "/tasks/{id}/drop", "Give a task up", PermTaskWork(), func(ctx context.Context, in *drop) (*answer[APITask], error) {
		_, err := s.Drop(ctx, api.Actor(ctx), One(in.ID, in.Body.Version), in.Body.Why)
		return s.taskAfter(ctx, in.ID, err)
	})
}

// taskNotes declares remarks and acts on many tasks.
func (s *Service) taskNotes(a *api.API) {
	type note struct {
		TaskPath
		Body struct {
			Text string `json:"text" minLength:"1" maxLength:"10000"`
		}
	}
	apiDeed(a, "kengine-task-note", "/tasks/{id}/notes", "Write a remark on a task", PermTaskWork(), func(ctx context.Context, in *note) (*answer[apiNote], error) {
		n, err := s.AddNote(ctx, api.Actor(ctx), in.ID, in.Body.Text)
		return answered(noteOf(n), err)
	})
	apiDeed(a, "kengine-tasks-act", "/tasks", "Do one act to many tasks", PermTaskWork(), func(ctx context.Context, in *bulkInput) (*answer[apiResult], error) {
		res, err := s.bulk(ctx, api.Actor(ctx), in)
		return answered(resultOf(ctx, res), err)
	})
}

// taskAfter answers a task as it is after an act.
func (s *Service) taskAfter(ctx context.Context, id string, err error) (*answer[APITask], error) {
	if err != nil {
		return nil, err
	}
	v, err := s.Task(ctx, api.Actor(ctx), id)
	return answered(taskOf(v.TaskRow), err)
}

// bulkInput is one act to many tasks.
type bulkInput struct {
	Body struct {
		Act     string    `json:"act" enum:"confirm,overrule,assign,due,priority,start,finish,drop,reopen,undo"`
		IDs     []string  `json:"ids,omitempty" maxItems:"1000" doc:"Which tasks; absent: all that q finds"`
		Q       string    `json:"q,omitempty" maxLength:"1000" doc:"Filter of the task list; needed without ids"`
		Owner   string    `json:"owner,omitempty" maxLength:"64" doc:"For assign"`
		Due     time.Time `json:"due,omitempty" doc:"For due"`
		To      *int      `json:"priority,omitempty" minimum:"0" maximum:"4" doc:"For priority"`
		Why     string    `json:"why,omitempty" maxLength:"500" doc:"For drop"`
		Outcome string    `json:"outcome,omitempty" maxLength:"200" doc:"For overrule"`
		Reason  string    `json:"reason,omitempty" maxLength:"50" doc:"For overrule"`
		Note    string    `json:"note,omitempty" maxLength:"10000" doc:"For overrule"`
	}
}

// apiResult says what an act on many tasks did.
type apiResult struct {
	Changed int          `json:"changed"`
	Refused []apiRefused `json:"refused" doc:"The first of those that the act could not be done to"`
	More    int          `json:"more" doc:"Further refused ones"`
}

// apiRefused is a task that an act could not be done to.
type apiRefused struct {
	ID   string `json:"id"`
	Code string `json:"code" doc:"Key of the reason"`
}

func resultOf(_ context.Context, r Result) apiResult {
	return apiResult{Changed: r.Changed, More: r.More, Refused: mapped(r.Refused, func(v Refused) apiRefused { return apiRefused{ID: v.ID, Code: v.Fault.Key} })}
}

// bulk does the act that the input names.
func (s *Service) bulk(ctx context.Context, a identity.Actor, in *bulkInput) (Result, error) {
	b := &in.Body
	sel := These(b.IDs...)
	if len(b.IDs) == 0 {
		if b.Q == "" {
			return Result{}, fault.New(fault.Invalid, "kengine.task").Field("ids", "required")
		}
		e, err := filter.Parse(b.Q)
		if err != nil {
			return Result{}, err
		}
		sel = Matching(e)
	}
	acts := map[string]func() (Result, error){
		"confirm": func() (Result, error) { return s.Confirm(ctx, a, sel) },
		"overrule": func() (Result, error) {
			return s.Overrule(ctx, a, sel, RuleInput{Outcome: b.Outcome, Reason: Reason(b.Reason), Note: b.Note})
		},
		"assign":   func() (Result, error) { return s.Assign(ctx, a, sel, b.Owner) },
		"due":      func() (Result, error) { return s.SetDue(ctx, a, sel, b.Due) },
		"priority": func() (Result, error) { return s.SetPriority(ctx, a, sel, b.To) },
		"start":    func() (Result, error) { return s.Start(ctx, a, sel) },
		"finish":   func() (Result, error) { return s.Finish(ctx, a, sel) },
		"drop":     func() (Result, error) { return s.Drop(ctx, a, sel, b.Why) },
		"reopen":   func() (Result, error) { return s.Reopen(ctx, a, sel) },
		"undo":     func() (Result, error) { return s.Undo(ctx, a, sel) },
	}
	act, ok := acts[b.Act]
	if !ok {
		return Result{}, fault.New(fault.Invalid, "kengine.task").Field("act", "not_choice")
	}
	return act()
}
