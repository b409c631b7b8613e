package app

import (
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
)

// limited is a listener that bounds the connections of one address and of all
// together. A client over its share is cut off at once, before anything of it
// is read; when all places are taken, new clients wait in the kernel's queue.
type limited struct {
	net.Listener
	places  chan struct{}
	each    int
	trusted []netip.Prefix // proxies: many people behind one address

	mu   sync.Mutex
	open map[netip.Addr]int
}

// limit returns l with at most total connections, each of them at most for one address.
func limit(l net.Listener, total, each int, trusted []netip.Prefix) net.Listener {
	return &limited{Listener: l, places: make(chan struct{}, total), each: each, trusted: trusted, open: map[netip.Addr]int{}}
}

// Accept waits for a place and then for a client that has not used up its share.
func (l *limited) Accept() (net.Conn, error) {
	l.places <- struct{}{}
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			<-l.places
			return nil, err
		}
		a := clientAddr(c)
		if l.take(a) {
			return &limitedConn{Conn: c, free: func() { l.give(a); <-l.places }}, nil
		}
		_ = c.Close() // told by being cut off; an answer would cost more than the attack
	}
}

func (l *limited) take(a netip.Addr) bool {
	if slices.ContainsFunc(l.trusted, func(p netip.Prefix) bool { return p.Contains(a) }) {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[a] >= l.each {
		return false
	}
	l.open[a]++
	return true
}

func (l *limited) give(a netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[a]--; l.open[a] <= 0 {
		delete(l.open, a)
	}
}

// clientAddr is the address that a connection is counted for: an IPv6 client is
// its /64, since it has all addresses of it.
func clientAddr(c net.Conn) netip.Addr {
	at, err := netip.ParseAddrPort(c.RemoteAddr().String())
	if err != nil {
		return netip.Addr{}
	}
	a := at.Addr().Unmap().WithZone("")
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return a
}

// limitedConn gives its place back once, when it is closed.
type limitedConn struct {
	net.Conn
	once sync.Once
	free func()
}

// Close closes the connection and gives its place back.
func (c *limitedConn) Close() error {
	err := c.Conn.Close()
	c.once.Do(c.free)
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
