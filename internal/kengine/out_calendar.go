package kengine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"noroshi.dev/format/calendar"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/web/filter"
)

// What a calendar holds.
const (
	CalendarMine         = "mine"         // tasks of which the person is the owner
	CalendarOrganisation = "organisation" // all tasks of the organisation
)

// CalendarLink is a secret address under which a program fetches the dates of tasks.
type CalendarLink struct {
	ID      string
	Token   string // only when it is made: it is not kept
	Scope   string // CalendarMine or CalendarOrganisation
	Lang    string // "ja" or "en"
	Created time.Time
	Used    time.Time // zero: never fetched
}

const (
	maxCalendars      = 20 // of one person in one organisation
	maxCalendarTasks  = 1000
	calendarTokenSize = 32
)

// CreateCalendar makes a secret address of the dates of tasks. Who knows the token reads what the
// person may read, until the address is deleted or the person leaves. It needs PermTaskRead.
func (s *Service) CreateCalendar(ctx context.Context, a identity.Actor, scope, lang string) (CalendarLink, error) {
	c := CalendarLink{ID: s.IDs.UUID(), Token: s.IDs.Token(calendarTokenSize), Scope: scope, Lang: lang}
	if err := s.may(a, PermTaskRead()); err != nil {
		return CalendarLink{}, err
	}
	if scope != CalendarMine && scope != CalendarOrganisation {
		return CalendarLink{}, fault.New(fault.Invalid, "kengine.calendar").Field("scope", "kengine.tag.choice", "value", scope)
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		n, err := storage.One(ctx, tx, "kengine.calendar", "", storage.Scalar[int64],
			`SELECT COUNT(*) FROM kengine_calendar WHERE organisation = ? AND person = ?`, a.Organisation, a.ID)
		if err != nil {
			return err
		}
		if n >= maxCalendars {
			return fault.New(fault.Limit, "kengine.calendar").With("max", maxCalendars)
		}
		c.Created = tx.Now()
		_, err = tx.ExecContext(ctx, `INSERT INTO kengine_calendar (id, organisation, person, scope, digest, lang, created) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			c.ID, a.Organisation, a.ID, scope, calendarDigest(c.Token), lang, storage.At(c.Created))
		if err != nil {
			return fmt.Errorf("kengine: create calendar: %w", err)
		}
		return s.record(ctx, tx, a, "calendar.create", c.ID)
	})
	if err != nil {
		return CalendarLink{}, err
	}
	return c, nil
}

func calendarDigest(token string) string {
	sum := sha256.Sum256([]byte("kengine.calendar:" + token))
	return hex.EncodeToString(sum[:])
}

// Calendars returns the actor's own secret addresses in this organisation, without their tokens. It
// needs PermTaskRead.
func (s *Service) Calendars(ctx context.Context, a identity.Actor) ([]CalendarLink, error) {
	if err := s.may(a, PermTaskRead()); err != nil {
		return nil, err
	}
	return storage.List(ctx, s.DB.Read(), func(scan func(...any) error) (CalendarLink, error) {
		var c CalendarLink
		var created, used storage.Time
		err := scan(&c.ID, &c.Scope, &c.Lang, &created, &used)
		c.Created, c.Used = created.Time, used.Time
		return c, err
	}, `SELECT id, scope, lang, created, used FROM kengine_calendar WHERE organisation = ? AND person = ? ORDER BY created, id`, a.Organisation, a.ID)
}

// DeleteCalendar makes one of the actor's secret addresses void. It needs PermTaskRead.
func (s *Service) DeleteCalendar(ctx context.Context, a identity.Actor, id string) error {
	if err := s.may(a, PermTaskRead()); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		res, err := tx.ExecContext(ctx, `DELETE FROM kengine_calendar WHERE id = ? AND organisation = ? AND person = ?`, id, a.Organisation, a.ID)
		if err != nil {
			return fmt.Errorf("kengine: delete calendar: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return fault.New(fault.NotFound, "kengine.calendar", id)
		}
		return s.record(ctx, tx, a, "calendar.delete", id)
	})
}

// CalendarStyle is what the writer of a calendar cannot know.
type CalendarStyle struct {
	Host string                       // host name, part of the identity of each entry
	URL  func(lang, id string) string // address of the page of a task
	Name func(lang string) string     // of the calendar
}

// WriteCalendar writes the live tasks with a due date behind a secret address as an iCalendar file. The
// rights of the person are those of now. An unknown token, and that of a person who is no member any
// more, is fault.NotFound "kengine.calendar".
func (s *Service) WriteCalendar(ctx context.Context, token string, style CalendarStyle, w io.Writer) error {
	type link struct{ id, organisation, person, scope, lang string }
	c, err := storage.One(ctx, s.DB.Read(), "kengine.calendar", "", func(scan func(...any) error) (link, error) {
		var v link
		err := scan(&v.id, &v.organisation, &v.person, &v.scope, &v.lang)
		return v, err
	}, `SELECT id, organisation, person, scope, lang FROM kengine_calendar WHERE digest = ?`, calendarDigest(token))
	if err != nil {
		return err
	}
	a, err := s.reader(ctx, c.organisation, c.person)
	if err != nil {
		return err
	}
	text := "is:live due:*"
	if c.scope == CalendarMine {
		text += " assignee:me"
	}
	e, err := filter.Parse(text)
	if err != nil {
		return err
	}
	out := calendar.Calendar{Product: "-//noroshi//kengine//EN", Name: style.Name(c.lang), Refresh: time.Hour}
	for t, err := range s.EachTask(ctx, a, Query{Filter: e, Sort: "due"}) {
		if err != nil {
			return err
		}
		if out.Items = append(out.Items, t.item(c.lang, style)); len(out.Items) == maxCalendarTasks {
			break
		}
	}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE kengine_calendar SET used = ? WHERE id = ?`, storage.At(tx.Now()), c.id)
		return err
	})
	if err != nil {
		return fmt.Errorf("kengine: calendar: %w", err)
	}
	return calendar.Write(w, out)
}

