package pcap

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

var orders = map[string]order{"little": binary.LittleEndian, "big": binary.BigEndian}

func TestClassicForms(t *testing.T) {
	t.Parallel()
	for name, o := range orders {
		for _, c := range []struct {
			form  string
			magic uint32
			more  []byte
			time  int64
		}{
			{"microseconds", magicMicro, nil, 7_000_005_000},
			{"nanoseconds", magicNano, nil, 7_000_000_005},
			{"modified", magicModified, make([]byte, 8), 7_000_005_000},
		} {
			t.Run(c.form+"_"+name, func(t *testing.T) {
				t.Parallel()
				file := classic(o, c.magic, record(o, 7, 5, 60, "abcde", c.more...), record(o, 7, 5, 0, "", c.more...), record(o, 7, 5, 1, "z", c.more...))
				want := []got{{c.time, "abcde", 60, LinkEthernet, 0}, {c.time, "", 0, LinkEthernet, 0}, {c.time, "z", 1, LinkEthernet, 0}}
				if diff := cmp.Diff(want, mustRead(t, file)); diff != "" {
					t.Error(diff)
				}
				packets, err := all(iotest.OneByteReader(bytes.NewReader(file)), Limits{})
				if diff := cmp.Diff(want, packets); diff != "" || err != nil {
					t.Error("byte by byte:", err, diff)
				}
			})
		}
	}
}

// TestCut cuts a file of each format at every byte: what was whole before the cut is read, and a
// cut inside of a record is told with the record's offset.
func TestCut(t *testing.T) {
	t.Parallel()
	o := binary.LittleEndian
	parts := [][][]byte{
		{classic(o, magicMicro), record(o, 1, 2, 5, "abcde"), record(o, 3, 4, 3, "xyz")},
		{append(section(o), iface(o, LinkEthernet, 0)...), enhanced(o, 0, 9, 5, "abcde"), simple(o, 3, "xyz")},
	}
	for _, p := range parts {
		file := bytes.Join(p, nil)
		for n := range file {
			packets, err := all(bytes.NewReader(file[:n]), Limits{})
			whole, start := 0, len(p[0])
			if n >= start+len(p[1]) {
				whole, start = 1, start+len(p[1])
			}
			if len(packets) != whole {
				t.Errorf("cut at %d: %d packets, want %d", n, len(packets), whole)
			}
			checkCut(t, n, start, len(p[0]), err)
		}
	}
}

func checkCut(t *testing.T, n, start, head int, err error) {
	t.Helper()
	var e *Error
	switch {
	case n == start || n > 0 && n < head && err == nil: // between two records or two blocks
		if err != nil {
			t.Errorf("cut at %d between records: %v", n, err)
		}
	case !errors.As(err, &e) || !errors.Is(err, io.ErrUnexpectedEOF):
		t.Errorf("cut at %d: %v, want an unexpected end", n, err)
	case n >= head && e.Offset != int64(start):
		t.Errorf("cut at %d: offset %d, want %d", n, e.Offset, start)
	}
}

func TestClassicRefuses(t *testing.T) {
	t.Parallel()
	o := binary.LittleEndian
	version := classic(o, magicMicro)
	version[6] = 3
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"nothing", nil, "at byte 0: file header cut after 0 bytes"},
		{"text", []byte("GET / HTTP/1.1\r\n"), "at byte 0: magic 20544547 is neither"},
		{"gzip", []byte{0x1f, 0x8b, 8, 4, 0}, "compressed by gzip"},
		{"version", version, "version 2.3"},
		{"long record", append(classic(o, magicMicro), o.AppendUint32(make([]byte, 8), 1<<31)...), ""},
		{"record past limit", classic(o, magicMicro, record(o, 1, 1, 9, "ok"), record(o, 1, 1, 9, "123456789")), "at byte 42: record of 9 bytes; the limit is 8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := all(bytes.NewReader(c.data), Limits{Record: 8})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// TestReaderFault gives the error of the underlying reader, and gives it again.
func TestReaderFault(t *testing.T) {
	t.Parallel()
	o := binary.LittleEndian
	file := classic(o, magicNano, record(o, 1, 2, 5, "abcde"))
	broken := errors.New("cable pulled")
	r, err := NewReader(io.MultiReader(bytes.NewReader(file), iotest.ErrReader(broken)), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var p Packet
	if err := r.Next(&p); err != nil || r.Offset() != int64(len(file)) {
		t.Fatalf("first packet: %v, offset %d", err, r.Offset())
	}
	for range 2 {
		if err := r.Next(&p); !errors.Is(err, broken) {
			t.Errorf("got %v, want the reader's error", err)
		}
	}
	if _, err := NewReader(idle{}, Limits{}); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("idle reader: %v", err)
	}
}

// idle gives nothing and no error.
type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

// TestMadeUpLength: a length that a small file only claims takes no memory.
func TestMadeUpLength(t *testing.T) {
	t.Parallel()
	o := binary.LittleEndian
	head := o.AppendUint32(make([]byte, 8), 1<<30)
	r, err := NewReader(bytes.NewReader(append(classic(o, magicMicro), append(head, make([]byte, 20)...)...)), Limits{Record: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Next(new(Packet)); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
	if len(r.buf) != firstBuffer {
		t.Errorf("buffer grew to %d bytes", len(r.buf))
	}
}

// TestLargeRecord reads a record larger than the first buffer.
func TestLargeRecord(t *testing.T) {
	t.Parallel()
	o := binary.BigEndian
	long := strings.Repeat("0123456789", 70_000)
	packets := mustRead(t, classic(o, magicNano, record(o, 0, 1, 3, "abc"), record(o, 0, 2, len(long), long), record(o, 0, 3, 3, "xyz")))
	if len(packets) != 3 || packets[1].Data != long || packets[2].Data != "xyz" {
		t.Errorf("read %d packets", len(packets))
	}
}
