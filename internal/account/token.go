package account

import (
	"net/http"
	"time"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/ui"
)

type tokenForm struct {
	Name   string   `form:"name,max=200"`
	Days   int      `form:"days"`
	Scopes []string `form:"scopes,max=200"`
}

// tokensView is the page of one's own API tokens.
type tokensView struct {
	Tokens        []identity.Token
	Form          tokenForm
	Scopes        []string
	Organisation  string // name of the current organisation, for which tokens are made
	Organisations map[string]string
	Secret        string // of the token just made
	Trouble       ui.Trouble
}

func (s *Service) tokensPage(w http.ResponseWriter, r *http.Request) error {
	return s.showTokens(w, r, tokenForm{Days: 90}, "", ui.Trouble{Status: http.StatusOK})
}

func (s *Service) showTokens(w http.ResponseWriter, r *http.Request, f tokenForm, secret string, t ui.Trouble) error {
	a := web.Actor(r)
	v := tokensView{Form: f, Secret: secret, Trouble: t, Scopes: s.identity.Grantable(a, a.Organisation), Organisations: map[string]string{}}
	for _, m := range a.Memberships {
		v.Organisations[m.Organisation] = m.Name
	}
	v.Organisation = v.Organisations[a.Organisation]
	var err error
	if v.Tokens, err = s.identity.Tokens(r.Context(), a); err != nil {
		return err
	}
	return web.Render(w, r, t.Status, ui.Page{Title: web.T(r, "account.tokens.title")}, tokensBody(v))
}

// tokenCreate makes a token and shows its secret this once.
func (s *Service) tokenCreate(w http.ResponseWriter, r *http.Request) error {
	var f tokenForm
	err := web.Decode(r, &f)
	secret := ""
	if err == nil {
		a := web.Actor(r)
		_, secret, err = s.identity.CreateToken(r.Context(), a,
			identity.Token{Name: f.Name, Organisation: a.Organisation, Scopes: f.Scopes}, time.Duration(f.Days)*24*time.Hour)
	}
	if needsProof(err) {
		return s.done(w, r, web.URL(r, "/console/account/tokens"), err, "")
	}
	t, err := web.FormError(r, err)
	if err != nil {
		return err
	}
	if secret != "" {
		f = tokenForm{Days: 90}
	}
	return s.showTokens(w, r, f, secret, t)
}

func (s *Service) tokenRevoke(w http.ResponseWriter, r *http.Request) error {
	err := s.identity.RevokeToken(r.Context(), web.Actor(r), r.PathValue("id"))
	return s.done(w, r, web.URL(r, "/console/account/tokens"), err, "account.tokens.revoked")
}
