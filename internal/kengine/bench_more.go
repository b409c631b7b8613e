package kengine

import (
	"context"
	"fmt"
	"time"

	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/web/filter"
	"noroshi.dev/internal/kengine/decide"
)

const (
	benchReports = 40_000 // reports of the figure for decisions
	benchTenants = 100
	benchRows    = 50_000 // rows of the lists
	benchCalls   = 100    // of each list
)

// deciding measures how long the stored facts of all reports take to be decided again in memory.
func (b *bench) deciding(ctx context.Context, s *Service) error {
	reg, err := s.registry()
	if err != nil {
		return fmt.Errorf("kengine: bench: %w", err)
	}
	facts, err := storage.List(ctx, s.DB.Read(), storage.Scalar[[]byte], `SELECT facts FROM kengine_report WHERE state = 'published' ORDER BY id`)
	if err != nil || len(facts) == 0 {
		return fmt.Errorf("kengine: bench: facts of %d reports: %w", len(facts), err)
	}
	var models []memory
	for _, key := range []string{"cisa-coordinator", "starter", "deployer"} {
		m, err := decide.Builtin(reg, key)
		if err != nil {
			return fmt.Errorf("kengine: bench: %w", err)
		}
		l, err := newLoaded(m)
		if err != nil {
			return err
		}
		columns, err := l.columns(facts, benchReports)
		if err != nil {
			return err
		}
		models = append(models, memory{l, columns})
	}
	b.below("decide 40,000 reports, 3 decisions, 1 organisation", decideInMemory(models, 1), "ms", 50)
	b.below("decide 40,000 reports, 3 decisions, 100 organisations", decideInMemory(models, benchTenants), "ms", 2000)
	return nil
}

// memory is a model with what is known of many reports, input by input.
type memory struct {
	*loaded
	columns [][]decide.Set
}

// columns turns stored facts into n rows of inputs, beginning anew when the facts are used up.
func (l *loaded) columns(facts [][]byte, n int) ([][]decide.Set, error) {
	out := make([][]decide.Set, len(l.inputs))
	for i := range out {
		out[i] = make([]decide.Set, n)
	}
	for r := range n {
		if r >= len(facts) {
			for i := range out {
				out[i][r] = out[i][r-len(facts)]
			}
			continue
		}
		values, err := parseFacts(facts[r])
		if err != nil {
			return nil, err
		}
		k := l.know(values)
		for i := range out {
			out[i][r] = k.sets[i]
		}
	}
	return out, nil
}

// decideInMemory returns the milliseconds that all models take for some organisations, each with
// evaluators of its own, as if each had other models; best of three.
func decideInMemory(models []memory, organisations int) float64 {
	best := 0.0
	for try := range 3 {
		begin := time.Now()
		for range organisations {
			for _, m := range models {
				out := [][]decide.Set{make([]decide.Set, benchReports)}
				m.NewEvaluator().DecideAll(m.columns, benchReports, out)
			}
		}
		if took := float64(time.Since(begin)) / float64(time.Millisecond); try == 0 || took < best {
			best = took
		}
	}
	return best
}

// lists measures both lists at 50,000 rows, by what people filter most.
func (b *bench) lists(ctx context.Context, s *Service, name string) error {
	if err := s.multiply(ctx, benchRows); err != nil {
		return err
	}
	filters := []string{
		"", "is:all", "is:undecided", "is:overdue", "is:kev", "assignee:me", "severity:>=high", "exploitation:active",
		"vendor:microsoft", "product:windows*", "is:closed", "is:all buffer overflow", "openssl", `"remote code execution" cvss:>=9`,
	}
	for _, list := range []struct {
		name string
		call func(Query) error
	}{
		{"task list", func(q Query) error { _, err := s.ListTasks(ctx, benchActor(), q); return err }},
		{"report list", func(q Query) error { _, err := s.ListReports(ctx, benchActor(), q); return err }},
	} {
		all, worst, slowest := []time.Duration(nil), 0.0, ""
		for _, text := range filters {
			e, err := filter.Parse(text)
			if err != nil {
				return fmt.Errorf("kengine: bench: %w", err)
			}
			if _, ok := e.Find("assignee"); ok && list.name == "report list" || list.name == "report list" && (text == "is:undecided" || text == "is:overdue" || text == "is:closed") {
				continue
			}
			times, err := timed(benchCalls, func() error { return list.call(Query{Filter: e}) })
			if err != nil {
				return fmt.Errorf("kengine: bench: %s %q: %w", list.name, text, err)
			}
			if p := percentile(times, 0.99); p > worst {
				worst, slowest = p, text
			}
			all = append(all, times...)
			b.bar.Add(benchCalls)
		}
		b.below(list.name+" p99"+name, percentile(all, 0.99), "ms", 50)
		b.below(list.name+" p99, slowest filter "+slowest+name, worst, "ms", 50)
	}
	return nil
}

