-- All tables of noroshi, as the embedded database holds them. Made by: go test ./internal/app -run Golden -update

CREATE TABLE audit_checkpoint (
	size BIGINT NOT NULL CONSTRAINT audit_checkpoint_pk PRIMARY KEY,
	at   BIGINT NOT NULL,
	note TEXT   NOT NULL
);

CREATE TABLE audit_detail (
	n     BIGINT NOT NULL,
	key   TEXT   NOT NULL,
	salt  BYTEA  NOT NULL,
	value TEXT   NOT NULL,
	CONSTRAINT audit_detail_pk PRIMARY KEY (n, key)
);

CREATE TABLE audit_entry (
	n          BIGINT NOT NULL CONSTRAINT audit_entry_pk PRIMARY KEY,
	at         BIGINT NOT NULL,
	actor_kind TEXT   NOT NULL,
	actor_id   TEXT   NOT NULL,
	room       TEXT   NOT NULL,
	op         TEXT   NOT NULL,
	object     TEXT   NOT NULL,
	outcome    TEXT   NOT NULL,
	request    TEXT   NOT NULL,
	leaf       TEXT   NOT NULL
);

CREATE INDEX audit_entry_actor ON audit_entry (actor_id, n);

CREATE INDEX audit_entry_object ON audit_entry (object, n);

CREATE INDEX audit_entry_room ON audit_entry (room, op, n);

CREATE TABLE audit_hash (
	i    BIGINT NOT NULL CONSTRAINT audit_hash_pk PRIMARY KEY,
	hash BYTEA  NOT NULL
);

CREATE TABLE audit_head (
	id   BIGINT NOT NULL CONSTRAINT audit_head_pk PRIMARY KEY CONSTRAINT audit_head_one CHECK (id = 1),
	size BIGINT NOT NULL CONSTRAINT audit_head_size CHECK (size >= 0)
);

CREATE TABLE event_delivery (
	event TEXT NOT NULL CONSTRAINT event_delivery_event REFERENCES event_outbox (id) ON DELETE CASCADE,
	subscriber TEXT NOT NULL,
	done BIGINT,
	CONSTRAINT event_delivery_pk PRIMARY KEY (event, subscriber)
);

CREATE INDEX event_delivery_open ON event_delivery (event) WHERE done IS NULL;

CREATE TABLE event_outbox (
	id TEXT NOT NULL CONSTRAINT event_outbox_pk PRIMARY KEY,
	name TEXT NOT NULL,
	at BIGINT NOT NULL,
	body JSONB NOT NULL
);

CREATE INDEX event_outbox_at ON event_outbox (at);

CREATE TABLE identity_challenge (
	hash       BYTEA  NOT NULL CONSTRAINT identity_challenge_pk PRIMARY KEY,
	kind       TEXT   NOT NULL,
	person     TEXT   NOT NULL,
	data       JSONB  NOT NULL,
	expires_at BIGINT NOT NULL
);

CREATE INDEX identity_challenge_expiry ON identity_challenge (expires_at);

CREATE TABLE identity_link (
	hash           BYTEA  NOT NULL CONSTRAINT identity_link_pk PRIMARY KEY,
	id             TEXT   NOT NULL CONSTRAINT identity_link_id UNIQUE,
	kind           TEXT   NOT NULL CONSTRAINT identity_link_kind CHECK (kind IN ('first', 'sign_in', 'invitation')),
	person         TEXT   NOT NULL,
	login          TEXT   NOT NULL,
	organisation   TEXT   NOT NULL,
	roles          JSONB  NOT NULL,
	instance_roles JSONB  NOT NULL,
	created_by     TEXT   NOT NULL,
	created_at     BIGINT NOT NULL,
	expires_at     BIGINT NOT NULL
);

CREATE INDEX identity_link_organisation ON identity_link (organisation, created_at);

CREATE TABLE identity_member (
	person       TEXT   NOT NULL REFERENCES identity_person (id) ON DELETE CASCADE,
	organisation TEXT   NOT NULL REFERENCES identity_organisation (id) ON DELETE CASCADE,
	roles        JSONB  NOT NULL,
	created_at   BIGINT NOT NULL,
	CONSTRAINT identity_member_pk PRIMARY KEY (person, organisation)
);

CREATE INDEX identity_member_organisation ON identity_member (organisation, person);

