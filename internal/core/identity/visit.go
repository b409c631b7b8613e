package identity

import (
	"net"
	"net/http"
	"unicode/utf8"
)

// Visit says where a request comes from: for limits and the list of sessions.
type Visit struct {
	Address string
	Agent   string
}

// VisitOf returns the visit of a request. The address is that of the
// connection; a trusted proxy's header is evaluated before, by the server.
func VisitOf(r *http.Request) Visit {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	return Visit{Address: host, Agent: shorten(r.UserAgent(), maxUserAgent)}
}

// shorten cuts text to n characters of valid UTF-8.
func shorten(s string, n int) string {
	out := make([]rune, 0, n)
	for _, r := range s {
		if len(out) == n {
			break
		}
		if r == utf8.RuneError || r < ' ' {
			r = '?'
		}
		out = append(out, r)
	}
	return string(out)
}
