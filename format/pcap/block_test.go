package pcap

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSections reads two sections of different byte order, three interfaces, all packet blocks
// and blocks that are skipped.
func TestSections(t *testing.T) {
	t.Parallel()
	for name, o := range orders {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			other := order(binary.BigEndian)
			if name == "big" {
				other = binary.LittleEndian
			}
			old := o.AppendUint16(nil, 1)
			old = o.AppendUint16(old, 77) // drops
			old = append(old, enhanced(o, 0, 3<<32|9, 4, "old")[12:28]...)
			file := bytes.Join([][]byte{
				section(o),
				iface(o, LinkEthernet, 4, option(o, 2, 'e', 't', 'h', '0', '1'), option(o, optionEnd)),
				block(o, 0x0bad, make([]byte, 40)),
				iface(o, LinkRaw, 0, option(o, optionUnit, 9), option(o, optionOffset, o.AppendUint64(nil, 100)...)),
				enhanced(o, 0, 5, 99, "abcde"),
				enhanced(o, 1, 7, 2, "xy"),
				simple(o, 9, "four"),
				block(o, blockObsolete, old, []byte("old")),
				section(other),
				iface(other, LinkLinuxSLL2, 0),
				enhanced(other, 0, 1<<33, 1, "b"),
				simple(other, 3, "all"),
			}, nil)
			want := []got{
				{5_000, "abcde", 99, LinkEthernet, 0},
				{100_000_000_007, "xy", 2, LinkRaw, 1},
				{0, "four", 9, LinkEthernet, 0},
				{100_000_000_000 + 3<<32 + 9, "old", 4, LinkRaw, 1},
				{(1 << 33) * 1000, "b", 1, LinkLinuxSLL2, 0},
				{0, "all", 3, LinkLinuxSLL2, 0},
			}
			if diff := cmp.Diff(want, mustRead(t, file)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestUnits takes times in every kind of resolution; the expected values are by hand.
func TestUnits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		resolution byte
		offset     int64
		stamp      uint64
		want       int64
	}{
		{"seconds", 0, 0, 3, 3_000_000_000},
		{"microseconds", 6, 0, 1_600_000_000_123_456, 1_600_000_000_123_456_000},
		{"nanoseconds", 9, 0, 1_600_000_000_123_456_789, 1_600_000_000_123_456_789},
		{"picoseconds", 12, 0, 5_999, 5},
		{"10^-28", 28, 0, math.MaxUint64, 1},
		{"10^-29", 29, 0, math.MaxUint64, 0},
		{"10^-127", 127, 0, math.MaxUint64, 0},
		{"2^-0", 0x80, 0, 2, 2_000_000_000},
		{"2^-1", 0x81, 0, 3, 1_500_000_000},
		{"2^-32", 0x80 | 32, 0, 1<<32 + 1<<31, 1_500_000_000},
		{"2^-64", 0x80 | 64, 0, 1 << 63, 500_000_000},
		{"2^-65", 0x80 | 65, 0, 1 << 63, 250_000_000},
		{"2^-127", 0xff, 0, math.MaxUint64, 0},
		{"too late", 0, 0, 1 << 40, math.MaxInt64},
		{"just too late", 9, 0, 1 << 63, math.MaxInt64},
		{"offset later", 6, 10, 1, 10_000_001_000},
		{"offset earlier", 6, -10, 20_000_001, 10_000_001_000},
		{"before 1970", 6, -10, 1, -9_999_999_000},
		{"offset brings it back", 0, -1_099_511_627_776, 1<<40 + 5, 5_000_000_000},
		{"offset too late", 6, math.MaxInt64, 1, math.MaxInt64},
		{"offset too early", 6, math.MinInt64, 1, math.MinInt64},
		{"still too late", 0, -1, math.MaxUint64, math.MaxInt64},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			u := newUnit(c.resolution, c.offset)
			if got := u.nanoseconds(c.stamp); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}

func TestBlocksRefused(t *testing.T) {
	t.Parallel()
	o := binary.LittleEndian
	head := append(section(o), iface(o, LinkEthernet, 0)...) // 28 + 20 bytes
	change := func(b []byte, at int, to byte) []byte {
		b = bytes.Clone(b)
		b[at] = to
		return b
	}
	whole := enhanced(o, 0, 1, 4, "abcd") // 36 bytes
	unknown := block(o, 99, make([]byte, 8))
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"byte-order magic", change(head, 8, 0), "at byte 0: byte-order magic 1a2b3c00"},
		{"version", change(head, 12, 2), "pcapng version 2.0"},
		{"no interface", append(section(o), whole...), "at byte 28: packet of interface 0; the section has 0"},
		{"no interface, simple", append(section(o), simple(o, 1, "a")...), "at byte 28: packet of interface 0; the section has none"},
		{"interface unknown", append(head, change(whole, 8, 1)...), "at byte 48: packet of interface 1; the section has 1"},
		{"length odd", append(head, change(whole, 4, 35)...), "at byte 48: block length 35"},
		{"length small", append(head, change(whole, 4, 8)...), "at byte 48: block length 8"},
		{"length smaller than the type's", append(head, change(whole, 4, 28)...), "at byte 48: packet block of 28 bytes; it has at least 32"},
		{"lengths differ", append(head, change(whole, 32, 40)...), "at byte 48: packet block begins with length 36 and ends with 40"},
		{"lengths of unknown differ", append(head, change(unknown, 16, 40)...), "at byte 48: block begins with length 20 and ends with 40"},
		{"captured too long", append(head, change(whole, 20, 5)...), "at byte 48: packet of 5 bytes in a block with room for 4"},
		{"simple too long", append(head, simple(o, 5, "abcd")...), "at byte 48: packet of 5 bytes in a block with room for 4"},
		{"past limit", append(head, enhanced(o, 0, 1, 4, strings.Repeat("a", 100))...), "at byte 48: packet block of 132 bytes; the limit is 64"},
		{"interfaces past limit", append(head, append(iface(o, 1, 0), iface(o, 1, 0)...)...), "at byte 68: more than 2 interfaces"},
		{"option past block", append(section(o), iface(o, 1, 0, []byte{2, 0, 9, 0})...), "at byte 28: interface option 2 of 9 bytes passes the end"},
		{"option of wrong size", append(section(o), iface(o, 1, 0, option(o, optionUnit, 1, 2))...), "at byte 28: interface option 9 has 2 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := all(bytes.NewReader(c.data), Limits{Record: 64, Interfaces: 2})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
