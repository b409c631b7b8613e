package app

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

func TestTheStartPageLeadsToWhatTheReaderMayUse(t *testing.T) {
	t.Parallel()
	m := newMatrix(t)
	for login, want := range map[string]string{"demo": "/en/console/", "tanaka": "/en/console/", "audit": "/en/console/audit"} {
		w := m.send(m.signIn(t, login), http.MethodGet, "/en/")
		if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || !strings.HasPrefix(to, want) {
			t.Errorf("%q is sent to %q with %d, want %s", login, to, w.Code, want)
		}
		if page := m.send(m.signIn(t, login), http.MethodGet, w.Header().Get("Location")); page.Code != http.StatusOK {
			t.Errorf("%q is sent to %s, which answers %d", login, w.Header().Get("Location"), page.Code)
		}
	}
}

// TestTheStartPageTellsEverybodyWhatThisIs reads it as nobody, in both languages.
func TestTheStartPageTellsEverybodyWhatThisIs(t *testing.T) {
	t.Parallel()
	m := newMatrix(t)
	for lang, want := range map[string]string{"ja": "脆弱性について", "en": "signal fire"} {
		w := m.send(caller{}, http.MethodGet, "/"+lang+"/")
		body := w.Body.String()
		for _, text := range []string{want, `href="/` + lang + `/sign-in"`, `href="/` + lang + `/docs/api"`} {
			if w.Code != http.StatusOK || !strings.Contains(body, text) {
				t.Errorf("/%s/ answers %d without %q", lang, w.Code, text)
			}
		}
		for _, link := range regexp.MustCompile(`href="(/`+lang+`/[^"]*)"`).FindAllStringSubmatch(body, -1) {
			if page := m.send(caller{}, http.MethodGet, link[1]); page.Code != http.StatusOK {
				t.Errorf("%s leads to %s, which answers %d", lang, link[1], page.Code)
			}
		}
		if len(w.Result().Cookies()) > 0 {
			t.Errorf("/%s/ sets cookies", lang)
		}
	}
	w := m.send(caller{}, http.MethodGet, "/")
	if to := w.Header().Get("Location"); w.Code != http.StatusFound || to != "/ja/" && to != "/en/" {
		t.Errorf("/ answers %d to %q, want the way to a language", w.Code, to)
	}
}
