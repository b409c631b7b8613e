package config

import (
	"net/netip"
)

// Networks are addresses or prefixes, such as 10.0.0.0/8 or ::1.
type Networks []string

// Prefixes returns the networks; a bare address is the network of itself.
// Entries that Check refuses are left out.
func (n Networks) Prefixes() []netip.Prefix {
	out := make([]netip.Prefix, 0, len(n))
	for _, text := range n {
		if p, err := network(text); err == nil {
			out = append(out, p)
		}
	}
	return out
}

func network(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	return p.Masked(), err
}

func (c *checker) networks(key string, list Networks) {
	for _, text := range list {
		if _, err := network(text); err != nil {
			c.add(key, "not an address or network", "write 192.0.2.0/24 or 2001:db8::1")
		}
	}
}
