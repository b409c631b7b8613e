package flow

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"sort"
	"time"
)

// stream makes the events of one sensor as the shared reference makes them: 200,000 sources
// (Zipf 0.9), 3 % of them IPv6, ports by Zipf, arrivals at random times. The same seed gives the
// same events.
func stream(seed uint64, n int, gap time.Duration) []Event {
	r := rand.New(rand.NewPCG(seed, 4))
	sources, ports := zipf(200_000, 0.9), zipf(20_000, 1.1)
	usual := []uint16{23, 22, 80, 443, 8080, 3389, 445, 2323, 5060, 53, 123, 161, 8443, 6379, 1433, 3306, 81, 5555, 7547, 1900}
	events := make([]Event, n)
	at := float64(1_700_000_000_000_000)
	for i := range events {
		at += r.ExpFloat64() * float64(gap.Microseconds())
		e := &events[i]
		who := pick(r, sources)
		e.Time = int64(at)
		e.Src, e.Dst = sourceOf(who), [16]byte{10: 0xff, 0xff, 198, 51, 100, 9}
		if e.Src[0] != 0 {
			e.Dst = [16]byte{0x20, 0x01, 0x0d, 0xb8, 15: 9}
		}
		e.SrcPort = uint16(1024 + r.IntN(64512))
		e.TTL = uint8([]int{64, 128, 255}[who%3] - 8 - who%23)
		port := pick(r, ports)
		e.DstPort = uint16(port*7919 + 1024)
		if port < len(usual) {
			e.DstPort = usual[port]
		}
		kind(r, e, who)
	}
	return events
}

// kind fills in protocol, flags, length and fingerprint: 85 % TCP, 10 % UDP, 5 % ICMP.
func kind(r *rand.Rand, e *Event, who int) {
	switch x := r.Float64(); {
	case x < 0.85:
		e.Proto, e.Flags, e.Length = ProtoTCP, SYN, []uint16{40, 44, 60, 52}[who%4]
		e.Fingerprint = []Fingerprint{Bare | Masscan, 0, 0, 0, ZMap, 0, Bare | Mirai, 0}[who%8]
		if x < 0.06 {
			e.Flags, e.Fingerprint = []uint8{SYN | ACK, RST, RST | ACK}[r.IntN(3)], Answer
		}
	case x < 0.95:
		e.Proto, e.Length = ProtoUDP, uint16(28+who%97)
	default:
		e.Proto, e.SrcPort, e.DstPort, e.Length = ProtoICMP, icmpEcho, 0, 28
	}
}

// zipf gives the sums of weights 1/i^s.
func zipf(n int, s float64) []float64 {
	sums := make([]float64, n)
	total := 0.0
	for i := range sums {
		total += math.Pow(float64(i+1), -s)
		sums[i] = total
	}
	return sums
}

func pick(r *rand.Rand, sums []float64) int {
	return sort.SearchFloat64s(sums, r.Float64()*sums[len(sums)-1])
}

// sourceOf spreads the sources over the address space.
func sourceOf(who int) [16]byte {
	x := uint64(who+1) * 0x9e3779b97f4a7c15
	if who%33 == 0 {
		a := [16]byte{0x20, 0x01}
		binary.BigEndian.PutUint64(a[2:], x)
		binary.BigEndian.PutUint32(a[12:], uint32(x>>16))
		return a
	}
	a := [16]byte{10: 0xff, 11: 0xff}
	binary.BigEndian.PutUint32(a[12:], uint32(x>>32))
	return a
}
