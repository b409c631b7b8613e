//go:build !race

package app

import (
	"bytes"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/testkit/browser"
)

// maxPicture is the largest picture of the documents in bytes.
const maxPicture = 200 << 10

// shot is one picture of the documents.
type shot struct {
	name, login, theme string
	lang               i18n.Lang
	width, height      int64
	task               bool // the first task of the list, else the list with two rows chosen
}

// shots are the pictures of the README: each language shows the organisation that works in it.
func shots() []shot {
	return []shot{
		{"worklist-ja", "tanaka", "light", i18n.JA, 1280, 800, false},
		{"worklist-en", "miller", "light", i18n.EN, 1280, 800, false},
		{"task-ja", "tanaka", "light", i18n.JA, 1280, 800, true},
		{"task-en", "miller", "light", i18n.EN, 1280, 800, true},
		{"worklist-dark", "tanaka", "dark", i18n.JA, 1280, 800, false},
		{"worklist-mobile", "tanaka", "light", i18n.JA, 390, 800, false},
	}
}

// TestScreenshots takes the pictures of the documents from the demo, standing at
// noon. They are kept below NOROSHI_PICTURES, if that is set.
func TestScreenshots(t *testing.T) {
	t.Parallel()
	s := serveDemo(t, noon)
	dir := os.Getenv("NOROSHI_PICTURES")
	if dir == "" {
		dir = t.TempDir()
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, p := range shots() {
		t.Run(p.name, func(t *testing.T) {
			tab := s.tab(t, p.login, browser.Options{Theme: p.theme, Width: p.width, Height: p.height})
			tab.Open(s.url(p.lang, "/console/kengine"))
			tab.Press("jxjx")
			tab.Wait(`document.querySelectorAll("tr[aria-selected=true]").length === 2`)
			if p.task {
				tab.Click("#rows .title a")
				tab.Wait(`document.querySelector(".recommend") !== null && document.readyState === "complete"`)
			}
			picture := smaller(t, browser.Value(tab, chromedp.CaptureScreenshot()), p)
			if err := os.WriteFile(filepath.Join(dir, p.name+".png"), picture, 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// smaller packs a picture as tightly as PNG goes and holds its size.
func smaller(t *testing.T, data []byte, p shot) []byte {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if size := picture.Bounds().Size(); int64(size.X) != p.width || int64(size.Y) != p.height {
		t.Errorf("the picture is %v, want %d x %d", size, p.width, p.height)
	}
	plain := image.NewRGBA(picture.Bounds())
	draw.Draw(plain, plain.Bounds(), picture, image.Point{}, draw.Src)
	for i, c := range plain.Pix { // 32 steps of each colour: no eye sees it on plain grounds, and half is saved
		plain.Pix[i] = c&^7 | c>>5
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, plain); err != nil {
		t.Fatal(err)
	}
	if out.Len() > maxPicture {
		t.Errorf("the picture has %d bytes, at most %d", out.Len(), maxPicture)
	}
	return out.Bytes()
}
