-- +goose Up
ALTER TABLE kengine_tag ADD COLUMN gone BIGINT;
CREATE INDEX kengine_tag_origin ON kengine_tag (organisation, origin);

-- Secret addresses of calendars: the digest of the token, never the token.
CREATE TABLE kengine_calendar (
	id           TEXT   PRIMARY KEY,
	organisation TEXT   NOT NULL,
	person       TEXT   NOT NULL,
	scope        TEXT   NOT NULL CONSTRAINT kengine_calendar_scope CHECK (scope IN ('mine', 'organisation')),
	digest       TEXT   NOT NULL CONSTRAINT kengine_calendar_digest UNIQUE,
	lang         TEXT   NOT NULL DEFAULT '',
	created      BIGINT NOT NULL,
	used         BIGINT
);
CREATE INDEX kengine_calendar_person ON kengine_calendar (organisation, person, created);

CREATE INDEX kengine_ruling_at ON kengine_ruling (organisation, at);
CREATE INDEX kengine_report_received ON kengine_report (received);
CREATE INDEX kengine_task_stat ON kengine_task (organisation, created, decision, outcome, ruled, state, rest);

-- +goose Down
DROP INDEX kengine_task_stat;
DROP INDEX kengine_report_received;
DROP INDEX kengine_ruling_at;
DROP TABLE kengine_calendar;
DROP INDEX kengine_tag_origin;
ALTER TABLE kengine_tag DROP COLUMN gone;
