package web

import (
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
)

// smallest is the length in bytes below which compression does not pay.
const smallest = 1024

// accepts reports whether the reader takes gzip.
func accepts(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			weight, found := strings.CutPrefix(strings.ToLower(strings.ReplaceAll(q, " ", "")), "q=")
			n, err := strconv.ParseFloat(weight, 64)
			return !found || err == nil && n > 0
		}
	}
	return false
}

// compress packs texts for readers who take gzip. Pages hold no secret beside what
// a reader typed, so that their length tells nothing.
func compress(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !accepts(r) || r.Method == http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		z := &zipper{ResponseWriter: w}
		next.ServeHTTP(z, r)
		// A handler that panicked must not end the stream as if it were whole,
		// so this is no defer.
		z.close()
	})
}

// zipper packs what is written if it is a text of some length.
type zipper struct {
	http.ResponseWriter
	decided bool
	pack    *gzip.Writer
}

// WriteHeader decides by type and length.
func (z *zipper) WriteHeader(status int) {
	if !z.decided && status >= 200 {
		z.decided = true
		h := z.Header()
		n, err := strconv.Atoi(h.Get("Content-Length"))
		small := err == nil && n < smallest
		if status != http.StatusNoContent && status != http.StatusNotModified && !small && h.Get("Content-Encoding") == "" && text(h.Get("Content-Type")) {
			h.Set("Content-Encoding", "gzip")
			h.Del("Content-Length")
			z.pack = gzip.NewWriter(z.ResponseWriter)
		}
	}
	z.ResponseWriter.WriteHeader(status)
}

// Write writes packed or plain.
func (z *zipper) Write(p []byte) (int, error) {
	if !z.decided {
		if z.Header().Get("Content-Type") == "" {
			z.Header().Set("Content-Type", http.DetectContentType(p))
		}
		z.WriteHeader(http.StatusOK)
	}
	if z.pack != nil {
		return z.pack.Write(p)
	}
	return z.ResponseWriter.Write(p)
}

// Flush sends what is there, for answers that arrive in parts.
func (z *zipper) Flush() {
	if z.pack != nil {
		_ = z.pack.Flush() // the next write tells
	}
	_ = http.NewResponseController(z.ResponseWriter).Flush()
}

// Unwrap gives http.ResponseController the writer below.
func (z *zipper) Unwrap() http.ResponseWriter { return z.ResponseWriter }

// close ends the stream.
func (z *zipper) close() {
	if z.pack != nil {
		_ = z.pack.Close() // the reader left
	}
}

// text reports whether a Content-Type is worth packing; event streams are not.
func text(kind string) bool {
	kind, _, _ = strings.Cut(kind, ";")
	switch kind {
	case "text/event-stream":
		return false
	case "application/json", "application/x-ndjson", "application/problem+json", "application/xml", "application/atom+xml", "image/svg+xml":
		return true
	}
	return strings.HasPrefix(kind, "text/")
}
