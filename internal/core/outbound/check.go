package outbound

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"

	"noroshi.dev/internal/core/fault"
)

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
	// A name may lead into an allowed network: controlPlain sees where it does.
	never := err == nil && !allowedBy(o.config.Allowed, ip) || len(o.config.Allowed) == 0
	if u.Scheme == "http" && !o.config.Plain && never {
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

// controlPlain is control for http: only allowed networks are called so, unless
// the configuration permits it everywhere.
func (o *Client) controlPlain(network, address string, c syscall.RawConn) error {
	if err := o.control(network, address, c); err != nil {
		return err
	}
	to, err := netip.ParseAddrPort(address)
	if err != nil || !o.config.Plain && !allowedBy(o.config.Allowed, to.Addr()) {
		return fault.New(fault.Invalid, "outbound.plain", address).Because(err)
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
