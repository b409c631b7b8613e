package browser

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/chromedp/chromedp"
)

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
