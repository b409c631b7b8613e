-- +goose Up
-- Reports are never deleted, so their children carry no foreign key: an import
-- of a year of records would check some hundred thousand of them for nothing.
CREATE TABLE kengine_import (
	id           TEXT PRIMARY KEY,
	organisation TEXT    NOT NULL,
	name         TEXT    NOT NULL,
	kind         TEXT    NOT NULL DEFAULT '',
	source       TEXT    NOT NULL DEFAULT '',
	sha256       TEXT    NOT NULL DEFAULT '',
	size         BIGINT  NOT NULL DEFAULT 0,
	state        TEXT    NOT NULL CONSTRAINT kengine_import_state CHECK (state IN ('running', 'done', 'failed', 'interrupted')),
	failure      TEXT    NOT NULL DEFAULT '',
	started      BIGINT  NOT NULL,
	ended        BIGINT,
	records      BIGINT  NOT NULL DEFAULT 0,
	added        BIGINT  NOT NULL DEFAULT 0,
	changed      BIGINT  NOT NULL DEFAULT 0,
	same         BIGINT  NOT NULL DEFAULT 0,
	skipped      BIGINT  NOT NULL DEFAULT 0,
	refused      BIGINT  NOT NULL DEFAULT 0,
	actor        TEXT    NOT NULL
);
CREATE INDEX kengine_import_started ON kengine_import (started, id);
CREATE INDEX kengine_import_sha256 ON kengine_import (sha256);

CREATE TABLE kengine_refusal (
	import   TEXT   NOT NULL REFERENCES kengine_import (id) ON DELETE CASCADE,
	n        BIGINT NOT NULL,
	member   TEXT   NOT NULL,
	position BIGINT NOT NULL,
	subject  TEXT   NOT NULL DEFAULT '',
	reason   TEXT   NOT NULL,
	args     JSONB  NOT NULL,
	PRIMARY KEY (import, n)
);

CREATE TABLE kengine_report (
	id        TEXT    PRIMARY KEY,
	key       TEXT    NOT NULL CONSTRAINT kengine_report_key UNIQUE,
	kind      TEXT    NOT NULL,
	state     TEXT    NOT NULL CONSTRAINT kengine_report_state CHECK (state IN ('published', 'rejected', 'reserved')),
	title     TEXT    NOT NULL DEFAULT '',
	title_ja  TEXT    NOT NULL DEFAULT '',
	summary   TEXT    NOT NULL DEFAULT '',
	lang      TEXT    NOT NULL DEFAULT '',
	products  TEXT    NOT NULL DEFAULT '',
	published BIGINT  NOT NULL DEFAULT 0,
	modified  BIGINT,
	received  BIGINT  NOT NULL,
	updated   BIGINT  NOT NULL,
	cvss      BIGINT  NOT NULL DEFAULT -1,
	vector    TEXT    NOT NULL DEFAULT '',
	kev       BOOLEAN NOT NULL DEFAULT FALSE,
	conflicts BIGINT  NOT NULL DEFAULT 0,
	facts     JSONB   NOT NULL
);
CREATE INDEX kengine_report_updated ON kengine_report (updated DESC, id DESC);
CREATE INDEX kengine_report_cvss ON kengine_report (cvss DESC, id DESC);
CREATE INDEX kengine_report_kev ON kengine_report (updated DESC, id DESC) WHERE kev;
CREATE INDEX kengine_report_conflicts ON kengine_report (updated DESC, id DESC) WHERE conflicts > 0;
CREATE INDEX kengine_report_exploitation ON kengine_report ((facts ->> 'ssvc:E:1.1.0'), id);
CREATE INDEX kengine_report_published ON kengine_report (published DESC, id DESC);

CREATE TABLE kengine_origin (
	report   TEXT   NOT NULL,
	kind     TEXT   NOT NULL,
	digest   TEXT   NOT NULL,
	modified BIGINT,
	head     JSONB  NOT NULL,
	body     JSONB  NOT NULL,
	PRIMARY KEY (report, kind)
);

CREATE TABLE kengine_alias (
	alias  TEXT PRIMARY KEY,
	report TEXT NOT NULL
);
CREATE INDEX kengine_alias_report ON kengine_alias (report);

CREATE TABLE kengine_affected (
	report  TEXT   NOT NULL,
	kind    TEXT   NOT NULL,
	n       BIGINT NOT NULL,
	vendor  TEXT   NOT NULL DEFAULT '',
	product TEXT   NOT NULL DEFAULT '',
	cpe     TEXT   NOT NULL DEFAULT '',
	purl    TEXT   NOT NULL DEFAULT '',
	PRIMARY KEY (report, kind, n)
);
CREATE INDEX kengine_affected_product ON kengine_affected (product, report);
CREATE INDEX kengine_affected_vendor ON kengine_affected (vendor, report);

CREATE TABLE kengine_assertion (
	report       TEXT   NOT NULL,
	id           TEXT   NOT NULL,
	organisation TEXT   NOT NULL DEFAULT '',
	source       TEXT   NOT NULL,
	rule         TEXT   NOT NULL DEFAULT '',
	evidence     TEXT   NOT NULL DEFAULT '',
	actor        TEXT   NOT NULL DEFAULT '',
	claims       JSONB  NOT NULL,
	observed     BIGINT,
	recorded     BIGINT NOT NULL,
	expires      BIGINT,
	PRIMARY KEY (report, id)
);
CREATE INDEX kengine_assertion_expires ON kengine_assertion (expires) WHERE expires IS NOT NULL;

CREATE TABLE kengine_conflict (
	report       TEXT   NOT NULL,
	fact         TEXT   NOT NULL,
	organisation TEXT   NOT NULL DEFAULT '',
	detail       JSONB  NOT NULL,
	state        TEXT   NOT NULL CONSTRAINT kengine_conflict_state CHECK (state IN ('open', 'accepted')),
	note         TEXT   NOT NULL DEFAULT '',
	actor        TEXT   NOT NULL DEFAULT '',
	updated      BIGINT NOT NULL,
	version      BIGINT NOT NULL DEFAULT 1,
	PRIMARY KEY (report, fact, organisation)
);
CREATE INDEX kengine_conflict_state ON kengine_conflict (organisation, state, updated DESC);

CREATE TABLE kengine_source (
	id            TEXT    PRIMARY KEY,
	organisation  TEXT    NOT NULL,
	name          TEXT    NOT NULL,
	url           TEXT    NOT NULL,
	kind          TEXT    NOT NULL DEFAULT '',
	period        BIGINT  NOT NULL,
	active        BOOLEAN NOT NULL DEFAULT TRUE,
	etag          TEXT    NOT NULL DEFAULT '',
	last_modified TEXT    NOT NULL DEFAULT '',
	next          BIGINT,
	last          BIGINT,
	failures      BIGINT  NOT NULL DEFAULT 0,
	failure       TEXT    NOT NULL DEFAULT '',
	import        TEXT    NOT NULL DEFAULT '',
	created       BIGINT  NOT NULL,
	version       BIGINT  NOT NULL DEFAULT 1
);
CREATE INDEX kengine_source_next ON kengine_source (next) WHERE active;

-- +goose Down
DROP TABLE kengine_source;
DROP TABLE kengine_conflict;
DROP TABLE kengine_assertion;
DROP TABLE kengine_affected;
DROP TABLE kengine_alias;
DROP TABLE kengine_origin;
DROP TABLE kengine_report;
DROP TABLE kengine_refusal;
DROP TABLE kengine_import;
