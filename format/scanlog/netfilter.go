package scanlog

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"noroshi.dev/format/flow"
)

// syslogTime is the time before a kernel's line in the old form of syslog, without a year.
const syslogTime = "Jan _2 15:04:05"

// zmapID is the identification that flow.ZMap tells of.
const zmapID = "54321"

func (l *reader) netfilter(line string, e *flow.Event) (bool, error) {
	if !strings.Contains(line, "SRC=") || !strings.Contains(line, "PROTO=") {
		return false, nil
	}
	at, err := l.stamp(line)
	if err != nil {
		return false, err
	}
	e.Time = at.UnixMicro()
	values, flags := pairs(line)
	for _, err := range []error{setAddress(&e.Src, values["SRC"]), setAddress(&e.Dst, values["DST"]), setProto(&e.Proto, values["PROTO"])} {
		if err != nil {
			return false, err
		}
	}
	from, to := "SPT", "DPT"
	if e.ICMP() {
		from, to = "TYPE", "CODE"
	}
	for name, port := range map[string]*uint16{from: &e.SrcPort, to: &e.DstPort, "LEN": &e.Length} {
		if v, ok := values[name]; ok {
			if err := setPort(port, v); err != nil {
				return false, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	for _, name := range []string{"TTL", "HOPLIMIT"} {
		if n, err := strconv.ParseUint(values[name], 10, 8); err == nil {
			e.TTL = uint8(n)
		}
	}
	if e.Proto == flow.ProtoTCP {
		e.Flags = flags
	}
	answer(e)
	if values["ID"] == zmapID {
		e.Fingerprint |= flow.ZMap
	}
	return true, nil
}

// pairs returns the values of a line by name and the flags of TCP. Of a packet quoted in brackets, which an error of
// ICMP carries, nothing is taken: the first value counts.
func pairs(line string) (map[string]string, uint8) {
	values := make(map[string]string, 20)
	var flags uint8
	if i := strings.Index(line, "SRC="); i >= 0 {
		line = line[i:]
	}
	if i := strings.IndexByte(line, '['); i >= 0 {
		line = line[:i]
	}
	for word := range strings.FieldsSeq(line) {
		name, value, ok := strings.Cut(word, "=")
		if !ok {
			flags |= flagOf(word)
			continue
		}
		if _, there := values[name]; !there {
			values[name] = value
		}
	}
	return values, flags
}

func flagOf(word string) uint8 {
	switch word {
	case "FIN":
		return flow.FIN
	case "SYN":
		return flow.SYN
	case "RST":
		return flow.RST
	case "PSH":
		return flow.PSH
	case "ACK":
		return flow.ACK
	case "URG":
		return flow.URG
	case "ECE":
		return flow.ECE
	case "CWR":
		return flow.CWR
	default:
		return 0
	}
}

// stamp reads the time at the beginning of a line. Where it has no year it is that of the options, and the next one
// after a step back of more than half a year.
func (l *reader) stamp(line string) (time.Time, error) {
	first, _, _ := strings.Cut(line, " ")
	if at, err := time.Parse(time.RFC3339Nano, first); err == nil {
		return at, nil
	}
	if len(line) < len(syslogTime) {
		return time.Time{}, fmt.Errorf("%.40q: %w", line, ErrTime)
	}
	text := line[:len(syslogTime)]
	at, err := time.ParseInLocation(syslogTime, text, l.o.Zone)
	if err != nil {
		return time.Time{}, fmt.Errorf("%.40q: %w", text, ErrTime)
	}
	if l.o.Year == 0 {
		return time.Time{}, fmt.Errorf("%.40q has no year, and none was given: %w", text, ErrTime)
	}
	at = time.Date(l.o.Year, at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, l.o.Zone)
	if !l.last.IsZero() && at.Before(l.last.AddDate(0, -6, 0)) {
		l.o.Year++
		at = time.Date(l.o.Year, at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, l.o.Zone)
	}
	l.last = at
	return at, nil
}
