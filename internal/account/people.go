package account

import (
	"net/http"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/ui"
)

// peopleLimit is how many accounts a page shows.
const peopleLimit = 50

// peopleView is the list of accounts.
type peopleView struct {
	Text    string
	People  []identity.Account
	Next    string // cursor
	Link    string // of the invitation just made
	Form    inviteForm
	Trouble ui.Trouble
}

type inviteForm struct {
	Login string `form:"login,max=200"`
	Role  string `form:"role,max=20"`
}

func (s *Service) peoplePage(w http.ResponseWriter, r *http.Request) error {
	return s.showPeople(w, r, inviteForm{}, "", ui.Trouble{Status: http.StatusOK})
}

func (s *Service) showPeople(w http.ResponseWriter, r *http.Request, f inviteForm, link string, t ui.Trouble) error {
	q := r.URL.Query()
	v := peopleView{Text: q.Get("q"), Link: link, Form: f, Trouble: t}
	people, err := s.identity.People(r.Context(), web.Actor(r), identity.PeopleFilter{Text: v.Text, After: q.Get("after"), Limit: peopleLimit + 1})
	if err != nil {
		return err
	}
	if len(people) > peopleLimit {
		people = people[:peopleLimit]
		v.Next = people[peopleLimit-1].Login
	}
	v.People = people
	return web.Render(w, r, t.Status, ui.Page{Title: web.T(r, "account.people.title")}, peopleBody(v))
}

// peopleInvite makes an invitation to the instance, with or without a role.
func (s *Service) peopleInvite(w http.ResponseWriter, r *http.Request) error {
	var f inviteForm
	err := web.Decode(r, &f)
	link := ""
	if err == nil {
		var secret string
		if secret, err = s.identity.Invite(r.Context(), web.Actor(r), "", f.Login, nil, oneRole(f.Role)); err == nil {
			link, f = s.address(r, secret), inviteForm{}
		}
	}
	if needsProof(err) {
		return s.done(w, r, web.URL(r, "/console/people"), err, "")
	}
	t, err := web.FormError(r, err)
	if err != nil {
		return err
	}
	return s.showPeople(w, r, f, link, t)
}

// address is the full address of a link, to be handed over by a person.
func (s *Service) address(r *http.Request, secret string) string {
	return s.identity.Origin() + web.URL(r, identity.LinkPath(secret))
}

// personView is the page of one account.
type personView struct {
	Person        identity.Account
	Sessions      []identity.Session
	Organisations []identity.Tenant
	Link          string
	Self          bool
}

func (s *Service) personPage(w http.ResponseWriter, r *http.Request) error {
	return s.showPerson(w, r, "")
}

func (s *Service) showPerson(w http.ResponseWriter, r *http.Request, link string) error {
	a, ctx, id := web.Actor(r), r.Context(), r.PathValue("id")
	v := personView{Link: link, Self: a.ID == id}
	var err error
	if v.Person, err = s.identity.Person(ctx, a, id); err != nil {
		return err
	}
	if v.Sessions, err = s.identity.SessionsOf(ctx, a, id); err != nil {
		return err
	}
	if v.Organisations, err = s.identity.Organisations(ctx, a); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, ui.Page{Title: v.Person.Name}, personBody(v))
}

type rolesForm struct {
	Roles []string `form:"roles,max=10"`
}

func (s *Service) personRoles(w http.ResponseWriter, r *http.Request) error {
	var f rolesForm
	err := web.Decode(r, &f)
	if err == nil {
		err = s.identity.SetInstanceRoles(r.Context(), web.Actor(r), r.PathValue("id"), rolesOf(f.Roles))
	}
	return s.personDone(w, r, err, "account.person.roles_set")
}

type memberForm struct {
	Organisation string `form:"organisation,required,max=64"`
	Role         string `form:"role,max=20"`
}

func (s *Service) personMember(w http.ResponseWriter, r *http.Request) error {
	var f memberForm
	err := web.Decode(r, &f)
	if err == nil {
		err = s.identity.SetMember(r.Context(), web.Actor(r), f.Organisation, r.PathValue("id"), oneRole(f.Role))
	}
	return s.personDone(w, r, err, "account.person.member_set")
}

func (s *Service) personDisable(disabled bool) web.Handler {
	key := "account.person.enabled"
	if disabled {
		key = "account.person.disabled"
	}
	return func(w http.ResponseWriter, r *http.Request) error {
		return s.personDone(w, r, s.identity.SetDisabled(r.Context(), web.Actor(r), r.PathValue("id"), disabled), key)
	}
}

// personLink shows a sign-in link for the person, this once.
func (s *Service) personLink(w http.ResponseWriter, r *http.Request) error {
	secret, err := s.identity.IssueSignInLink(r.Context(), web.Actor(r), r.PathValue("id"))
	if err != nil {
		return s.personDone(w, r, err, "")
	}
	return s.showPerson(w, r, s.address(r, secret))
}

func (s *Service) personCodes(w http.ResponseWriter, r *http.Request) error {
	return s.personDone(w, r, s.identity.RemoveCodesOf(r.Context(), web.Actor(r), r.PathValue("id")), "account.codes.removed")
}

func (s *Service) personSessions(w http.ResponseWriter, r *http.Request) error {
	return s.personDone(w, r, s.identity.EndSessionsOf(r.Context(), web.Actor(r), r.PathValue("id")), "account.session.all_ended")
}

func (s *Service) personDone(w http.ResponseWriter, r *http.Request, err error, key string) error {
	return s.done(w, r, web.URL(r, "/console/people/%s", r.PathValue("id")), err, key)
}
