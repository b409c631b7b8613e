package kengine

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"noroshi.dev/internal/core/event"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/view"
	"noroshi.dev/internal/core/web/filter"
)

// Views is what the room asks of saved views and of what is subscribed to them.
type Views interface {
	Save(ctx context.Context, a identity.Actor, v view.View) (view.View, error)
	List(ctx context.Context, a identity.Actor, path string) ([]view.View, error)
	View(ctx context.Context, a identity.Actor, id string) (view.View, error)
	Rename(ctx context.Context, a identity.Actor, id, name, query string) error
	Delete(ctx context.Context, a identity.Actor, id string) error
	Subscribe(ctx context.Context, a identity.Actor, id string, kind view.Kind, address string) (view.Subscription, string, error)
	Subscriptions(ctx context.Context, a identity.Actor) ([]view.Subscription, error)
	Unsubscribe(ctx context.Context, a identity.Actor, subscription string) error
	Feed(ctx context.Context, secret string, permissions ...string) (view.View, identity.Actor, error)
	Subscribed(ctx context.Context, r storage.Runner, organisation, path string) ([]view.Subscription, error)
	Deliver(ctx context.Context, tx *storage.Tx, sub view.Subscription, message any) error
	Deliveries(ctx context.Context, a identity.Actor, subscription string) ([]view.Delivery, error)
	Replay(ctx context.Context, a identity.Actor, delivery string) error
}

// Connect has changed outcomes told to the webhooks on saved views of the work list.
// Call it once, before the house opens.
func (s *Service) Connect() {
	if s.Events != nil {
		event.Subscribe(s.Events, "kengine.views", s.notify)
	}
}

// Message is what a webhook on a view of the work list receives.
type Message struct {
	Kind   string    `json:"kind"` // the name of the event
	View   string    `json:"view"`
	Task   Notice    `json:"task"`
	From   []string  `json:"from"` // outcomes that were possible
	To     []string  `json:"to"`   // outcomes that are
	SentAt time.Time `json:"sent_at"`
}

// proxy makes the actor in whose name something is told later.
type proxy interface {
	OnBehalf(ctx context.Context, person, organisation, id string, scopes ...string) (identity.Actor, error)
}

// notify tells the webhooks whose views hold the task. A subscriber who may not read the list any
// more is told nothing.
func (s *Service) notify(ctx context.Context, e OutcomeChanged) error {
	people, ok := s.People.(proxy)
	if s.Views == nil || !ok {
		return nil
	}
	subs, err := s.Views.Subscribed(ctx, s.DB.Read(), e.Organisation, pathTasks)
	if err != nil || len(subs) == 0 {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		for _, sub := range subs {
			a, err := people.OnBehalf(ctx, sub.Person, e.Organisation, "webhook:"+sub.ID, PermTaskRead().Name)
			if err != nil || s.may(a, PermTaskRead()) != nil {
				continue // the right ended; the subscription stays until somebody ends it
			}
			row, found, err := s.inView(ctx, tx, a, sub.View.Query, e.Task)
			if err != nil {
				return err
			}
			if !found {
				continue
			}
			lang := a.Lang
			if lang == "" {
				lang = "ja"
			}
			err = s.Views.Deliver(ctx, tx, sub, Message{
				Kind: e.EventName(), View: sub.View.Name, From: e.From, To: e.To, SentAt: tx.Now(),
				Task: Notice{ID: row.ID, Title: row.Report + " " + row.answer(lang), Text: row.Title.In(lang), Path: pathTasks + "/task/" + row.ID, Updated: row.Updated},
			})
			if err != nil {
				return fmt.Errorf("kengine: tell %s: %w", sub.ID, err)
			}
		}
		return nil
	})
}

// inView reports whether a saved view of the work list holds a task, and returns it.
func (s *Service) inView(ctx context.Context, r storage.Runner, a identity.Actor, query, id string) (TaskRow, bool, error) {
	q, err := url.ParseQuery(query)
	if err != nil {
		return TaskRow{}, false, nil //nolint:nilerr // a view that cannot be read holds nothing
	}
	e, err := filter.Parse(q.Get("q"))
	if err != nil {
		return TaskRow{}, false, nil //nolint:nilerr // as above
	}
	w, err := s.taskWhere(a, e)
	if err != nil {
		return TaskRow{}, false, nil //nolint:nilerr // as above
	}
	w.And("t.id = ?", id)
	rows, err := s.taskRowsOf(ctx, r, `SELECT `+taskListColumns+taskListFrom+w.SQL(), w.Args()...)
	if err != nil || len(rows) == 0 {
		return TaskRow{}, false, err
	}
	return rows[0], true, nil
}
