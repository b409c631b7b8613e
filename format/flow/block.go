package flow

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// Limits of a block.
const (
	MaxEvents = 65_536  // events of one block
	MaxLosses = 255     // loss records of one block
	MaxBody   = 4 << 20 // bytes of its body

	headerSize  = 64
	trailerSize = 4
	// MaxBlock is the largest block in bytes.
	MaxBlock = headerSize + MaxBody + trailerSize
)

const (
	blockMagic   = "NRB1"
	blockVersion = 1
)

// Header names a block and says how the sensor's clock stood.
type Header struct {
	Sensor      [16]byte // id of the sensor
	Epoch       uint64   // made when the sensor's spool was
	Sequence    uint64   // from 1 in each epoch
	ClockOffset int32    // sensor's clock minus collector's, microseconds; 0 is unknown
}

// Block is what a sensor sends at once: events in the order in which they came, and what it lost.
// Without either it is a heartbeat.
type Block struct {
	Header
	Events []Event // at most MaxEvents
	Losses []Loss  // at most MaxLosses
}

// Loss says that packets or time went unrecorded. With a count of 0 it says that nothing did.
type Loss struct {
	Reason  Reason
	Unknown bool   // how many is not known; Count is 0
	Count   uint64 // packets, below 2^63
	From    int64  // microseconds since 1970 UTC
	To      int64
}

// Reason is why something was lost.
type Reason uint8

// The reasons of loss.
const (
	LostInKernel    Reason = 1 + iota // the capture buffer was full
	LostSpoolFull                     // the spool had reached its bound
	LostClock                         // the clock jumped
	LostRestart                       // the sensor did not run
	LostInterface                     // the interface was down
	LostCorrupt                       // what was spooled could not be read again
	lostReasonAfter                   // the first number without meaning
)

// Summary is what can be said of a block without reading its columns.
type Summary struct {
	Header
	Events int
	Losses int
	First  int64 // time of the first event; 0 without events
}

// frame is a block whose sizes and checksum are right.
type frame struct {
	Summary
	columns int
	body    []byte
}

// Check reads the header of a block and verifies sizes and checksum: enough to store the block
// unread.
func Check(data []byte) (Summary, error) {
	f, err := open(data)
	return f.Summary, err
}

// open reads header and trailer.
func open(data []byte) (frame, error) {
	if len(data) < headerSize+trailerSize || string(data[:4]) != blockMagic {
		return frame{}, errors.New("flow: block: no block header")
	}
	le := binary.LittleEndian
	if data[4] != blockVersion {
		return frame{}, fmt.Errorf("flow: block: version %d; only %d is read", data[4], blockVersion)
	}
	body, count := le.Uint32(data[56:]), le.Uint32(data[40:])
	switch {
	case data[5] != 0 || le.Uint32(data[60:]) != 0:
		return frame{}, errors.New("flow: block: a reserved field is not 0")
	case body > MaxBody || count > MaxEvents:
		return frame{}, fmt.Errorf("flow: block: %d events in %d bytes: past the limits", count, body)
	case len(data) != headerSize+int(body)+trailerSize:
		return frame{}, fmt.Errorf("flow: block: %d bytes; its header says %d", len(data), headerSize+int(body)+trailerSize)
	}
	end := len(data) - trailerSize
	if got, want := crc32.Checksum(data[:end], castagnoli()), le.Uint32(data[end:]); got != want {
		return frame{}, fmt.Errorf("flow: block: checksum %08x; its trailer says %08x", got, want)
	}
	f := frame{columns: int(data[6]), body: data[headerSize:end]}
	f.Summary = Summary{
		Header: Header{Epoch: le.Uint64(data[24:]), Sequence: le.Uint64(data[32:]), ClockOffset: int32(le.Uint32(data[52:]))},
		Events: int(count), Losses: int(data[7]), First: int64(le.Uint64(data[44:])),
	}
	copy(f.Sensor[:], data[8:24])
	return f, nil
}

// castagnoli is the table of CRC-32C; the standard library makes it once.
func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }
