package app

import (
	"net/http"
	"strings"
	"testing"
)

func TestTheStartPageLeadsToWhatTheReaderMayUse(t *testing.T) {
	t.Parallel()
	m := newMatrix(t)
	for login, want := range map[string]string{"": "/en/sign-in", "demo": "/en/console/", "tanaka": "/en/console/", "audit": "/en/console/audit"} {
		w := m.send(m.signIn(t, login), http.MethodGet, "/en/")
		if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || !strings.HasPrefix(to, want) {
			t.Errorf("%q is sent to %q with %d, want %s", login, to, w.Code, want)
		}
		if login == "" {
			continue
		}
		if page := m.send(m.signIn(t, login), http.MethodGet, w.Header().Get("Location")); page.Code != http.StatusOK {
			t.Errorf("%q is sent to %s, which answers %d", login, w.Header().Get("Location"), page.Code)
		}
	}
	if w := m.send(caller{}, http.MethodGet, "/"); w.Code != http.StatusFound {
		t.Errorf("/ answers %d, want the way to a language", w.Code)
	}
}
