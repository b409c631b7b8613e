-- +goose Up
-- The statistics read rulings and the tasks that they rule from these alone.
CREATE INDEX kengine_task_ruling ON kengine_task (ruling, created) WHERE ruling <> '';
CREATE INDEX kengine_ruling_stat ON kengine_ruling (organisation, at, decision, reason, id);
DROP INDEX kengine_ruling_at;

-- +goose Down
CREATE INDEX kengine_ruling_at ON kengine_ruling (organisation, at);
DROP INDEX kengine_ruling_stat;
DROP INDEX kengine_task_ruling;
