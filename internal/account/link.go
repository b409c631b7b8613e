package account

import (
	"net/http"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/ui"
)

type acceptForm struct {
	Login    string `form:"login,max=200"`
	Name     string `form:"name,max=200"`
	Password string `form:"password,raw,max=2000"`
	Again    string `form:"again,raw,max=2000"`
}

// linkView is the page of a single-use link.
type linkView struct {
	Secret       string
	Link         identity.Link
	Organisation string // name
	Form         acceptForm
	SignedIn     string // name of who is signed in already
	Trouble      ui.Trouble
}

// linkPage shows what a link is for; looking does not use it.
func (s *Service) linkPage(w http.ResponseWriter, r *http.Request) error {
	return s.showLink(w, r, acceptForm{}, ui.Trouble{Status: http.StatusOK})
}

func (s *Service) showLink(w http.ResponseWriter, r *http.Request, f acceptForm, t ui.Trouble) error {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer") // the address is a secret
	v := linkView{Secret: r.PathValue("secret"), Form: f, Trouble: t, SignedIn: web.Actor(r).Name}
	var err error
	if v.Link, err = s.identity.Link(r.Context(), v.Secret); err != nil {
		return err
	}
	if v.Form.Login == "" {
		v.Form.Login = v.Link.Login
	}
	if v.Link.Organisation != "" {
		o, err := s.identity.Organisation(r.Context(), identity.System("invitation"), v.Link.Organisation)
		if err != nil {
			return err
		}
		v.Organisation = o.Name
	}
	return web.Render(w, r, t.Status, ui.Page{Title: web.T(r, "account.link."+string(v.Link.Kind)), Reading: true}, linkBody(v))
}

// linkSignIn uses a sign-in link.
func (s *Service) linkSignIn(w http.ResponseWriter, r *http.Request) error {
	var f struct{}
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	d, err := s.identity.SignInByLink(r.Context(), identity.VisitOf(r), r.PathValue("secret"))
	if err != nil {
		return err
	}
	return s.pass(w, r, d, "")
}

// linkAccept makes the account of an invitation or the first admin.
func (s *Service) linkAccept(w http.ResponseWriter, r *http.Request) error {
	var f acceptForm
	err := web.Decode(r, &f)
	if err == nil && f.Password != f.Again {
		err = differ()
	}
	if err == nil {
		var d identity.Door
		d, err = s.identity.Accept(r.Context(), identity.VisitOf(r), r.PathValue("secret"), identity.NewPerson{
			Login: f.Login, Name: f.Name, Lang: string(web.Lang(r)), Password: f.Password,
		})
		if err == nil {
			return s.pass(w, r, d, "")
		}
	}
	t, err := web.FormError(r, err)
	if err != nil {
		return err
	}
	return s.showLink(w, r, f, t)
}

// linkJoin uses an invitation for who is signed in.
func (s *Service) linkJoin(w http.ResponseWriter, r *http.Request) error {
	var f struct{}
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	err := s.identity.Join(r.Context(), web.Actor(r), r.PathValue("secret"))
	return s.done(w, r, web.URL(r, "/console/account"), err, "account.joined")
}
