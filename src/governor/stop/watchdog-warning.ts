// Records what the watchdog saw and did nothing about. It changes nothing else.
import type { Transaction } from '../transaction.ts';
import { WATCHDOG } from './watchdog-actor.ts';

export interface WatchdogWarning {
  readonly rule: string;
  /** For a person: what happened. */
  readonly reason: string;
  readonly agentId?: string | null;
  readonly runId?: string | null;
  readonly proposalId?: string | null;
  readonly evidence?: Readonly<Record<string, unknown>>;
}

export function recordWatchdogWarning(tx: Transaction, warning: WatchdogWarning): void {
  tx.emit({
    eventType: 'watchdog_warning',
    actor: WATCHDOG,
    agentId: warning.agentId ?? null,
    runId: warning.runId ?? null,
    proposalId: warning.proposalId ?? null,
    payload: { reason: warning.reason, rule: warning.rule, ...warning.evidence },
  });
}
