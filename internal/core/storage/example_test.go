package storage_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/storage"
)

func ExampleDB_InTx() {
	folder, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	ctx := context.Background()
	db, err := storage.Open(ctx, storage.Config{Path: filepath.Join(folder, "noroshi.db")}, clock.Fixed(time.Unix(0, 0)))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	err = db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if _, err := tx.ExecContext(ctx, "CREATE TABLE example_word (word TEXT NOT NULL, at BIGINT)"); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO example_word (word, at) VALUES (?, ?)", "smoke", storage.At(tx.Now().Add(time.Second)))
		return err
	})
	fmt.Println(err)
	word, err := storage.One(ctx, db.Read(), "example.word", "smoke", storage.Scalar[int64], "SELECT at FROM example_word WHERE word = ?", "smoke")
	fmt.Println(word, err)
	// Output:
	// <nil>
	// 1000000 <nil>
}

func ExampleWhere() {
	var w, either, closed storage.Where
	w.And("severity >= ?", 7)
	w.In("kind", "cve", "jvn")
	either.And("title = ?", "x")
	closed.And("open = ?", false)
	w.Or(&either, &closed)
	fmt.Println("SELECT id FROM thing"+w.SQL(), w.Args())
	fmt.Println(storage.Numbered(w.Cond()))
	// Output:
	// SELECT id FROM thing WHERE severity >= ? AND kind IN (?, ?) AND ((title = ?) OR (open = ?)) [7 cve jvn x false]
	// (severity >= $1 AND kind IN ($2, $3) AND ((title = $4) OR (open = $5)))
}
