-- +goose Up
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
CREATE INDEX view_subscription_view ON view_subscription (view);
CREATE INDEX view_subscription_hash ON view_subscription (hash);
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
CREATE INDEX view_delivery_subscription ON view_delivery (subscription, created_at);
CREATE INDEX view_delivery_created ON view_delivery (created_at);

-- +goose Down
DROP TABLE view_delivery;
DROP TABLE view_subscription;
DROP TABLE view_view;
