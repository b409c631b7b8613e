package kengine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/web/filter"
)

// Selection names tasks of the actor's organisation: by their ids, or all that a filter of the
// task list finds.
type Selection struct {
	IDs     []string
	Version int64        // with one id: the version that was seen, 0: any; another one is fault.Conflict
	Filter  *filter.Expr // used when IDs is empty
}

// One selects a single task as it was seen; version 0 means whatever it is now.
func One(id string, version int64) Selection { return Selection{IDs: []string{id}, Version: version} }

// These selects tasks by their ids.
func These(ids ...string) Selection { return Selection{IDs: ids} }

// Matching selects all tasks that a filter finds.
func Matching(e filter.Expr) Selection { return Selection{Filter: &e} }

// Refused is a task that an act could not be done to, and why.
type Refused struct {
	ID    string
	Fault *fault.Error
}

// Result says what an act on tasks did.
type Result struct {
	Changed int
	Refused []Refused // at most maxRefused of them
	More    int       // further ones
}

const (
	actChunk   = 500 // tasks of one transaction
	maxRefused = 100
)

// acting is one act on a selection of tasks.
type acting struct {
	op         string // audit operation and message key
	permission identity.Permission
	what       string // history
	do         func(ctx context.Context, tx *storage.Tx, t *task) error
}

// act does an act to every selected task, in transactions of at most actChunk tasks, each task with
// its history. With a single id a refusal is the error; of several tasks those that refuse are
// told and the others done.
func (s *Service) act(ctx context.Context, a identity.Actor, sel Selection, act acting) (Result, error) {
	var res Result
	if err := s.may(a, act.permission); err != nil {
		return res, err
	}
	ids, err := s.selected(ctx, a, sel)
	if err != nil {
		return res, err
	}
	single := len(sel.IDs) == 1
	slices.Sort(ids) // all lock tasks in one order, so that nobody waits for each other
	for len(ids) > 0 {
		n := min(actChunk, len(ids))
		part, err := s.actOn(ctx, a, ids[:n], sel.Version, single, act)
		if err != nil {
			return res, err
		}
		res.Changed += part.Changed
		for _, r := range part.Refused {
			if len(res.Refused) < maxRefused {
				res.Refused = append(res.Refused, r)
			} else {
				res.More++
			}
		}
		ids = ids[n:]
	}
	return res, nil
}

// selected returns the ids of a selection.
func (s *Service) selected(ctx context.Context, a identity.Actor, sel Selection) ([]string, error) {
	if len(sel.IDs) > 0 || sel.Filter == nil {
		return once(sel.IDs), nil
	}
	w, err := s.taskWhere(a, *sel.Filter)
	if err != nil {
		return nil, err
	}
	ids, err := storage.List(ctx, s.DB.Read(), storage.Scalar[string], `SELECT t.id FROM kengine_task t`+w.SQL()+` ORDER BY t.id`, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("kengine: select tasks: %w", err)
	}
	return ids, nil
}

// once returns ids each once, in their order: a row that was sent twice is acted on once.
func once(ids []string) []string {
	seen := make(map[string]bool, len(ids))
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		defer func() { seen[id] = true }()
		return seen[id]
	})
}

// actOn does an act to some tasks in one transaction.
func (s *Service) actOn(ctx context.Context, a identity.Actor, ids []string, version int64, single bool, act acting) (Result, error) {
	var res Result
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		res = Result{} // InTx may run this again
		for _, id := range ids {
			err := s.actOnOne(ctx, tx, a, id, version, act)
			if f := fault.Of(err); f != nil && !single && refusal(f) {
				res.Refused = append(res.Refused, Refused{ID: id, Fault: f})
				continue
			}
			if err != nil {
				return fmt.Errorf("kengine: %s %s: %w", act.op, id, err)
			}
			res.Changed++
		}
		if res.Changed == 0 {
			return nil
		}
		object := ids[0]
		if !single {
			object = fmt.Sprintf("%d tasks from %s", res.Changed, ids[0])
		}
		if act.permission.Name == PermRule().Name {
			if err := s.driftLater(ctx, tx, a.Organisation); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, a, act.op, object)
	})
	return res, err
}

