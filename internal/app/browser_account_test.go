//go:build !race

package app

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/testkit/browser"
)

// words is a password that somebody might choose.
const words = "copper kettles boil on cold mornings"

// authenticator gives a tab a device that keeps passkeys and always agrees.
func authenticator(tab *browser.Tab) {
	tab.Do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		if _, err := chromedp.Call(ctx, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return err
		}
		_, err := chromedp.Call(ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
			HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
		}})
		return err
	}))
}

// signOut leaves by the button of the account's page.
func (s *served) signOut(tab *browser.Tab, l i18n.Lang) {
	tab.Open(s.url(l, "/console/account"))
	tab.Click(`form[action$="/sign-out"] button`)
	tab.Wait(`document.querySelector(".me") === null && ` + at("/sign-in"))
}

// TestStorySignIn goes the way of somebody whom an administrator let in: by a
// link, then with a password of one's own, then with a passkey.
func TestStorySignIn(t *testing.T) {
	t.Parallel()
	s := serveDemo(t, clock.Wall{})
	for l, login := range map[i18n.Lang]string{i18n.JA: "tanaka", i18n.EN: "miller"} {
		t.Run(string(l), func(t *testing.T) {
			t.Parallel()
			tab := s.tab(t, "", browser.Options{Allow: []string{"422"}})
			authenticator(tab)
			secret, err := s.identity.IssueSignInLink(t.Context(), commandLine(), s.ids[login])
			if err != nil {
				t.Fatal(err)
			}
			tab.Open(s.url(l, identity.LinkPath(secret)))
			tab.Click(`main form button`)
			tab.Wait(`document.querySelector(".me") !== null`)
			s.choosePassword(tab, l)
			s.byPassword(t, tab, l, login)
			s.byPasskey(t, tab, l)
			tab.Check(browser.Name("story-sign-in", l))
		})
	}
}

// choosePassword sets a first password and leaves.
func (s *served) choosePassword(tab *browser.Tab, l i18n.Lang) {
	tab.Open(s.url(l, "/console/account/security"))
	tab.Type(`input[name="password"]`, words)
	tab.Type(`input[name="again"]`, words)
	tab.Click(`form[action$="/security/password"] button`)
	tab.Wait(`document.querySelector("#status .notice.good") !== null`)
	s.signOut(tab, l)
}

// byPassword signs in with a wrong password, which is refused, and with the right one.
func (s *served) byPassword(t *testing.T, tab *browser.Tab, l i18n.Lang, login string) {
	t.Helper()
	tab.Open(s.url(l, "/"))
	tab.Click(`main a.primary`)
	tab.Wait(at("/sign-in"))
	tab.Type(`input[name="login"]`, login)
	tab.Type(`input[name="password"]`, "not this one at all")
	tab.Click(`form[action$="/sign-in"] button`)
	tab.Wait(`document.querySelector(".notice.bad") !== null`)
	if tab.Type(`input[name="password"]`, words); browser.Eval[string](tab, `document.querySelector('[name="login"]').value`) != login {
		t.Error("the refused form has forgotten the name")
	}
	tab.Click(`form[action$="/sign-in"] button`)
	tab.Wait(`document.querySelector(".me") !== null`)
}

// byPasskey adds a passkey, leaves and comes back by it alone.
func (s *served) byPasskey(t *testing.T, tab *browser.Tab, l i18n.Lang) {
	t.Helper()
	tab.Open(s.url(l, "/console/account/security"))
	tab.Click(`[data-passkey="add"] button`)
	tab.Wait(`document.querySelector('form[action*="/security/passkey/"][action$="/remove"]') !== null`)
	s.signOut(tab, l)
	tab.Open(s.url(l, "/sign-in?next=/"+string(l)+"/console/account/tokens"))
	tab.Click(`[data-passkey="sign-in"] button`)
	tab.Wait(at("/console/account/tokens"))
	if got := tab.Text(".me"); got == "" {
		t.Error("nobody is signed in after the passkey")
	}
}