CREATE TABLE identity_organisation (
	id         TEXT   NOT NULL CONSTRAINT identity_organisation_pk PRIMARY KEY,
	name       TEXT   NOT NULL,
	canonical  TEXT   NOT NULL CONSTRAINT identity_organisation_canonical UNIQUE,
	created_at BIGINT NOT NULL,
	closed_at  BIGINT
);

CREATE TABLE identity_outside (
	issuer     TEXT   NOT NULL,
	subject    TEXT   NOT NULL,
	person     TEXT   NOT NULL REFERENCES identity_person (id) ON DELETE CASCADE,
	created_at BIGINT NOT NULL,
	CONSTRAINT identity_outside_pk PRIMARY KEY (issuer, subject)
);

CREATE INDEX identity_outside_person ON identity_outside (person);

CREATE TABLE identity_passkey (
	id         TEXT   NOT NULL CONSTRAINT identity_passkey_pk PRIMARY KEY,
	person     TEXT   NOT NULL REFERENCES identity_person (id) ON DELETE CASCADE,
	key_id     BYTEA  NOT NULL CONSTRAINT identity_passkey_key UNIQUE,
	credential JSONB  NOT NULL,
	name       TEXT   NOT NULL,
	created_at BIGINT NOT NULL,
	used_at    BIGINT
);

CREATE INDEX identity_passkey_person ON identity_passkey (person);

CREATE TABLE identity_password (
	person TEXT   NOT NULL CONSTRAINT identity_password_pk PRIMARY KEY REFERENCES identity_person (id) ON DELETE CASCADE,
	hash   TEXT   NOT NULL,
	at     BIGINT NOT NULL
);

CREATE TABLE identity_person (
	id             TEXT    NOT NULL CONSTRAINT identity_person_pk PRIMARY KEY,
	login          TEXT    NOT NULL,
	canonical      TEXT    NOT NULL CONSTRAINT identity_person_canonical UNIQUE,
	name           TEXT    NOT NULL,
	lang           TEXT    NOT NULL,
	zone           TEXT    NOT NULL,
	theme          TEXT    NOT NULL,
	compact        BOOLEAN NOT NULL,
	no_keys        BOOLEAN NOT NULL,
	instance_roles JSONB   NOT NULL,
	created_at     BIGINT  NOT NULL,
	disabled_at    BIGINT,
	signed_in_at   BIGINT,
	version        BIGINT  NOT NULL
);

CREATE TABLE identity_recovery (
	hash    BYTEA  NOT NULL CONSTRAINT identity_recovery_pk PRIMARY KEY,
	person  TEXT   NOT NULL REFERENCES identity_person (id) ON DELETE CASCADE,
	used_at BIGINT
);

CREATE INDEX identity_recovery_person ON identity_recovery (person);

CREATE TABLE identity_session (
	id               TEXT   NOT NULL CONSTRAINT identity_session_pk PRIMARY KEY,
	hash             BYTEA  NOT NULL CONSTRAINT identity_session_hash UNIQUE,
	person           TEXT   NOT NULL REFERENCES identity_person (id) ON DELETE CASCADE,
	organisation     TEXT   NOT NULL,
	method           TEXT   NOT NULL,
	address          TEXT   NOT NULL,
	agent            TEXT   NOT NULL,
	created_at       BIGINT NOT NULL,
	seen_at          BIGINT NOT NULL,
	authenticated_at BIGINT NOT NULL,
	expires_at       BIGINT NOT NULL
);

CREATE INDEX identity_session_person ON identity_session (person, created_at);

CREATE TABLE identity_token (
	id           TEXT   NOT NULL CONSTRAINT identity_token_pk PRIMARY KEY,
	hash         BYTEA  NOT NULL CONSTRAINT identity_token_hash UNIQUE,
	person       TEXT   NOT NULL REFERENCES identity_person (id) ON DELETE CASCADE,
	organisation TEXT   NOT NULL REFERENCES identity_organisation (id) ON DELETE CASCADE,
	name         TEXT   NOT NULL,
	scopes       JSONB  NOT NULL,
	created_at   BIGINT NOT NULL,
	expires_at   BIGINT NOT NULL,
	used_at      BIGINT
);

CREATE INDEX identity_token_person ON identity_token (person, created_at);

