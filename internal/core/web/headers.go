package web

import "net/http"

// Policy is the content security policy of every answer. It allows only this
// site's own files and no inline script or style.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"font-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// headers sets what every answer carries.
func (s *Server) headers(h http.Header, id string) {
	h.Set("Content-Security-Policy", Policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("X-Request-Id", id)
	if s.config.Hosted {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// recorder notes what was written, for the log and for errors in the middle.
type recorder struct {
	http.ResponseWriter
	state *state
}

// WriteHeader notes the status.
func (w *recorder) WriteHeader(status int) {
	if !w.state.started && status >= 200 {
		w.state.started, w.state.status = true, status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write notes the size.
func (w *recorder) Write(p []byte) (int, error) {
	if !w.state.started {
		w.state.started, w.state.status = true, http.StatusOK
	}
	n, err := w.ResponseWriter.Write(p)
	w.state.bytes += int64(n)
	return n, err
}

// Unwrap gives http.ResponseController the writer below.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
