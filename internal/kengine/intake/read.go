package intake

import (
	"context"
	"iter"
)

// Read reads src and yields its records in the order of the input, in batches. A part that cannot
// be read is a Refusal of its batch. An error ends the sequence; it comes with a nil batch after
// everything that was read before. The goroutines of Read end before the sequence does, also when
// the caller breaks off or ctx ends. If src.R is an io.Closer it is closed in that case, so that
// a blocked read returns.
func Read(ctx context.Context, src Source, opt Options) iter.Seq2[*Batch, error] {
	return func(yield func(*Batch, error) bool) { newPipeline(opt).run(ctx, src, yield) }
}
