package scanlog

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"noroshi.dev/format/flow"
)

// eve is what we read of an event of Suricata.
type eve struct {
	Type     string  `json:"event_type"`
	At       string  `json:"timestamp"`
	Src      string  `json:"src_ip"`
	SrcPort  uint16  `json:"src_port"`
	Dst      string  `json:"dest_ip"`
	DstPort  uint16  `json:"dest_port"`
	Proto    string  `json:"proto"`
	ICMPType *uint16 `json:"icmp_type"`
	ICMPCode *uint16 `json:"icmp_code"`
	Flow     struct {
		Start   string      `json:"start"`
		Packets json.Number `json:"pkts_toserver"`
		Bytes   json.Number `json:"bytes_toserver"`
	} `json:"flow"`
	TCP struct {
		Flags string `json:"tcp_flags_ts"` // hexadecimal, of all packets to the server
		SYN   bool   `json:"syn"`
	} `json:"tcp"`
}

// eveTime is the form of a timestamp: its zone has no colon.
const eveTime = "2006-01-02T15:04:05.999999-0700"

func (l *reader) suricata(line string, e *flow.Event) (bool, error) {
	var v eve
	if err := json.Unmarshal([]byte(line), &v); err != nil {
		return false, err
	}
	if v.Type != "flow" && v.Type != "alert" {
		return false, nil
	}
	text := v.At
	if v.Type == "flow" && v.Flow.Start != "" {
		text = v.Flow.Start
	}
	at, err := time.Parse(eveTime, text)
	if err != nil {
		if at, err = time.Parse(time.RFC3339Nano, text); err != nil {
			return false, fmt.Errorf("timestamp %.40q: %w", text, ErrTime)
		}
	}
	e.Time, e.SrcPort, e.DstPort = at.UnixMicro(), v.SrcPort, v.DstPort
	for _, err := range []error{setProto(&e.Proto, v.Proto), setAddress(&e.Src, v.Src), setAddress(&e.Dst, v.Dst)} {
		if err != nil {
			return false, err
		}
	}
	if v.ICMPType != nil && e.ICMP() {
		e.SrcPort, e.DstPort = *v.ICMPType, 0
		if v.ICMPCode != nil {
			e.DstPort = *v.ICMPCode
		}
	}
	v.first(e)
	answer(e)
	return true, l.fold(v.Flow.Packets.String())
}

// first adds what is known of the first packet: all of it where there was but one.
func (v *eve) first(e *flow.Event) {
	one := v.Flow.Packets == "1"
	if n, err := strconv.ParseUint(v.Flow.Bytes.String(), 10, 16); err == nil && one {
		e.Length = uint16(n)
	}
	if e.Proto != flow.ProtoTCP {
		return
	}
	if flags, err := strconv.ParseUint(v.TCP.Flags, 16, 8); err == nil && one {
		e.Flags = uint8(flags)
	} else if v.TCP.SYN {
		e.Flags = flow.SYN
	}
}
