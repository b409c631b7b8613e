package pcap

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"
)

// order writes numbers in one of the two byte orders.
type order interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// classic builds a pcap file: header of link type Ethernet, then the records.
func classic(o order, magic uint32, records ...[]byte) []byte {
	b := o.AppendUint32(nil, magic)
	b = o.AppendUint16(b, 2)
	b = o.AppendUint16(b, 4)
	b = append(b, make([]byte, 8)...)
	b = o.AppendUint32(b, 65535)
	b = o.AppendUint32(b, uint32(LinkEthernet))
	return append(b, bytes.Join(records, nil)...)
}

// record builds one record of a pcap file; more is what the modified form adds to the header.
func record(o order, seconds, fraction uint32, length int, data string, more ...byte) []byte {
	b := o.AppendUint32(nil, seconds)
	b = o.AppendUint32(b, fraction)
	b = o.AppendUint32(b, uint32(len(data)))
	b = o.AppendUint32(b, uint32(length))
	return append(append(b, more...), data...)
}

// block builds a pcapng block around body, which it pads.
func block(o order, kind uint32, body ...[]byte) []byte {
	inner := bytes.Join(body, nil)
	for len(inner)%4 != 0 {
		inner = append(inner, 0)
	}
	b := o.AppendUint32(nil, kind)
	b = o.AppendUint32(b, uint32(len(inner)+12))
	b = append(b, inner...)
	return o.AppendUint32(b, uint32(len(inner)+12))
}

func section(o order) []byte {
	b := o.AppendUint32(nil, orderMagic)
	b = o.AppendUint16(b, 1)
	b = o.AppendUint16(b, 0)
	return block(o, blockSection, o.AppendUint64(b, 1<<64-1))
}

// iface builds an interface block with options as they are.
func iface(o order, link LinkType, snap uint32, options ...[]byte) []byte {
	b := o.AppendUint16(nil, uint16(link))
	b = append(b, 0, 0)
	return block(o, blockInterface, append([][]byte{o.AppendUint32(b, snap)}, options...)...)
}

func option(o order, code uint16, value ...byte) []byte {
	b := o.AppendUint16(nil, code)
	b = o.AppendUint16(b, uint16(len(value)))
	b = append(b, value...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

func enhanced(o order, number uint32, stamp uint64, length int, data string) []byte {
	b := o.AppendUint32(nil, number)
	b = o.AppendUint32(b, uint32(stamp>>32))
	b = o.AppendUint32(b, uint32(stamp))
	b = o.AppendUint32(b, uint32(len(data)))
	b = o.AppendUint32(b, uint32(length))
	return block(o, blockEnhanced, b, []byte(data))
}

func simple(o order, length int, data string) []byte {
	return block(o, blockSimple, o.AppendUint32(nil, uint32(length)), []byte(data))
}

// got is a packet with its bytes copied.
type got struct {
	Time   int64
	Data   string
	Length int
	Link   LinkType
	Number int
}

// all reads every packet; the error is nil at a clean end.
func all(src io.Reader, limits Limits) ([]got, error) {
	r, err := NewReader(src, limits)
	if err != nil {
		return nil, err
	}
	var packets []got
	for {
		var p Packet
		if err := r.Next(&p); errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return packets, nil
		} else if err != nil {
			return packets, err
		}
		packets = append(packets, got{p.Time, string(p.Data), p.Length, p.Link, p.Interface})
	}
}

func mustRead(t *testing.T, data []byte) []got {
	t.Helper()
	packets, err := all(bytes.NewReader(data), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return packets
}
