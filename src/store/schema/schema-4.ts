// Schema 4: groups of runs that share caps, and whose login a run's model calls go out with. A batch is named by the first run of it.
export const SCHEMA_4 = `
ALTER TABLE runs ADD COLUMN group_name TEXT;
ALTER TABLE runs ADD COLUMN batch TEXT;
ALTER TABLE runs ADD COLUMN auth TEXT NOT NULL DEFAULT 'key';
CREATE INDEX runs_by_group ON runs (group_name, id) WHERE group_name IS NOT NULL;
CREATE INDEX runs_live_by_group ON runs (group_name, id) WHERE group_name IS NOT NULL AND ended_at_ms IS NULL;
CREATE INDEX runs_by_batch_end ON runs (batch, ended_at_ms) WHERE batch IS NOT NULL;
`;
