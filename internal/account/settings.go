package account

import (
	"net/http"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/ui"
)

type settingsForm struct {
	Name    string `form:"name,max=200"`
	Lang    string `form:"lang,max=2"`
	Zone    string `form:"zone,max=64"`
	Theme   string `form:"theme,max=5"`
	Compact bool   `form:"compact"`
	NoKeys  bool   `form:"no_keys"`
}

func (f settingsForm) profile() identity.Profile {
	return identity.Profile{Name: f.Name, Lang: f.Lang, Zone: f.Zone, Theme: f.Theme, Compact: f.Compact, NoKeys: f.NoKeys}
}

// settingsPage shows the actor's own settings.
func (s *Service) settingsPage(w http.ResponseWriter, r *http.Request) error {
	a := web.Actor(r)
	return s.showSettings(w, r, settingsForm{
		Name: a.Name, Lang: a.Lang, Zone: a.Zone, Theme: a.Theme, Compact: a.Compact, NoKeys: a.NoKeys,
	}, ui.Trouble{Status: http.StatusOK})
}

func (s *Service) showSettings(w http.ResponseWriter, r *http.Request, f settingsForm, t ui.Trouble) error {
	return web.Render(w, r, t.Status, ui.Page{Title: web.T(r, "account.settings.title")}, settingsBody(f, web.Actor(r), t))
}

// settings changes the actor's own settings.
func (s *Service) settings(w http.ResponseWriter, r *http.Request) error {
	var f settingsForm
	err := web.Decode(r, &f)
	if err == nil {
		err = s.identity.SetProfile(r.Context(), web.Actor(r), f.profile())
	}
	if err == nil {
		return web.SeeOther(w, r, web.URL(r, "/console/account"), "account.settings.saved")
	}
	t, err := web.FormError(r, err)
	if err != nil {
		return err
	}
	return s.showSettings(w, r, f, t)
}

type switchForm struct {
	Organisation string `form:"organisation,max=64"`
	Next         string `form:"next,max=2000"`
}

// switchOrganisation makes another of the actor's organisations the current one.
func (s *Service) switchOrganisation(w http.ResponseWriter, r *http.Request) error {
	var f switchForm
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	if err := s.identity.SwitchOrganisation(r.Context(), web.Actor(r), f.Organisation); err != nil {
		return err
	}
	return web.SeeOther(w, r, after(r, f.Next), "account.switched")
}

type proveForm struct {
	Password string `form:"password,raw,max=2000"`
	Code     string `form:"code,max=100"`
	Next     string `form:"next,max=2000"`
}

// provePage asks for a credential once more before a change of credentials.
func (s *Service) provePage(w http.ResponseWriter, r *http.Request) error {
	return s.showProve(w, r, r.URL.Query().Get("next"), ui.Trouble{Status: http.StatusOK})
}

func (s *Service) showProve(w http.ResponseWriter, r *http.Request, next string, t ui.Trouble) error {
	f, err := s.identity.FactorsOf(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	page := ui.Page{Title: web.T(r, "account.prove.title"), Modules: []string{"passkey.js"}}
	return web.Render(w, r, t.Status, page, proveBody(f, next, t))
}

// prove checks the credential and leads back to the change.
func (s *Service) prove(w http.ResponseWriter, r *http.Request) error {
	var f proveForm
	err := web.Decode(r, &f)
	if err == nil {
		var d identity.Door
		if d, err = s.identity.Prove(r.Context(), web.Actor(r), identity.VisitOf(r), f.Password, f.Code); err == nil {
			http.SetCookie(w, s.identity.Cookie(d))
			return web.SeeOther(w, r, after(r, f.Next), "account.prove.done")
		}
	}
	t := web.Explain(r, err)
	if t.Status == http.StatusInternalServerError || t.Status == http.StatusServiceUnavailable {
		return err
	}
	if t.Status == http.StatusForbidden {
		t.Status = http.StatusUnprocessableEntity
	}
	return s.showProve(w, r, f.Next, t)
}

// differ is the fault of two new passwords that are not the same.
func differ() error {
	return fault.New(fault.Invalid, "identity.password").Field("again", "account.password.differ")
}
