package scanlog

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"noroshi.dev/format/flow"
	"noroshi.dev/format/internal/lines"
)

// Kind is a kind of log.
type Kind string

// The kinds of log.
const (
	DShield   Kind = "dshield"
	ZeekTSV   Kind = "zeek"
	ZeekJSON  Kind = "zeek-json"
	Suricata  Kind = "suricata"
	Netfilter Kind = "netfilter"
)

// Kinds returns all kinds of log.
func Kinds() []Kind { return []Kind{DShield, ZeekTSV, ZeekJSON, Suricata, Netfilter} }

// MaxLine is the longest line in bytes.
const MaxLine = 1 << 20

// Errors of a line or of a log.
var (
	ErrKind    = errors.New("not a log that is known: want DShield, Zeek's conn.log, Suricata's EVE or netfilter")
	ErrColumns = errors.New("too few columns")
	ErrTime    = errors.New("not a time")
	ErrAddress = errors.New("not an address")
	ErrPort    = errors.New("not a port")
	ErrProto   = errors.New("not a protocol")
	ErrCount   = errors.New("not a count of packets")
	ErrFields  = errors.New("no line of #fields before the first record")
)

// Options are the choices of reading.
type Options struct {
	Kind Kind           // empty: told by the content
	Year int            // of netfilter lines, whose time has none; a log that passes New Year goes on with the next
	Zone *time.Location // of netfilter lines; nil means UTC
}

// Problem is a line that was refused, by its number from 1.
type Problem = lines.Problem

// Report says what was read.
type Report struct {
	Kind     Kind
	Events   int
	Folded   uint64 // packets that the log tells of beside the first of each event
	Skipped  int    // lines of another kind: heads, comments, other events
	Refused  int
	Problems []Problem // of the first refused lines
}

// reader is a log being read.
type reader struct {
	lines.Walk
	o       Options
	folded  uint64
	skipped int
	fields  fields    // of Zeek
	last    time.Time // of netfilter
}

// Read hands the events of a log to yield in the order of the log; the event is good until the next call. An error of
// yield ends the reading and is returned. The report tells what came before an error too.
func Read(r io.Reader, o Options, yield func(*flow.Event) error) (Report, error) {
	in, err := unzipped(r)
	if err != nil {
		return Report{}, fmt.Errorf("scanlog: read: %w", err)
	}
	if o.Kind == "" {
		head, _ := in.Peek(peeked)
		o.Kind = detect(string(head))
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	l := &reader{o: o}
	one := l.line()
	if one == nil {
		return Report{}, fmt.Errorf("scanlog: read: %w", ErrKind)
	}
	var e flow.Event
	err = l.Each(in, MaxLine, func(line string) (bool, error) {
		e = flow.Event{}
		held, err := one(line, &e)
		if err == nil && !held {
			l.skipped++
		}
		return held, err
	}, func() error { return yield(&e) })
	report := Report{o.Kind, l.Held, l.folded, l.skipped, l.Refused, l.Problems}
	if err != nil {
		return report, fmt.Errorf("scanlog: read %s: %w", o.Kind, err)
	}
	return report, nil
}

// line returns what reads a line of the kind, nil for no kind.
func (l *reader) line() func(string, *flow.Event) (bool, error) {
	switch l.o.Kind {
	case DShield:
		return l.dshield
	case ZeekTSV:
		return l.zeekTSV
	case ZeekJSON:
		return l.zeekJSON
	case Suricata:
		return l.suricata
	case Netfilter:
		return l.netfilter
	default:
		return nil
	}
}

// peeked is how much of a log is looked at to tell its kind.
const peeked = 8 << 10

func unzipped(r io.Reader) (*bufio.Reader, error) {
	in := bufio.NewReaderSize(r, peeked)
	if head, _ := in.Peek(2); string(head) != "\x1f\x8b" {
		return in, nil
	}
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, err
	}
	return bufio.NewReaderSize(z, peeked), nil
}

// detect tells the kind by the first lines, empty if it is none.
func detect(head string) Kind {
	head = strings.TrimPrefix(head, "\ufeff")
	for line := range strings.Lines(head) {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
		case strings.HasPrefix(line, "#separator"), strings.HasPrefix(line, "#fields"):
			return ZeekTSV
		case line[0] == '#':
		case line[0] == '{' && strings.Contains(line, `"event_type"`):
			return Suricata
		case line[0] == '{' && strings.Contains(line, `"id.orig_h"`):
			return ZeekJSON
		case strings.Contains(line, "SRC=") && strings.Contains(line, "PROTO="):
			return Netfilter
		case strings.Count(line, "\t") >= dshieldColumns-2:
			return DShield
		case line[0] == '{':
			return ""
		}
	}
	return ""
}

// fold counts the packets of a line beside its first.
func (l *reader) fold(packets string) error {
	if packets == "" {
		return nil
	}
	n, err := strconv.ParseUint(packets, 10, 48)
	if err != nil {
		return fmt.Errorf("%.40q: %w", packets, ErrCount)
	}
	l.folded += max(n, 1) - 1
	return nil
}

func setAddress(to *[16]byte, text string) error {
	a, err := netip.ParseAddr(text)
	if err != nil || a.Zone() != "" {
		return fmt.Errorf("%.60q: %w", text, ErrAddress)
	}
	*to = a.As16()
	return nil
}

func setPort(to *uint16, text string) error {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return fmt.Errorf("%.40q: %w", text, ErrPort)
	}
	*to = uint16(n)
	return nil
}

// setProto reads a protocol by number or by one of the names that logs use, in any case.
func setProto(to *uint8, text string) error {
	switch strings.ToLower(text) {
	case "tcp":
		*to = flow.ProtoTCP
	case "udp":
		*to = flow.ProtoUDP
	case "icmp":
		*to = flow.ProtoICMP
	case "icmp6", "icmpv6", "ipv6-icmp":
		*to = flow.ProtoICMPv6
	case "sctp":
		*to = flow.ProtoSCTP
	case "dccp":
		*to = flow.ProtoDCCP
	case "udplite":
		*to = flow.ProtoUDPLite
	default:
		n, err := strconv.ParseUint(text, 10, 8)
		if err != nil {
			return fmt.Errorf("%.40q: %w", text, ErrProto)
		}
		*to = uint8(n)
	}
	return nil
}

// answer marks what answers a third party, as flow.Answer tells.
func answer(e *flow.Event) {
	var is bool
	switch e.Proto {
	case flow.ProtoTCP:
		is = e.Flags&flow.RST != 0 || e.Flags&(flow.SYN|flow.ACK) == flow.SYN|flow.ACK
	case flow.ProtoICMP: // echo reply, and the errors
		is = slices.Contains([]uint16{0, 3, 4, 5, 11, 12}, e.SrcPort)
	case flow.ProtoICMPv6:
		is = slices.Contains([]uint16{1, 2, 3, 4, 129}, e.SrcPort)
	}
	if is {
		e.Fingerprint |= flow.Answer
	}
}
