package account

import (
	"net/http"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/ui"
)

type signInForm struct {
	Login    string `form:"login,max=200"`
	Password string `form:"password,raw,max=2000"`
	Next     string `form:"next,max=2000"`
}

type nextForm struct {
	Next string `form:"next,max=2000"`
}

// signInView is the sign-in page.
type signInView struct {
	Login, Next string
	Providers   []identity.Provider
	Passkeys    bool // offered at this address
	Trouble     ui.Trouble
}

// signInPage asks who is there.
func (s *Service) signInPage(w http.ResponseWriter, r *http.Request) error {
	if web.Actor(r).SignedIn() {
		return web.SeeOther(w, r, after(r, r.URL.Query().Get("next")), "")
	}
	return s.showSignIn(w, r, signInView{Next: r.URL.Query().Get("next")}, http.StatusOK)
}

func (s *Service) showSignIn(w http.ResponseWriter, r *http.Request, v signInView, status int) error {
	w.Header().Set("Cache-Control", "no-store")
	v.Providers, v.Passkeys = s.identity.Providers(), s.identity.PasskeysOffered()
	page := ui.Page{Title: web.T(r, "account.sign_in.title"), Reading: true, Modules: []string{"passkey.js"}}
	return web.Render(w, r, status, page, signInBody(v))
}

// signIn checks name and password. Every refusal looks alike.
func (s *Service) signIn(w http.ResponseWriter, r *http.Request) error {
	var f signInForm
	err := web.Decode(r, &f)
	if err == nil {
		var d identity.Door
		if d, err = s.identity.SignIn(r.Context(), identity.VisitOf(r), f.Login, f.Password); err == nil {
			return s.pass(w, r, d, f.Next)
		}
	}
	t := web.Explain(r, err)
	if t.Status == http.StatusInternalServerError || t.Status == http.StatusServiceUnavailable {
		return err
	}
	if t.Status == http.StatusForbidden {
		t.Status = http.StatusUnprocessableEntity
	}
	return s.showSignIn(w, r, signInView{Login: f.Login, Next: f.Next, Trouble: t}, t.Status)
}

type codeForm struct {
	Code string `form:"code,max=100"`
	Next string `form:"next,max=2000"`
}

// codePage asks for the second factor.
func (s *Service) codePage(w http.ResponseWriter, r *http.Request) error {
	if s.identity.Step(r, "second") == "" {
		return web.SeeOther(w, r, web.URL(r, "/sign-in"), "")
	}
	return s.showCode(w, r, r.URL.Query().Get("next"), ui.Trouble{Status: http.StatusOK})
}

func (s *Service) showCode(w http.ResponseWriter, r *http.Request, next string, t ui.Trouble) error {
	w.Header().Set("Cache-Control", "no-store")
	return web.Render(w, r, t.Status, ui.Page{Title: web.T(r, "account.code.title"), Reading: true}, codeBody(next, t))
}

// code checks a one-time or recovery code.
func (s *Service) code(w http.ResponseWriter, r *http.Request) error {
	var f codeForm
	err := web.Decode(r, &f)
	if err == nil {
		var d identity.Door
		d, err = s.identity.SignInSecond(r.Context(), identity.VisitOf(r), s.identity.Step(r, "second"), f.Code)
		if err == nil {
			http.SetCookie(w, s.identity.StepCookie("second", ""))
			return s.pass(w, r, d, f.Next)
		}
	}
	t := web.Explain(r, err)
	if t.Status == http.StatusInternalServerError || t.Status == http.StatusServiceUnavailable {
		return err
	}
	if t.Status == http.StatusForbidden {
		t.Status = http.StatusUnprocessableEntity
	}
	return s.showCode(w, r, f.Next, t)
}

// passkeyBegin gives a script the options of a sign-in by passkey.
func (s *Service) passkeyBegin(w http.ResponseWriter, r *http.Request) error {
	options, secret, err := s.identity.BeginPasskeySignIn(r.Context(), identity.VisitOf(r))
	if err == nil {
		http.SetCookie(w, s.identity.StepCookie("passkey", secret))
	}
	return tell(w, r, answer{Options: options}, err)
}

type passkeyForm struct {
	Answer string `form:"answer,raw,max=65536"`
	Name   string `form:"name,max=120"`
	Next   string `form:"next,max=2000"`
}

// passkeyFinish checks a passkey: a sign-in, or a proof for who is signed in.
func (s *Service) passkeyFinish(w http.ResponseWriter, r *http.Request) error {
	var f passkeyForm
	if err := web.Decode(r, &f); err != nil {
		return tell(w, r, answer{}, err)
	}
	d, err := s.identity.SignInPasskey(r.Context(), web.Actor(r), identity.VisitOf(r), s.identity.Step(r, "passkey"), []byte(f.Answer))
	if err == nil {
		http.SetCookie(w, s.identity.StepCookie("passkey", ""))
		http.SetCookie(w, s.identity.Cookie(d))
	}
	return tell(w, r, answer{Next: after(r, f.Next)}, err)
}

// outsideBegin shows the way to a provider. It is a link and not a redirect: the
// policy of our pages lets no form lead to another site.
func (s *Service) outsideBegin(w http.ResponseWriter, r *http.Request) error {
	var f nextForm
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	url, secret, err := s.identity.BeginOutside(r.Context(), web.Actor(r), identity.VisitOf(r), r.PathValue("name"), f.Next)
	if err != nil {
		if needsProof(err) {
			return s.done(w, r, web.URL(r, "/console/account/security"), err, "")
		}
		return err
	}
	http.SetCookie(w, s.identity.StepCookie("outside", secret))
	w.Header().Set("Cache-Control", "no-store")
	page := ui.Page{Title: web.T(r, "account.outside.title"), Reading: true, Head: refresh(url)}
	return web.Render(w, r, http.StatusOK, page, outsideBody(url))
}

// outsideBack takes a provider's answer.
func (s *Service) outsideBack(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	ret, err := s.identity.FinishOutside(r.Context(), web.Actor(r), identity.VisitOf(r), r.PathValue("name"),
		s.identity.Step(r, "outside"), q.Get("state"), q.Get("code"))
	http.SetCookie(w, s.identity.StepCookie("outside", ""))
	if err != nil {
		t := web.Explain(r, err)
		if t.Status == http.StatusForbidden && !web.Actor(r).SignedIn() {
			t.Status = http.StatusUnprocessableEntity
			return s.showSignIn(w, r, signInView{Trouble: t}, t.Status)
		}
		return err
	}
	if ret.Linked {
		return web.SeeOther(w, r, web.URL(r, "/console/account/security"), "account.outside.linked")
	}
	return s.pass(w, r, ret.Door, ret.Next)
}

// signOut ends the session and forgets the cookie.
func (s *Service) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.identity.SignOut(r.Context(), web.Actor(r)); err != nil {
		return err
	}
	http.SetCookie(w, s.identity.Cookie(identity.Door{}))
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	return web.SeeOther(w, r, web.URL(r, "/sign-in"), "account.signed_out")
}
