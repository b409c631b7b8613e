-- +goose Up
-- Files of rulings from elsewhere, with what came of their rows.
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

-- +goose Down
DROP TABLE kengine_learned_file;
