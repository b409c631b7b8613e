package kengine

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/intake"
)

// chunkRecords is the number of records of one transaction: large enough that a commit to disk
// costs little of it, small enough that readers and other writers do not wait.
const chunkRecords = 512

// chunk is what one transaction of an import writes.
type chunk struct {
	records  []*prepared
	refusals []intake.Refusal
	bytes    int64
	ids      map[string]bool
}

// run reads, prepares and writes in three stages, so that both processors have work:
//
//	intake (reads, decodes) --> prepare (texts, values, search words) --> write (one transaction each)
func (im *importing) run(outer context.Context, src intake.Source) error {
	g, ctx := errgroup.WithContext(outer)
	workers := runtime.GOMAXPROCS(0)
	batches := make(chan *staged, workers)
	work := make(chan *staged, workers)
	var ended error // of the input; kept aside, because it must not stop the writing of what came before
	g.Go(func() error {
		defer close(batches)
		defer close(work)
		ended = im.read(ctx, src, batches, work)
		return nil
	})
	for range workers {
		g.Go(func() error {
			for b := range work {
				b.prepare(im)
			}
			return nil
		})
	}
	g.Go(func() error { return im.store(ctx, batches) })
	err := cmp.Or(g.Wait(), ended)
	if im.view.Counts.Added+im.view.Counts.Changed < analyzeFrom || outer.Err() != nil {
		return err
	}
	// What an import that failed has written is there too, and is listed.
	if stale := im.s.analyze(outer); stale != nil { //nolint:contextcheck // the one of the caller: that of the stages has ended
		im.s.Log.WarnContext(outer, "statistics of tables are old, lists may be slow", "error", stale)
	}
	return err
}

// analyzeFrom is the number of written reports from which an import makes new statistics of the
// tables: PostgreSQL does it by itself for a tenth of a table, but only a minute later.
const analyzeFrom = 2000

// analyze makes new statistics of the tables that lists read.
func (s *Service) analyze(ctx context.Context) error {
	return s.DB.Analyze(ctx, "kengine_report", "kengine_report_fts", "kengine_affected", "kengine_alias", "kengine_origin",
		"kengine_assertion", "kengine_conflict", "kengine_tag_match", "kengine_task", "kengine_ruling")
}

// staged is a batch of intake on its way through the stages.
type staged struct {
	batch    *intake.Batch
	prepared []*prepared
	done     sync.WaitGroup
}

func (b *staged) prepare(im *importing) {
	defer b.done.Done()
	now, policy := im.s.Clock.Now(), DefaultPolicy()
	b.prepared = make([]*prepared, len(b.batch.Records))
	for i := range b.batch.Records {
		b.prepared[i] = prepare(&b.batch.Records[i], &policy, now)
	}
}

// read hands every batch both to the workers and, in order, to the writer.
func (im *importing) read(ctx context.Context, src intake.Source, batches, work chan<- *staged) error {
	for batch, err := range intake.Read(ctx, src, im.options.Intake) {
		if err != nil {
			return unreadable(err, src.Name)
		}
		b := &staged{batch: batch}
		b.done.Add(1)
		for _, to := range []chan<- *staged{work, batches} {
			select {
			case to <- b:
			case <-ctx.Done():
				return fmt.Errorf("kengine: import: %w", storage.Fault(ctx.Err()))
			}
		}
	}
	return nil
}

// store gathers prepared records into chunks and writes them.
func (im *importing) store(ctx context.Context, batches <-chan *staged) error {
	c := newChunk()
	for b := range batches {
		b.done.Wait()
		c.refusals = append(c.refusals, b.batch.Refusals...)
		c.bytes += b.batch.Bytes
		for _, p := range b.prepared {
			if len(c.records) >= chunkRecords || c.has(p) {
				if err := im.flush(ctx, c); err != nil {
					return err
				}
				c = newChunk()
			}
			c.put(p)
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("kengine: import: %w", storage.Fault(err))
	}
	return im.flush(ctx, c)
}

func newChunk() *chunk { return &chunk{ids: make(map[string]bool, 2*chunkRecords)} }

// has reports whether a record of the chunk is about the same report: two words on one report
// are written one after the other.
func (c *chunk) has(p *prepared) bool {
	if c.ids[p.key] {
		return true
	}
	for _, id := range p.ids {
		if c.ids[id] {
			return true
		}
	}
	return false
}

func (c *chunk) put(p *prepared) {
	c.records = append(c.records, p)
	c.ids[p.key] = true
	for _, id := range p.ids {
		c.ids[id] = true
	}
}

// flush writes a chunk and tells the progress.
func (im *importing) flush(ctx context.Context, c *chunk) error {
	if len(c.records) == 0 && len(c.refusals) == 0 {
		return nil
	}
	var counts Counts
	err := im.s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		var err error
		counts, err = im.write(ctx, tx, c)
		return err
	})
	if err != nil {
		return fmt.Errorf("kengine: import %s: %w", im.view.Name, err)
	}
	if im.view.Kind == "" && len(c.records) > 0 {
		im.view.Kind = c.records[0].kind
	}
	im.refusals += int64(len(c.refusals))
	im.bytes += c.bytes
	im.view.Counts.add(counts)
	if im.options.Progress != nil {
		im.options.Progress(im.view.Counts, im.bytes)
	}
	return nil
}
