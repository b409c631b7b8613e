package kengine

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/chart"
	"noroshi.dev/internal/core/web/ui"
	"noroshi.dev/internal/kengine/decide"
)

// oneTaskRoutes declares the page of a task and its deeds.
func (p *pages) oneTaskRoutes(rs *web.Routes) {
	path := pathTasks + "/task/{id}"
	rs.Get(path, PermTaskRead(), p.task)
	for name, act := range map[string]struct {
		permission identity.Permission
		do         func(context.Context, identity.Actor, Selection) (Result, error)
	}{
		"confirm": {PermRule(), p.Confirm},
		"undo":    {PermTaskWork(), p.Undo},
		"start":   {PermTaskWork(), p.Start},
		"finish":  {PermTaskWork(), p.Finish},
		"reopen":  {PermTaskWork(), p.Reopen},
	} {
		rs.Post(path+"/"+name, act.permission, p.step(name, act.do))
	}
	rs.Post(path+"/overrule", PermRule(), p.overrule)
	rs.Post(path+"/drop", PermTaskWork(), p.drop)
	rs.Post(path+"/plan", PermTaskWork(), p.plan)
	rs.Post(path+"/note", PermTaskWork(), p.note)
	rs.Post(path+"/answer", PermReportWrite(), p.taskAnswer)
}

// taskPage is what the page of a task shows.
type taskPage struct {
	*TaskView
	actor    identity.Actor
	decision int // position in the model, -1 where the model is gone
	asks     []ask
	tree     *chart.Tree
	members  []ui.Option
	names    peopleNames
	trouble  ui.Trouble // of the form that was sent last
	rule     ruleForm
	plan     planForm
	drop     dropForm
	note     noteForm
	answers  answers
}

// ask is a question whose answer can still change a decision.
type ask struct {
	fact      decide.Fact
	possible  decide.Set
	decisions []decide.Text
}

// ruleForm is how a person overrules.
type ruleForm struct {
	Outcome string `form:"outcome,max=100"`
	Reason  string `form:"reason,max=40"`
	Note    string `form:"note,max=10000"`
}

// planForm is who does a task until when, and how urgent it is.
type planForm struct {
	Owner    string    `form:"owner,max=200"`
	Due      time.Time `form:"due"`
	Priority string    `form:"priority,oneof=0|1|2|3|4|model"`
}

// dropForm is why a task is given up.
type dropForm struct {
	Why string `form:"why,max=200"`
}

// noteForm is a remark.
type noteForm struct {
	Text string `form:"text,max=10000"`
}

