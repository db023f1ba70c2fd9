// Windows of time over which a rule counts actions or adds up money. The engine names the windows; whoever asks it looks up the
// numbers, from the store or, in a test case or a replay, from anywhere else.
import { formatUsdLimit } from '../ledger/money.ts';
import { formatDuration } from '../time.ts';

/** Which earlier actions count: those of one type, or of types that begin so. */
export type ActionFilter =
  | { readonly kind: 'equal'; readonly action: string }
  | { readonly kind: 'prefix'; readonly prefix: string };

export interface UsageWindow {
  /** Actions that were not denied, or micro-dollars posted and reserved. */
  readonly measure: 'actions' | 'micro_usd';
  readonly by: 'agent' | 'all';
  /** Rolling, and never shorter than this. */
  readonly perMs: number;
  /** Null: every action. Always null for money. */
  readonly actions: readonly ActionFilter[] | null;
}

export interface WindowUse {
  /** Exact up to what was asked about; beyond that, any number above it. */
  readonly used: number;
  /** When `used` will have fallen to what was asked about if nothing is added; null when that can't be told. */
  readonly fallsAtMs: number | null;
}

export interface WindowLimit {
  readonly window: UsageWindow;
  /** The most that passes, this action counted: a number of actions, or micro-dollars. */
  readonly over: number;
}

/** "more than 60 actions in 1 m by this agent". */
export function limitText({ window, over }: WindowLimit): string {
  const what = window.measure === 'actions' ? `${over} actions` : formatUsdLimit(over);
  const who = window.by === 'agent' ? 'by this agent' : 'by all agents';
  return `more than ${what} in ${formatDuration(window.perMs)} ${who}`;
}