// reader returns a person as it may read tasks of an organisation now.
func (s *Service) reader(ctx context.Context, organisation, person string) (identity.Actor, error) {
	gone := fault.New(fault.NotFound, "kengine.calendar")
	if s.People == nil {
		return identity.Actor{}, gone
	}
	members, err := s.People.Members(ctx, identity.System("kengine.calendar").In(organisation), organisation)
	if err != nil {
		return identity.Actor{}, fmt.Errorf("kengine: calendar: %w", err)
	}
	i := slices.IndexFunc(members, func(m identity.Member) bool { return m.Person == person && !m.Disabled })
	if i < 0 {
		return identity.Actor{}, gone
	}
	a := identity.Actor{
		Kind: identity.KindPerson, ID: person, Organisation: organisation,
		Memberships: []identity.Membership{{Organisation: organisation, Roles: members[i].Roles}},
	}
	if s.may(a, PermTaskRead()) != nil {
		return identity.Actor{}, gone
	}
	return a, nil
}

// item is the entry of a task.
func (t *TaskRow) item(lang string, style CalendarStyle) calendar.Item {
	it := calendar.Item{
		Kind: calendar.Todo, UID: t.ID + "@" + style.Host, Stamp: t.Updated, Sequence: int(min(t.Version-1, 1<<30)),
		Summary: t.Report + " " + t.answer(lang), Description: strings.TrimSpace(t.Title.In(lang) + "\n" + t.DecisionName.In(lang)),
		URL: style.URL(lang, t.ID), Created: t.Created, Modified: t.Updated, End: t.Due, Status: calendar.NeedsAction,
		Priority: []int{9, 7, 5, 3, 1}[min(max(t.Weight(), 0), 4)], Private: true,
	}
	if t.State == Doing {
		it.Status = calendar.InProcess
	}
	return it
}

// answer names the outcomes of a task in words.
func (t *TaskRow) answer(lang string) string {
	if t.Ruled != nil {
		return t.Ruled.Name.In(lang)
	}
	names := make([]string, len(t.Possible))
	for i := range t.Possible {
		names[i] = t.Possible[i].Name.In(lang)
	}
	return strings.Join(names, " / ")
}
