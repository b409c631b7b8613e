package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"noroshi.dev/internal/core/web/ui"
)

// flashCookie carries the outcome of a deed over its redirect.
const flashCookie = "noroshi_flash"

// flashSeconds is how long a redirect may take.
const flashSeconds = 60

// message is the content of the cookie: keys and values, no sentences, so that
// the next page may be in another language.
type message struct {
	Key  string   `json:"k"`
	Kind string   `json:"d"`
	Args []string `json:"a,omitempty"`
}

// SeeOther sends the reader to url (a path of this site with its language, see
// URL) after a deed. The next page tells the outcome: the text of key, with args
// as name, value pairs; an empty key tells nothing.
func SeeOther(w http.ResponseWriter, r *http.Request, url, key string, args ...any) error {
	return seeOther(w, r, url, "good", key, args)
}

// SeeOtherWarned is SeeOther with an outcome that needs attention.
func SeeOtherWarned(w http.ResponseWriter, r *http.Request, url, key string, args ...any) error {
	return seeOther(w, r, url, "open", key, args)
}

// seeOther sets the message and redirects; a script is told to load the page.
func seeOther(w http.ResponseWriter, r *http.Request, url, kind, key string, args []any) error {
	if !localPath(url) {
		return fmt.Errorf("web: see other: %q leaves this site", url)
	}
	if s := stateOf(r.Context()).server; s != nil && key != "" {
		m := message{Key: key, Kind: kind}
		for _, a := range args {
			m.Args = append(m.Args, fmt.Sprint(a))
		}
		http.SetCookie(w, s.cookie(s.sealed(m), flashSeconds))
	}
	w.Header().Set("Cache-Control", "no-store")
	if r.Header.Get("HX-Request") == "true" {
		w.Header().Set("HX-Redirect", url)
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	w.Header().Set("Location", url)
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// cookie is the message cookie; a negative age removes it.
func (s *Server) cookie(value string, age int) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // Secure where the site has TLS; a laptop has none
		Name: flashCookie, Value: value, Path: "/", MaxAge: age, HttpOnly: true,
		SameSite: http.SameSiteLaxMode, Secure: s.config.Hosted,
	}
}

// sealed writes m with its signature.
func (s *Server) sealed(m message) string {
	body, err := json.Marshal(m)
	if err != nil {
		return "" // strings always marshal
	}
	text := base64.RawURLEncoding.EncodeToString(body)
	return text + "." + s.mac(text)
}

// mac is the signature of a cookie's text.
func (s *Server) mac(text string) string {
	h := hmac.New(sha256.New, s.config.Secret)
	h.Write([]byte("flash\x00" + text))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// opened returns the message of a cookie that this server signed.
func (s *Server) opened(value string) (message, bool) {
	text, mac, ok := strings.Cut(value, ".")
	if !ok || !hmac.Equal([]byte(mac), []byte(s.mac(text))) {
		return message{}, false
	}
	body, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return message{}, false
	}
	var m message
	return m, json.Unmarshal(body, &m) == nil
}

// takeFlash returns the message of r and removes it, so that it is told once.
func (s *Server) takeFlash(w http.ResponseWriter, r *http.Request) *ui.Flash {
	c, err := r.Cookie(flashCookie)
	if err != nil {
		return nil
	}
	http.SetCookie(w, s.cookie("", -1))
	w.Header().Set("Cache-Control", "no-store")
	m, ok := s.opened(c.Value)
	if !ok || !s.config.Texts.Has(Lang(r), m.Key) {
		return nil
	}
	args := make([]any, len(m.Args))
	for i, a := range m.Args {
		args[i] = whole(a)
	}
	return &ui.Flash{Kind: m.Kind, Text: s.config.Texts.Text(Lang(r), m.Key, args...)}
}
