// Schema 1. Events are append-only by trigger; their payloads stand in a table of their own, so that one can be purged without
// touching the chain. Balances are running totals: reading one does not grow with history.
export const SCHEMA_1 = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT;

CREATE TABLE events (
  seq INTEGER PRIMARY KEY,
  ts_ms INTEGER NOT NULL,
  event_type TEXT NOT NULL,
  agent_id TEXT,
  run_id TEXT,
  proposal_id TEXT,
  event TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_type ON events (event_type, seq);
CREATE INDEX events_by_agent ON events (agent_id, seq) WHERE agent_id IS NOT NULL;
CREATE INDEX events_by_run ON events (run_id, seq) WHERE run_id IS NOT NULL;
CREATE INDEX events_by_proposal ON events (proposal_id, seq) WHERE proposal_id IS NOT NULL;
CREATE TRIGGER events_never_change BEFORE UPDATE ON events
  BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER events_never_go BEFORE DELETE ON events
  BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

CREATE TABLE event_payloads (
  seq INTEGER PRIMARY KEY REFERENCES events (seq),
  salt TEXT NOT NULL,
  payload TEXT NOT NULL
) STRICT;
CREATE TRIGGER event_payloads_never_change BEFORE UPDATE ON event_payloads
  BEGIN SELECT RAISE(ABORT, 'payloads of events are append-only'); END;
CREATE TRIGGER event_payloads_never_go BEFORE DELETE ON event_payloads
  BEGIN SELECT RAISE(ABORT, 'payloads of events are append-only'); END;

CREATE TABLE rule_sets (
  hash TEXT PRIMARY KEY,
  accepted_at_ms INTEGER NOT NULL,
  accepted_by TEXT NOT NULL
) WITHOUT ROWID, STRICT;
CREATE TABLE rule_files (
  rules_hash TEXT NOT NULL REFERENCES rule_sets (hash),
  path TEXT NOT NULL,
  executable INTEGER NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (rules_hash, path)
) WITHOUT ROWID, STRICT;

CREATE TABLE agents (
  id TEXT PRIMARY KEY,
  status TEXT NOT NULL DEFAULT 'ok',
  pause_reason TEXT,
  pause_source TEXT,
  status_since_ms INTEGER NOT NULL,
  tier TEXT,
  runs INTEGER NOT NULL DEFAULT 0,
  runs_live INTEGER NOT NULL DEFAULT 0,
  proposals INTEGER NOT NULL DEFAULT 0,
  proposals_pending INTEGER NOT NULL DEFAULT 0,
  proposals_approved INTEGER NOT NULL DEFAULT 0,
  proposals_refused INTEGER NOT NULL DEFAULT 0,
  pauses INTEGER NOT NULL DEFAULT 0,
  flags INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID, STRICT;

CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  agent_id TEXT NOT NULL REFERENCES agents (id),
  task TEXT,
  status TEXT NOT NULL,
  end_reason TEXT,
  end_note TEXT,
  exit_code INTEGER,
  tier TEXT NOT NULL,
  agent_version TEXT NOT NULL,
  rules_hash TEXT NOT NULL,
  secret_hash TEXT NOT NULL UNIQUE,
  supervised INTEGER NOT NULL,
  run_usd_cap INTEGER,
  runner TEXT NOT NULL,
  tree TEXT,
  pause_reason TEXT,
  pause_source TEXT,
  proposals_pending INTEGER NOT NULL DEFAULT 0,
  started_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER
) WITHOUT ROWID, STRICT;
CREATE INDEX runs_by_agent ON runs (agent_id, id);
CREATE INDEX runs_live ON runs (id) WHERE ended_at_ms IS NULL;
CREATE INDEX runs_live_by_agent ON runs (agent_id, id) WHERE ended_at_ms IS NULL;

CREATE TABLE proposals (
  id TEXT PRIMARY KEY,
  run_id TEXT REFERENCES runs (id),
  agent_id TEXT,
  action_type TEXT NOT NULL,
  payload TEXT NOT NULL,
  payload_hash TEXT NOT NULL,
  original_payload TEXT,
  original_payload_hash TEXT,
  expected_outcome TEXT NOT NULL,
  rationale TEXT,
  reversible INTEGER,
  requires_approval INTEGER,
  expected_cost_micro_usd INTEGER,
  links TEXT NOT NULL,
  client_data TEXT NOT NULL,
  idempotency_key TEXT,
  request_hash TEXT NOT NULL,
  tier TEXT,
  effect TEXT NOT NULL,
  rule TEXT NOT NULL,
  reasons TEXT NOT NULL,
  severity TEXT NOT NULL,
  executor TEXT,
  status TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  decided_at_ms INTEGER,
  decided_by_kind TEXT,
  decided_by_id TEXT,
  decided_via TEXT,
  note TEXT,
  final INTEGER NOT NULL DEFAULT 0,
  executing_at_ms INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0,
  outcome TEXT,
  outcome_by TEXT,
  outcome_detail TEXT,
  outcome_cost_micro_usd INTEGER,
  outcome_at_ms INTEGER
) STRICT;
CREATE INDEX proposals_by_status ON proposals (status, id);
CREATE INDEX proposals_pending_expiry ON proposals (expires_at_ms) WHERE status = 'pending';
CREATE INDEX proposals_by_agent ON proposals (agent_id, id) WHERE agent_id IS NOT NULL;
CREATE INDEX proposals_by_agent_status ON proposals (agent_id, status, id) WHERE agent_id IS NOT NULL;
CREATE INDEX proposals_by_run ON proposals (run_id, id) WHERE run_id IS NOT NULL;
CREATE INDEX proposals_by_run_status ON proposals (run_id, status, id) WHERE run_id IS NOT NULL;
CREATE INDEX proposals_rejected_for_good ON proposals (run_id, action_type) WHERE status = 'rejected' AND final = 1;
CREATE INDEX proposals_outbox ON proposals (id)
  WHERE status IN ('approved', 'auto-approved') AND executor IS NOT NULL;
CREATE INDEX proposals_unfinished ON proposals (id)
  WHERE status IN ('approved', 'executing', 'auto-approved') AND (status <> 'auto-approved' OR executor IS NOT NULL);
CREATE UNIQUE INDEX proposals_idempotent ON proposals (ifnull(run_id, ''), idempotency_key)
  WHERE idempotency_key IS NOT NULL;

CREATE TABLE tool_calls (
  id TEXT PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES runs (id),
  tool TEXT NOT NULL,
  input_hash TEXT NOT NULL,
  verdict TEXT NOT NULL,
  proposal_id TEXT,
  created_at_ms INTEGER NOT NULL,
  result TEXT,
  result_at_ms INTEGER
) WITHOUT ROWID, STRICT;

CREATE TABLE balances (
  scope TEXT PRIMARY KEY,
  posted_usd INTEGER NOT NULL DEFAULT 0,
  posted_tokens INTEGER NOT NULL DEFAULT 0,
  posted_llm_calls INTEGER NOT NULL DEFAULT 0,
  posted_tool_calls INTEGER NOT NULL DEFAULT 0,
  reserved_usd INTEGER NOT NULL DEFAULT 0 CHECK (reserved_usd >= 0),
  reserved_tokens INTEGER NOT NULL DEFAULT 0 CHECK (reserved_tokens >= 0),
  reserved_llm_calls INTEGER NOT NULL DEFAULT 0 CHECK (reserved_llm_calls >= 0),
  reserved_tool_calls INTEGER NOT NULL DEFAULT 0 CHECK (reserved_tool_calls >= 0),
  month TEXT NOT NULL DEFAULT '',
  month_usd INTEGER NOT NULL DEFAULT 0,
  month_tokens INTEGER NOT NULL DEFAULT 0,
  month_llm_calls INTEGER NOT NULL DEFAULT 0,
  month_tool_calls INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID, STRICT;
CREATE TABLE balance_buckets (
  scope TEXT NOT NULL,
  bucket INTEGER NOT NULL,
  usd INTEGER NOT NULL DEFAULT 0,
  tokens INTEGER NOT NULL DEFAULT 0,
  llm_calls INTEGER NOT NULL DEFAULT 0,
  tool_calls INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (scope, bucket)
) WITHOUT ROWID, STRICT;

CREATE TABLE reservations (
  id TEXT PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES runs (id),
  agent_id TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  usd INTEGER NOT NULL,
  tokens INTEGER NOT NULL,
  price TEXT NOT NULL,
  status TEXT NOT NULL,
  posted_usd INTEGER,
  posted_tokens INTEGER,
  usage TEXT,
  outcome TEXT,
  created_at_ms INTEGER NOT NULL,
  closed_at_ms INTEGER,
  UNIQUE (run_id, idempotency_key)
) WITHOUT ROWID, STRICT;
CREATE INDEX reservations_open ON reservations (run_id) WHERE status = 'open';

CREATE TABLE charges (
  id TEXT PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES runs (id),
  agent_id TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  usd INTEGER NOT NULL,
  tokens INTEGER NOT NULL,
  tool TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  UNIQUE (run_id, idempotency_key)
) WITHOUT ROWID, STRICT;

CREATE TABLE cap_raises (
  scope TEXT NOT NULL,
  cap TEXT NOT NULL,
  -- What the accepted rules said when it was raised: a raise holds until they say something else.
  raised_from INTEGER NOT NULL,
  cap_limit INTEGER NOT NULL,
  raised_at_ms INTEGER NOT NULL,
  PRIMARY KEY (scope, cap)
) WITHOUT ROWID, STRICT;
CREATE TABLE cap_warnings (
  scope TEXT NOT NULL,
  cap TEXT NOT NULL,
  period_key TEXT NOT NULL,
  warned_at REAL NOT NULL,
  PRIMARY KEY (scope, cap)
) WITHOUT ROWID, STRICT;

CREATE TABLE session_codes (
  code_hash TEXT PRIMARY KEY,
  expires_at_ms INTEGER NOT NULL,
  used_at_ms INTEGER
) WITHOUT ROWID, STRICT;
CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  cookie_hash TEXT NOT NULL UNIQUE,
  secret_hash TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
`;
