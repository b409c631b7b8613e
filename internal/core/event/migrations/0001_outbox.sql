-- +goose Up
CREATE TABLE event_outbox (
	id TEXT NOT NULL CONSTRAINT event_outbox_pk PRIMARY KEY,
	name TEXT NOT NULL,
	at BIGINT NOT NULL,
	body JSONB NOT NULL
);
CREATE INDEX event_outbox_at ON event_outbox (at);

CREATE TABLE event_delivery (
	event TEXT NOT NULL CONSTRAINT event_delivery_event REFERENCES event_outbox (id) ON DELETE CASCADE,
	subscriber TEXT NOT NULL,
	done BIGINT,
	CONSTRAINT event_delivery_pk PRIMARY KEY (event, subscriber)
);
CREATE INDEX event_delivery_open ON event_delivery (event) WHERE done IS NULL;
