-- +goose Up
-- Alarms that the recommendations of a decision became worse: one row an onset.
CREATE TABLE kengine_drift (
	organisation TEXT   NOT NULL,
	decision     TEXT   NOT NULL,
	since        BIGINT NOT NULL,
	ended        BIGINT,
	PRIMARY KEY (organisation, decision, since)
);

-- +goose Down
DROP TABLE kengine_drift;
