// Caps: how much may be spent, in which period, counted in which unit. A cap is checked before the money moves, against what is
// posted in its period plus everything still reserved.

export type CapPeriod = 'call' | 'run' | 'hour' | 'day' | 'month' | 'total';
export type CapUnit = 'usd' | 'tokens' | 'llm_calls' | 'tool_calls';

export interface Cap {
  readonly period: CapPeriod;
  readonly unit: CapUnit;
  /** Micro-dollars when the unit is usd, a count otherwise. */
  readonly limit: number;
  /** Set where an operator raised it: the limit that was said before, and when it was raised. */
  readonly raised?: { readonly from: number; readonly atMs: number };
}

export interface BudgetRules {
  readonly caps: readonly Cap[];
  /** Shares of a cap, ascending, each in (0, 1): at which a warning is recorded once a period. */
  readonly warnAt: readonly number[];
  readonly onCap: 'pause' | 'end';
}

/** What is asked for, what is posted or what is reserved, in every unit at once. */
export interface Amounts {
  readonly usd: number;
  readonly tokens: number;
  readonly llm_calls: number;
  readonly tool_calls: number;
}

export const NOTHING: Amounts = { usd: 0, tokens: 0, llm_calls: 0, tool_calls: 0 };

export type CapScope = 'run' | 'group' | 'agent' | 'project';

/** A cap together with the scope it holds for and what stands against it now. */
export interface CapState {
  readonly scope: CapScope;
  /** Whose [budget] the cap stands in: it says when to warn and what happens at the cap. `run`: it was said at the start. */
  readonly owner: CapScope;
  readonly cap: Cap;
  readonly posted: number;
  readonly reserved: number;
}

export type CapCheck =
  | { readonly result: 'fits' }
  | { readonly result: 'over'; readonly state: CapState; readonly asked: number; readonly left: number }
  /** It would fit if the reservations that are open now settled at nothing: worth a bounded wait. */
  | {
      readonly result: 'open_reservations';
      readonly state: CapState;
      readonly asked: number;
      readonly left: number;
    };

/** The tightest answer over all caps: `over` beats `open_reservations` beats `fits`. */
export function checkCaps(states: readonly CapState[], asked: Amounts): CapCheck {
  let waiting: CapCheck = { result: 'fits' };
  for (const state of states) {
    const amount = asked[state.cap.unit];
    if (amount === 0) continue;
    const left = leftUnder(state);
    if (amount <= left) continue;
    const fitsLater = state.posted + amount <= state.cap.limit && state.cap.period !== 'call';
    if (!fitsLater) return { result: 'over', state, asked: amount, left };
    waiting = { result: 'open_reservations', state, asked: amount, left };
  }
  return waiting;
}

/** Without a cap on dollars or tokens over more than one call there is no budget, and without a budget nothing is spent. */
export function hasBudget(states: readonly CapState[]): boolean {
  return states.some(({ cap }) => cap.period !== 'call' && (cap.unit === 'usd' || cap.unit === 'tokens'));
}

/** What may still be asked for under a cap; never below 0. */
export function leftUnder(state: CapState): number {
  return Math.max(0, state.cap.limit - state.posted - state.reserved);
}

/** The highest of the shares to warn at that is spent; null below all of them. The caps of a single call are never near. */
export function shareReached(
  { warnAt }: Pick<BudgetRules, 'warnAt'>,
  { cap, posted }: CapState,
): number | null {
  if (cap.period === 'call' || cap.limit === 0) return null;
  return warnAt.filter((share) => posted >= share * cap.limit).at(-1) ?? null;
}

/** "run_usd", as it is written in [budget]. */
export function capName(cap: Cap): string {
  return `${cap.period}_${cap.unit}`;
}
