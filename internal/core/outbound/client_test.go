package outbound

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"noroshi.dev/internal/core/fault"
)

func loopback() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
}

func TestInnerAddressesAreRefused(t *testing.T) {
	t.Parallel()
	g := guard{inner: inner(), allowed: []netip.Prefix{netip.MustParsePrefix("10.20.0.0/16")}}
	for address, want := range map[string]bool{
		"8.8.8.8": true, "2606:4700::1111": true, "10.20.3.4": true, "64:ff9b::808:808": true, "2002:808:808::1": true,
		"127.0.0.1": false, "127.9.9.9": false, "0.0.0.0": false, "10.0.0.1": false, "172.16.0.1": false, "172.31.255.255": false,
		"192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false, "224.0.0.1": false, "255.255.255.255": false,
		"::1": false, "::": false, "fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fd00:ec2::254": false, "ff02::1": false,
		"::ffff:127.0.0.1": false, "::ffff:169.254.169.254": false, "::127.0.0.1": false, "64:ff9b::7f00:1": false, "64:ff9b::a9fe:a9fe": false,
		"64:ff9b:1::10.0.0.1": false, "2002:7f00:1::": false, "2001:0:1:2:3:4:80ff:fffe": false, "::ffff:10.20.3.4": true,
	} {
		if got := g.permits(netip.MustParseAddr(address)); got != want {
			t.Errorf("permits(%s) = %v, want %v", address, got, want)
		}
	}
	if g.permits(netip.Addr{}) {
		t.Error("no address is permitted")
	}
}

// TestPeer_CVE_2020_28043 checks the address at the time of the connection: a name
// that resolves to loopback is refused though it looks harmless.
func TestPeer_CVE_2020_28043(t *testing.T) {
	t.Parallel()
	called := false
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
	defer srv.Close()
	_, port, _ := strings.Cut(strings.TrimPrefix(srv.URL, "http://"), ":")
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433", "0x7f.1"} {
		_, err := New(Config{Plain: true}).Get(t.Context(), "http://"+host+":"+port+"/")
		if err == nil || called {
			t.Errorf("%s was called", host)
		}
	}
}

func TestRedirectsAreCheckedAgain(t *testing.T) {
	t.Parallel()
	var seen http.Header
	inside := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = r.Header.Clone() }))
	defer inside.Close()
	to := inside.URL
	outside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/meta":
			http.Redirect(w, r, "http://169.254.169.254/latest", http.StatusFound)
		case "/file":
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		default:
			http.Redirect(w, r, to, http.StatusFound)
		}
	}))
	defer outside.Close()
	c := New(Config{Allowed: loopback()})
	for path, kind := range map[string]error{"/meta": fault.Invalid, "/file": fault.Invalid, "/loop": fault.Limit} {
		if _, err := c.Get(t.Context(), outside.URL+path); !errors.Is(err, kind) {
			t.Errorf("%s: %v, want %v", path, err, kind)
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, outside.URL+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer secret")
	r.Header.Set("X-Signature", "secret")
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if seen.Get("Authorization") != "" || seen.Get("X-Signature") != "" {
		t.Errorf("credentials went to another host: %v", seen)
	}
}

func TestBodiesAreLimited(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			defer z.Close()
			for range 100 {
				_, _ = z.Write(make([]byte, 10_000))
			}
		case "/stream":
			for range 100 {
				_, _ = w.Write(bytes.Repeat([]byte("x"), 10_000))
				w.(http.Flusher).Flush()
			}
		case "/fits":
			_, _ = w.Write(make([]byte, 5000))
		default:
			_, _ = w.Write(make([]byte, 6000))
		}
	}))
	defer srv.Close()
	c := New(Config{Allowed: loopback(), Size: 5000})
	for path, want := range map[string]error{"/bomb": fault.Limit, "/stream": fault.Limit, "/declared": fault.Limit, "/fits": nil} {
		res, err := c.Get(t.Context(), srv.URL+path)
		if err == nil {
			var data []byte
			data, err = io.ReadAll(res.Body)
			if len(data) > 5000 {
				t.Errorf("%s: %d bytes", path, len(data))
			}
			res.Body.Close()
		}
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", path, err, want)
		}
	}
}

func TestSlowAnswersEnd(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-stop:
		case <-r.Context().Done():
		}
	}))
	defer srv.Close()
	defer close(stop)
	_, err := New(Config{Allowed: loopback(), Timeout: 50 * time.Millisecond}).Get(context.Background(), srv.URL)
	if !errors.Is(err, fault.Unavailable) {
		t.Errorf("Get() = %v, want unavailable", err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	strict, off := New(Config{}), New(Config{Off: true})
	for address, want := range map[string]error{
		"https://example.jp/hook": nil, "http://example.jp/": fault.Invalid, "ftp://example.jp/": fault.Invalid, "https://": fault.Invalid,
		"https://user:pw@example.jp/": fault.Invalid, "https://127.0.0.1/": fault.Invalid, "https://[::1]/": fault.Invalid, "::": fault.Invalid, "": fault.Invalid,
	} {
		if err := strict.Check(address); !errors.Is(err, want) {
			t.Errorf("Check(%q) = %v, want %v", address, err, want)
		}
	}
	if err := off.Check("https://example.jp/"); !errors.Is(err, fault.Unavailable) {
		t.Errorf("Check() = %v when off", err)
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("https://[::ffff:7f00:1]/")
	c := New(Config{})
	f.Fuzz(func(t *testing.T, s string) {
		if c.Check(s) == nil && !strings.HasPrefix(strings.ToLower(s), "https://") {
			t.Errorf("%q is accepted", s)
		}
	})
}
