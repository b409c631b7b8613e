package outbound

import (
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"noroshi.dev/internal/core/fault"
)

// disguises returns IPv6 addresses that lead to an IPv4 address.
func disguises(v4 netip.Addr) map[string]netip.Addr {
	b := v4.As4()
	at := func(prefix string, i int, part [4]byte) netip.Addr {
		all := netip.MustParseAddr(prefix).As16()
		copy(all[i:], part[:])
		return netip.AddrFrom16(all)
	}
	var obscured [4]byte
	binary.BigEndian.PutUint32(obscured[:], ^binary.BigEndian.Uint32(b[:]))
	return map[string]netip.Addr{
		"mapped":     netip.AddrFrom16(v4.As16()),
		"compatible": at("::", 12, b),
		"translated": at("::ffff:0:0:0", 12, b),
		"NAT64":      at("64:ff9b::", 12, b),
		"6to4":       at("2002::", 2, b),
		"Teredo":     at("2001::", 12, obscured),
		"mapped zone": netip.AddrFrom16(v4.As16()).
			WithZone("eth0"),
	}
}

// TestDisguisesAreJudgedByWhatTheyLeadTo draws addresses from each inner network
// and from outside, and looks at each in every disguise.
func TestDisguisesAreJudgedByWhatTheyLeadTo(t *testing.T) {
	t.Parallel()
	g := guard{inner: inner()}
	r := rand.New(rand.NewPCG(1, 2))
	for _, p := range g.inner {
		if !p.Addr().Is4() {
			continue
		}
		for range 200 {
			b := p.Addr().As4()
			host := r.Uint32() & (1<<(32-p.Bits()) - 1)
			binary.BigEndian.PutUint32(b[:], binary.BigEndian.Uint32(b[:])|host)
			ip := netip.AddrFrom4(b)
			if g.permits(ip) {
				t.Fatalf("%s of %s is permitted", ip, p)
			}
			for name, d := range disguises(ip) {
				if g.permits(d) {
					t.Fatalf("%s as %s (%s) is permitted", ip, d, name)
				}
			}
		}
	}
	for _, s := range []string{"8.8.8.8", "1.1.1.1", "203.0.114.1", "172.32.0.1", "100.128.0.1", "198.20.0.1"} {
		all := disguises(netip.MustParseAddr(s))
		for _, name := range []string{"mapped", "NAT64", "6to4", "Teredo"} {
			if !g.permits(all[name]) {
				t.Errorf("%s as %s (%s) is refused", s, all[name], name)
			}
		}
	}
}

// TestALocalNAT64PrefixIsInside takes the layout of RFC 6052 for a /48 prefix,
// where the IPv4 address stands around bits 64 to 71 and the last bytes are free:
// those once decided, so that an outer address there hid an inner one.
func TestALocalNAT64PrefixIsInside(t *testing.T) {
	t.Parallel()
	g := guard{inner: inner()}
	for _, s := range []string{"64:ff9b:1:a9fe:a9:fe00:808:808", "64:ff9b:1::808:808", "64:ff9b:1:7f00:0:100::"} {
		if g.permits(netip.MustParseAddr(s)) {
			t.Errorf("%s is permitted", s)
		}
	}
}

// TestOnlyGlobalUnicastIsOutside walks the first 16 bits of IPv6.
func TestOnlyGlobalUnicastIsOutside(t *testing.T) {
	t.Parallel()
	g := guard{inner: inner()}
	for top := range 1 << 16 {
		b := [16]byte{byte(top >> 8), byte(top), 0x12, 0x34, 15: 1}
		outside := top>>13 == 1
		if ip := netip.AddrFrom16(b); g.permits(ip) && !outside {
			t.Fatalf("%s is permitted", ip)
		}
	}
}

// TestPlainCallsStayInAllowedNetworks is about one allowed network, which once
// made http to the whole outside possible.
func TestPlainCallsStayInAllowedNetworks(t *testing.T) {
	t.Parallel()
	c := New(Config{Allowed: []netip.Prefix{netip.MustParsePrefix("10.20.0.0/16")}})
	for address, want := range map[string]error{
		"http://10.20.1.1/": nil, "http://intern.example/": nil, "https://10.20.1.1/": nil, "https://8.8.8.8/": nil,
		"http://8.8.8.8/": fault.Invalid, "http://[2606:4700::1111]/": fault.Invalid, "http://10.21.0.1/": fault.Invalid, "https://10.21.0.1/": fault.Invalid,
	} {
		if err := c.Check(address); !errors.Is(err, want) {
			t.Errorf("Check(%s) = %v, want %v", address, err, want)
		}
	}
	// What a name resolved to is judged when the connection is made.
	for address, want := range map[string]string{
		"10.20.1.1:80": "", "[::ffff:10.20.1.1]:80": "", "8.8.8.8:80": "outbound.plain", "[2606:4700::1111]:80": "outbound.plain",
		"127.0.0.1:80": "outbound.inner", "nonsense": "outbound.inner",
	} {
		err := c.controlPlain("tcp", address, nil)
		if got := fault.Of(err); got == nil && want != "" || got != nil && got.Key != want {
			t.Errorf("controlPlain(%s) = %v, want %q", address, err, want)
		}
	}
	if err := New(Config{Plain: true}).controlPlain("tcp", "8.8.8.8:80", nil); err != nil {
		t.Errorf("plain calls that are configured: %v", err)
	}
	if err := c.control("udp", "8.8.8.8:80", nil); err == nil {
		t.Error("another network than tcp is permitted")
	}
}

// TestNothingOfACallReachesAnotherHost follows a redirect with everything in the
// request that could tell the other side something.
func TestNothingOfACallReachesAnotherHost(t *testing.T) {
	t.Parallel()
	var seen *http.Request
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = r.Clone(r.Context()) }))
	defer other.Close()
	first := httptest.NewServer(http.RedirectHandler(other.URL+"/landing", http.StatusSeeOther))
	defer first.Close()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, first.URL+"/hook/secret-path?key=secret-query", strings.NewReader("secret-body"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Authorization", "Cookie", "Proxy-Authorization", "Noroshi-Signature", "X-Api-Key", "Content-Type"} {
		r.Header.Set(name, "secret-"+name)
	}
	res, err := New(Config{Allowed: loopback()}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if seen == nil || seen.URL.Path != "/landing" {
		t.Fatalf("the redirect was not followed: %v", seen)
	}
	if seen.Header.Get("User-Agent") != "noroshi" {
		t.Errorf("User-Agent = %q", seen.Header.Get("User-Agent"))
	}
	for name, values := range seen.Header {
		if strings.Contains(strings.Join(values, " "), "secret") {
			t.Errorf("%s: %v went to another host", name, values)
		}
	}
}

// TestRedirectsAreCounted follows as many as are allowed and not one more.
func TestRedirectsAreCounted(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/"))
		if err != nil || n == 0 {
			return
		}
		http.Redirect(w, r, "/"+strconv.Itoa(n-1), http.StatusTemporaryRedirect)
	}))
	defer srv.Close()
	c := New(Config{Allowed: loopback()})
	for n, want := range map[int]error{0: nil, 1: nil, maxRedirects: nil, maxRedirects + 1: fault.Limit} {
		res, err := c.Get(t.Context(), srv.URL+"/"+strconv.Itoa(n))
		if !errors.Is(err, want) {
			t.Errorf("%d redirects: %v, want %v", n, err, want)
		}
		if err == nil {
			res.Body.Close()
		}
	}
}

// TestASecureCallIsNotMadePlain has an https address lead to http.
func TestASecureCallIsNotMadePlain(t *testing.T) {
	t.Parallel()
	called := false
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
	defer plain.Close()
	secure := httptest.NewTLSServer(http.RedirectHandler(plain.URL, http.StatusFound))
	defer secure.Close()
	c := New(Config{Allowed: loopback(), Plain: true, TLS: secure.Client().Transport.(*http.Transport).TLSClientConfig})
	_, err := c.Get(t.Context(), secure.URL)
	if f := fault.Of(err); f == nil || f.Key != "outbound.plain" || called {
		t.Errorf("Get() = %v, called %v, want a refusal", err, called)
	}
	if _, err := New(Config{Allowed: loopback()}).Get(t.Context(), secure.URL); !errors.Is(err, fault.Unavailable) {
		t.Errorf("a certificate that nobody trusts: %v, want unavailable", err)
	}
}

// TestBodySizes reads bodies around the limit in pieces of many sizes: never more
// than the limit comes, and a body of exactly the limit ends well.
func TestBodySizes(t *testing.T) {
	t.Parallel()
	for size := range 40 {
		for _, piece := range []int{1, 2, 3, 7, 16, 19, 20, 21, 64} {
			b := &body{ReadCloser: io.NopCloser(strings.NewReader(strings.Repeat("x", size))), left: 20}
			got, buffer := 0, make([]byte, piece)
			var err error
			for err == nil {
				var n int
				n, err = b.Read(buffer)
				got += n
			}
			switch {
			case size <= 20 && (got != size || !errors.Is(err, io.EOF)):
				t.Errorf("body of %d in pieces of %d: %d bytes, %v", size, piece, got, err)
			case size > 20 && (got > 20 || !errors.Is(err, fault.Limit)):
				t.Errorf("body of %d in pieces of %d: %d bytes, %v, want a limit", size, piece, got, err)
			}
			if n, again := b.Read(buffer); n != 0 || again == nil {
				t.Errorf("a read after the end gives %d, %v", n, again)
			}
		}
	}
}

func TestOffRefusesEveryCall(t *testing.T) {
	t.Parallel()
	called := false
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
	defer srv.Close()
	c := New(Config{Off: true, Allowed: loopback()})
	if _, err := c.Get(t.Context(), srv.URL); !errors.Is(err, fault.Unavailable) {
		t.Errorf("Get() = %v, want unavailable", err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	if res, err := c.HTTP().Do(r); err == nil {
		res.Body.Close()
		t.Error("a library's call goes out")
	}
	if called {
		t.Error("the server was called")
	}
}

func FuzzPermits(f *testing.F) {
	for _, s := range []string{"127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "fe80::1%eth0", "2001:0:1:2:3:4:80ff:fffe"} {
		f.Add(s)
	}
	g := guard{inner: inner()}
	f.Fuzz(func(t *testing.T, s string) {
		ip, err := netip.ParseAddr(s)
		if err != nil || !g.permits(ip) {
			return
		}
		if ip = ip.Unmap(); ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified() || !ip.IsGlobalUnicast() {
			t.Errorf("%s is permitted", ip)
		}
	})
}
