-- +goose Up
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
CREATE TABLE identity_password (
	person TEXT   NOT NULL CONSTRAINT identity_password_pk PRIMARY KEY REFERENCES identity_person (id) ON DELETE CASCADE,
	hash   TEXT   NOT NULL,
	at     BIGINT NOT NULL
);
CREATE TABLE identity_totp (
	person    TEXT    NOT NULL CONSTRAINT identity_totp_pk PRIMARY KEY REFERENCES identity_person (id) ON DELETE CASCADE,
	sealed    BYTEA   NOT NULL,
	confirmed BOOLEAN NOT NULL,
	last_step BIGINT  NOT NULL,
	at        BIGINT  NOT NULL
);
CREATE TABLE identity_recovery (
	hash    BYTEA  NOT NULL CONSTRAINT identity_recovery_pk PRIMARY KEY,
	person  TEXT   NOT NULL REFERENCES identity_person (id) ON DELETE CASCADE,
	used_at BIGINT
);
CREATE INDEX identity_recovery_person ON identity_recovery (person);
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
CREATE TABLE identity_outside (
	issuer     TEXT   NOT NULL,
	subject    TEXT   NOT NULL,
	person     TEXT   NOT NULL REFERENCES identity_person (id) ON DELETE CASCADE,
	created_at BIGINT NOT NULL,
	CONSTRAINT identity_outside_pk PRIMARY KEY (issuer, subject)
);
CREATE INDEX identity_outside_person ON identity_outside (person);
CREATE TABLE identity_organisation (
	id         TEXT   NOT NULL CONSTRAINT identity_organisation_pk PRIMARY KEY,
	name       TEXT   NOT NULL,
	canonical  TEXT   NOT NULL CONSTRAINT identity_organisation_canonical UNIQUE,
	created_at BIGINT NOT NULL,
	closed_at  BIGINT
);
CREATE TABLE identity_member (
	person       TEXT   NOT NULL REFERENCES identity_person (id) ON DELETE CASCADE,
	organisation TEXT   NOT NULL REFERENCES identity_organisation (id) ON DELETE CASCADE,
	roles        JSONB  NOT NULL,
	created_at   BIGINT NOT NULL,
	CONSTRAINT identity_member_pk PRIMARY KEY (person, organisation)
);
CREATE INDEX identity_member_organisation ON identity_member (organisation, person);
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

-- +goose Down
DROP TABLE identity_token;
DROP TABLE identity_link;
DROP TABLE identity_challenge;
DROP TABLE identity_session;
DROP TABLE identity_member;
DROP TABLE identity_organisation;
DROP TABLE identity_outside;
DROP TABLE identity_passkey;
DROP TABLE identity_recovery;
DROP TABLE identity_totp;
DROP TABLE identity_password;
DROP TABLE identity_person;
