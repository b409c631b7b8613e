package flow

import (
	"encoding/binary"
	"math/bits"
)

// bitWriter appends numbers of any width, the lowest bit first.
type bitWriter struct {
	dst []byte
	acc uint64
	n   uint // bits in acc, below 8 between calls
}

// put appends the low width bits of v, at most 56; the others are zero.
func (w *bitWriter) put(v uint64, width uint) {
	w.acc |= v << w.n
	for w.n += width; w.n >= 8; w.n -= 8 {
		w.dst = append(w.dst, byte(w.acc))
		w.acc >>= 8
	}
}

// put64 appends all of v.
func (w *bitWriter) put64(v uint64) {
	w.put(v&0xffffffff, 32)
	w.put(v>>32, 32)
}

// bytes fills up the last byte with zeros and gives all of them.
func (w *bitWriter) bytes() []byte {
	if w.n > 0 {
		w.dst = append(w.dst, byte(w.acc))
	}
	w.acc, w.n = 0, 0
	return w.dst
}

// riceEscape is the number of ones behind which the 64 bits of a value stand as they are.
const riceEscape = 20

// maxRice is the largest parameter of the code.
const maxRice = 48

// rice appends v in the Rice code of parameter k: v>>k ones, a zero, and the low k bits of v. It
// is within a few hundredths of a bit of the best code for the gaps of random arrivals and of
// random sorted numbers.
func (w *bitWriter) rice(v uint64, k uint) {
	q := v >> k
	if q >= riceEscape {
		w.put(1<<riceEscape-1, riceEscape)
		w.put64(v)
		return
	}
	w.put(1<<q-1, uint(q)+1)
	w.put(v&(1<<k-1), k)
}

// riceSize is the number of bits that rice takes.
func riceSize(v uint64, k uint) int {
	if q := v >> k; q < riceEscape {
		return int(q) + 1 + int(k)
	}
	return riceEscape + 64
}

// riceParameter chooses the parameter for values, and gives the bits they take with it.
func riceParameter(values []uint64) (k uint, size int) {
	var sum uint64
	for _, v := range values {
		if sum += v; sum < v { // it passed 2^64: the average is large enough for the largest parameter
			sum = 1<<64 - 1
			break
		}
	}
	// The best parameter lies by the logarithm of the median, ln 2 of the mean, and single large
	// values pull the mean up: so five below are tried as well.
	guess := min(uint(bits.Len64(sum/uint64(max(len(values), 1)))), maxRice)
	for try := max(guess, 5) - 5; try <= guess; try++ {
		n := 0
		for _, v := range values {
			n += riceSize(v, try)
		}
		if size == 0 || n < size {
			k, size = try, n
		}
	}
	return k, size
}

// bitReader reads what a bitWriter wrote. Reading past the end sets short and gives zeros.
type bitReader struct {
	src   []byte
	acc   uint64
	n     uint // bits of acc that were taken from src
	short bool
}

// refill makes 56 bits or more available, or all that are left. With 8 bytes ahead it takes them
// at once: bits of acc above n are then those that the next refill takes again.
func (r *bitReader) refill() {
	if len(r.src) >= 8 {
		r.acc |= binary.LittleEndian.Uint64(r.src) << r.n
		r.src = r.src[(63-r.n)>>3:]
		r.n |= 56
		return
	}
	for r.n < 56 && len(r.src) > 0 {
		r.acc |= uint64(r.src[0]) << r.n
		r.src = r.src[1:]
		r.n += 8
	}
}

// get reads width bits, at most 56.
func (r *bitReader) get(width uint) uint64 {
	if r.n < width {
		r.refill()
		if r.n < width {
			r.short = true
			return 0
		}
	}
	v := r.acc & (1<<width - 1)
	r.acc >>= width
	r.n -= width
	return v
}

// get64 reads what put64 wrote.
func (r *bitReader) get64() uint64 {
	low := r.get(32)
	return r.get(32)<<32 | low
}

// rice reads one value of the Rice code of parameter k.
func (r *bitReader) rice(k uint) uint64 {
	if r.n < riceEscape {
		r.refill()
	}
	ones := uint(bits.TrailingZeros64(^r.acc))
	if ones >= riceEscape {
		r.get(riceEscape)
		return r.get64()
	}
	r.get(ones + 1)
	return uint64(ones)<<k | r.get(k)
}

// done says whether everything was read: nothing is short and only zeros of the last byte are left.
func (r *bitReader) done() bool {
	return !r.short && len(r.src) == 0 && r.n < 8 && r.acc == 0
}
