// Schema 2: the actions that rules with a rate count. Rows are written only while such a rule is in force, and go when no window
// reaches back to them.
export const SCHEMA_2 = `
CREATE TABLE counted_actions (
  id INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  agent_id TEXT,
  action TEXT NOT NULL
) STRICT;
CREATE INDEX counted_actions_by_time ON counted_actions (at_ms);
CREATE INDEX counted_actions_by_agent ON counted_actions (agent_id, at_ms);
CREATE INDEX counted_actions_by_action ON counted_actions (action, at_ms);
CREATE INDEX counted_actions_by_agent_action ON counted_actions (agent_id, action, at_ms);
`;
