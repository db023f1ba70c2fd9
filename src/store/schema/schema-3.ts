// Schema 3: standing approvals. A use is counted in the row itself, which can hold no more of them than were granted.
export const SCHEMA_3 = `
CREATE TABLE grants (
  id TEXT PRIMARY KEY,
  action TEXT NOT NULL,
  resource TEXT,
  agent_id TEXT,
  run_id TEXT,
  conditions TEXT,
  irreversible INTEGER NOT NULL,
  uses INTEGER NOT NULL,
  used INTEGER NOT NULL DEFAULT 0 CHECK (used <= uses),
  usd INTEGER,
  used_usd INTEGER NOT NULL DEFAULT 0,
  until_ms INTEGER NOT NULL,
  note TEXT,
  created_at_ms INTEGER NOT NULL,
  created_by TEXT,
  revoked_at_ms INTEGER
) WITHOUT ROWID, STRICT;
CREATE INDEX grants_open ON grants (until_ms, id) WHERE revoked_at_ms IS NULL AND used < uses;
`;
