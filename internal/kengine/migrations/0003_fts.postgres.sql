-- +goose Up
CREATE TABLE kengine_report_fts (id TEXT NOT NULL CONSTRAINT kengine_report_fts_pk PRIMARY KEY, tokens TSVECTOR NOT NULL);
CREATE INDEX kengine_report_fts_tokens ON kengine_report_fts USING GIN (tokens);

-- +goose Down
DROP TABLE kengine_report_fts;
