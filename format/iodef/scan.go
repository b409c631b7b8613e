package iodef

import (
	"errors"
	"fmt"
	"net/netip"
	"time"
)

// Scan is a row of an export of scans: one packet, or several that were added up.
type Scan struct {
	Time   time.Time // of the packet, or of the first
	Source netip.Addr
	Target netip.Addr // of a sensor: written only if Export says so
	// Protocol is the IP protocol: 6 TCP, 17 UDP, 1 ICMP, 58 ICMPv6 …
	Protocol               uint8
	SourcePort, TargetPort uint16
	ICMPType, ICMPCode     uint8

	// Packets makes the row a sum: then Last is the time of the last packet, and SourcePorts
	// (1024,2000-2010) stands in place of SourcePort; without both no source port is written.
	Packets     uint64
	Last        time.Time
	SourcePorts string
}

// Export says what may be told about the sensors. The zero value tells nothing: the target of
// every row is 0.0.0.0/0 or ::/0.
type Export struct {
	// Network4 and Network6 stand in place of the target's address.
	Network4, Network6 netip.Prefix
	// Targets writes the addresses themselves. Whoever receives them knows where the sensors are.
	Targets bool
}

// target returns the category and address that is written for the target of s.
func (x Export) target(s *Scan) (category string, a netip.Addr, p netip.Prefix) {
	six := s.Source.Is6()
	if x.Targets && s.Target.IsValid() {
		a = s.Target.Unmap().WithZone("")
		if a.Is6() {
			return "ipv6-addr", a, p
		}
		return "ipv4-addr", a, p
	}
	p, category = x.Network4, "ipv4-net"
	if six {
		p, category = x.Network6, "ipv6-net"
	}
	if !p.IsValid() {
		a = netip.IPv4Unspecified()
		if six {
			a = netip.IPv6Unspecified()
		}
		p = netip.PrefixFrom(a, 0)
	}
	return category, netip.Addr{}, p
}

// check brings s to its usual form and refuses what cannot be written.
func (s *Scan) check() error {
	if !s.Source.IsValid() {
		return errors.New("the source is no address")
	}
	s.Source = s.Source.Unmap().WithZone("")
	for _, at := range []time.Time{s.Time, s.Last} {
		if y := at.Year(); y < 1 || y > 9999 {
			return fmt.Errorf("a time is in the year %d", y)
		}
	}
	if s.Time.IsZero() {
		return errors.New("the time is missing")
	}
	if s.SourcePorts != "" && !portlist(s.SourcePorts) {
		return fmt.Errorf("source ports %q are no list of ports", s.SourcePorts)
	}
	return nil
}

// ports reports whether the protocol has ports: TCP, UDP, DCCP, SCTP and UDP-Lite.
func (s *Scan) ports() bool {
	switch s.Protocol {
	case 6, 17, 33, 132, 136:
		return true
	default:
		return false
	}
}

// icmp reports whether the protocol has type and code.
func (s *Scan) icmp() bool { return s.Protocol == 1 || s.Protocol == 58 }

// sourcePort reports whether the port of the source is written as a Port.
func (s *Scan) sourcePort() bool {
	return s.ports() && s.SourcePorts == "" && (s.Packets == 0 || s.SourcePort != 0)
}

// Event returns the row as an EventData: a source whose address may be spoofed, and a target.
func (x Export) Event(s Scan) (EventData, error) {
	if err := s.check(); err != nil {
		return EventData{}, fmt.Errorf("iodef: scan: %w", err)
	}
	from := Service{IPProtocol: Some(int64(s.Protocol))}
	if s.icmp() {
		from.ProtoType, from.ProtoCode = Some(int64(s.ICMPType)), Some(int64(s.ICMPCode))
	}
	to := from
	if s.ports() {
		to.Port = Some(int64(s.TargetPort))
		from.Portlist = s.SourcePorts
	}
	if s.sourcePort() {
		from.Port = Some(int64(s.SourcePort))
	}
	source := Address{Value: s.Source.String(), Category: "ipv4-addr"}
	if s.Source.Is6() {
		source.Category = "ipv6-addr"
	}
	target := Address{}
	category, a, p := x.target(&s)
	if target.Category = category; a.IsValid() {
		target.Value = a.String()
	} else {
		target.Value = p.String()
	}
	e := EventData{DetectTime: s.Time, Flow: []Flow{{System: []System{
		{Category: "source", Spoofed: "unknown", Node: Node{Address: []Address{source}}, Service: []Service{from}},
		{Category: "target", Node: Node{Address: []Address{target}}, Service: []Service{to}},
	}}}}
	if s.Packets > 0 {
		e.DetectTime, e.StartTime, e.EndTime = time.Time{}, s.Time, s.Last
		e.Flow[0].System[0].Counter = []Counter{{Value: float64(s.Packets), Type: "count", Unit: "packet"}}
	}
	return e, nil
}