// refusal reports whether a fault is about the task itself and leaves the transaction sound.
func refusal(f *fault.Error) bool {
	return errors.Is(f, fault.NotFound) || errors.Is(f, fault.Invalid) || errors.Is(f, fault.Conflict) && f.Key == "kengine.task.state"
}

func (s *Service) actOnOne(ctx context.Context, tx *storage.Tx, a identity.Actor, id string, version int64, act acting) error {
	t, err := lockTask(ctx, tx, a.Organisation, id)
	if err != nil {
		return err
	}
	if version != 0 && version != t.version {
		return fault.New(fault.Conflict, "kengine.task", id).Hinted("kengine.task.reload")
	}
	before := t.snapshot()
	if err := act.do(ctx, tx, t); err != nil {
		return err
	}
	if err := t.save(ctx, tx); err != nil {
		return err
	}
	return s.remember(ctx, tx, t, a.ID, act.what, before)
}

// step moves t along the state machine.
func (t *task) step(a Act) error {
	next, ok := t.state.Next(a)
	if !ok {
		return fault.New(fault.Conflict, "kengine.task.state", t.id).With("state", string(t.state)).With("act", string(a))
	}
	t.state = next
	return nil
}

// Assign gives tasks to a member of the organisation, or with an empty id to nobody. It needs
// PermTaskWork.
func (s *Service) Assign(ctx context.Context, a identity.Actor, sel Selection, owner string) (Result, error) {
	if err := s.may(a, PermTaskWork()); err != nil {
		return Result{}, err
	}
	if err := s.member(ctx, a, owner); err != nil {
		return Result{}, err
	}
	return s.act(ctx, a, sel, acting{"task.assign", PermTaskWork(), "assign", func(_ context.Context, _ *storage.Tx, t *task) error {
		t.owner = owner
		return nil
	}})
}

// member returns nil if a person may be given tasks of the actor's organisation.
func (s *Service) member(ctx context.Context, a identity.Actor, person string) error {
	if person == "" || person == a.ID || s.People == nil {
		return nil
	}
	members, err := s.People.Members(ctx, identity.System("kengine").In(a.Organisation), a.Organisation)
	if err != nil {
		return fmt.Errorf("kengine: members: %w", err)
	}
	if slices.ContainsFunc(members, func(m identity.Member) bool { return m.Person == person && !m.Disabled }) {
		return nil
	}
	return fault.New(fault.Invalid, "kengine.task").Field("owner", "kengine.task.owner")
}

// SetDue sets the due date of tasks by hand; the zero time gives it back to the model. It needs PermTaskWork.
func (s *Service) SetDue(ctx context.Context, a identity.Actor, sel Selection, due time.Time) (Result, error) {
	return s.act(ctx, a, sel, acting{"task.due", PermTaskWork(), "due", func(ctx context.Context, tx *storage.Tx, t *task) error {
		if t.due, t.dueSet = due.UTC().Truncate(time.Microsecond), !due.IsZero(); t.dueSet {
			return nil
		}
		var err error
		t.due, err = s.dueByModel(ctx, tx, t)
		return err
	}})
}

// SetPriority sets the priority of tasks by hand, 0 to 4; nil gives it back to the model. It needs
// PermTaskWork.
func (s *Service) SetPriority(ctx context.Context, a identity.Actor, sel Selection, priority *int) (Result, error) {
	if priority != nil && (*priority < 0 || *priority > maxPriority) {
		return Result{}, fault.New(fault.Invalid, "kengine.task").Field("priority", "kengine.task.priority", "max", maxPriority)
	}
	return s.act(ctx, a, sel, acting{"task.priority", PermTaskWork(), "priority", func(_ context.Context, _ *storage.Tx, t *task) error {
		t.priority = priority
		return nil
	}})
}

// Start begins the work on tasks; one without an owner becomes the actor's. It needs PermTaskWork.
func (s *Service) Start(ctx context.Context, a identity.Actor, sel Selection) (Result, error) {
	return s.act(ctx, a, sel, acting{"task.start", PermTaskWork(), string(ActStart), func(_ context.Context, _ *storage.Tx, t *task) error {
		if t.owner == "" {
			t.owner = a.ID
		}
		return t.step(ActStart)
	}})
}

