// Gathers the caps that hold for a run (its own, its agent's, the project's) and what stands against each right now.
import type { Cap, CapPeriod, CapState } from '../../core/ledger/caps.ts';
import { capName } from '../../core/ledger/caps.ts';
import { monthOf, windowStart } from '../../core/ledger/window.ts';
import type { Rules } from '../../core/rules/rules.ts';
import type { Store } from '../../store/open.ts';
import { type BalanceRow, readBalance, readCapRaises, readWindow } from '../../store/read/ledger.ts';

export interface SpendScope {
  readonly agentId: string;
  readonly runId: string | null;
  /** Micro-dollars; a cap said when the run was started. */
  readonly runUsdCap: number | null;
}

export const runScope = (runId: string): string => `run:${runId}`;
export const agentScope = (agentId: string): string => `agent:${agentId}`;
export const PROJECT_SCOPE = 'project';

/** Every scope that a run's spend is counted in. */
export function scopesOf(scope: { readonly agentId: string; readonly runId: string }): string[] {
  return [runScope(scope.runId), agentScope(scope.agentId), PROJECT_SCOPE];
}

export function capStates(store: Store, rules: Rules, nowMs: number, scope: SpendScope): CapState[] {
  const agentCaps = rules.agents.get(scope.agentId)?.budget.caps ?? [];
  const agent = withRaises(store, agentScope(scope.agentId), agentCaps);
  const project = withRaises(store, PROJECT_SCOPE, rules.projectBudget.caps);
  const own: Cap[] = scope.runUsdCap === null ? [] : [{ period: 'run', unit: 'usd', limit: scope.runUsdCap }];
  const states = [
    ...statesOf(store, rules, nowMs, 'agent', agentScope(scope.agentId), agent.filter(isLasting)),
    ...statesOf(store, rules, nowMs, 'project', PROJECT_SCOPE, project.filter(isLasting)),
  ];
  if (scope.runId === null) return states;
  const runId = runScope(scope.runId);
  const raisedOwn = withRaises(store, runId, own);
  const perRun = [...raisedOwn, ...agent, ...project].filter((cap) => !isLasting(cap));
  return [...statesOf(store, rules, nowMs, 'run', runId, perRun), ...states];
}

/** A raise holds for the limit that it raised; rules accepted since with another limit count as they are. */

function withRaises(store: Store, scope: string, caps: readonly Cap[]): Cap[] {
  if (caps.length === 0) return [];
  const raises = readCapRaises(store, scope);
  return caps.map((cap) => {
    const raise = raises.get(capName(cap));
    return raise?.from === cap.limit ? { ...cap, limit: raise.limit } : cap;
  });
}

/** Caps that outlive a run. */
function isLasting(cap: Cap): boolean {
  return cap.period !== 'call' && cap.period !== 'run';
}

function statesOf(
  store: Store,
  rules: Rules,
  nowMs: number,
  kind: CapState['scope'],
  scope: string,
  caps: readonly Cap[],
): CapState[] {
  if (caps.length === 0) return [];
  const balance = readBalance(store, scope);
  const windows = new Map<CapPeriod, ReturnType<typeof readWindow>>();
  return caps.map((cap) => {
    const { unit } = cap;
    if (cap.period === 'call') return { scope: kind, cap, posted: 0, reserved: 0 };
    const reserved = balance[`reserved_${unit}`];
    if (cap.period === 'hour' || cap.period === 'day') {
      let window = windows.get(cap.period);
      if (window === undefined) {
        window = readWindow(store, scope, windowStart(cap.period, nowMs));
        windows.set(cap.period, window);
      }
      return { scope: kind, cap, posted: window[unit], reserved };
    }
    return { scope: kind, cap, posted: postedIn(balance, cap, rules.timezone, nowMs), reserved };
  });
}

function postedIn(balance: BalanceRow, cap: Cap, timezone: string, nowMs: number): number {
  if (cap.period !== 'month') return balance[`posted_${cap.unit}`];
  return balance.month >= monthOf(nowMs, timezone) ? balance[`month_${cap.unit}`] : 0;
}
