package search_test

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/search"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

func migrate(ctx context.Context, db *storage.DB) error {
	if err := db.Migrate(ctx, "test", os.DirFS("testdata")); err != nil {
		return err
	}
	return db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ExecContext(ctx, "CREATE TABLE test_doc (id TEXT NOT NULL PRIMARY KEY, at BIGINT NOT NULL)")
		return err
	})
}

func table() search.Index { return search.Table("test_doc_fts") }

func put(t testing.TB, db *storage.DB, texts iter.Seq2[string, string]) {
	t.Helper()
	err := db.InTx(context.Background(), func(ctx context.Context, tx *storage.Tx) error {
		var rows [][]any
		for id := range texts {
			rows = append(rows, []any{id, len(rows)})
		}
		if _, err := tx.Bulk(ctx, "test_doc", []string{"id", "at"}, slices.Values(rows)); err != nil {
			return err
		}
		return table().PutAll(ctx, tx, texts)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func inTx(t testing.TB, db *storage.DB, f func(ctx context.Context, tx *storage.Tx) error) {
	t.Helper()
	if err := db.InTx(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

func find(t testing.TB, db *storage.DB, query string) []string {
	t.Helper()
	var w storage.Where
	if err := table().Match(&w, "test_doc.id", db.Dialect(), query); err != nil {
		t.Fatalf("Match(%q): %v", query, err)
	}
	ids, err := storage.List(context.Background(), db.Read(), storage.Scalar[string], "SELECT id FROM test_doc"+w.SQL()+" ORDER BY id", w.Args()...)
	if err != nil {
		t.Fatalf("%q: %v", query, err)
	}
	return ids
}

func all(texts map[string]string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for id, text := range texts {
			if !yield(id, text) {
				return
			}
		}
	}
}

func TestBothDatabasesFindTheSame(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		put(t, db, all(map[string]string{
			"a": "CVE-2021-44228: Apache Log4j2 の脆弱性。遠隔の第三者により任意のコードを実行される。",
			"b": "CVE-2014-0160: OpenSSL heartbeat の脆弱性に関する情報(第3版)",
			"c": "認証回避 in Café Portal, O'Reilly \"edition\" \\ 100%",
			"d": "The authentication of the server 認証サーバーの情報漏えい",
			"e": "性能 test",
			"f": "ＣＶＥ－２０２１－４４２２８ 全角",
			"g": "cafe without accent",
		}))
		for query, want := range map[string]string{
			"脆弱性":                       "a b",
			"脆弱":                        "a b",
			"認証":                        "c d",
			"性":                         "a b e",
			"脆":                         "a b",
			"版":                         "b",
			"第3版":                       "b",
			"情報漏えい":                     "d",
			"情報 -漏えい":                   "b",
			"CVE-2021-44228":            "a f",
			"cve-2021":                  "a f",
			"44228 cve":                 "a f",
			`"44228 cve"`:               "",
			"log4j2":                    "a",
			"log4":                      "",
			"log4*":                     "a",
			"Log4j2の脆弱性":                "a",
			"openssl OR log4j2":         "a b",
			"openssl OR log4j2 第三者":     "a",
			"-脆弱性":                      "c d e f g",
			"-脆弱性 OR openssl":           "b c d e f g",
			"café":                      "c",
			"cafe":                      "g",
			"o'reilly":                  "c",
			`"o'reilly" edition`:        "c",
			"100%":                      "c",
			"ｻｰﾊﾞｰ":                     "d",
			"サーバ":                       "d",
			"AUTHENTICATION":            "d",
			"the AND":                   "",
			"!?":                        "",
			"":                          "a b c d e f g",
			`x" OR tokens:y`:            "",
			"NEAR(the authentication)":  "",
			"'); DROP TABLE test_doc--": "",
			":* | & ! <-> \\":           "",
			"·":                         "",
		} {
			if d := cmp.Diff(strings.Fields(want), append([]string{}, find(t, db, query)...)); d != "" {
				t.Errorf("%q: %s", query, d)
			}
		}
	})
}

func TestPutReplacesAndDeleteForgets(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		put(t, db, all(map[string]string{"a": "old text", "b": "old text"}))
		change := func(f func(ctx context.Context, tx *storage.Tx) error) {
			t.Helper()
			if err := db.InTx(t.Context(), f); err != nil {
				t.Fatal(err)
			}
		}
		missing := func() []string {
			t.Helper()
			var w storage.Where
			table().Missing(&w, "id", db.Dialect())
			ids, err := storage.List(t.Context(), db.Read(), storage.Scalar[string], "SELECT id FROM test_doc"+w.SQL()+" ORDER BY id", w.Args()...)
			if err != nil {
				t.Fatal(err)
			}
			return ids
		}
		for i := range 3 {
			change(func(ctx context.Context, tx *storage.Tx) error {
				return table().Put(ctx, tx, "a", fmt.Sprintf("new text %d", i))
			})
		}
		if got := strings.Join(find(t, db, "old"), " ") + "/" + strings.Join(find(t, db, "new 2"), " ") + "/" + strings.Join(find(t, db, "new 1"), " "); got != "b/a/" {
			t.Errorf("after Put: %q, want b/a/", got)
		}
		change(func(ctx context.Context, tx *storage.Tx) error { return table().Delete(ctx, tx, "b", "unknown") })
		if got := find(t, db, "text"); !slices.Equal(got, []string{"a"}) || !slices.Equal(missing(), []string{"b"}) {
			t.Errorf("after Delete: found %v, missing %v", got, missing())
		}
		change(func(ctx context.Context, tx *storage.Tx) error { return table().Clear(ctx, tx) })
		if got := find(t, db, "text"); got != nil || len(missing()) != 2 {
			t.Errorf("after Clear: found %v, missing %v", got, missing())
		}
		change(func(ctx context.Context, tx *storage.Tx) error { return table().Put(ctx, tx, "b", "again") })
		if got := find(t, db, "again"); !slices.Equal(got, []string{"b"}) {
			t.Errorf("after Clear and Put: %v", got)
		}
	})
}

