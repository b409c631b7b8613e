package browser

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

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
