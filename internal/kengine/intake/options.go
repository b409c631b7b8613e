package intake

import (
	"errors"
	"io"
)

// Options bound the work of Read. The zero Options mean the defaults, named with each field, and so
// do negative numbers but for MaxDepth.
type Options struct {
	Workers      int   // decoding goroutines; default: processors
	MaxBytes     int64 // decompressed bytes of the whole input; default 64 GiB
	MaxMember    int64 // bytes of one document; default 256 MiB
	MaxMembers   int   // documents of one input; default 4,000,000
	MaxRatio     int64 // decompressed to compressed bytes once 64 MiB came out; default 400
	MaxDepth     int   // containers inside the outermost container; default 1, -1 none
	BatchRecords int   // records of one batch, about; default 256
}

func (o Options) withDefaults(processors int) Options {
	o.Workers = or(o.Workers, processors)
	o.MaxBytes = or(o.MaxBytes, 64<<30)
	o.MaxMember = or(o.MaxMember, 256<<20)
	o.MaxMembers = or(o.MaxMembers, 4_000_000)
	o.MaxRatio = or(o.MaxRatio, 400)
	if o.MaxDepth == 0 {
		o.MaxDepth = 1
	}
	o.BatchRecords = or(o.BatchRecords, 256)
	return o
}

func or[T int | int64](v, fallback T) T {
	if v <= 0 {
		return fallback
	}
	return v
}

// Errors that end a reading; the records before it have been delivered.
var (
	ErrLimit     = errors.New("input is larger than the limits allow")
	ErrTruncated = errors.New("input ends in the middle; the rest is missing")
	ErrDamaged   = errors.New("container is damaged")
	ErrRatio     = errors.New("container expands out of all proportion")
	ErrDepth     = errors.New("container in a container beyond the depth allowed")
	ErrTooLarge  = errors.New("document is larger than the limit")
)

// Source is an input of Read.
type Source struct {
	Name string    // path of a file or directory, or the name under which a stream is reported
	R    io.Reader // a stream, for instance standard input; nil: open Name
}

// Batch is a part of the stream, in the order of the input.
type Batch struct {
	Records  []Record
	Refusals []Refusal
	Bytes    int64 // size of the documents of this batch, decompressed
	Members  int   // documents finished in this batch
}