func TestLongAndRepeatingTexts(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		put(t, db, all(map[string]string{
			"long":   strings.Repeat("filler words here ", 6000) + " beyondtheend",
			"repeat": strings.Repeat("ha ", 300) + "last ha end 笑笑笑笑",
		}))
		for query, want := range map[string][]string{
			"filler": {"long"}, "beyondtheend": nil, "ha": {"repeat"}, `"last ha"`: nil, `"last end"`: nil, "last": {"repeat"}, "笑笑笑": {"repeat"},
		} {
			if d := cmp.Diff(want, find(t, db, query)); d != "" {
				t.Errorf("%q: %s", query, d)
			}
		}
	})
}

func TestManyHitsAreFoundByTheOtherForm(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		const n = 2100
		put(t, db, func(yield func(string, string) bool) {
			for i := 0; i < n && yield(fmt.Sprintf("%04d", i), fmt.Sprintf("every one, number n%d", i)); i++ {
			}
		})
		inTx(t, db, func(ctx context.Context, tx *storage.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO test_doc (id, at) VALUES ('unindexed', 1)")
			return err
		})
		for query, want := range map[string]int{"every": n, "every n7": 1, "-every": 1, "-n7": n, "every -n7": n - 1, "nothing OR every": n} {
			if got := len(find(t, db, query)); got != want {
				t.Errorf("%q found %d, want %d", query, got, want)
			}
		}
	})
}

// TestRandomQueriesAgreeWithPlainReading compares both databases with a slow
// and simple reading of the rules: a word is found where its characters stand.
func TestRandomQueriesAgreeWithPlainReading(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		rnd := rand.New(rand.NewPCG(1, 2))
		letters := []string{"脆", "弱", "性", "の", "a", "b", " ", " ", "1"}
		text := func(n int) string {
			var b strings.Builder
			for range 1 + rnd.IntN(n) {
				b.WriteString(letters[rnd.IntN(len(letters))])
			}
			return b.String()
		}
		texts := map[string]string{}
		for i := range 300 {
			texts[fmt.Sprintf("%03d", i)] = text(20)
		}
		put(t, db, all(texts))
		for range 300 {
			query := strings.TrimSpace(strings.Join(strings.Fields(text(5)), " "))
			if query == "" {
				continue
			}
			var want []string
			for id, body := range texts {
				if holds(body, query) {
					want = append(want, id)
				}
			}
			slices.Sort(want)
			if d := cmp.Diff(want, find(t, db, query)); d != "" {
				t.Fatalf("%q: %s", query, d)
			}
		}
	})
}