// timed calls f n times, and twice before that to warm up.
func timed(n int, f func() error) ([]time.Duration, error) {
	times := make([]time.Duration, 0, n)
	for i := range n + 2 {
		begin := time.Now()
		if err := f(); err != nil {
			return nil, err
		}
		if i >= 2 {
			times = append(times, time.Since(begin))
		}
	}
	return times, nil
}

// multiply copies reports and tasks under other ids until there are n reports.
func (s *Service) multiply(ctx context.Context, n int64) error {
	for round := 1; ; round++ {
		have, err := storage.Count(ctx, s.DB.Read(), "kengine_report")
		if err != nil || have == 0 {
			return err
		}
		if have >= n {
			return s.analyze(ctx) // as after an import of so many
		}
		mark := fmt.Sprintf("c%d-", round)
		var copied [][2]string
		err = s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
			for _, query := range []string{
				`INSERT INTO kengine_report (id, key, kind, state, title, title_ja, summary, lang, products, published, modified, received, updated, cvss, vector, kev, conflicts, facts)
				SELECT ? || id, ? || key, kind, state, title, title_ja, summary, lang, products, published, modified, received, updated, cvss, vector, kev, conflicts, facts
				FROM kengine_report WHERE id NOT LIKE 'c%-%' ORDER BY id LIMIT ?`,
				`INSERT INTO kengine_origin (report, kind, digest, modified, head, body)
				SELECT ? || o.report, o.kind, ? || o.digest, o.modified, o.head, '{}' FROM kengine_origin o
				WHERE o.report IN (SELECT id FROM kengine_report WHERE id NOT LIKE 'c%-%' ORDER BY id LIMIT ?)`,
				`INSERT INTO kengine_affected (report, kind, n, vendor, product, cpe, purl)
				SELECT ? || a.report, a.kind || ?, a.n, a.vendor, a.product, a.cpe, a.purl FROM kengine_affected a
				WHERE a.report IN (SELECT id FROM kengine_report WHERE id NOT LIKE 'c%-%' ORDER BY id LIMIT ?)`,
				`INSERT INTO kengine_task (id, organisation, report, decision, model, possible, outcomes, outcome, rank, urgency, state, rest, cause, due, due_sort, inputs, created, updated)
				SELECT ? || t.id, t.organisation, ? || t.report, t.decision, t.model, t.possible, t.outcomes, t.outcome, t.rank, t.urgency, t.state, t.rest, t.cause, t.due, t.due_sort, t.inputs, t.created, t.updated
				FROM kengine_task t WHERE t.report IN (SELECT id FROM kengine_report WHERE id NOT LIKE 'c%-%' ORDER BY id LIMIT ?)`,
			} {
				if _, err := tx.ExecContext(ctx, query, mark, mark, n-have); err != nil {
					return fmt.Errorf("kengine: bench: copy: %w", err)
				}
			}
			copied, err = storage.List(ctx, tx, scanPair, `SELECT id, key FROM kengine_report WHERE id LIKE ?`, mark+"%")
			return err
		})
		if err != nil {
			return err
		}
		for from := 0; from < len(copied); from += reindexChunk {
			part := copied[from:min(len(copied), from+reindexChunk)]
			if err := s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error { return reindex(ctx, tx, part) }); err != nil {
				return fmt.Errorf("kengine: bench: index: %w", err)
			}
		}
	}
}
