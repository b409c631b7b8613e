// Package search finds text in Japanese and English, with the same answer from
// both databases. The tokens are made here, in Go; SQLite (FTS5) and
// PostgreSQL (tsvector) only keep them.
//
//	text -> NFKC, lower case -> words (Latin, digits …): one token each
//	                            runs (kanji, kana, Hangul …): overlapping pairs,
//	                            then the last character alone
//
//	"OpenSSLの脆弱性" -> openssl の脆 脆弱 弱性 性
//
// # Tables
//
// An index has a name that ends in _fts. Its room has two migrations, copied
// from testdata/migrations with the name put in: NNNN_fts.sqlite.sql
//
//	CREATE VIRTUAL TABLE room_thing_fts USING fts5 (tokens, content='', contentless_delete=1, tokenize='ascii');
//	CREATE TABLE room_thing_fts_doc (doc INTEGER PRIMARY KEY, id TEXT NOT NULL CONSTRAINT room_thing_fts_id UNIQUE);
//
// and NNNN_fts.postgres.sql
//
//	CREATE TABLE room_thing_fts (id TEXT NOT NULL CONSTRAINT room_thing_fts_pk PRIMARY KEY, tokens TSVECTOR NOT NULL);
//	CREATE INDEX room_thing_fts_tokens ON room_thing_fts USING GIN (tokens);
//
// The tokenizer is ascii, because it takes every other character as it is:
// unicode61 has Unicode tables of its own, older than ours, and would lose
// letters that PostgreSQL keeps. The table _doc gives each text a rising
// number; a rowid of the room's own table may change when a backup is made.
//
// # Queries
//
//	word          all words must occur
//	"a phrase"    in this order
//	-word         must not occur
//	a OR b        one of them; OR binds closer than the space
//	word*         begins with
//
// A word of several tokens (脆弱性, CVE-2026-0001) is a phrase by itself.
package search
