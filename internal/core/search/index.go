package search

import (
	"context"
	"fmt"

	"noroshi.dev/internal/core/storage"
)

// Index is a full-text index over the things of a room, by their ids.
type Index struct{ name string }

// Table returns the index of a name that ends in _fts. Its tables are made by
// the room's migrations; see the package comment.
func Table(name string) Index { return Index{name} }

// Delete takes ids out of the index; ids that are not in it do not matter.
func (x Index) Delete(ctx context.Context, tx *storage.Tx, ids ...string) error {
	for len(ids) > 0 {
		n := min(batch, len(ids))
		if err := x.remove(ctx, tx, ids[:n]); err != nil {
			return fmt.Errorf("search: delete from %s: %w", x.name, err)
		}
		ids = ids[n:]
	}
	return nil
}

func (x Index) remove(ctx context.Context, tx *storage.Tx, ids []string) error {
	var w storage.Where
	w.In("id", anys(ids)...)
	if tx.Dialect() == storage.Postgres {
		_, err := tx.ExecContext(ctx, x.sql("DELETE FROM %s")+w.SQL(), w.Args()...)
		return err
	}
	docs, err := storage.List(ctx, tx, storage.Scalar[int64], x.sql("SELECT doc FROM %s_doc")+w.SQL()+" ORDER BY doc", w.Args()...)
	if err != nil || len(docs) == 0 {
		return err
	}
	for _, doc := range docs {
		if _, err := tx.ExecContext(ctx, x.sql("DELETE FROM %s WHERE rowid = ?"), doc); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, x.sql("DELETE FROM %s_doc")+w.SQL(), w.Args()...)
	return err
}

// Clear empties the index, before everything is indexed anew.
func (x Index) Clear(ctx context.Context, tx *storage.Tx) error {
	statements := []string{"DELETE FROM %s"}
	if tx.Dialect() == storage.SQLite {
		statements = []string{"INSERT INTO %[1]s (%[1]s) VALUES ('delete-all')", "DELETE FROM %s_doc"}
	}
	for _, s := range statements {
		if _, err := tx.ExecContext(ctx, x.sql(s)); err != nil {
			return fmt.Errorf("search: clear %s: %w", x.name, err)
		}
	}
	return nil
}

// sql puts the name of the index into a statement. The name comes from the program.
func (x Index) sql(statement string) string { return fmt.Sprintf(statement, x.name) }

func anys(ids []string) []any {
	out := make([]any, len(ids))
	for i, id := range ids {
		out[i] = id
	}
	return out
}
