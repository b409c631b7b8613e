package pcap

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// WriterOptions choose the form of a written file.
type WriterOptions struct {
	Link  LinkType // of all packets
	Snap  int      // bytes of a packet to keep; 0 keeps 262,144, as tcpdump does
	Micro bool     // microseconds, for readers that know nothing finer
}

// Writer writes a little-endian pcap file. It keeps no buffer: give it a bufio.Writer. It is not
// safe for concurrent use.
type Writer struct {
	dst     io.Writer
	options WriterOptions
	record  []byte // one record with its header, used again
}

const defaultSnap = 262144

// NewWriter writes the file header.
func NewWriter(dst io.Writer, options WriterOptions) (*Writer, error) {
	if options.Snap <= 0 {
		options.Snap = defaultSnap
	}
	magic := uint32(magicNano)
	if options.Micro {
		magic = magicMicro
	}
	h := binary.LittleEndian.AppendUint32(nil, magic)
	h = append(h, 2, 0, 4, 0)             // version 2.4
	h = append(h, 0, 0, 0, 0, 0, 0, 0, 0) // reserved
	h = binary.LittleEndian.AppendUint32(h, uint32(options.Snap))
	h = binary.LittleEndian.AppendUint32(h, uint32(options.Link))
	if _, err := dst.Write(h); err != nil {
		return nil, fmt.Errorf("pcap: write file header: %w", err)
	}
	return &Writer{dst: dst, options: options}, nil
}

// Write appends one packet, cut to the snap length. It refuses a time outside of 1970 to 2106 and
// another link type than the file's.
func (w *Writer) Write(p *Packet) error {
	if p.Time < 0 || p.Time/1e9 > math.MaxUint32 {
		return fmt.Errorf("pcap: write packet: time %d does not fit the format", p.Time)
	}
	if p.Link != w.options.Link {
		return fmt.Errorf("pcap: write packet: link type %d in a file of %d", p.Link, w.options.Link)
	}
	fraction := p.Time % 1e9
	if w.options.Micro {
		fraction /= 1000
	}
	data := p.Data[:min(len(p.Data), w.options.Snap)]
	w.record = binary.LittleEndian.AppendUint32(w.record[:0], uint32(p.Time/1e9))
	w.record = binary.LittleEndian.AppendUint32(w.record, uint32(fraction))
	w.record = binary.LittleEndian.AppendUint32(w.record, uint32(len(data)))
	w.record = binary.LittleEndian.AppendUint32(w.record, uint32(max(p.Length, len(p.Data))))
	w.record = append(w.record, data...)
	if _, err := w.dst.Write(w.record); err != nil {
		return fmt.Errorf("pcap: write packet: %w", err)
	}
	return nil
}
