package app

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// forwarded gives requests that come through a trusted proxy the address of the
// client behind it: the last one of X-Forwarded-For that is no trusted proxy
// itself. What anybody else writes into that header is not believed.
func forwarded(next http.Handler, trusted []netip.Prefix) http.Handler {
	if len(trusted) == 0 {
		return next
	}
	isTrusted := func(a netip.Addr) bool {
		return slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if at, err := netip.ParseAddrPort(r.RemoteAddr); err == nil && isTrusted(at.Addr().Unmap()) {
			if a, ok := clientBehind(r.Header.Values("X-Forwarded-For"), isTrusted); ok {
				r = r.Clone(r.Context())
				r.RemoteAddr = net.JoinHostPort(a.String(), "0")
			}
		}
		next.ServeHTTP(w, r)
	})
}

// clientBehind walks the header from its end, where the nearest proxy wrote.
func clientBehind(header []string, isTrusted func(netip.Addr) bool) (netip.Addr, bool) {
	hops := strings.Split(strings.Join(header, ","), ",")
	for _, hop := range slices.Backward(hops) {
		a, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			return netip.Addr{}, false
		}
		if a = a.Unmap().WithZone(""); !isTrusted(a) {
			return a, true
		}
	}
	return netip.Addr{}, false
}
