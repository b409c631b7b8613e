package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// embedded holds the stylesheet, the script modules and, where they were fetched,
// the script packages below vendor/. A build without those has pages that work
// without scripts.
//
//go:embed all:assets
var embedded embed.FS

// htmxFile is the one package that normal pages load.
const htmxFile = "vendor/htmx.min.js"

// asset is one file, plain and compressed.
type asset struct {
	kind string // Content-Type
	raw  []byte
	zip  []byte // nil where compression does not pay
}

// assets serves files under names that carry a hash of their content, so that a
// browser may keep them for ever.
type assets struct {
	urls  map[string]string // name to path
	files map[string]asset  // path to content
}

// newAssets reads the folder assets/ of fsys.
func newAssets(fsys fs.FS) (*assets, error) {
	a := &assets{urls: map[string]string{}, files: map[string]asset{}}
	err := fs.WalkDir(fsys, "assets", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		return a.add(strings.TrimPrefix(name, "assets/"), data)
	})
	if err != nil {
		return nil, fmt.Errorf("assets: %w", err)
	}
	return a, nil
}

// add keeps one file.
func (a *assets) add(name string, data []byte) error {
	sum := sha256.Sum256(data)
	ext := path.Ext(name)
	url := "/assets/" + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
	kind := mime.TypeByExtension(ext)
	switch ext {
	case ".js":
		kind = "text/javascript; charset=utf-8"
	case ".css":
		kind = "text/css; charset=utf-8"
	case ".svg":
		kind = "image/svg+xml"
	}
	f := asset{kind: kind, raw: data}
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(data); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	if out.Len() < len(data)*9/10 {
		f.zip = out.Bytes()
	}
	a.urls[name], a.files[url] = url, f
	return nil
}

// has reports whether a file is there.
func (a *assets) has(name string) bool { _, ok := a.urls[name]; return ok }

// url returns the path of a file, or the one that answers 404 if it is not there.
func (a *assets) url(name string) string {
	if u, ok := a.urls[name]; ok {
		return u
	}
	return "/assets/" + name
}

// ServeHTTP answers a file.
func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := a.files[r.URL.Path]
	if !ok {
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, "no such asset", http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	body := f.raw
	if f.zip != nil && accepts(r) {
		h.Set("Content-Encoding", "gzip")
		body = f.zip
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(body) // a reader who left needs no answer
}
