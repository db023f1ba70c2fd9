// How far the operator's notifier has been told, and that telling failed. It decides nothing: what could not be told is in the record all
// the same.
import { writeMeta } from '../store/write/meta.ts';
import type { Transaction } from './transaction.ts';

export interface NotifyFailure {
  /** The event that could not be told; null: some were passed over. */
  readonly seq: number | null;
  readonly problem: string;
  /** Since the last that was recorded, this one too. */
  readonly failures: number;
}

export function noteNotified(tx: Transaction, upToSeq: number, failure: NotifyFailure | null): void {
  writeMeta(tx.store, 'notified_seq', String(upToSeq));
  if (failure === null) return;
  tx.emit({
    eventType: 'notify_failed',
    actor: { kind: 'server', id: null },
    payload: { about_seq: failure.seq, problem: failure.problem, failures: failure.failures },
  });
}