// Finish says that the work on tasks is done. It needs PermTaskWork.
func (s *Service) Finish(ctx context.Context, a identity.Actor, sel Selection) (Result, error) {
	return s.act(ctx, a, sel, acting{"task.finish", PermTaskWork(), string(ActFinish), func(_ context.Context, _ *storage.Tx, t *task) error {
		return t.step(ActFinish)
	}})
}

// Drop gives tasks up for a reason in words. It needs PermTaskWork.
func (s *Service) Drop(ctx context.Context, a identity.Actor, sel Selection, why string) (Result, error) {
	why = cut(oneLine(why), maxName)
	if why == "" {
		return Result{}, fault.New(fault.Invalid, "kengine.task").Field("why", "required")
	}
	return s.act(ctx, a, sel, acting{"task.drop", PermTaskWork(), string(ActDrop), func(_ context.Context, _ *storage.Tx, t *task) error {
		t.cause = why
		return t.step(ActDrop)
	}})
}

// Reopen takes up tasks that were done or closed. It needs PermTaskWork.
func (s *Service) Reopen(ctx context.Context, a identity.Actor, sel Selection) (Result, error) {
	return s.act(ctx, a, sel, acting{"task.reopen", PermTaskWork(), string(ActReopen), func(ctx context.Context, tx *storage.Tx, t *task) error {
		if err := t.step(ActReopen); err != nil {
			return err
		}
		if t.ruled != "" || t.state != Open {
			t.cause = "" // else it stays, so that the same recommendation does not close it again
		}
		return s.askAgain(ctx, tx, t)
	}})
}

// askAgain gives a task that awaits a ruling again the rank and the date of what is possible, so
// that it does not lie at the end of the list.
func (s *Service) askAgain(ctx context.Context, tx *storage.Tx, t *task) error {
	if t.state != Open {
		return nil
	}
	if err := s.rankAgain(ctx, tx, t); err != nil || t.dueSet {
		return err
	}
	var err error
	t.due, err = s.dueByModel(ctx, tx, t)
	return err
}

// maxNote is the length of a note in runes.
const maxNote = 10_000

// AddNote writes a remark on a task. It needs PermTaskWork.
func (s *Service) AddNote(ctx context.Context, a identity.Actor, id, text string) (Note, error) {
	if err := s.may(a, PermTaskWork()); err != nil {
		return Note{}, err
	}
	n := Note{ID: s.IDs.UUID(), Actor: a.ID, Text: strings.TrimSpace(cut(text, maxNote))}
	if n.Text == "" {
		return n, fault.New(fault.Invalid, "kengine.note").Field("text", "required")
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if _, err := readTask(ctx, tx, a.Organisation, id); err != nil {
			return err
		}
		n.At = tx.Now()
		_, err := tx.ExecContext(ctx, `INSERT INTO kengine_note (id, task, at, actor, text) VALUES (?, ?, ?, ?, ?)`,
			n.ID, id, storage.At(n.At), n.Actor, n.Text)
		if err != nil {
			return fmt.Errorf("kengine: note on %s: %w", id, err)
		}
		return s.record(ctx, tx, a, "task.note", id)
	})
	return n, err
}

// dueByModel returns the due date that the model gives to a task: by the ruled outcome, or while a
// ruling is awaited by the most urgent of the possible ones, counted from now.
func (s *Service) dueByModel(ctx context.Context, tx *storage.Tx, t *task) (time.Time, error) {
	m, d, err := s.decisionOf(ctx, tx, t)
	if err != nil || m == nil {
		return time.Time{}, err
	}
	set := t.possible
	if i := m.OutcomeFact(d).Index(t.ruled); t.ruled != "" && i >= 0 && t.state != Open {
		set = 1 << i
	}
	r := (&Active{ID: t.model, Key: m.Model.Key, loaded: m}).recommend(d, set, tx.Now())
	return r.due, nil
}
