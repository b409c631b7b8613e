package browser

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"noroshi.dev/internal/testkit"
)

// Patience is how long one step of a tab may take on a busy machine.
const Patience = 60 * time.Second

// Browser is one Chromium. The zero Browser starts with its first tab and is safe
// for concurrent use.
type Browser struct {
	mu    sync.Mutex
	root  context.Context
	close []context.CancelFunc
}

// Options is how a tab looks at pages.
type Options struct {
	Width, Height int64             // pixels; 1280 x 800 if zero
	Theme         string            // "light" or "dark": what the system prefers
	NoScript      bool              // pages run no script
	Cookies       map[string]string // set for URL before the first page
	URL           string            // of the site that Cookies belong to
	Allow         []string          // console errors with one of these texts are expected, for example "422"
}

// Close ends the browser.
func (b *Browser) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range slices.Backward(b.close) {
		c()
	}
	b.root, b.close = nil, nil
}

// path returns the program of the browser: what NOROSHI_CHROMIUM names, else the
// first one in the folders of PATH.
func path(tb testing.TB) string {
	tb.Helper()
	if named := os.Getenv("NOROSHI_CHROMIUM"); named != "" {
		return named
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
			p := filepath.Join(dir, name)
			if info, err := os.Stat(p); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
				return p
			}
		}
	}
	testkit.Missing(tb, "Chromium; set NOROSHI_CHROMIUM")
	return ""
}

// start starts the browser once and returns its context. That context must have
// no deadline, because its end is the browser's end.
func (b *Browser) start(tb testing.TB) context.Context {
	tb.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.root != nil {
		return b.root
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path(tb)), chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("lang", "ja"))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium's sandbox refuses to run as root
	}
	alloc, stop := chromedp.NewExecAllocator(context.Background(), options...)
	root, cancel := chromedp.NewContext(alloc)
	if err := chromedp.Do(root); err != nil {
		cancel()
		stop()
		tb.Fatalf("browser: start: %v", err)
	}
	b.root, b.close = root, []context.CancelFunc{stop, cancel}
	return root
}

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

// Value runs one step of a tab and returns its value.
func Value[T any](t *Tab, a chromedp.Action[T]) T {
	t.tb.Helper()
	ctx, cancel := context.WithTimeout(t.ctx, Patience)
	defer cancel()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		t.tb.Fatalf("browser: %v", err)
	}
	return v
}

// Eval returns the value of a script expression; a promise is awaited.
func Eval[T any](t *Tab, script string) T {
	t.tb.Helper()
	return Value(t, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
}

// Open goes to an address and waits until it is loaded.
func (t *Tab) Open(url string) {
	t.tb.Helper()
	t.Do(chromedp.Navigate(url))
}

// Click clicks the first element of a CSS selector once it is visible.
func (t *Tab) Click(selector string) {
	t.tb.Helper()
	t.Do(chromedp.Click(chromedp.CSS(selector)))
}

// Type writes into the field of a CSS selector.
func (t *Tab) Type(selector, text string) {
	t.tb.Helper()
	t.Do(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Press sends keys to whatever has the focus.
func (t *Tab) Press(keys string, o ...chromedp.KeyOption) {
	t.tb.Helper()
	t.Do(chromedp.KeyEvent(keys, o...))
}

// Text returns the visible text of the first element of a CSS selector.
func (t *Tab) Text(selector string) string {
	t.tb.Helper()
	return Value(t, chromedp.Text(chromedp.CSS(selector)))
}

// Wait waits until a script expression is true, also over the change of a page.
func (t *Tab) Wait(condition string) {
	t.tb.Helper()
	ctx, cancel := context.WithTimeout(t.ctx, Patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](condition))
		if ok && err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.tb.Fatalf("browser: still not true: %s (%v)", condition, err)
		case <-tick.C:
		}
	}
}

// Picture keeps a picture of the whole page below NOROSHI_PICTURES, if that is set.
func (t *Tab) Picture(name string) {
	t.tb.Helper()
	dir := os.Getenv("NOROSHI_PICTURES")
	if dir == "" {
		return
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		t.tb.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), Value(t, chromedp.FullScreenshot(100)), 0o600); err != nil {
		t.tb.Fatal(err)
	}
}