// seen is the version of the task on the page that a form was sent from.
func seen(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.URL.Query().Get("version"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func taskURL(r *http.Request) string { return web.URL(r, pathTasks+"/task/%s", r.PathValue("id")) }

func (p *pages) task(w http.ResponseWriter, r *http.Request) error {
	return p.showTask(w, r, &taskPage{}, nil)
}

// showTask shows a task, or shows it again with what was wrong with the form that was sent.
func (p *pages) showTask(w http.ResponseWriter, r *http.Request, v *taskPage, wrong error) error {
	if wrong != nil {
		var err error
		if v.trouble, err = web.FormError(r, wrong); err != nil {
			return err
		}
	}
	v.actor = web.Actor(r)
	task, err := p.Task(r.Context(), v.actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	v.TaskView = &task
	if err := p.prepareTask(r, v); err != nil {
		return err
	}
	return web.Render(w, r, status(v.trouble), ui.Page{Title: task.Report + " " + task.DecisionName.In(string(web.Lang(r)))}, taskBody(v))
}

// prepareTask fills what the page needs beside the task.
func (p *pages) prepareTask(r *http.Request, v *taskPage) error {
	v.decision = -1
	if v.Compiled != nil {
		_, key, _ := strings.Cut(v.Decision, "/")
		v.decision = v.Compiled.Model.Decision(key)
	}
	if v.decision >= 0 {
		in := v.inputs()
		v.asks = v.questions(in)
		v.tree = treeOf(&v.Support, v.Compiled.Model.Decisions[v.decision].Name, string(web.Lang(r)))
	}
	if !v.trouble.Any() || v.plan == (planForm{}) {
		v.plan = planForm{Owner: v.Owner, Due: v.Due, Priority: "model"}
		if v.Priority != nil {
			v.plan.Priority = strconv.Itoa(*v.Priority)
		}
	}
	ids := []string{v.Owner}
	for i := range v.History {
		h := &v.History[i]
		ids = append(ids, h.Actor, h.Before.Owner, h.After.Owner)
	}
	for i := range v.Rulings {
		ids = append(ids, v.Rulings[i].Actor)
	}
	for i := range v.Notes {
		ids = append(ids, v.Notes[i].Actor)
	}
	slices.Sort(ids)
	var err error
	if v.names, err = p.names(r.Context(), slices.Compact(ids)...); err != nil {
		return err
	}
	if v.actor.May(PermTaskWork()) {
		v.members, err = p.Service.members(r.Context(), v.actor, v.plan.Owner)
	}
	return err
}

// inputs is what is known of the inputs of the whole model.
func (v *taskPage) inputs() []decide.Set {
	in := v.Compiled.Unknown()
	for i := range v.Inputs {
		if col := v.Compiled.Column(v.Inputs[i].Fact.ID); col >= 0 {
			in[col] = v.Inputs[i].Possible
		}
	}
	return in
}

// questions are those of the model that can change this decision, the most informative first.
func (v *taskPage) questions(in []decide.Set) []ask {
	key := v.Compiled.Model.Decisions[v.decision].Key
	facts := v.Compiled.Inputs()
	var out []ask
	for _, q := range v.Compiled.Questions(in, nil) {
		if slices.Contains(q.Decisions, key) {
			out = append(out, ask{fact: facts[q.Column], possible: q.Possible})
		}
	}
	return out
}

// may reports whether the task takes an act and the reader may do it.
func (v *taskPage) may(act Act) bool {
	p := PermTaskWork()
	if act == ActRule || act == ActWaive {
		p = PermRule()
	}
	return slices.Contains(v.Allowed, act) && v.actor.May(p)
}

// undoable reports whether the last thing that happened was done by a person and can be taken back.
func (v *taskPage) undoable() bool {
	for i := range v.History {
		h := &v.History[i]
		if h.What == "undo" || h.Undone {
			continue
		}
		return h.Actor != SystemActor && v.actor.May(PermTaskWork())
	}
	return false
}

// step answers a deed without further fields.
func (p *pages) step(name string, do func(context.Context, identity.Actor, Selection) (Result, error)) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		var f struct{}
		err := web.Decode(r, &f)
		if err == nil {
			_, err = do(r.Context(), web.Actor(r), One(r.PathValue("id"), seen(r)))
		}
		if err != nil {
			return p.showTask(w, r, &taskPage{}, err)
		}
		return web.SeeOther(w, r, taskURL(r), "kengine.tasks.did."+name, "n", 1)
	}
}

func (p *pages) overrule(w http.ResponseWriter, r *http.Request) error {
	var v taskPage
	err := web.Decode(r, &v.rule)
	if err == nil {
		_, err = p.Overrule(r.Context(), web.Actor(r), One(r.PathValue("id"), seen(r)), RuleInput{
			Outcome: v.rule.Outcome, Reason: Reason(v.rule.Reason), Note: v.rule.Note,
		})
	}
	if err != nil {
		return p.showTask(w, r, &v, err)
	}
	return web.SeeOther(w, r, taskURL(r), "kengine.tasks.did.overrule")
}

func (p *pages) drop(w http.ResponseWriter, r *http.Request) error {
	var v taskPage
	err := web.Decode(r, &v.drop)
	if err == nil {
		_, err = p.Drop(r.Context(), web.Actor(r), One(r.PathValue("id"), seen(r)), v.drop.Why)
	}
	if err != nil {
		return p.showTask(w, r, &v, err)
	}
	return web.SeeOther(w, r, taskURL(r), "kengine.tasks.did.drop", "n", 1)
}

func (p *pages) note(w http.ResponseWriter, r *http.Request) error {
	var v taskPage
	err := web.Decode(r, &v.note)
	if err == nil {
		_, err = p.AddNote(r.Context(), web.Actor(r), r.PathValue("id"), v.note.Text)
	}
	if err != nil {
		return p.showTask(w, r, &v, err)
	}
	return web.SeeOther(w, r, taskURL(r)+"#notes", "kengine.work.noted")
}

// plan changes owner, due date and priority, each where it was changed on the page.
func (p *pages) plan(w http.ResponseWriter, r *http.Request) error {
	var v taskPage
	err := web.Decode(r, &v.plan)
	if err == nil {
		err = p.replan(r, &v.plan)
	}
	if err != nil {
		return p.showTask(w, r, &v, err)
	}
	return web.SeeOther(w, r, taskURL(r), "kengine.work.planned")
}

func (p *pages) replan(r *http.Request, f *planForm) error {
	ctx, a, id, version := r.Context(), web.Actor(r), r.PathValue("id"), seen(r)
	t, err := p.Task(ctx, a, id)
	if err != nil {
		return err
	}
	var acts []func(Selection) error
	if f.Owner != t.Owner {
		acts = append(acts, func(s Selection) error { _, err := p.Assign(ctx, a, s, f.Owner); return err })
	}
	if !f.Due.Equal(t.Due.Truncate(time.Minute)) {
		acts = append(acts, func(s Selection) error { _, err := p.SetDue(ctx, a, s, f.Due); return err })
	}
	was, now := t.Priority, priorityOf(f.Priority)
	if (was == nil) != (now == nil) || was != nil && *was != *now {
		acts = append(acts, func(s Selection) error { _, err := p.SetPriority(ctx, a, s, now); return err })
	}
	for _, act := range acts {
		if err := act(One(id, version)); err != nil {
			return err
		}
		version = 0 // the first of them has compared it
	}
	return nil
}

// taskAnswer writes the answers to the questions of a task.
func (p *pages) taskAnswer(w http.ResponseWriter, r *http.Request) error {
	v := taskPage{}
	var err error
	if v.answers, err = readAnswers(r); err != nil {
		return p.showTask(w, r, &v, err)
	}
	t, err := p.Task(r.Context(), web.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	if _, err := p.AddAssertion(r.Context(), web.Actor(r), t.Report, v.answers.input()); err != nil {
		return p.showTask(w, r, &v, v.answers.renamed(err))
	}
	return web.SeeOther(w, r, taskURL(r), "kengine.form.kept")
}
