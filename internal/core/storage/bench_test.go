package storage_test

import (
	"context"
	"fmt"
	"testing"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

const (
	benchReports = 32_000
	benchFacts   = 12 // assertions of one report
	benchBatch   = 1_000
)

// importSchema has the shape of an import of vulnerability records: a report, a
// dozen assertions with two indexes, one decision.
const importSchema = `
CREATE TABLE bench_report (id TEXT NOT NULL PRIMARY KEY, title TEXT NOT NULL, body TEXT NOT NULL, at BIGINT NOT NULL, source TEXT NOT NULL);
CREATE TABLE bench_assertion (id TEXT NOT NULL PRIMARY KEY, report TEXT NOT NULL REFERENCES bench_report (id), fact TEXT NOT NULL,
	vals BIGINT NOT NULL, source TEXT NOT NULL, at BIGINT NOT NULL, expires BIGINT, evidence TEXT NOT NULL);
CREATE INDEX bench_assertion_report ON bench_assertion (report, fact, at);
CREATE TABLE bench_decision (report TEXT NOT NULL, decision TEXT NOT NULL, outcome TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (report, decision));
CREATE INDEX bench_decision_outcome ON bench_decision (decision, outcome, at);
`

// BenchmarkImport writes 32,000 reports with 12 assertions and one decision
// each, 448,000 rows in transactions of 1,000 reports, each synced to the disk.
// The floor is 6 s on SQLite.
func BenchmarkImport(b *testing.B) {
	for _, d := range []storage.Dialect{storage.SQLite, storage.Postgres} {
		b.Run(d.String(), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				db := storagetest.Open(b, d, clock.Wall{})
				execute(b, db, importSchema)
				b.StartTimer()
				for from := 0; from < benchReports; from += benchBatch {
					if err := db.InTx(b.Context(), func(ctx context.Context, tx *storage.Tx) error { return importBatch(ctx, tx, from) }); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.N)*benchReports/b.Elapsed().Seconds(), "reports/s")
		})
	}
}

func execute(b testing.TB, db *storage.DB, statements string) {
	b.Helper()
	err := db.InTx(context.Background(), func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ExecContext(ctx, statements)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

func importBatch(ctx context.Context, tx *storage.Tx, from int) error {
	at := storage.At(tx.Now())
	each := func(per int, row func(report string, i, k int) []any) func(func([]any) bool) {
		return func(yield func([]any) bool) {
			for i := from; i < from+benchBatch; i++ {
				report := fmt.Sprintf("CVE-2026-%05d", i)
				for k := range per {
					if !yield(row(report, i, k)) {
						return
					}
				}
			}
		}
	}
	_, err := tx.Bulk(ctx, "bench_report", []string{"id", "title", "body", "at", "source"}, each(1, func(report string, _, _ int) []any {
		return []any{report, "A buffer overflow allows remote code execution", "遠隔の第三者が任意のコードを実行する可能性があります。", at, "cve"}
	}))
	if err != nil {
		return err
	}
	_, err = tx.Bulk(ctx, "bench_assertion", []string{"id", "report", "fact", "vals", "source", "at", "expires", "evidence"},
		each(benchFacts, func(report string, i, k int) []any {
			return []any{fmt.Sprintf("0199%08x-%04x-7000-8000-%012x", i, k, i*benchFacts+k), report, facts[k], int64(1 << (k % 4)), "cisa", at, nil, "containers.adp"}
		}))
	if err != nil {
		return err
	}
	_, err = tx.Bulk(ctx, "bench_decision", []string{"report", "decision", "outcome", "at"}, each(1, func(report string, i, _ int) []any {
		return []any{report, "coordinator", facts[i%4], at}
	}))
	return err
}

var facts = [benchFacts]string{
	"exploitation", "automatable", "impact", "exposure", "value", "utility",
	"safety", "mission", "cvss", "cwe", "vendor", "product",
}

// BenchmarkCommit is one small transaction, synced to the disk.
func BenchmarkCommit(b *testing.B) {
	for _, d := range []storage.Dialect{storage.SQLite, storage.Postgres} {
		b.Run(d.String(), func(b *testing.B) {
			db := storagetest.Open(b, d, clock.Wall{})
			execute(b, db, importSchema)
			i := 0
			for b.Loop() {
				i++
				err := db.InTx(b.Context(), func(ctx context.Context, tx *storage.Tx) error {
					_, err := tx.ExecContext(ctx, "INSERT INTO bench_decision (report, decision, outcome, at) VALUES (?, ?, ?, ?)",
						fmt.Sprint(i), "d", "act", storage.At(tx.Now()))
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
