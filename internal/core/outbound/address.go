package outbound

import (
	"encoding/binary"
	"net/netip"
	"slices"
)

// inner lists what no outside name has a reason to resolve to (IANA special
// purpose registries, RFC 6890 and its updates).
func inner() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
		"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
		"::/96", "::1/128", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
	} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// guard decides about addresses.
type guard struct {
	inner   []netip.Prefix
	allowed []netip.Prefix
}

// permits reports whether an address may be called. An IPv4 address inside of an
// IPv6 one is judged by itself.
func (g guard) permits(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	has := func(all []netip.Prefix) bool {
		return slices.ContainsFunc(all, func(p netip.Prefix) bool { return p.Contains(ip) })
	}
	if !ip.IsValid() {
		return false
	}
	if has(g.allowed) {
		return true
	}
	if v4, ok := embedded(ip); ok {
		return g.permits(v4)
	}
	return !has(g.inner) && (ip.Is4() || global(ip))
}

// global reports whether an IPv6 address is global unicast, the one block of which
// outside addresses are given out (RFC 4291, IANA IPv6 address space).
func global(ip netip.Addr) bool { return netip.MustParsePrefix("2000::/3").Contains(ip) }

// embedded returns the IPv4 address that a translation or tunnel address leads to:
// NAT64 (RFC 6052), 6to4 (RFC 3056), Teredo (RFC 4380). A local NAT64 prefix (RFC
// 8215) is none of them: where it holds the IPv4 address is the network's choice.
func embedded(ip netip.Addr) (netip.Addr, bool) {
	if !ip.Is6() {
		return netip.Addr{}, false
	}
	b := ip.As16()
	v4 := func(at int) (netip.Addr, bool) { return netip.AddrFrom4([4]byte(b[at : at+4])), true }
	switch {
	case netip.MustParsePrefix("64:ff9b::/96").Contains(ip):
		return v4(12)
	case netip.MustParsePrefix("2002::/16").Contains(ip):
		return v4(2)
	case netip.MustParsePrefix("2001::/32").Contains(ip):
		var obscured [4]byte
		binary.BigEndian.PutUint32(obscured[:], ^binary.BigEndian.Uint32(b[12:16]))
		return netip.AddrFrom4(obscured), true
	}
	return netip.Addr{}, false
}
