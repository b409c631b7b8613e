-- +goose Up
-- Rulings from elsewhere, one row each; digest holds what they say and which of
-- equal rows of a file they are, so that a file imported twice adds nothing.
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

-- What was learnt about a decision. model is the draft that was made; empty: there
-- was not enough to make one of.
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

-- +goose Down
DROP TABLE kengine_candidate;
DROP TABLE kengine_learned_case;
