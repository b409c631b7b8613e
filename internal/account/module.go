package account

import (
	"embed"

	"noroshi.dev/internal/core/audit"
	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/module"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/web"
)

//go:embed messages
var messages embed.FS

// Service serves the pages of identity and audit.
type Service struct {
	db       *storage.DB
	identity *identity.Service
	audit    *audit.Log
	clock    clock.Clock
	jobs     *jobs.Jobs
}

// New returns the room; it touches none of what it is given.
func New(d module.Deps) *Service {
	return &Service{db: d.DB, identity: d.Identity, audit: d.Audit, clock: d.Clock, jobs: d.Jobs}
}

// Module returns the room as the roof lists it.
func (s *Service) Module() module.Module {
	return module.Module{Name: "account", Messages: messages, Pages: s.pages, Menu: []web.Item{
		{Key: "account.members.menu", Path: "/console/members", Permission: identity.SeeMembers(), Chord: "g m", Aside: true},
		{Key: "account.people.menu", Path: "/console/people", Permission: identity.ManagePeople(), Chord: "g p", Aside: true},
		{Key: "account.organisations.menu", Path: "/console/organisations", Permission: identity.ManageOrganisations(), Aside: true},
		{Key: "account.audit.menu", Path: "/console/audit", Permission: identity.ReadAudit(), Aside: true},
		{Key: "account.jobs.menu", Path: "/console/jobs", Permission: identity.ManageJobs(), Aside: true},
	}}
}

// pages declares every route of the room.
func (s *Service) pages(rs *web.Routes) {
	s.doors(rs)
	s.own(rs)
	s.administration(rs)
}

// doors are the pages by which people come in and go out.
func (s *Service) doors(rs *web.Routes) {
	rs.Get("/sign-in", identity.Anyone(), s.signInPage)
	rs.Post("/sign-in", identity.Anyone(), s.signIn)
	rs.Get("/sign-in/code", identity.Anyone(), s.codePage)
	rs.Post("/sign-in/code", identity.Anyone(), s.code)
	rs.Post("/sign-in/passkey/begin", identity.Anyone(), s.passkeyBegin)
	rs.Post("/sign-in/passkey/finish", identity.Anyone(), s.passkeyFinish)
	rs.Post("/sign-in/outside/{name}", identity.Anyone(), s.outsideBegin)
	rs.Bare("GET", identity.OutsidePath("{name}"), identity.Anyone(), s.outsideBack)
	rs.Post("/sign-out", identity.Person(), s.signOut)
	rs.Get(identity.LinkPath("{secret}"), identity.Anyone(), s.linkPage)
	rs.Post(identity.LinkPath("{secret}"), identity.Anyone(), s.linkSignIn)
	rs.Post(identity.LinkPath("{secret}")+"/accept", identity.Anyone(), s.linkAccept)
	rs.Post(identity.LinkPath("{secret}")+"/join", identity.Person(), s.linkJoin)
}

// own are the pages about one's own account.
func (s *Service) own(rs *web.Routes) {
	p := identity.Person()
	rs.Get("/console/account", p, s.settingsPage)
	rs.Post("/console/account", p, s.settings)
	rs.Post("/console/account/organisation", p, s.switchOrganisation)
	rs.Get("/console/account/prove", p, s.provePage)
	rs.Post("/console/account/prove", p, s.prove)
	rs.Get("/console/account/security", p, s.securityPage)
	rs.Post("/console/account/security/password", p, s.password)
	rs.Post("/console/account/security/passkey/begin", p, s.passkeyAddBegin)
	rs.Post("/console/account/security/passkey/finish", p, s.passkeyAddFinish)
	rs.Post("/console/account/security/passkey/{id}/remove", p, s.passkeyRemove)
	rs.Post("/console/account/security/unlink", p, s.unlink)
	rs.Post("/console/account/security/session/{id}/end", p, s.sessionEnd)
	rs.Post("/console/account/security/sessions/end", p, s.sessionsEnd)
	rs.Post("/console/account/codes/begin", p, s.codesBegin)
	rs.Get("/console/account/codes", p, s.codesPage)
	rs.Get("/console/account/codes/qr.png", p, s.codesQR)
	rs.Post("/console/account/codes/confirm", p, s.codesConfirm)
	rs.Post("/console/account/codes/recovery", p, s.codesRecovery)
	rs.Post("/console/account/codes/remove", p, s.codesRemove)
	rs.Get("/console/account/tokens", p, s.tokensPage)
	rs.Post("/console/account/tokens", p, s.tokenCreate)
	rs.Post("/console/account/tokens/{id}/revoke", p, s.tokenRevoke)
}

// administration are the pages about others.
func (s *Service) administration(rs *web.Routes) {
	people, tenants := identity.ManagePeople(), identity.ManageOrganisations()
	rs.Get("/console/people", people, s.peoplePage)
	rs.Post("/console/people/invite", people, s.peopleInvite)
	rs.Get("/console/people/{id}", people, s.personPage)
	rs.Post("/console/people/{id}/roles", people, s.personRoles)
	rs.Post("/console/people/{id}/member", people, s.personMember)
	rs.Post("/console/people/{id}/disable", people, s.personDisable(true))
	rs.Post("/console/people/{id}/enable", people, s.personDisable(false))
	rs.Post("/console/people/{id}/link", people, s.personLink)
	rs.Post("/console/people/{id}/codes/remove", people, s.personCodes)
	rs.Post("/console/people/{id}/sessions/end", people, s.personSessions)
	rs.Get("/console/organisations", tenants, s.organisationsPage)
	rs.Post("/console/organisations", tenants, s.organisationCreate)
	rs.Post("/console/organisations/{id}/rename", tenants, s.organisationRename)
	rs.Post("/console/organisations/{id}/close", tenants, s.organisationClose(true))
	rs.Post("/console/organisations/{id}/reopen", tenants, s.organisationClose(false))
	rs.Get("/console/members", identity.SeeMembers(), s.membersPage)
	rs.Post("/console/members/invite", identity.ManageMembers(), s.memberInvite)
	rs.Post("/console/members/{id}/roles", identity.ManageMembers(), s.memberRoles)
	rs.Post("/console/members/invitation/{id}/revoke", identity.ManageMembers(), s.invitationRevoke)
	rs.Get("/console/jobs", identity.ManageJobs(), s.jobsPage)
	rs.Post("/console/jobs/{n}/retry", identity.ManageJobs(), s.jobDeed("retry", retryable, s.retryJob))
	rs.Post("/console/jobs/{n}/cancel", identity.ManageJobs(), s.jobDeed("cancel", cancellable, s.cancelJob))
	rs.Get("/console/audit", identity.ReadAudit(), s.auditPage)
	rs.Get("/console/audit/export", identity.ReadAudit(), s.auditExport)
	rs.Post("/console/audit/verify", identity.ReadAudit(), s.auditVerify)
	rs.Get("/console/audit/proof/{n}", identity.ReadAudit(), s.auditProof)
}
