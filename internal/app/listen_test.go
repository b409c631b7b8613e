package app

import (
	"io"
	"net"
	"net/netip"
	"testing"
	"time"
)

// dial connects to a listener and reports whether the connection is served: an
// accepted one is sent a byte.
func dial(t *testing.T, l net.Listener) (net.Conn, bool) {
	t.Helper()
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	_, err = c.Read(make([]byte, 1))
	return c, err == nil
}

// serveByte accepts connections, sends each a byte and closes it when the client does.
func serveByte(t *testing.T, total, each int, trusted ...netip.Prefix) net.Listener {
	t.Helper()
	inner, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := limit(inner, total, each, trusted)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = c.Write([]byte{1})
				_, _ = io.Copy(io.Discard, c)
				_ = c.Close()
				_ = c.Close() // a second Close must not free a second place
			}()
		}
	}()
	return l
}

func TestOneAddressGetsItsShareOnly(t *testing.T) {
	t.Parallel()
	l := serveByte(t, 100, 2)
	first, ok := dial(t, l)
	if !ok {
		t.Fatal("the first connection was refused")
	}
	if _, ok := dial(t, l); !ok {
		t.Fatal("the second connection was refused")
	}
	if _, ok := dial(t, l); ok {
		t.Fatal("the third connection was served")
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(10 * time.Second)
	for time.Now().Before(deadline) {
		if c, ok := dial(t, l); ok {
			_ = c.Close()
			return
		}
	}
	t.Error("the place of a closed connection was not given back")
}

func TestTrustedProxiesAreNotCounted(t *testing.T) {
	t.Parallel()
	l := serveByte(t, 100, 1, netip.MustParsePrefix("127.0.0.0/8"))
	for i := range 5 {
		if _, ok := dial(t, l); !ok {
			t.Fatalf("connection %d of a proxy was refused", i)
		}
	}
}

func TestAllPlacesTogether(t *testing.T) {
	t.Parallel()
	l := serveByte(t, 1, 10)
	first, ok := dial(t, l)
	if !ok {
		t.Fatal("the first connection was refused")
	}
	served := make(chan bool)
	go func() {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			served <- false
			return
		}
		defer c.Close()
		_, err = c.Read(make([]byte, 1))
		served <- err == nil
	}()
	select {
	case <-served:
		t.Fatal("a second connection was served on one place")
	case <-time.After(50 * time.Millisecond):
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if !<-served {
		t.Error("the waiting connection was not served after the first had gone")
	}
}

func TestClientAddrOfIPv6IsItsNetwork(t *testing.T) {
	t.Parallel()
	for remote, want := range map[string]string{
		"192.0.2.1:5": "192.0.2.1", "[::ffff:192.0.2.1]:5": "192.0.2.1", "[2001:db8:1:2:3:4:5:6]:5": "2001:db8:1:2::",
	} {
		at := net.TCPAddrFromAddrPort(netip.MustParseAddrPort(remote))
		if got := clientAddr(addressed{at}); got.String() != want {
			t.Errorf("clientAddr(%s) = %s, want %s", remote, got, want)
		}
	}
}

// addressed is a connection that has nothing but an address.
type addressed struct{ at net.Addr }

func (a addressed) RemoteAddr() net.Addr             { return a.at }
func (addressed) LocalAddr() net.Addr                { return nil }
func (addressed) Read([]byte) (int, error)           { return 0, io.EOF }
func (addressed) Write(b []byte) (int, error)        { return len(b), nil }
func (addressed) Close() error                       { return nil }
func (addressed) SetDeadline(time.Time) error        { return nil }
func (addressed) SetReadDeadline(time.Time) error    { return nil }
func (addressed) SetWriteDeadline(t time.Time) error { return nil }
