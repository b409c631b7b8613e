package account

import (
	"net/http"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/ui"
)

// securityView is the page of one's own credentials and sessions.
type securityView struct {
	Factors   identity.Factors
	Current   bool // the present password is asked
	Passkeys  []identity.Passkey
	Offered   bool // passkeys can be used at this address
	Sessions  []identity.Session
	Present   string // id of this session
	Providers []identity.Provider
	Trouble   ui.Trouble
}

func (s *Service) securityPage(w http.ResponseWriter, r *http.Request) error {
	return s.showSecurity(w, r, ui.Trouble{Status: http.StatusOK})
}

func (s *Service) showSecurity(w http.ResponseWriter, r *http.Request, t ui.Trouble) error {
	a, ctx := web.Actor(r), r.Context()
	v := securityView{Present: a.SessionID, Providers: s.identity.Providers(), Offered: s.identity.PasskeysOffered(), Trouble: t}
	var err error
	if v.Factors, err = s.identity.FactorsOf(ctx, a); err != nil {
		return err
	}
	if v.Current, err = s.identity.NeedsCurrent(ctx, a); err != nil {
		return err
	}
	if v.Passkeys, err = s.identity.Passkeys(ctx, a); err != nil {
		return err
	}
	if v.Sessions, err = s.identity.Sessions(ctx, a); err != nil {
		return err
	}
	page := ui.Page{Title: web.T(r, "account.security.title"), Modules: []string{"passkey.js"}}
	return web.Render(w, r, t.Status, page, securityBody(v))
}

type passwordForm struct {
	Current  string `form:"current,raw,max=2000"`
	Password string `form:"password,raw,max=2000"`
	Again    string `form:"again,raw,max=2000"`
}

// password changes the actor's own password.
func (s *Service) password(w http.ResponseWriter, r *http.Request) error {
	var f passwordForm
	err := web.Decode(r, &f)
	if err == nil && f.Password != f.Again {
		err = differ()
	}
	if err == nil {
		var d identity.Door
		if d, err = s.identity.SetPassword(r.Context(), web.Actor(r), identity.VisitOf(r), f.Current, f.Password); err == nil {
			http.SetCookie(w, s.identity.Cookie(d))
		}
	}
	if err == nil || needsProof(err) {
		return s.done(w, r, web.URL(r, "/console/account/security"), err, "account.password.changed")
	}
	t, err := web.FormError(r, err)
	if err != nil {
		return err
	}
	return s.showSecurity(w, r, t)
}

// passkeyAddBegin gives a script the options of a registration.
func (s *Service) passkeyAddBegin(w http.ResponseWriter, r *http.Request) error {
	options, secret, err := s.identity.BeginPasskey(r.Context(), web.Actor(r))
	if needsProof(err) {
		return tell(w, r, answer{Next: web.URL(r, "/console/account/prove") + query("next", web.URL(r, "/console/account/security"))}, nil)
	}
	if err == nil {
		http.SetCookie(w, s.identity.StepCookie("passkey", secret))
	}
	return tell(w, r, answer{Options: options}, err)
}

// passkeyAddFinish registers the authenticator of a script's answer.
func (s *Service) passkeyAddFinish(w http.ResponseWriter, r *http.Request) error {
	var f passkeyForm
	err := web.Decode(r, &f)
	if err == nil {
		err = s.identity.FinishPasskey(r.Context(), web.Actor(r), s.identity.Step(r, "passkey"), f.Name, []byte(f.Answer))
	}
	return tell(w, r, answer{Next: web.URL(r, "/console/account/security")}, err)
}

func (s *Service) passkeyRemove(w http.ResponseWriter, r *http.Request) error {
	err := s.identity.RemovePasskey(r.Context(), web.Actor(r), r.PathValue("id"))
	return s.done(w, r, web.URL(r, "/console/account/security"), err, "account.passkey.removed")
}

type unlinkForm struct {
	Issuer string `form:"issuer,required,max=500"`
}

// unlink removes the actor's account at a provider.
func (s *Service) unlink(w http.ResponseWriter, r *http.Request) error {
	var f unlinkForm
	err := web.Decode(r, &f)
	if err == nil {
		err = s.identity.UnlinkOutside(r.Context(), web.Actor(r), f.Issuer)
	}
	return s.done(w, r, web.URL(r, "/console/account/security"), err, "account.outside.unlinked")
}

func (s *Service) sessionEnd(w http.ResponseWriter, r *http.Request) error {
	err := s.identity.EndSession(r.Context(), web.Actor(r), r.PathValue("id"))
	return s.done(w, r, web.URL(r, "/console/account/security"), err, "account.session.ended")
}

func (s *Service) sessionsEnd(w http.ResponseWriter, r *http.Request) error {
	err := s.identity.EndOtherSessions(r.Context(), web.Actor(r))
	return s.done(w, r, web.URL(r, "/console/account/security"), err, "account.session.all_ended")
}
