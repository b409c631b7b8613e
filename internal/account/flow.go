package account

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web"
)

// after returns where a person goes once a step is done: next if it is a page of
// this site below a language, else the account or the page of the first room.
func after(r *http.Request, next string) string {
	if u, err := url.Parse(next); err == nil && u.Scheme == "" && u.Host == "" && u.Opaque == "" &&
		(strings.HasPrefix(next, "/ja/") || strings.HasPrefix(next, "/en/")) &&
		!strings.ContainsAny(next, "\\\r\n\t") && !strings.Contains(next, "//") && len(next) < 2000 {
		return next
	}
	return web.URL(r, "/console/account")
}

// pass sets the session's cookie, or sends the reader to the second step.
func (s *Service) pass(w http.ResponseWriter, r *http.Request, d identity.Door, next string) error {
	if d.Second != "" {
		http.SetCookie(w, s.identity.StepCookie("second", d.Second))
		return web.SeeOther(w, r, web.URL(r, "/sign-in/code")+query("next", next), "")
	}
	http.SetCookie(w, s.identity.Cookie(d))
	return web.SeeOther(w, r, after(r, next), "account.signed_in")
}

// query returns name=value as a query, or nothing for an empty value.
func query(name, value string) string {
	if value == "" {
		return ""
	}
	return "?" + url.Values{name: {value}}.Encode()
}

// needsProof reports whether err asks for a recent proof.
func needsProof(err error) bool {
	f := fault.Of(err)
	return f != nil && f.Key == "identity.prove_again"
}

// done ends a deed: the message and the page back, the proof page when a proof is
// needed, or the error as a warning where the reader can mend it.
func (s *Service) done(w http.ResponseWriter, r *http.Request, back string, err error, key string) error {
	switch {
	case err == nil:
		return web.SeeOther(w, r, back, key)
	case needsProof(err):
		return web.SeeOther(w, r, web.URL(r, "/console/account/prove")+query("next", back), "")
	case errors.Is(err, fault.Conflict), errors.Is(err, fault.Limit):
		f := fault.Of(err)
		values := make([]any, 0, 2*len(f.Args))
		for k, v := range f.Args {
			values = append(values, k, v)
		}
		return web.SeeOtherWarned(w, r, back, f.Key, values...)
	}
	return err
}

// answer is what a script is told after a passkey ceremony.
type answer struct {
	Options json.RawMessage `json:"options,omitempty"`
	Next    string          `json:"next,omitempty"`
	Error   string          `json:"error,omitempty"`
}

// tell answers a script; an error is told in the reader's language.
func tell(w http.ResponseWriter, r *http.Request, a answer, err error) error {
	status := http.StatusOK
	if err != nil {
		t := web.Explain(r, err)
		a, status = answer{Error: t.Title}, t.Status
		if status == http.StatusInternalServerError {
			return err
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(a)
}

// rolesOf reads the names of roles from a form.
func rolesOf(names []string) []identity.Role {
	roles := make([]identity.Role, len(names))
	for i, n := range names {
		roles[i] = identity.Role(n)
	}
	return roles
}

// oneRole reads a select of one role, where "" is none.
func oneRole(name string) []identity.Role {
	if name == "" {
		return []identity.Role{}
	}
	return []identity.Role{identity.Role(name)}
}
