// Records what the watchdog found and did. A pause by verdict stops the run and its agent until a person has looked.
import { readRun } from '../../store/read/runs.ts';
import type { Transaction } from '../transaction.ts';
import { killRun } from './kill-run.ts';
import { pauseAgent } from './pause-agent.ts';
import { pauseRun } from './pause-run.ts';
import { WATCHDOG } from './watchdog-actor.ts';

export interface VerdictInput {
  readonly runId: string;
  /** repeat, errors, stuck, over_budget, runner_lost, … */
  readonly rule: string;
  readonly action: 'warn' | 'pause' | 'kill';
  readonly reason: string;
  readonly evidence: Readonly<Record<string, unknown>>;
}

/** False when it changed nothing: the run had ended or was paused already. */
export function applyVerdict(tx: Transaction, verdict: VerdictInput): boolean {
  const run = readRun(tx.store, verdict.runId);
  if (run === null || run.ended_at_ms !== null) return false;
  const evidence = { rule: verdict.rule, ...verdict.evidence };
  if (verdict.action === 'kill') {
    return killRun(tx, { runId: run.id, reason: `watchdog: ${verdict.reason}`, actor: WATCHDOG });
  }
  if (verdict.action === 'pause') {
    const pause = { reason: verdict.reason, source: 'watchdog', actor: WATCHDOG } as const;
    if (!pauseRun(tx, { ...pause, runId: run.id, evidence })) return false;
    pauseAgent(tx, { ...pause, agentId: run.agent_id });
    return true;
  }
  tx.emit({
    eventType: 'watchdog_warning',
    actor: WATCHDOG,
    agentId: run.agent_id,
    runId: run.id,
    tier: run.tier,
    payload: { reason: verdict.reason, ...evidence },
  });
  return true;
}
