-- +goose Up
CREATE TABLE audit_head (
	id   BIGINT NOT NULL CONSTRAINT audit_head_pk PRIMARY KEY CONSTRAINT audit_head_one CHECK (id = 1),
	size BIGINT NOT NULL CONSTRAINT audit_head_size CHECK (size >= 0)
);
INSERT INTO audit_head (id, size) VALUES (1, 0);
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
CREATE TABLE audit_detail (
	n     BIGINT NOT NULL,
	key   TEXT   NOT NULL,
	salt  BYTEA  NOT NULL,
	value TEXT   NOT NULL,
	CONSTRAINT audit_detail_pk PRIMARY KEY (n, key)
);
CREATE TABLE audit_hash (
	i    BIGINT NOT NULL CONSTRAINT audit_hash_pk PRIMARY KEY,
	hash BYTEA  NOT NULL
);
CREATE TABLE audit_checkpoint (
	size BIGINT NOT NULL CONSTRAINT audit_checkpoint_pk PRIMARY KEY,
	at   BIGINT NOT NULL,
	note TEXT   NOT NULL
);

-- +goose Down
DROP TABLE audit_checkpoint;
DROP TABLE audit_hash;
DROP TABLE audit_detail;
DROP TABLE audit_entry;
DROP TABLE audit_head;
