package account

import (
	"net/http"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/ui"
)

type organisationForm struct {
	Name string `form:"name,max=200"`
}

func (s *Service) organisationsPage(w http.ResponseWriter, r *http.Request) error {
	return s.showOrganisations(w, r, organisationForm{}, ui.Trouble{Status: http.StatusOK})
}

func (s *Service) showOrganisations(w http.ResponseWriter, r *http.Request, f organisationForm, t ui.Trouble) error {
	all, err := s.identity.Organisations(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	return web.Render(w, r, t.Status, ui.Page{Title: web.T(r, "account.organisations.title")}, organisationsBody(all, f, t))
}

func (s *Service) organisationCreate(w http.ResponseWriter, r *http.Request) error {
	var f organisationForm
	err := web.Decode(r, &f)
	if err == nil {
		_, err = s.identity.CreateOrganisation(r.Context(), web.Actor(r), f.Name)
	}
	return s.organisationDone(w, r, f, err, "account.organisations.created")
}

func (s *Service) organisationRename(w http.ResponseWriter, r *http.Request) error {
	var f organisationForm
	err := web.Decode(r, &f)
	if err == nil {
		err = s.identity.RenameOrganisation(r.Context(), web.Actor(r), r.PathValue("id"), f.Name)
	}
	return s.organisationDone(w, r, f, err, "account.organisations.renamed")
}

func (s *Service) organisationClose(closed bool) web.Handler {
	key := "account.organisations.reopened"
	if closed {
		key = "account.organisations.closed"
	}
	return func(w http.ResponseWriter, r *http.Request) error {
		err := s.identity.CloseOrganisation(r.Context(), web.Actor(r), r.PathValue("id"), closed)
		return s.done(w, r, web.URL(r, "/console/organisations"), err, key)
	}
}

// organisationDone ends a deed or shows the form again.
func (s *Service) organisationDone(w http.ResponseWriter, r *http.Request, f organisationForm, err error, key string) error {
	if err == nil {
		return web.SeeOther(w, r, web.URL(r, "/console/organisations"), key)
	}
	t, err := web.FormError(r, err)
	if err != nil {
		return err
	}
	return s.showOrganisations(w, r, f, t)
}

// membersView is the page of the current organisation's members.
type membersView struct {
	Name        string
	Members     []identity.Member
	Invitations []identity.Link
	Manage      bool
	Self        string
	Link        string
	Form        inviteForm
	Trouble     ui.Trouble
}

func (s *Service) membersPage(w http.ResponseWriter, r *http.Request) error {
	return s.showMembers(w, r, inviteForm{}, "", ui.Trouble{Status: http.StatusOK})
}

func (s *Service) showMembers(w http.ResponseWriter, r *http.Request, f inviteForm, link string, t ui.Trouble) error {
	a, ctx := web.Actor(r), r.Context()
	v := membersView{Manage: a.May(identity.ManageMembers()), Self: a.ID, Link: link, Form: f, Trouble: t}
	o, err := s.identity.Organisation(ctx, a, a.Organisation)
	if err != nil {
		return err
	}
	v.Name = o.Name
	if v.Members, err = s.identity.Members(ctx, a, a.Organisation); err != nil {
		return err
	}
	if v.Manage {
		if v.Invitations, err = s.identity.Invitations(ctx, a, a.Organisation); err != nil {
			return err
		}
	}
	return web.Render(w, r, t.Status, ui.Page{Title: web.T(r, "account.members.title")}, membersBody(v))
}

// memberInvite makes an invitation to the current organisation.
func (s *Service) memberInvite(w http.ResponseWriter, r *http.Request) error {
	var f inviteForm
	err := web.Decode(r, &f)
	link := ""
	if err == nil {
		a := web.Actor(r)
		var secret string
		if secret, err = s.identity.Invite(r.Context(), a, a.Organisation, f.Login, oneRole(f.Role), nil); err == nil {
			link, f = s.address(r, secret), inviteForm{}
		}
	}
	if needsProof(err) {
		return s.done(w, r, web.URL(r, "/console/members"), err, "")
	}
	t, err := web.FormError(r, err)
	if err != nil {
		return err
	}
	return s.showMembers(w, r, f, link, t)
}

type roleForm struct {
	Role string `form:"role,max=20"`
}

func (s *Service) memberRoles(w http.ResponseWriter, r *http.Request) error {
	var f roleForm
	err := web.Decode(r, &f)
	if err == nil {
		a := web.Actor(r)
		err = s.identity.SetMember(r.Context(), a, a.Organisation, r.PathValue("id"), oneRole(f.Role))
	}
	return s.done(w, r, web.URL(r, "/console/members"), err, "account.members.set")
}

func (s *Service) invitationRevoke(w http.ResponseWriter, r *http.Request) error {
	a := web.Actor(r)
	err := s.identity.RevokeInvitation(r.Context(), a, a.Organisation, r.PathValue("id"))
	return s.done(w, r, web.URL(r, "/console/members"), err, "account.members.revoked")
}
