package scanlog

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"noroshi.dev/format/flow"
)

// fields are the places of what we read in a line of conn.log, from its head.
type fields struct {
	separator    string
	unset, empty string
	at           map[string]int // nil: no head yet
	width        int            // cells of a line
}

// conn is what we read of a connection.
type conn struct {
	ts, orig, origPort, resp, respPort, proto, ipProto, history, packets, bytes string
}

func (l *reader) zeekTSV(line string, e *flow.Event) (bool, error) {
	f := &l.fields
	if f.separator == "" {
		f.separator, f.unset, f.empty = "\t", "-", "(empty)"
	}
	if line[0] == '#' {
		return false, f.head(line)
	}
	if f.at == nil {
		return false, ErrFields
	}
	cells := strings.Split(line, f.separator)
	if len(cells) < f.width {
		return false, fmt.Errorf("%w: %d, want %d", ErrColumns, len(cells), f.width)
	}
	get := func(name string) string {
		i, ok := f.at[name]
		if !ok || cells[i] == f.unset || cells[i] == f.empty {
			return ""
		}
		return cells[i]
	}
	return true, l.conn(conn{
		get("ts"), get("id.orig_h"), get("id.orig_p"), get("id.resp_h"), get("id.resp_p"), get("proto"), get("ip_proto"),
		get("history"), get("orig_pkts"), get("orig_ip_bytes"),
	}, e)
}

// head reads a line of the head.
func (f *fields) head(line string) error {
	name, value, _ := strings.Cut(line, f.separator)
	if word, after, ok := strings.Cut(line, " "); ok && word == "#separator" {
		name, value = word, after
	}
	switch name {
	case "#separator":
		text, err := strconv.Unquote(`"` + value + `"`)
		if err != nil || text == "" {
			return fmt.Errorf("%.40q is no separator", value)
		}
		f.separator = text
	case "#unset_field":
		f.unset = value
	case "#empty_field":
		f.empty = value
	case "#fields":
		names := strings.Split(value, f.separator)
		f.at, f.width = make(map[string]int, len(names)), len(names)
		for i, name := range names {
			if _, twice := f.at[name]; twice {
				f.at = nil
				return fmt.Errorf("the field %.40s stands twice in the head", name)
			}
			f.at[name] = i
		}
		for _, name := range []string{"ts", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto"} {
			if _, ok := f.at[name]; !ok {
				f.at = nil
				return fmt.Errorf("no field %s: this is not a conn.log", name)
			}
		}
	}
	return nil
}

func (l *reader) zeekJSON(line string, e *flow.Event) (bool, error) {
	var v struct {
		TS       json.Number `json:"ts"`
		Orig     string      `json:"id.orig_h"`
		OrigPort json.Number `json:"id.orig_p"`
		Resp     string      `json:"id.resp_h"`
		RespPort json.Number `json:"id.resp_p"`
		Proto    string      `json:"proto"`
		IPProto  json.Number `json:"ip_proto"`
		History  string      `json:"history"`
		Packets  json.Number `json:"orig_pkts"`
		Bytes    json.Number `json:"orig_ip_bytes"`
	}
	if err := json.Unmarshal([]byte(line), &v); err != nil {
		return false, err
	}
	return true, l.conn(conn{
		v.TS.String(), v.Orig, v.OrigPort.String(), v.Resp, v.RespPort.String(), v.Proto, v.IPProto.String(), v.History,
		v.Packets.String(), v.Bytes.String(),
	}, e)
}

// conn makes the event of a connection's first packet.
func (l *reader) conn(c conn, e *flow.Event) error {
	seconds, err := strconv.ParseFloat(c.ts, 64)
	if err != nil || !(math.Abs(seconds) < math.MaxInt64/1e6) {
		return fmt.Errorf("ts %.40q: %w", c.ts, ErrTime)
	}
	e.Time = int64(math.Round(seconds * 1e6))
	proto := c.proto
	if c.ipProto != "" {
		proto = c.ipProto
	}
	for _, err := range []error{
		setProto(&e.Proto, proto), setAddress(&e.Src, c.orig), setPort(&e.SrcPort, c.origPort), setAddress(&e.Dst, c.resp),
		setPort(&e.DstPort, c.respPort),
	} {
		if err != nil {
			return err
		}
	}
	if c.packets == "1" && c.bytes != "" {
		n, err := strconv.ParseUint(c.bytes, 10, 48)
		if err != nil {
			return fmt.Errorf("orig_ip_bytes %.40q: not a number of bytes", c.bytes)
		}
		e.Length = uint16(min(n, math.MaxUint16))
	}
	if e.Proto == flow.ProtoTCP {
		e.Flags = firstFlags(c.history)
	}
	answer(e)
	return l.fold(c.packets)
}

// firstFlags returns the flags of the first packet that a history tells of; what came from the other side first is not
// the originator's.
func firstFlags(history string) uint8 {
	if history = strings.TrimPrefix(history, "^"); history == "" {
		return 0
	}
	switch history[0] {
	case 'S':
		return flow.SYN
	case 'H':
		return flow.SYN | flow.ACK
	case 'R':
		return flow.RST
	case 'F':
		return flow.FIN
	case 'A', 'D':
		return flow.ACK
	}
	return 0
}
