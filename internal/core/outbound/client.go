package outbound

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"noroshi.dev/internal/core/fault"
)

// Defaults and bounds of calls.
const (
	DefaultTimeout = 30 * time.Second
	DefaultSize    = 16 << 20 // bytes of a body
	maxRedirects   = 5
	maxHeaders     = 64 << 10
)

// Config is what a Client is made of; the zero value is a strict client.
type Config struct {
	Off     bool           // nothing goes out: every call is a fault
	Allowed []netip.Prefix // inner networks that may be called nevertheless
	Timeout time.Duration  // of a whole call with its body; 0 means DefaultTimeout
	Size    int64          // largest body in bytes; 0 means DefaultSize
	Plain   bool           // http:// is allowed to outer addresses too
	TLS     *tls.Config    // further trusted roots; nil means the system's
}

// Client calls the outside within limits. It is safe for concurrent use.
type Client struct {
	config Config
	guard  guard
	client *http.Client
}

// New returns a client.
func New(c Config) *Client {
	if c.Timeout <= 0 {
		c.Timeout = DefaultTimeout
	}
	if c.Size <= 0 {
		c.Size = DefaultSize
	}
	o := &Client{config: c, guard: guard{inner: inner(), allowed: c.Allowed}}
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: o.control}
	o.client = &http.Client{
		Timeout: c.Timeout,
		Transport: limited{o, &http.Transport{
			DialContext: dialer.DialContext, TLSClientConfig: c.TLS, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 10 * time.Second,
			ResponseHeaderTimeout: c.Timeout, MaxResponseHeaderBytes: maxHeaders, MaxIdleConns: 20, MaxIdleConnsPerHost: 2,
			IdleConnTimeout: 30 * time.Second, Proxy: nil,
		}},
		CheckRedirect: o.redirect,
	}
	return o
}

// HTTP returns the client for libraries that want one; all limits hold for it.
func (o *Client) HTTP() *http.Client { return o.client }

// Do sends a request. Faults: Invalid for an address that may not be called,
// Unavailable when nobody answers. The caller closes the body, which ends with a
// fault.Limit after the largest size.
func (o *Client) Do(r *http.Request) (*http.Response, error) {
	res, err := o.client.Do(r)
	if err != nil {
		if f, ok := errors.AsType[*fault.Error](err); ok {
			return nil, f
		}
		return nil, fault.New(fault.Unavailable, "outbound.silent", r.URL.Hostname()).Because(err)
	}
	return res, nil
}

// Get fetches an address as far as the size limit.
func (o *Client) Get(ctx context.Context, address string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fault.New(fault.Invalid, "outbound.address").Because(err)
	}
	return o.Do(r)
}

// Check says whether an address can be called in principle, for forms that store
// one. Names are judged again, by what they resolve to, at each call.
func (o *Client) Check(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return fault.New(fault.Invalid, "outbound.address").Because(err)
	}
	return o.check(u)
}

// check refuses addresses that are wrong whatever they resolve to.
func (o *Client) check(u *url.URL) error {
	if o.config.Off {
		return fault.New(fault.Unavailable, "outbound.off")
	}
	if u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || u.Opaque != "" {
		return fault.New(fault.Invalid, "outbound.address")
	}
	ip, err := netip.ParseAddr(u.Hostname())
	if err == nil && !o.guard.permits(ip) {
		return fault.New(fault.Invalid, "outbound.inner", u.Hostname())
	}
	inside := err == nil && allowedBy(o.config.Allowed, ip)
	if u.Scheme == "http" && !o.config.Plain && !inside && len(o.config.Allowed) == 0 {
		return fault.New(fault.Invalid, "outbound.plain", u.Hostname())
	}
	return nil
}

func allowedBy(all []netip.Prefix, ip netip.Addr) bool {
	for _, p := range all {
		if p.Contains(ip.Unmap()) {
			return true
		}
	}
	return false
}

// control is asked for each connection, with the address that was resolved.
func (o *Client) control(network, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !strings.HasPrefix(network, "tcp") || !o.guard.permits(to.Addr()) {
		return fault.New(fault.Invalid, "outbound.inner", address).Because(err)
	}
	return nil
}

// redirect follows a few redirects, never from https to http, and carries no
// credentials to another host.
func (o *Client) redirect(r *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return fault.New(fault.Limit, "outbound.redirects")
	}
	last := via[len(via)-1]
	if last.URL.Scheme == "https" && r.URL.Scheme != "https" {
		return fault.New(fault.Invalid, "outbound.plain", r.URL.Hostname())
	}
	if !strings.EqualFold(r.URL.Host, via[0].URL.Host) {
		for name := range r.Header {
			if name != "User-Agent" && name != "Accept" {
				r.Header.Del(name)
			}
		}
	}
	return nil
}

// limited checks each request, redirected ones too, and bounds each body.
type limited struct {
	client *Client
	next   http.RoundTripper
}

// RoundTrip sends one request.
func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := l.client.check(r.URL); err != nil {
		return nil, err
	}
	if r.Header.Get("User-Agent") == "" {
		r = r.Clone(r.Context())
		r.Header.Set("User-Agent", "noroshi")
	}
	res, err := l.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if res.ContentLength > l.client.config.Size {
		return nil, errors.Join(fault.New(fault.Limit, "outbound.size").With("max", l.client.config.Size), res.Body.Close())
	}
	res.Body = &body{ReadCloser: res.Body, left: l.client.config.Size}
	return res, nil
}

// body ends with a fault once more than the limit was read: also of what was
// compressed, since the transport unpacks before.
type body struct {
	io.ReadCloser
	left int64
}

// Read reads at most what is left.
func (b *body) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, fault.New(fault.Limit, "outbound.size")
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n - 1, fault.New(fault.Limit, "outbound.size")
	}
	if err != nil && err != io.EOF { //nolint:errorlint // a wrapped end is no end
		err = fmt.Errorf("outbound: read: %w", err)
	}
	return n, err
}
