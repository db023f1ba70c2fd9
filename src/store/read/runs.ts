// The state of runs.
import type { Param, Store } from '../open.ts';
import type { PauseSource } from './agents.ts';

export type RunStatus =
  | 'starting'
  | 'running'
  | 'paused'
  | 'succeeded'
  | 'failed'
  | 'timed_out'
  | 'over_budget'
  | 'killed'
  | 'lost';

export interface RunRow {
  readonly id: string;
  readonly agent_id: string;
  readonly task: string | null;
  readonly status: RunStatus;
  readonly end_reason: string | null;
  readonly end_note: string | null;
  readonly exit_code: number | null;
  readonly tier: 'confined' | 'advisory';
  /** Why it is no more than advisory; null when confined, and for runs of before it was kept. */
  readonly tier_reason: string | null;
  readonly agent_version: string;
  readonly rules_hash: string;
  readonly supervised: number;
  /** Micro-dollars; a cap of this run alone, said when it was started. */
  readonly run_usd_cap: number | null;
  /** The group whose caps it shares, and the batch of that group, named by its first run; null without a group. */
  readonly group_name: string | null;
  readonly batch: string | null;
  /** Whose login its model calls go out with: a key of the runner's, or the agent CLI's own. */
  readonly auth: 'key' | 'subscription';
  /** The runner's process as JSON: {pid, start_ticks, boot_id}. */
  readonly runner: string;
  /** The agent's process tree as JSON: {root: {pid, start_ticks, boot_id}, marker}; null until it was spawned. */
  readonly tree: string | null;
  readonly pause_reason: string | null;
  readonly pause_source: PauseSource | null;
  readonly proposals_pending: number;
  readonly started_at_ms: number;
  readonly ended_at_ms: number | null;
}

const COLUMNS = `id, agent_id, task, status, end_reason, end_note, exit_code, tier, tier_reason, agent_version, rules_hash, supervised,
  run_usd_cap, group_name, batch, auth, runner, tree, pause_reason, pause_source, proposals_pending, started_at_ms, ended_at_ms`;

export function readRun(store: Store, id: string): RunRow | null {
  return (store.statement(`SELECT ${COLUMNS} FROM runs WHERE id = ?`).get(id) as RunRow | undefined) ?? null;
}

export function readRunBySecretHash(store: Store, secretHash: string): RunRow | null {
  const sql = `SELECT ${COLUMNS} FROM runs WHERE secret_hash = ?`;
  return (store.statement(sql).get(secretHash) as RunRow | undefined) ?? null;
}

export function readLiveRuns(store: Store): RunRow[] {
  return store
    .statement(`SELECT ${COLUMNS} FROM runs WHERE ended_at_ms IS NULL ORDER BY id`)
    .all() as RunRow[];
}

export function readLiveRunsOfAgent(store: Store, agentId: string): RunRow[] {
  const sql = `SELECT ${COLUMNS} FROM runs WHERE ended_at_ms IS NULL AND agent_id = ? ORDER BY id`;
  return store.statement(sql).all(agentId) as RunRow[];
}

/** Live runs that stand still, each by itself or with its agent. */
export function readPausedRuns(store: Store): RunRow[] {
  const sql = `SELECT ${COLUMNS} FROM runs WHERE ended_at_ms IS NULL AND status = 'paused' ORDER BY id`;
  return store.statement(sql).all() as RunRow[];
}

export function countLiveRuns(store: Store): number {
  const sql = 'SELECT count(*) AS n FROM runs WHERE ended_at_ms IS NULL';
  return (store.statement(sql).get() as { n: number }).n;
}

/** The batch that the newest run of a group belongs to; null when the group has had none. */
export function readNewestBatch(store: Store, group: string): string | null {
  const sql = 'SELECT batch FROM runs WHERE group_name = ? ORDER BY id DESC LIMIT 1';
  return (store.statement(sql).get(group) as { batch: string | null } | undefined)?.batch ?? null;
}

/** Whether a run of the batch lives, or ended after a time. */
export function isBatchOn(store: Store, batch: string, endedAfterMs: number): boolean {
  const sql = `SELECT 1 FROM runs WHERE batch = ? AND ended_at_ms IS NULL
    UNION ALL SELECT 1 FROM runs WHERE batch = ? AND ended_at_ms > ? LIMIT 1`;
  return store.statement(sql).get(batch, batch, endedAfterMs) !== undefined;
}

export function countPausedRuns(store: Store): number {
  const sql = "SELECT count(*) AS n FROM runs WHERE ended_at_ms IS NULL AND status = 'paused'";
  return (store.statement(sql).get() as { n: number }).n;
}

export function countLiveAdvisoryRuns(store: Store): number {
  const sql = "SELECT count(*) AS n FROM runs WHERE ended_at_ms IS NULL AND tier = 'advisory'";
  return (store.statement(sql).get() as { n: number }).n;
}

export function countLiveRunsOfGroup(store: Store, group: string): number {
  const sql = 'SELECT count(*) AS n FROM runs WHERE group_name = ? AND ended_at_ms IS NULL';
  return (store.statement(sql).get(group) as { n: number }).n;
}

/** Live runs that a cap stopped, or whose agent one did. */
export function readRunsStoppedByCap(store: Store): RunRow[] {
  const sql = `SELECT ${COLUMNS} FROM runs WHERE ended_at_ms IS NULL AND pause_source = 'cap' ORDER BY id`;
  return store.statement(sql).all() as RunRow[];
}

/** Newest first. */
export function findRuns(
  store: Store,
  filter: {
    readonly agentId?: string | undefined;
    readonly live?: boolean | undefined;
    readonly beforeId?: string | undefined;
    readonly limit: number;
  },
): RunRow[] {
  const where: string[] = [];
  const params: Param[] = [];
  if (filter.agentId !== undefined) {
    where.push('agent_id = ?');
    params.push(filter.agentId);
  }
  if (filter.live !== undefined) where.push(`ended_at_ms IS ${filter.live ? 'NULL' : 'NOT NULL'}`);
  if (filter.beforeId !== undefined) {
    where.push('id < ?');
    params.push(filter.beforeId);
  }
  const condition = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
  const sql = `SELECT ${COLUMNS} FROM runs ${condition} ORDER BY id DESC LIMIT ?`;
  return store.statement(sql).all(...params, filter.limit) as RunRow[];
}
