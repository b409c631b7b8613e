package iodef

import (
	"fmt"
	"net/netip"
	"strconv"

	"noroshi.dev/format/internal/markup"
)

// Scan writes the row as Event would write x.Event(s), without building it.
func (w *Writer) Scan(x Export, s *Scan) error {
	if err := w.ready(); err != nil {
		return err
	}
	row := *s
	if err := row.check(); err != nil {
		return fmt.Errorf("iodef: write scan: %w", err)
	}
	w.separate()
	c := &w.c
	if c.xml() {
		c.buf = append(c.buf, "<EventData>"...)
	} else {
		c.buf = append(c.buf, '{')
		c.first = true
	}
	if row.Packets == 0 {
		c.putTime("DetectTime", row.Time)
	} else {
		c.putTime("StartTime", row.Time)
		if !row.Last.IsZero() {
			c.putTime("EndTime", row.Last)
		}
	}
	if c.xml() {
		row.xml(c, x)
	} else {
		row.json(c, x)
	}
	c.first = false
	return w.flush(flushAt)
}

func (s *Scan) xml(c *coder, x Export) {
	b := c.buf
	b = append(b, `<Flow><System category="source" spoofed="unknown"><Node><Address category="`...)
	if s.Source.Is6() {
		b = append(b, `ipv6-addr">`...)
	} else {
		b = append(b, `ipv4-addr">`...)
	}
	b = s.Source.AppendTo(b)
	b = s.serviceXML(append(b, `</Address></Node>`...), c.form, true)
	if s.Packets > 0 {
		if c.form == XML1 {
			b = append(b, `<Counter type="packet">`...)
		} else {
			b = append(b, `<Counter type="count" unit="packet">`...)
		}
		b = append(appendNumber(b, float64(s.Packets)), `</Counter>`...)
	}
	b = append(b, `</System><System category="target"><Node><Address category="`...)
	category, a, p := x.target(s)
	b = append(append(b, category...), `">`...)
	b = appendPlace(b, a, p)
	b = s.serviceXML(append(b, `</Address></Node>`...), c.form, false)
	b = append(b, `</System></Flow></EventData>`...)
	c.buf = b
}

func appendPlace(b []byte, a netip.Addr, p netip.Prefix) []byte {
	if a.IsValid() {
		return a.AppendTo(b)
	}
	return p.AppendTo(b)
}

func (s *Scan) serviceXML(b []byte, f Form, source bool) []byte {
	if f == XML1 {
		b = append(b, `<Service ip_protocol="`...)
	} else {
		b = append(b, `<Service ip-protocol="`...)
	}
	b = strconv.AppendUint(b, uint64(s.Protocol), 10)
	from := len(b)
	b = append(b, `">`...)
	switch {
	case source && s.sourcePort():
		b = leaf(b, "Port", uint64(s.SourcePort))
	case source && s.ports() && s.SourcePorts != "":
		b = append(markup.Append(append(b, `<Portlist>`...), s.SourcePorts, false), `</Portlist>`...)
	case !source && s.ports():
		b = leaf(b, "Port", uint64(s.TargetPort))
	case s.icmp() && f == XML1:
		b = leaf(leaf(b, "ProtoType", uint64(s.ICMPType)), "ProtoCode", uint64(s.ICMPCode))
	case s.icmp():
		b = leaf(leaf(b, "ProtoCode", uint64(s.ICMPCode)), "ProtoType", uint64(s.ICMPType))
	default:
		return append(b[:from], `"/>`...)
	}
	return append(b, `</Service>`...)
}

func leaf(b []byte, name string, n uint64) []byte {
	b = append(append(append(b, '<'), name...), '>')
	b = strconv.AppendUint(b, n, 10)
	return append(append(append(b, "</"...), name...), '>')
}

func (s *Scan) json(c *coder, x Export) {
	b := c.buf
	b = append(b, `,"System":[{"category":"source","spoofed":"unknown","Node":{"Address":[{"category":"`...)
	if s.Source.Is6() {
		b = append(b, `ipv6-addr","value":"`...)
	} else {
		b = append(b, `ipv4-addr","value":"`...)
	}
	b = s.Source.AppendTo(b)
	b = s.serviceJSON(append(b, `"}]},`...), true)
	if s.Packets > 0 {
		b = append(b, `,"Counter":[{"type":"count","unit":"packet","value":`...)
		b = append(appendNumber(b, float64(s.Packets)), `}]`...)
	}
	b = append(b, `},{"category":"target","Node":{"Address":[{"category":"`...)
	category, a, p := x.target(s)
	b = append(append(b, category...), `","value":"`...)
	b = appendPlace(b, a, p)
	b = s.serviceJSON(append(b, `"}]},`...), false)
	b = append(b, `}]}`...)
	c.buf = b
}

func (s *Scan) serviceJSON(b []byte, source bool) []byte {
	b = append(b, `"Service":[{"ip-protocol":`...)
	b = strconv.AppendUint(b, uint64(s.Protocol), 10)
	switch {
	case source && s.sourcePort():
		b = strconv.AppendUint(append(b, `,"Port":`...), uint64(s.SourcePort), 10)
	case source && s.ports() && s.SourcePorts != "":
		b = appendString(append(b, `,"Portlist":`...), s.SourcePorts)
	case !source && s.ports():
		b = strconv.AppendUint(append(b, `,"Port":`...), uint64(s.TargetPort), 10)
	case s.icmp():
		b = strconv.AppendUint(append(b, `,"ProtoCode":`...), uint64(s.ICMPCode), 10)
		b = strconv.AppendUint(append(b, `,"ProtoType":`...), uint64(s.ICMPType), 10)
	}
	return append(b, `}]`...)
}
