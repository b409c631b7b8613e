package search

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"noroshi.dev/internal/core/storage"
)

// batch is how many texts are written at once.
const batch = 200

// Put indexes the text of id in place of what was indexed before.
func (x Index) Put(ctx context.Context, tx *storage.Tx, id, text string) error {
	return x.PutAll(ctx, tx, func(yield func(string, string) bool) { yield(id, text) })
}

// PutAll indexes many texts by id, each in place of what was indexed before. No
// id may come twice. It writes in batches, so texts may use tx only if they
// leave no rows open.
func (x Index) PutAll(ctx context.Context, tx *storage.Tx, texts iter.Seq2[string, string]) error {
	ids, docs := make([]string, 0, batch), make([]string, 0, batch)
	flush := func() error {
		if len(ids) == 0 {
			return nil
		}
		put := x.putSQLite
		if tx.Dialect() == storage.Postgres {
			put = x.putPostgres
		}
		err := put(ctx, tx, ids, docs)
		ids, docs = ids[:0], docs[:0]
		if err != nil {
			return fmt.Errorf("search: index %s: %w", x.name, err)
		}
		return nil
	}
	for id, text := range texts {
		ids = append(ids, id)
		docs = append(docs, document(tx.Dialect(), Tokens(text)))
		if len(ids) == batch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// filler keeps the position of a token that occurs too often to be counted. No
// query holds it, as it is no letter.
const filler = "·"

// document writes tokens in the form of a database: words for FTS5, a tsvector
// with positions for PostgreSQL.
func document(d storage.Dialect, tokens []string) string {
	var b strings.Builder
	seen := make(map[string]uint8, len(tokens))
	for i, t := range tokens {
		n := seen[t]
		full := n == maxPositions
		if !full {
			seen[t] = n + 1
		}
		switch {
		case d == storage.SQLite && full:
			b.WriteString(filler + " ")
		case d == storage.SQLite:
			b.WriteString(t)
			b.WriteByte(' ')
		case !full:
			b.WriteByte('\'')
			b.WriteString(t)
			b.WriteString("':")
			b.WriteString(strconv.Itoa(i + 1))
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func (x Index) putPostgres(ctx context.Context, tx *storage.Tx, ids, docs []string) error {
	_, err := tx.ExecContext(ctx, x.sql(`INSERT INTO %s (id, tokens)
		SELECT u.id, CAST(u.doc AS TSVECTOR) FROM unnest(CAST(? AS TEXT[]), CAST(? AS TEXT[])) AS u (id, doc)
		ON CONFLICT (id) DO UPDATE SET tokens = excluded.tokens`), ids, docs)
	return err
}

func (x Index) putSQLite(ctx context.Context, tx *storage.Tx, ids, docs []string) error {
	if err := x.Delete(ctx, tx, ids...); err != nil {
		return err
	}
	last, err := storage.One(ctx, tx, "search.index", x.name, storage.Scalar[int64], x.sql("SELECT COALESCE(MAX(doc), 0) FROM %s_doc"))
	if err != nil {
		return err
	}
	numbered := func(values []string) iter.Seq[[]any] {
		return func(yield func([]any) bool) {
			for i, v := range values {
				if !yield([]any{last + int64(i) + 1, v}) {
					return
				}
			}
		}
	}
	if _, err := tx.Bulk(ctx, x.name+"_doc", []string{"doc", "id"}, numbered(ids)); err != nil {
		return err
	}
	_, err = tx.Bulk(ctx, x.name, []string{"rowid", "tokens"}, numbered(docs))
	return err
}
