-- +goose Up
CREATE TABLE kengine_fact (
	organisation TEXT   NOT NULL,
	key          TEXT   NOT NULL,
	source       TEXT   NOT NULL,
	created      BIGINT NOT NULL,
	actor        TEXT   NOT NULL,
	PRIMARY KEY (organisation, key)
);

CREATE TABLE kengine_tag (
	id           TEXT    PRIMARY KEY,
	organisation TEXT    NOT NULL,
	name         TEXT    NOT NULL,
	vendor       TEXT    NOT NULL DEFAULT '',
	product      TEXT    NOT NULL DEFAULT '',
	cpe          TEXT    NOT NULL DEFAULT '',
	purl         TEXT    NOT NULL DEFAULT '',
	release      TEXT    NOT NULL DEFAULT '',
	criticality  TEXT    NOT NULL DEFAULT '',
	exposure     TEXT    NOT NULL DEFAULT '',
	owner        TEXT    NOT NULL DEFAULT '',
	facts        JSONB   NOT NULL,
	origin       TEXT    NOT NULL DEFAULT '',
	active       BOOLEAN NOT NULL DEFAULT TRUE,
	created      BIGINT  NOT NULL,
	updated      BIGINT  NOT NULL,
	version      BIGINT  NOT NULL DEFAULT 1
);
CREATE INDEX kengine_tag_organisation ON kengine_tag (organisation, name, id);

CREATE TABLE kengine_tag_match (
	tag    TEXT NOT NULL REFERENCES kengine_tag (id) ON DELETE CASCADE,
	report TEXT NOT NULL,
	reason TEXT NOT NULL,
	PRIMARY KEY (tag, report)
);
CREATE INDEX kengine_tag_match_report ON kengine_tag_match (report);