// holds is the plain reading: each word of query stands in body, where a Latin
// word must be whole and a character of a run need not. A space may stand
// wherever Latin meets a run.
func holds(body, query string) bool {
	latin := func(s string, i int) bool { return i >= 0 && i < len(s) && s[i] < 0x80 && s[i] != ' ' }
	body = spaced(body)
	for _, w := range strings.Fields(query) {
		w = spaced(w)
		found := false
		for i := 0; i+len(w) <= len(body) && !found; i++ {
			found = body[i:i+len(w)] == w &&
				(!latin(w, 0) || !latin(body, i-1)) && (!latin(w, len(w)-1) || !latin(body, i+len(w)))
		}
		if !found {
			return false
		}
	}
	return true
}

// spaced puts a space wherever Latin meets a run, and makes one space of many.
func spaced(s string) string {
	var b strings.Builder
	var last rune
	for _, r := range s {
		if last != 0 && (last < 0x80) != (r < 0x80) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		last = r
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// report makes a text like a vulnerability record, about 500 bytes.
func report(i int) string {
	return fmt.Sprintf("CVE-2026-%05d A buffer overflow in product%d of vendor%d before version %d.%d allows remote attackers to "+
		"execute arbitrary code via a crafted packet, aka issue%d. The component parser%d does not check the length of the "+
		"field. 製品%dの脆弱性により、遠隔の第三者が任意のコードを実行する可能性があります。対策版へ更新してください。", i, i%997, i%211, i%17, i%13, i*7919, i%31, i%997)
}

// BenchmarkPutAll indexes 32,000 records; the floor is 2 s on SQLite.
func BenchmarkPutAll(b *testing.B) {
	const n = 32_000
	for _, d := range []storage.Dialect{storage.SQLite, storage.Postgres} {
		b.Run(d.String(), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				db := storagetest.Open(b, d, clock.Wall{})
				if err := migrate(b.Context(), db); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				err := db.InTx(b.Context(), func(ctx context.Context, tx *storage.Tx) error {
					return table().PutAll(ctx, tx, func(yield func(string, string) bool) {
						for i := 0; i < n && yield(fmt.Sprintf("CVE-2026-%05d", i), report(i)); i++ {
						}
					})
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "texts/s")
		})
	}
}

// BenchmarkMatch lists the newest 50 of 50,000 texts; the floor is 50 ms.
func BenchmarkMatch(b *testing.B) {
	for _, d := range []storage.Dialect{storage.SQLite, storage.Postgres} {
		db := storagetest.Open(b, d, clock.Wall{})
		if err := migrate(b.Context(), db); err != nil {
			b.Fatal(err)
		}
		put(b, db, func(yield func(string, string) bool) {
			for i := 0; i < 50_000 && yield(fmt.Sprintf("CVE-2026-%05d", i), report(i)); i++ {
			}
		})
		err := db.InTx(b.Context(), func(ctx context.Context, tx *storage.Tx) error {
			_, err := tx.ExecContext(ctx, "CREATE INDEX test_doc_at ON test_doc (at, id)")
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
		if err := db.Optimize(b.Context()); err != nil {
			b.Fatal(err)
		}
		for name, query := range map[string]string{"rare": "issue7919", "common": "脆弱性", "phrase": "任意のコード", "two": "overflow 脆弱性 product5"} {
			b.Run(d.String()+"/"+name, func(b *testing.B) {
				var w storage.Where
				if err := table().Match(&w, "test_doc.id", d, query); err != nil {
					b.Fatal(err)
				}
				longest := time.Duration(0)
				for b.Loop() {
					began := time.Now()
					ids, err := storage.List(b.Context(), db.Read(), storage.Scalar[string],
						"SELECT id FROM test_doc"+w.SQL()+" ORDER BY at DESC, id DESC LIMIT 50", w.Args()...)
					if err != nil || len(ids) == 0 {
						b.Fatal(ids, err)
					}
					longest = max(longest, time.Since(began))
				}
				b.ReportMetric(float64(longest.Microseconds())/1000, "ms-max")
			})
		}
	}
}