CREATE TABLE identity_totp (
	person    TEXT    NOT NULL CONSTRAINT identity_totp_pk PRIMARY KEY REFERENCES identity_person (id) ON DELETE CASCADE,
	sealed    BYTEA   NOT NULL,
	confirmed BOOLEAN NOT NULL,
	last_step BIGINT  NOT NULL,
	at        BIGINT  NOT NULL
);

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

CREATE TABLE kengine_alias (
	alias  TEXT PRIMARY KEY,
	report TEXT NOT NULL
);

CREATE INDEX kengine_alias_report ON kengine_alias (report);

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

CREATE TABLE kengine_candidate (
	id           TEXT   PRIMARY KEY,
	organisation TEXT   NOT NULL,
	decision     TEXT   NOT NULL,
	base         TEXT   NOT NULL,
	model        TEXT   NOT NULL DEFAULT '',
	cases        BIGINT NOT NULL,
	history      TEXT   NOT NULL,
	evidence     JSONB  NOT NULL,
	created      BIGINT NOT NULL
);

CREATE INDEX kengine_candidate_decision ON kengine_candidate (organisation, decision, created DESC, id DESC);

CREATE INDEX kengine_candidate_model ON kengine_candidate (model);

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

CREATE TABLE kengine_drift (
	organisation TEXT   NOT NULL,
	decision     TEXT   NOT NULL,
	since        BIGINT NOT NULL,
	ended        BIGINT,
	PRIMARY KEY (organisation, decision, since)
);

CREATE TABLE kengine_fact (
	organisation TEXT   NOT NULL,
	key          TEXT   NOT NULL,
	source       TEXT   NOT NULL,
	created      BIGINT NOT NULL,
	actor        TEXT   NOT NULL,
	PRIMARY KEY (organisation, key)
);

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

CREATE INDEX kengine_import_sha256 ON kengine_import (sha256);

CREATE INDEX kengine_import_started ON kengine_import (started, id);

CREATE TABLE kengine_learned_case (
	id           TEXT   PRIMARY KEY,
	organisation TEXT   NOT NULL,
	decision     TEXT   NOT NULL,
	digest       TEXT   NOT NULL,
	name         TEXT   NOT NULL DEFAULT '',
	inputs       JSONB  NOT NULL,
	outcome      TEXT   NOT NULL,
	analyst      TEXT   NOT NULL DEFAULT '',
	source       TEXT   NOT NULL DEFAULT '',
	at           BIGINT,
	created      BIGINT NOT NULL,
	CONSTRAINT kengine_learned_case_digest UNIQUE (organisation, decision, digest)
);

CREATE TABLE kengine_learned_file (
	id           TEXT   PRIMARY KEY,
	organisation TEXT   NOT NULL,
	decision     TEXT   NOT NULL,
	name         TEXT   NOT NULL DEFAULT '',
	added        BIGINT NOT NULL,
	same         BIGINT NOT NULL,
	refused      BIGINT NOT NULL,
	refusals     JSONB  NOT NULL,
	ignored      JSONB  NOT NULL,
	actor        TEXT   NOT NULL,
	created      BIGINT NOT NULL
);

CREATE INDEX kengine_learned_file_created ON kengine_learned_file (organisation, created DESC, id DESC);

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

CREATE TABLE kengine_note (
	id     TEXT   PRIMARY KEY,
	task   TEXT   NOT NULL REFERENCES kengine_task (id) ON DELETE CASCADE,
	at     BIGINT NOT NULL,
	actor  TEXT   NOT NULL,
	text   TEXT   NOT NULL
);

CREATE INDEX kengine_note_task ON kengine_note (task, at, id);

CREATE TABLE kengine_origin (
	report   TEXT   NOT NULL,
	kind     TEXT   NOT NULL,
	digest   TEXT   NOT NULL,
	modified BIGINT,
	head     JSONB  NOT NULL,
	body     JSONB  NOT NULL,
	PRIMARY KEY (report, kind)
);

CREATE TABLE kengine_policy (
	organisation TEXT   PRIMARY KEY,
	policy       JSONB  NOT NULL,
	updated      BIGINT NOT NULL,
	version      BIGINT NOT NULL DEFAULT 1
);

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

CREATE INDEX kengine_report_conflicts ON kengine_report (updated DESC, id DESC) WHERE conflicts > 0;

CREATE INDEX kengine_report_cvss ON kengine_report (cvss DESC, id DESC);

