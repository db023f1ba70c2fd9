// A ledger as a list: every amount with the moment that it was posted, summed anew at each question. Slow and obvious, to hold the
// running totals of the real one against.
import type { Cap, CapUnit } from '../../../src/core/ledger/caps.ts';

export interface Entry {
  readonly runId: string;
  readonly agentId: string;
  readonly usd: number;
  readonly tokens: number;
  readonly llm_calls: number;
  readonly tool_calls: number;
  state: 'reserved' | 'posted' | 'void';
  atMs: number;
}

const FIVE_MINUTES = 300_000;
const PERIOD_MS = { hour: 12 * FIVE_MINUTES, day: 288 * FIVE_MINUTES } as const;

export class LedgerModel {
  readonly entries: Entry[] = [];

  /** What a cap counts of the entries of one scope. */
  posted(mine: (entry: Entry) => boolean, cap: Cap, nowMs: number): number {
    return this.sum(
      (entry) => entry.state === 'posted' && mine(entry) && inPeriod(entry.atMs, cap, nowMs),
      cap.unit,
    );
  }

  reserved(mine: (entry: Entry) => boolean, unit: CapUnit): number {
    return this.sum((entry) => entry.state === 'reserved' && mine(entry), unit);
  }

  sum(which: (entry: Entry) => boolean, unit: CapUnit): number {
    return this.entries.filter(which).reduce((total, entry) => total + entry[unit], 0);
  }
}

function inPeriod(atMs: number, cap: Cap, nowMs: number): boolean {
  if (cap.period === 'total' || cap.period === 'run') return true;
  if (cap.period === 'month') {
    return new Date(atMs).toISOString().slice(0, 7) === new Date(nowMs).toISOString().slice(0, 7);
  }
  if (cap.period === 'call') return false;
  // The whole bucket that the period begins in counts.
  const begin = nowMs - PERIOD_MS[cap.period];
  return atMs >= begin - (begin % FIVE_MINUTES);
}
