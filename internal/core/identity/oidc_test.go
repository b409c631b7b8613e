package identity

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

// fakeProvider is an OpenID Connect provider that misbehaves on request.
type fakeProvider struct {
	*httptest.Server
	mu      sync.Mutex
	key     *rsa.PrivateKey
	subject string
	email   string
	asked   url.Values // of the last authorization request
	bad     string     // what to do wrong
}

func newFakeProvider(t *testing.T) *fakeProvider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &fakeProvider{key: key, subject: "subject-1", email: "root@example.jp"}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

// ServeHTTP answers discovery, keys and the token endpoint.
func (p *fakeProvider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	var out any
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		out = map[string]any{
			"issuer": p.URL, "authorization_endpoint": p.URL + "/auth", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"},
		}
	case "/keys":
		out = map[string]any{"keys": []any{map[string]string{
			"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1", "n": b64(p.key.N.Bytes()), "e": b64(big.NewInt(int64(p.key.E)).Bytes()),
		}}}
	case "/token":
		sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		if r.FormValue("code") != "code" || b64(sum[:]) != p.asked.Get("code_challenge") {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		out = map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": p.token()}
	default:
		w.WriteHeader(http.StatusNotFound)
		return
	}
	_ = json.NewEncoder(w).Encode(out)
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// token makes the ID token, wrong in one point if asked to.
func (p *fakeProvider) token() string {
	head := map[string]string{"alg": "RS256", "kid": "1"}
	claims := map[string]any{
		"iss": p.URL, "sub": p.subject, "aud": "client", "exp": time.Now().Add(time.Hour).Unix(), "iat": time.Now().Unix(),
		"nonce": p.asked.Get("nonce"), "email": p.email, "email_verified": true,
	}
	switch p.bad {
	case "issuer":
		claims["iss"] = "https://evil.example"
	case "audience":
		claims["aud"] = "another client"
	case "expired":
		claims["exp"] = time.Now().Add(-time.Hour).Unix()
	case "nonce":
		claims["nonce"] = "another"
	case "subject":
		claims["sub"] = ""
	case "none":
		head["alg"] = "none"
	}
	h, _ := json.Marshal(head)
	c, _ := json.Marshal(claims)
	text := b64(h) + "." + b64(c)
	sum := sha256.Sum256([]byte(text))
	sig, _ := rsa.SignPKCS1v15(rand.Reader, p.key, crypto.SHA256, sum[:])
	switch p.bad {
	case "none":
		sig = nil
	case "signature":
		sig[5] ^= 1
	}
	return text + "." + b64(sig)
}

// walk goes to the provider and back as actor a and returns what came of it.
func (h *house) walk(p *fakeProvider, a Actor, change func(q url.Values)) (Return, error) {
	h.t.Helper()
	h.hands.forward(time.Minute) // the limit of tries is tested elsewhere
	address, secret, err := h.BeginOutside(h.t.Context(), a, here, "idp", "/en/console/x")
	if err != nil {
		return Return{}, err
	}
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(address, p.URL+"/auth?") {
		h.t.Fatalf("address %q, %v", address, err)
	}
	q := u.Query()
	if q.Get("code_challenge_method") != "S256" || q.Get("nonce") == "" || q.Get("state") == "" || q.Get("redirect_uri") != h.Origin()+OutsidePath("idp") {
		h.t.Errorf("authorization request = %v", q)
	}
	p.mu.Lock()
	p.asked = q
	p.mu.Unlock()
	back := url.Values{"state": {q.Get("state")}, "code": {"code"}, "secret": {secret}}
	if change != nil {
		change(back)
	}
	return h.FinishOutside(h.t.Context(), a, here, "idp", back.Get("secret"), back.Get("state"), back.Get("code"))
}

func TestOutsideSignIn(t *testing.T) {
	t.Parallel()
	for _, d := range []storage.Dialect{storage.SQLite, storage.Postgres} {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			p := newFakeProvider(t)
			h := newHouse(t, d, Provider{Name: "idp", Issuer: p.URL, ClientID: "client", ClientSecret: "s"})
			a := h.admin()
			// CVE-2026-9084: an account with the admin's mail address is nobody until it is linked.
			_, err := h.walk(p, Actor{}, nil)
			wants(t, "not linked", err, fault.Denied, "identity.outside_unknown")
			a.Authenticated = h.hands.Now()
			r, err := h.walk(p, a, nil)
			if err != nil || !r.Linked {
				t.Fatalf("link = %+v, %v", r, err)
			}
			r, err = h.walk(p, Actor{}, nil)
			ok(t, "sign in", err)
			if got := h.actor(r.Door); got.ID != a.ID || r.Next != "/en/console/x" {
				t.Errorf("signed in as %+v, next %q", got, r.Next)
			}
			for _, bad := range []string{"issuer", "audience", "expired", "nonce", "subject", "none", "signature"} {
				p.bad = bad
				_, err := h.walk(p, Actor{}, nil)
				wants(t, bad, err, fault.Denied, "identity.outside_failed")
			}
			p.bad = ""
			for name, change := range map[string]func(url.Values){
				"state": func(q url.Values) { q.Set("state", "x") }, "no state": func(q url.Values) { q.Del("state") },
				"code": func(q url.Values) { q.Set("code", "x") }, "cookie": func(q url.Values) { q.Set("secret", "x") },
			} {
				_, err := h.walk(p, Actor{}, change)
				wants(t, name, err, fault.Denied, "")
			}
			p.subject = "subject-2"
			_, err = h.walk(p, Actor{}, nil)
			wants(t, "another subject", err, fault.Denied, "identity.outside_unknown")
			p.subject = "subject-1"
			a.Authenticated = h.hands.Now()
			one := h.organisation(a, "One")
			other := h.person(a, one, "other", []Role{Reader}, nil)
			other.Authenticated = h.hands.Now()
			_, err = h.walk(p, other, nil)
			wants(t, "linked to somebody else", err, fault.Conflict, "identity.outside_taken")
			a.Authenticated = h.hands.Now()
			ok(t, "unlink", h.UnlinkOutside(t.Context(), a, p.URL))
			_, err = h.walk(p, Actor{}, nil)
			wants(t, "unlinked", err, fault.Denied, "identity.outside_unknown")
		})
	}
}

func TestASilentProviderIsToldApart(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storage.SQLite, Provider{Name: "idp", Issuer: "http://127.0.0.1:1", ClientID: "c"})
	_, _, err := h.BeginOutside(t.Context(), Actor{}, here, "idp", "")
	wants(t, "begin", err, fault.Unavailable, "identity.provider_silent")
	_, _, err = h.BeginOutside(t.Context(), Actor{}, here, "other", "")
	wants(t, "an unknown provider", err, fault.NotFound, "identity.provider")
}
