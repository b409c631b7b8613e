package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"

	"filippo.io/age"
)

// checker gathers problems.
type checker []Problem

func (c *checker) add(key, text, hint string) {
	*c = append(*c, Problem{Key: key, Text: text, Hint: hint})
}

func (c *checker) oneOf(key, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		c.add(key, "not one of "+strings.Join(allowed, ", "), fmt.Sprintf("did you mean %q?", nearest(value, allowed)))
	}
}

// file refuses a file that is named and cannot be looked at.
func (c *checker) file(key, path string) {
	if path == "" {
		return
	}
	if _, err := os.Stat(path); err != nil {
		c.add(key, path+": "+plain(err), "")
	}
}

func (c *checker) positive(key string, n int) {
	if n <= 0 {
		c.add(key, "must be more than 0", "")
	}
}

func (c *checker) recipients(key string, list []string) {
	for _, text := range list {
		if _, err := age.ParseX25519Recipient(text); err != nil {
			c.add(key, "not an age recipient", "it begins with age1")
		}
	}
}

func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// port returns the port of an address, 8686 if it names none.
func port(addr string) string {
	_, number, err := net.SplitHostPort(addr)
	var addrErr *net.AddrError
	if errors.As(err, &addrErr) || number == "" {
		return "8686"
	}
	return number
}