CREATE INDEX kengine_report_exploitation ON kengine_report ((facts ->> 'ssvc:E:1.1.0'), id);

CREATE INDEX kengine_report_kev ON kengine_report (updated DESC, id DESC) WHERE kev;

CREATE INDEX kengine_report_published ON kengine_report (published DESC, id DESC);

CREATE INDEX kengine_report_received ON kengine_report (received);

CREATE INDEX kengine_report_updated ON kengine_report (updated DESC, id DESC);

CREATE VIRTUAL TABLE kengine_report_fts USING fts5 (tokens, content='', contentless_delete=1, tokenize='ascii');

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

CREATE INDEX kengine_ruling_stat ON kengine_ruling (organisation, at, decision, reason, id);

CREATE INDEX kengine_ruling_task ON kengine_ruling (task, at);

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

CREATE TABLE kengine_stamp (
	organisation TEXT   PRIMARY KEY,
	n            BIGINT NOT NULL
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
, gone BIGINT);

CREATE INDEX kengine_tag_organisation ON kengine_tag (organisation, name, id);

CREATE INDEX kengine_tag_origin ON kengine_tag (organisation, origin);

CREATE TABLE kengine_tag_match (
	tag    TEXT NOT NULL REFERENCES kengine_tag (id) ON DELETE CASCADE,
	report TEXT NOT NULL,
	reason TEXT NOT NULL,
	PRIMARY KEY (tag, report)
);

CREATE INDEX kengine_tag_match_report ON kengine_tag_match (report);

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

CREATE INDEX kengine_task_due ON kengine_task (organisation, due_sort, id) WHERE rest = 0;

CREATE INDEX kengine_task_list ON kengine_task (organisation, rest, urgency, due_sort, id, report, state, outcome);

CREATE INDEX kengine_task_owner ON kengine_task (organisation, owner, rest, urgency, due_sort, id) WHERE owner <> '';

CREATE INDEX kengine_task_ruling ON kengine_task (ruling, created) WHERE ruling <> '';

CREATE INDEX kengine_task_stat ON kengine_task (organisation, created, decision, outcome, ruled, state, rest);

CREATE INDEX kengine_task_updated ON kengine_task (organisation, updated DESC, id DESC);

CREATE TABLE view_delivery (
	id           TEXT   NOT NULL CONSTRAINT view_delivery_pk PRIMARY KEY,
	subscription TEXT   NOT NULL REFERENCES view_subscription (id) ON DELETE CASCADE,
	body         TEXT   NOT NULL,
	state        TEXT   NOT NULL CONSTRAINT view_delivery_state CHECK (state IN ('pending', 'sent', 'failed')),
	tries        BIGINT NOT NULL,
	status       BIGINT NOT NULL,
	reason       TEXT   NOT NULL,
	created_at   BIGINT NOT NULL,
	tried_at     BIGINT
);

CREATE INDEX view_delivery_created ON view_delivery (created_at);

CREATE INDEX view_delivery_subscription ON view_delivery (subscription, created_at);

CREATE TABLE view_subscription (
	id           TEXT   NOT NULL CONSTRAINT view_subscription_pk PRIMARY KEY,
	view         TEXT   NOT NULL REFERENCES view_view (id) ON DELETE CASCADE,
	kind         TEXT   NOT NULL CONSTRAINT view_subscription_kind CHECK (kind IN ('atom', 'webhook')),
	person       TEXT   NOT NULL,
	organisation TEXT   NOT NULL,
	hash         BYTEA  NOT NULL,
	url          TEXT   NOT NULL,
	sealed       BYTEA  NOT NULL,
	created_at   BIGINT NOT NULL
);

CREATE INDEX view_subscription_hash ON view_subscription (hash);

CREATE INDEX view_subscription_view ON view_subscription (view);

CREATE TABLE view_view (
	id           TEXT    NOT NULL CONSTRAINT view_view_pk PRIMARY KEY,
	path         TEXT    NOT NULL,
	name         TEXT    NOT NULL,
	query        TEXT    NOT NULL,
	person       TEXT    NOT NULL,
	organisation TEXT    NOT NULL,
	team         BOOLEAN NOT NULL,
	created_at   BIGINT  NOT NULL
);

CREATE INDEX view_view_path ON view_view (organisation, path, team, created_at);
