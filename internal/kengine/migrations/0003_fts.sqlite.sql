-- +goose Up
CREATE VIRTUAL TABLE kengine_report_fts USING fts5 (tokens, content='', contentless_delete=1, tokenize='ascii');
CREATE TABLE kengine_report_fts_doc (doc INTEGER PRIMARY KEY, id TEXT NOT NULL CONSTRAINT kengine_report_fts_id UNIQUE);

-- +goose Down
DROP TABLE kengine_report_fts_doc;
DROP TABLE kengine_report_fts;
