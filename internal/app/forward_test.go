package app

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestForwardedAddressesAreBelievedFromTrustedProxiesOnly(t *testing.T) {
	t.Parallel()
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for _, tt := range []struct {
		name, remote string
		header       []string
		want         string
	}{
		{"no proxy", "192.0.2.1:5", []string{"198.51.100.7"}, "192.0.2.1:5"},
		{"one proxy", "10.0.0.1:5", []string{"198.51.100.7"}, "198.51.100.7:0"},
		{"a made-up hop before the true one", "10.0.0.1:5", []string{"203.0.113.9, 198.51.100.7"}, "198.51.100.7:0"},
		{"two proxies", "10.0.0.1:5", []string{"198.51.100.7, 10.0.0.2"}, "198.51.100.7:0"},
		{"two headers", "10.0.0.1:5", []string{"203.0.113.9", "198.51.100.7"}, "198.51.100.7:0"},
		{"IPv6", "[::1]:5", []string{"2001:db8::7"}, "[2001:db8::7]:0"},
		{"mapped", "[::ffff:10.0.0.1]:5", []string{"::ffff:198.51.100.7"}, "198.51.100.7:0"},
		{"no header", "10.0.0.1:5", nil, "10.0.0.1:5"},
		{"rubbish", "10.0.0.1:5", []string{"198.51.100.7, x"}, "10.0.0.1:5"},
		{"proxies only", "10.0.0.1:5", []string{"10.0.0.3"}, "10.0.0.1:5"},
	} {
		got := ""
		h := forwarded(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.RemoteAddr }), trusted)
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = tt.remote
		r.Header["X-Forwarded-For"] = tt.header
		h.ServeHTTP(httptest.NewRecorder(), r)
		if got != tt.want {
			t.Errorf("%s: address %s, want %s", tt.name, got, tt.want)
		}
	}
}
