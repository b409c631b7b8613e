-- +goose Up
CREATE VIRTUAL TABLE test_doc_fts USING fts5 (tokens, content='', contentless_delete=1, tokenize='ascii');
CREATE TABLE test_doc_fts_doc (doc INTEGER PRIMARY KEY, id TEXT NOT NULL CONSTRAINT test_doc_fts_id UNIQUE);
