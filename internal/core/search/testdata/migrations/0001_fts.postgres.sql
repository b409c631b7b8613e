-- +goose Up
CREATE TABLE test_doc_fts (id TEXT NOT NULL CONSTRAINT test_doc_fts_pk PRIMARY KEY, tokens TSVECTOR NOT NULL);
CREATE INDEX test_doc_fts_tokens ON test_doc_fts USING GIN (tokens);