CREATE TABLE kengine_set (
	id           TEXT   PRIMARY KEY,
	organisation TEXT   NOT NULL,
	name         TEXT   NOT NULL,
	condition    TEXT   NOT NULL DEFAULT '',
	facts        JSONB  NOT NULL,
	justification TEXT  NOT NULL DEFAULT '',
	position     BIGINT NOT NULL DEFAULT 0,
	created      BIGINT NOT NULL,
	updated      BIGINT NOT NULL,
	version      BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX kengine_set_organisation ON kengine_set (organisation, position, id);

CREATE TABLE kengine_policy (
	organisation TEXT   PRIMARY KEY,
	policy       JSONB  NOT NULL,
	updated      BIGINT NOT NULL,
	version      BIGINT NOT NULL DEFAULT 1
);

CREATE TABLE kengine_model (
	id           TEXT   PRIMARY KEY,
	organisation TEXT   NOT NULL,
	key          TEXT   NOT NULL,
	version      BIGINT NOT NULL,
	status       TEXT   NOT NULL CONSTRAINT kengine_model_status CHECK (status IN ('draft', 'active', 'retired')),
	name_ja      TEXT   NOT NULL DEFAULT '',
	name_en      TEXT   NOT NULL DEFAULT '',
	source       TEXT   NOT NULL,
	digest       TEXT   NOT NULL,
	origin       TEXT   NOT NULL DEFAULT '',
	creator      TEXT   NOT NULL,
	created      BIGINT NOT NULL,
	updated      BIGINT NOT NULL,
	approver     TEXT   NOT NULL DEFAULT '',
	activated    BIGINT,
	retired      BIGINT,
	edit         BIGINT NOT NULL DEFAULT 1,
	CONSTRAINT kengine_model_version UNIQUE (organisation, key, version)
);
CREATE UNIQUE INDEX kengine_model_active ON kengine_model (organisation, key) WHERE status = 'active';

CREATE TABLE kengine_task (
	id           TEXT    PRIMARY KEY,
	organisation TEXT    NOT NULL,
	report       TEXT    NOT NULL,
	decision     TEXT    NOT NULL,
	model        TEXT    NOT NULL,
	possible     BIGINT  NOT NULL,
	outcomes     TEXT    NOT NULL DEFAULT '',
	outcome      TEXT    NOT NULL DEFAULT '',
	rank         BIGINT  NOT NULL,
	priority     BIGINT,
	urgency      BIGINT  NOT NULL,
	state        TEXT    NOT NULL CONSTRAINT kengine_task_state CHECK (state IN ('open', 'todo', 'doing', 'done', 'closed')),
	rest         BIGINT  NOT NULL,
	cause        TEXT    NOT NULL DEFAULT '',
	owner        TEXT    NOT NULL DEFAULT '',
	due          BIGINT,
	due_sort     BIGINT  NOT NULL,
	due_set      BOOLEAN NOT NULL DEFAULT FALSE,
	inputs       JSONB   NOT NULL,
	ruling       TEXT    NOT NULL DEFAULT '',
	ruled        TEXT    NOT NULL DEFAULT '',
	deviates     BOOLEAN NOT NULL DEFAULT FALSE,
	changed      BOOLEAN NOT NULL DEFAULT FALSE,
	created      BIGINT  NOT NULL,
	updated      BIGINT  NOT NULL,
	version      BIGINT  NOT NULL DEFAULT 1,
	CONSTRAINT kengine_task_decision UNIQUE (report, organisation, decision)
);
-- The list is walked in this order and filtered by the last three columns without
-- looking at the rows themselves.
CREATE INDEX kengine_task_list ON kengine_task (organisation, rest, urgency, due_sort, id, report, state, outcome);
CREATE INDEX kengine_task_owner ON kengine_task (organisation, owner, rest, urgency, due_sort, id) WHERE owner <> '';
CREATE INDEX kengine_task_due ON kengine_task (organisation, due_sort, id) WHERE rest = 0;
CREATE INDEX kengine_task_updated ON kengine_task (organisation, updated DESC, id DESC);

CREATE TABLE kengine_ruling (
	id           TEXT    PRIMARY KEY,
	organisation TEXT    NOT NULL,
	task         TEXT    NOT NULL REFERENCES kengine_task (id) ON DELETE CASCADE,
	report       TEXT    NOT NULL,
	decision     TEXT    NOT NULL,
	model        TEXT    NOT NULL,
	recommended  TEXT    NOT NULL,
	outcome      TEXT    NOT NULL,
	reason       TEXT    NOT NULL,
	note         TEXT    NOT NULL DEFAULT '',
	inputs       JSONB   NOT NULL,
	actor        TEXT    NOT NULL,
	at           BIGINT  NOT NULL,
	undone       BIGINT
);
CREATE INDEX kengine_ruling_decision ON kengine_ruling (organisation, decision, at DESC, id DESC);
CREATE INDEX kengine_ruling_task ON kengine_ruling (task, at);

CREATE TABLE kengine_history (
	id     TEXT   PRIMARY KEY,
	task   TEXT   NOT NULL REFERENCES kengine_task (id) ON DELETE CASCADE,
	at     BIGINT NOT NULL,
	actor  TEXT   NOT NULL,
	what   TEXT   NOT NULL,
	before JSONB  NOT NULL,
	after  JSONB  NOT NULL,
	undone BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX kengine_history_task ON kengine_history (task, at, id);

CREATE TABLE kengine_note (
	id     TEXT   PRIMARY KEY,
	task   TEXT   NOT NULL REFERENCES kengine_task (id) ON DELETE CASCADE,
	at     BIGINT NOT NULL,
	actor  TEXT   NOT NULL,
	text   TEXT   NOT NULL
);
CREATE INDEX kengine_note_task ON kengine_note (task, at, id);

-- One row an organisation, and one with an empty name for the world: its count
-- grows whenever models, policy, tags or sets change. Who decides locks the rows
-- first, so that a decision is never made by what is no longer in force.
CREATE TABLE kengine_stamp (
	organisation TEXT   PRIMARY KEY,
	n            BIGINT NOT NULL
);
INSERT INTO kengine_stamp (organisation, n) VALUES ('', 0);

CREATE TABLE kengine_redecide (
	organisation TEXT   PRIMARY KEY,
	state        TEXT   NOT NULL CONSTRAINT kengine_redecide_state CHECK (state IN ('queued', 'running', 'done')),
	after        TEXT   NOT NULL DEFAULT '',
	total        BIGINT NOT NULL DEFAULT 0,
	done         BIGINT NOT NULL DEFAULT 0,
	changed      BIGINT NOT NULL DEFAULT 0,
	reason       TEXT   NOT NULL DEFAULT '',
	started      BIGINT NOT NULL,
	ended        BIGINT
);

-- +goose Down
DROP TABLE kengine_redecide;
DROP TABLE kengine_stamp;
DROP TABLE kengine_note;
DROP TABLE kengine_history;
DROP TABLE kengine_ruling;
DROP TABLE kengine_task;
DROP TABLE kengine_model;
DROP TABLE kengine_policy;
DROP TABLE kengine_set;
DROP TABLE kengine_tag_match;
DROP TABLE kengine_tag;
DROP TABLE kengine_fact;
