package scanlog

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"noroshi.dev/format/flow"
)

// dshieldColumns are author, date, count, source, source port or ICMP type, target, target port or code, protocol, flags.
const dshieldColumns = 9

// dshieldTime is the form of a date.
const dshieldTime = "2006-01-02 15:04:05 -07:00"

// flagLetters are the flags of TCP in the order of their bits, as DShield writes them; 1 and 2 are the two of ECN.
const flagLetters = "FSRPAU21"

func (l *reader) dshield(line string, e *flow.Event) (bool, error) {
	if line[0] == '#' {
		return false, nil
	}
	cells := strings.Split(line, "\t")
	if len(cells) < dshieldColumns-1 {
		return false, fmt.Errorf("%w: %d, want %d parted by tabs", ErrColumns, len(cells), dshieldColumns)
	}
	at, err := time.Parse(dshieldTime, cells[1])
	if err != nil {
		return false, fmt.Errorf("%.40q: %w: want YYYY-MM-DD HH:MM:SS +HH:MM", cells[1], ErrTime)
	}
	e.Time = at.UnixMicro()
	for _, err := range []error{
		setAddress(&e.Src, cells[3]), setPort(&e.SrcPort, cells[4]), setAddress(&e.Dst, cells[5]), setPort(&e.DstPort, cells[6]),
		setProto(&e.Proto, cells[7]),
	} {
		if err != nil {
			return false, err
		}
	}
	if len(cells) >= dshieldColumns && e.Proto == flow.ProtoTCP {
		for _, letter := range strings.ToUpper(cells[8]) {
			if bit := strings.IndexRune(flagLetters, letter); bit >= 0 {
				e.Flags |= 1 << bit
			}
		}
	}
	answer(e)
	return true, l.fold(cells[2])
}

// AppendDShield appends the line of an event, one packet, to dst. target stands in place of the sensor's address, which
// must not leave the house. author names the sender to DShield and is cut at a tab or a line's end.
func AppendDShield(dst []byte, e *flow.Event, author string, target netip.Addr) []byte {
	if i := strings.IndexAny(author, "\t\r\n"); i >= 0 {
		author = author[:i]
	}
	dst = append(append(dst, author...), '\t')
	dst = e.At().AppendFormat(dst, dshieldTime)
	dst = append(dst, "\t1\t"...)
	dst = append(e.Source().AppendTo(dst), '\t')
	dst = append(strconv.AppendUint(dst, uint64(e.SrcPort), 10), '\t')
	dst = append(target.AppendTo(dst), '\t')
	dst = append(strconv.AppendUint(dst, uint64(e.DstPort), 10), '\t')
	dst = append(strconv.AppendUint(dst, uint64(e.Proto), 10), '\t')
	for bit := range flagLetters {
		if e.Flags&(1<<bit) != 0 {
			dst = append(dst, flagLetters[bit])
		}
	}
	return append(dst, '\n')
}
