package flow

import (
	"testing"

	"noroshi.dev/format/pcap"
)

func TestFingerprint(t *testing.T) {
	t.Parallel()
	const sensor = 198<<24 | 51<<16 | 100<<8 | 9
	id := func(v uint16) func([]byte) { return func(h []byte) { be.PutUint16(h[4:], v) } }
	masscan := uint16(sensor&0xffff) ^ 23 ^ 0x5678
	for _, c := range []struct {
		name  string
		data  []byte
		want  Fingerprint
		class Class
	}{
		{"usual SYN", ip4(ProtoTCP, tcp(23, SYN, 5, mss()...)), 0, Scan},
		{"ECN SYN", ip4(ProtoTCP, tcp(23, SYN|ECE|CWR, 5, mss()...)), 0, Scan},
		{"zmap", ip4(ProtoTCP, tcp(23, SYN, 5, mss()...), id(54321)), ZMap, Scan},
		{"zmap over udp", ip4(ProtoUDP, udp(53, "x"), id(54321)), ZMap, Scan},
		{"masscan", ip4(ProtoTCP, tcp(23, SYN, 0x12345678), id(masscan)), Masscan | Bare, Scan},
		{"masscan's id on an ACK", ip4(ProtoTCP, tcp(23, ACK, 0x12345678), id(masscan)), 0, Other},
		{"mirai", ip4(ProtoTCP, tcp(23, SYN, sensor)), Mirai | Bare, Scan},
		{"mirai's sequence on an ACK", ip4(ProtoTCP, tcp(23, ACK, sensor)), 0, Other},
		{"SYN+ACK", ip4(ProtoTCP, tcp(23, SYN|ACK, 5, mss()...)), Answer, Backscatter},
		{"RST", ip4(ProtoTCP, tcp(23, RST, 5)), Answer, Backscatter},
		{"RST+ACK", ip4(ProtoTCP, tcp(23, RST|ACK, 5)), Answer, Backscatter},
		{"ACK", ip4(ProtoTCP, tcp(23, ACK, 5)), 0, Other},
		{"no flags", ip4(ProtoTCP, tcp(23, 0, 5)), Odd, Other},
		{"SYN+FIN", ip4(ProtoTCP, tcp(23, SYN|FIN, 5, mss()...)), Odd, Scan},
		{"all flags", ip4(ProtoTCP, tcp(23, 0x3f, 5)), Answer | Odd, Backscatter},
		{"FIN+PSH+URG", ip4(ProtoTCP, tcp(23, FIN|PSH|URG, 5)), 0, Other},
		{"echo", ip4(ProtoICMP, icmp(8, 0)), 0, Scan},
		{"echo reply", ip4(ProtoICMP, icmp(0, 0)), Answer, Backscatter},
		{"unreachable", ip4(ProtoICMP, icmp(3, 3)), Answer, Backscatter},
		{"source quench", ip4(ProtoICMP, icmp(4, 0)), Answer, Backscatter},
		{"redirect", ip4(ProtoICMP, icmp(5, 1)), Answer, Backscatter},
		{"time exceeded", ip4(ProtoICMP, icmp(11, 0)), Answer, Backscatter},
		{"parameter problem", ip4(ProtoICMP, icmp(12, 0)), Answer, Backscatter},
		{"timestamp", ip4(ProtoICMP, icmp(13, 0)), 0, Other},
		{"icmp type 35", ip4(ProtoICMP, icmp(35, 0)), 0, Other},
		{"echo, v6", ip6(ProtoICMPv6, icmp(128, 0)), 0, Scan},
		{"echo reply, v6", ip6(ProtoICMPv6, icmp(129, 0)), Answer, Backscatter},
		{"too big, v6", ip6(ProtoICMPv6, icmp(2, 0)), Answer, Backscatter},
		{"solicitation, v6", ip6(ProtoICMPv6, icmp(135, 0)), 0, Other},
		{"reserved, v6", ip6(ProtoICMPv6, icmp(0, 0)), 0, Other},
		{"bare SYN, v6", ip6(ProtoTCP, tcp(23, SYN, sensor)), Bare, Scan},
		{"later fragment", ip4(ProtoUDP, udp(53, "x"), func(h []byte) { h[7] = 1 }), Fragment, Other},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var e Event
			if got := Decode(captured(pcap.LinkRaw, c.data), &e); got != Decoded {
				t.Fatalf("result %d", got)
			}
			if e.Fingerprint != c.want {
				t.Errorf("fingerprint %07b, want %07b", e.Fingerprint, c.want)
			}
			if got := e.Class(); got != c.class {
				t.Errorf("class %d, want %d", got, c.class)
			}
		})
	}
}
