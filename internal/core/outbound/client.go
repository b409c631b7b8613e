package outbound

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
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
	o.client = &http.Client{
		Timeout:       c.Timeout,
		Transport:     limited{client: o, secure: o.transport(o.control), plain: o.transport(o.controlPlain)},
		CheckRedirect: o.redirect,
	}
	return o
}

// transport returns a transport whose connections are judged by control.
func (o *Client) transport(control func(network, address string, _ syscall.RawConn) error) *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: control}
	return &http.Transport{
		DialContext: dialer.DialContext, TLSClientConfig: o.config.TLS, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 10 * time.Second,
		ResponseHeaderTimeout: o.config.Timeout, MaxResponseHeaderBytes: maxHeaders, MaxIdleConns: 20, MaxIdleConnsPerHost: 2,
		IdleConnTimeout: 30 * time.Second, Proxy: nil,
	}
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
