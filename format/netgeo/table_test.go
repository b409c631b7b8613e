package netgeo

import (
	"cmp"
	"math/rand/v2"
	"net/netip"
	"testing"
)

func addr(t testing.TB, text string) netip.Addr {
	t.Helper()
	a, err := netip.ParseAddr(text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestFind(t *testing.T) {
	t.Parallel()
	var b Builder
	for _, r := range []struct {
		first, last, country string
		asn                  uint32
	}{
		{"192.0.2.0", "192.0.2.255", "JP", 64500},
		{"192.0.2.64", "192.0.2.127", "KR", 64501}, // within
		{"198.51.100.0", "198.51.100.99", "PL", 64502},
		{"198.51.100.0", "198.51.100.99", "UY", 64503}, // the same, later
		{"203.0.113.255", "203.0.113.255", "AR", 64504},
		{"255.255.255.0", "255.255.255.255", "MX", 64505},
		{"2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "JP", 64506},
		{"ffff::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ZZ", 64507},
	} {
		c, err := country(r.country)
		if err != nil {
			t.Fatal(err)
		}
		if err := cmp.Or(b.Country(addr(t, r.first), addr(t, r.last), c), b.System(addr(t, r.first), addr(t, r.last), r.asn)); err != nil {
			t.Fatal(err)
		}
	}
	table := b.Table()
	for _, c := range []struct {
		addr, country string
		asn           uint32
	}{
		{"192.0.1.255", "--", 0},
		{"192.0.2.0", "JP", 64500},
		{"192.0.2.63", "JP", 64500},
		{"192.0.2.64", "KR", 64501},
		{"::ffff:192.0.2.127", "KR", 64501},
		{"192.0.2.128", "JP", 64500},
		{"192.0.2.255", "JP", 64500},
		{"192.0.3.0", "--", 0},
		{"198.51.100.50", "UY", 64503},
		{"203.0.113.254", "--", 0},
		{"203.0.113.255", "AR", 64504},
		{"255.255.255.255", "MX", 64505},
		{"2001:db8::1", "JP", 64506},
		{"2001:db9::", "--", 0},
		{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ZZ", 64507},
		{"0.0.0.0", "--", 0},
		{"::", "--", 0},
	} {
		if got := table.Find(addr(t, c.addr)); got.Country.String() != c.country || got.ASN != c.asn {
			t.Errorf("Find(%s) = %s, AS%d, want %s, AS%d", c.addr, got.Country, got.ASN, c.country, c.asn)
		}
	}
	var none *Table
	for _, a := range []netip.Addr{{}, addr(t, "192.0.2.1")} {
		if got := none.Find(a); got.Country != Unknown() || got.ASN != 0 {
			t.Errorf("without a table Find(%s) = %+v", a, got)
		}
	}
	if (Place{}).Country.String() != "--" {
		t.Error("a country that says nothing has a name")
	}
}

func TestRangesThatAreNone(t *testing.T) {
	t.Parallel()
	var b Builder
	for _, c := range []struct {
		first, last netip.Addr
		want        error
	}{
		{netip.Addr{}, addr(t, "192.0.2.1"), ErrAddress},
		{addr(t, "192.0.2.1"), addr(t, "2001:db8::"), ErrFamilies},
		{addr(t, "192.0.2.1"), addr(t, "192.0.2.0"), ErrOrder},
	} {
		if err := b.Country(c.first, c.last, Country{'J', 'P'}); err != c.want { //nolint:errorlint // returned as it is
			t.Errorf("Country(%s, %s) = %v, want %v", c.first, c.last, err, c.want)
		}
		if err := b.System(c.first, c.last, 1); err != c.want { //nolint:errorlint // returned as it is
			t.Errorf("System(%s, %s) = %v, want %v", c.first, c.last, err, c.want)
		}
	}
	if countries, systems := b.Table().Len(); countries != 0 || systems != 0 {
		t.Errorf("refused ranges are in the table: %d, %d", countries, systems)
	}
}

// small makes an address of IPv4 in its mapped form, or one of IPv6.
func small(n int, six bool) [16]byte {
	if six {
		return [16]byte{0: 0x20, 15: byte(n)}
	}
	return [16]byte{10: 0xff, 11: 0xff, 15: byte(n)}
}

// TestFamiliesAreApart: a route for all of IPv6 covers the mapped form of IPv4 and says nothing of it.
func TestFamiliesAreApart(t *testing.T) {
	t.Parallel()
	var b Builder
	for _, r := range [][2]string{{"::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}, {"192.0.2.0", "192.0.2.255"}} {
		if err := b.System(addr(t, r[0]), addr(t, r[1]), uint32(len(b.systems)+1)); err != nil {
			t.Fatal(err)
		}
	}
	table := b.Table()
	for text, want := range map[string]uint32{"192.0.2.1": 2, "192.0.3.1": 0, "::ffff:192.0.1.255": 0, "2001:db8::1": 1, "::1": 1} {
		if got := table.Find(addr(t, text)).ASN; got != want {
			t.Errorf("%s is in AS%d, want AS%d", text, got, want)
		}
	}
}

// TestOverlaps compares with asking every span: the one that ends first counts, of these the one that begins last, of
// these the one added last.
func TestOverlaps(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 2026))
	for round := range 2000 {
		six := round%2 > 0
		in := make([]span[uint32], random.IntN(12))
		for i := range in {
			first := random.IntN(64)
			in[i] = span[uint32]{small(first, six), small(first+random.IntN(64-first), six), random.Uint32N(5)}
		}
		got := disjoint(in)
		table := indexed(in)
		for n := range 64 {
			a := small(n, six)
			var want *span[uint32]
			for i := range in {
				x := &in[i]
				if string(x.first[:]) > string(a[:]) || string(x.last[:]) < string(a[:]) {
					continue
				}
				if want == nil || string(x.last[:]) < string(want.last[:]) || x.last == want.last && string(x.first[:]) >= string(want.first[:]) {
					want = x
				}
			}
			v, ok := table.find(&a)
			if ok != (want != nil) || ok && v != want.value {
				t.Fatalf("round %d: %v at %d gives %d, %v, want %v", round, in, n, v, ok, want)
			}
		}
		for i := range got {
			if i > 0 && (string(got[i-1].last[:]) >= string(got[i].first[:]) || got[i-1].value == got[i].value && after(got[i-1].last) == got[i].first) {
				t.Fatalf("round %d: %v is not joined or overlaps: %v", round, in, got)
			}
		}
	}
}

// BenchmarkFind asks a table of the size of IPv4's whole delegations. Floor: 2 million look-ups a second.
func BenchmarkFind(b *testing.B) {
	var all Builder
	for i := range uint32(400_000) {
		first := i << 13
		_ = all.Country(v4(first), v4(first+1<<13-1), Country{'A' + byte(i%26), 'A' + byte(i/26%26)})
		_ = all.System(v4(first), v4(first+1<<13-1), i)
	}
	table := all.Table()
	random := rand.New(rand.NewPCG(1, 2))
	asked := make([]netip.Addr, 1<<12)
	for i := range asked {
		asked[i] = v4(random.Uint32())
	}
	i := 0
	for b.Loop() {
		table.Find(asked[i&(len(asked)-1)])
		i++
	}
}
