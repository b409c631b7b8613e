package browser

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Tab is one tab with its own cookies.
type Tab struct {
	tb      testing.TB
	ctx     context.Context
	options Options
	mu      sync.Mutex
	errors  []string
}

// policyRecorder tells each breach of the content security policy on the console,
// where it is gathered over all pages of a tab.
const policyRecorder = `document.addEventListener("securitypolicyviolation", (e) =>
	console.error("POLICY " + e.violatedDirective + " " + e.blockedURI + " " + e.sourceFile + ":" + e.lineNumber));`

// Tab opens a tab that the end of the test closes.
func (b *Browser) Tab(tb testing.TB, o Options) *Tab {
	tb.Helper()
	if o.Width == 0 {
		o.Width = 1280
	}
	if o.Height == 0 {
		o.Height = 800
	}
	ctx, cancel := chromedp.NewContext(b.start(tb), chromedp.WithNewBrowserContext())
	tb.Cleanup(cancel)
	t := &Tab{tb: tb, ctx: ctx, options: o}
	t.watch()
	setUp := []chromedp.Action[chromedp.Void]{
		chromedp.EmulateViewport(o.Width, o.Height),
		chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error { return t.prepare(ctx) }),
	}
	if err := chromedp.Do(ctx, setUp...); err != nil {
		tb.Fatalf("browser: tab: %v", err)
	}
	return t
}

// watch gathers errors of the console.
func (t *Tab) watch() {
	messages := chromedp.Console(t.ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.IsException() || m.Type == chromedp.ConsoleError {
				t.mu.Lock()
				t.errors = append(t.errors, strings.TrimSpace(m.Source+" "+m.Text+" "+m.URL))
				t.mu.Unlock()
			}
		}
	}()
}

// prepare sets theme, scripts, recorder and cookies.
func (t *Tab) prepare(ctx context.Context) error {
	if t.options.Theme != "" {
		media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: t.options.Theme}}}
		if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media); err != nil {
			return err
		}
	}
	if _, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: policyRecorder}); err != nil {
		return err
	}
	if t.options.NoScript {
		if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
			return err
		}
	}
	for name, value := range t.options.Cookies {
		if _, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: t.options.URL}); err != nil {
			return err
		}
	}
	return nil
}

// Do runs steps and fails the test at the first error or after Patience.
func (t *Tab) Do(steps ...chromedp.Action[chromedp.Void]) {
	t.tb.Helper()
	ctx, cancel := context.WithTimeout(t.ctx, Patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.tb.Fatalf("browser: %v", err)
	}
}
