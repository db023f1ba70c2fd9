// Changes the state of runs; every statement that ends or moves one names the state it moves from.
import type { Store } from '../open.ts';
import type { PauseSource } from '../read/agents.ts';
import type { RunStatus } from '../read/runs.ts';

export interface NewRun {
  readonly id: string;
  readonly agentId: string;
  readonly task: string | null;
  readonly tier: 'confined' | 'advisory';
  /** Null when confined. */
  readonly tierReason: string | null;
  readonly agentVersion: string;
  readonly rulesHash: string;
  readonly secretHash: string;
  readonly supervised: boolean;
  readonly runUsdCap: number | null;
  readonly group: { readonly name: string; readonly batch: string } | null;
  readonly auth: 'key' | 'subscription';
  readonly runner: string;
  readonly startedAtMs: number;
}

export function insertRun(store: Store, run: NewRun): void {
  store
    .statement(
      `INSERT INTO runs (id, agent_id, task, status, tier, tier_reason, agent_version, rules_hash, secret_hash, supervised,
         run_usd_cap, group_name, batch, auth, runner, started_at_ms)
       VALUES (?, ?, ?, 'starting', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      run.id,
      run.agentId,
      run.task,
      run.tier,
      run.tierReason,
      run.agentVersion,
      run.rulesHash,
      run.secretHash,
      run.supervised ? 1 : 0,
      run.runUsdCap,
      run.group?.name ?? null,
      run.group?.batch ?? null,
      run.auth,
      run.runner,
      run.startedAtMs,
    );
}

/** The agent's tree was spawned. False when the run has ended meanwhile. */
export function attachTree(store: Store, id: string, tree: string): boolean {
  const sql = `UPDATE runs SET tree = ?, status = CASE status WHEN 'starting' THEN 'running' ELSE status END
    WHERE id = ? AND ended_at_ms IS NULL`;
  return store.statement(sql).run(tree, id).changes === 1;
}

export function pauseRunRow(
  store: Store,
  id: string,
  pause: { readonly reason: string; readonly source: PauseSource },
): boolean {
  // A pause for a missing supervisor lifts itself, so any other takes its place. That of a cap ends when the cap is raised, and an
  // agent's when the agent goes on: a person or the watchdog who pauses the run itself wants it paused all the same.
  const sql = `UPDATE runs SET status = 'paused', pause_reason = ?, pause_source = ?
    WHERE id = ? AND ended_at_ms IS NULL
      AND (status <> 'paused' OR (pause_source = 'supervisor' AND ? <> 'supervisor')
        OR (pause_source IN ('cap', 'agent') AND ? IN ('operator', 'watchdog')))`;
  const { reason, source } = pause;
  return store.statement(sql).run(reason, source, id, source, source).changes === 1;
}

/** What stood at a cap stands with its agent from now on. */
export function keepPausedWithAgent(store: Store, id: string, reason: string | null): void {
  const sql = `UPDATE runs SET pause_reason = ?, pause_source = 'agent'
    WHERE id = ? AND ended_at_ms IS NULL AND pause_source = 'cap'`;
  store.statement(sql).run(reason, id);
}

export function resumeRunRow(store: Store, id: string): boolean {
  const sql = `UPDATE runs SET status = CASE WHEN tree IS NULL THEN 'starting' ELSE 'running' END,
      pause_reason = NULL, pause_source = NULL
    WHERE id = ? AND ended_at_ms IS NULL AND status = 'paused'`;
  return store.statement(sql).run(id).changes === 1;
}

/** One statement decides which end counts. */
export function endRunRow(
  store: Store,
  id: string,
  end: {
    readonly status: RunStatus;
    readonly reason: string;
    readonly exitCode: number | null;
    readonly endedAtMs: number;
  },
): boolean {
  const sql = `UPDATE runs SET status = ?, end_reason = ?, exit_code = ?, ended_at_ms = ?
    WHERE id = ? AND ended_at_ms IS NULL`;
  return store.statement(sql).run(end.status, end.reason, end.exitCode, end.endedAtMs, id).changes === 1;
}

/** What the agent itself says of its end; kept as its own word. */
export function noteRunEnd(store: Store, id: string, note: string): boolean {
  const sql = 'UPDATE runs SET end_note = ? WHERE id = ? AND ended_at_ms IS NULL';
  return store.statement(sql).run(note, id).changes === 1;
}

export function countPendingOfRun(store: Store, id: string, by: 1 | -1): void {
  store.statement('UPDATE runs SET proposals_pending = proposals_pending + ? WHERE id = ?').run(by, id);
}
