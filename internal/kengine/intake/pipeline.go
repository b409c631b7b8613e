package intake

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"runtime"
	"sync"

	"golang.org/x/sync/semaphore"

	"noroshi.dev/format/ssvc"
)

// chunkSize is the number of bytes of small documents that travel together: large enough that
// handing over costs nothing, small enough to stay in the processor's cache for a while.
const chunkSize = 512 << 10

// flightSize bounds the bytes of undecoded documents in memory; one larger document passes alone.
const flightSize = 32 << 20

// document is one file of the input within its chunk, or a refusal in its place.
type document struct {
	member   string
	from, to int
	refusal  *Refusal
}

// chunk is a run of documents that one worker decodes. It delivers its batches on out and closes
// it; queue keeps the chunks in the order of the input.
type chunk struct {
	buf  []byte
	docs []document
	out  chan *Batch
}

// pipeline connects the reader, the workers and the caller:
//
//	reader --chunk--> work  --> workers --batches--> chunk.out
//	       \-chunk--> queue ---------------------------------> caller, in order
type pipeline struct {
	opt    Options
	work   chan *chunk
	queue  chan *chunk
	flight *semaphore.Weighted
	free   chan *chunk
}

func newPipeline(opt Options) *pipeline {
	opt = opt.withDefaults(runtime.GOMAXPROCS(0))
	return &pipeline{
		opt:    opt,
		work:   make(chan *chunk, 4*opt.Workers),
		queue:  make(chan *chunk, 4*opt.Workers),
		free:   make(chan *chunk, 4*opt.Workers),
		flight: semaphore.NewWeighted(flightSize),
	}
}

// outcome tells how the delivery to the caller ended.
type outcome int

const (
	delivered outcome = iota // to the end of what the reader gave
	declined                 // the caller wants no more
	cancelled                // the context ended
)

// run owns every goroutine of a reading.
func (p *pipeline) run(ctx context.Context, src Source, yield func(*Batch, error) bool) {
	inner, cancel := context.WithCancel(ctx)
	var owned sync.WaitGroup
	var failed error
	owned.Go(func() {
		defer close(p.queue)
		defer close(p.work)
		failed = newReader(inner, p).read(src)
	})
	points := sync.OnceValues(ssvc.Builtin)
	for range p.opt.Workers {
		owned.Go(func() { p.decode(inner, points) })
	}
	end := p.deliver(inner, yield)
	cancel()
	if closer, ok := src.R.(io.Closer); ok && end != delivered {
		_ = closer.Close() // so that a read that waits for input returns
	}
	owned.Wait()
	if end == declined {
		return
	}
	if err := cmp.Or(ctx.Err(), failed); err != nil {
		yield(nil, fmt.Errorf("kengine: intake %s: %w", src.Name, err))
	}
}

// deliver hands the batches of every chunk to the caller, in the order of the queue.
func (p *pipeline) deliver(ctx context.Context, yield func(*Batch, error) bool) outcome {
	for {
		c, ok, live := receive(ctx, p.queue)
		if !live {
			return cancelled
		}
		if !ok {
			return delivered
		}
		for {
			b, ok, live := receive(ctx, c.out)
			if !live {
				return cancelled
			}
			if !ok {
				break
			}
			if !yield(b, nil) {
				return declined
			}
		}
		p.recycle(c)
	}
}

// receive returns the next value of from, whether there was one, and whether ctx still lives.
func receive[T any](ctx context.Context, from <-chan T) (v T, ok, live bool) {
	select {
	case v, ok = <-from:
		return v, ok, ctx.Err() == nil
	case <-ctx.Done():
		return v, false, false
	}
}

// decode is one worker: it decodes chunks until there are no more.
func (p *pipeline) decode(ctx context.Context, points func() (*ssvc.Registry, error)) {
	d := decoder{ctx: ctx, limit: p.opt.BatchRecords, points: points}
	for {
		c, ok, live := receive(ctx, p.work)
		if !ok || !live {
			return
		}
		d.chunk(c)
		close(c.out)
	}
}

// send queues a chunk for a worker and for the caller.
func (p *pipeline) send(ctx context.Context, c *chunk) error {
	if err := p.flight.Acquire(ctx, weight(c)); err != nil {
		return err
	}
	for _, to := range []chan *chunk{p.queue, p.work} {
		select {
		case to <- c:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// newChunk returns an empty chunk, with the memory of a decoded one where there is one.
func (p *pipeline) newChunk() *chunk {
	out := make(chan *Batch, 2)
	select {
	case c := <-p.free:
		c.out = out
		return c
	default:
		return &chunk{buf: make([]byte, 0, chunkSize), out: out}
	}
}

// recycle takes the memory of a chunk back. Records share none of it.
func (p *pipeline) recycle(c *chunk) {
	p.flight.Release(weight(c))
	if cap(c.buf) > 2*chunkSize {
		return // a large document: not worth keeping
	}
	clear(c.docs)
	c.buf, c.docs = c.buf[:0], c.docs[:0]
	select {
	case p.free <- c:
	default:
	}
}

func weight(c *chunk) int64 { return int64(min(max(len(c.buf), 1), flightSize)) }
