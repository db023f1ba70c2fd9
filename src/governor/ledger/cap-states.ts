// Gathers the caps that hold for a run (its own, its group's, its agent's, the project's) and what stands against each right now. The
// `run` caps of a group hold for a batch of its runs together, and their sum is a balance of its own.
import type { BudgetRules, Cap, CapPeriod, CapScope, CapState } from '../../core/ledger/caps.ts';
import { capName } from '../../core/ledger/caps.ts';
import { monthOf, windowStart } from '../../core/ledger/window.ts';
import type { Rules } from '../../core/rules/rules.ts';
import type { Store } from '../../store/open.ts';
import { type BalanceRow, readBalance, readCapRaises, readWindow } from '../../store/read/ledger.ts';
import type { RunRow } from '../../store/read/runs.ts';
import {
  agentScope,
  batchScope,
  groupScope,
  PROJECT_SCOPE,
  runScope,
  type SpendScope,
} from './spend-scope.ts';

/**
 * The caps of one moment. What several runs share is looked up once, so that a look at many agents reads the project but once. For a
 * single look, never kept: balances move. Without rules there are no caps.
 */
export interface CapView {
  readonly store: Store;
  readonly rules: Rules | null;
  readonly nowMs: number;
  /** Of a run; without one, of what its next call would count under. */
  of(scope: SpendScope): CapState[];
  /** Of the whole project, without a run: what the operator spends. */
  ofProject(): CapState[];
  /** Of one group alone; none when the rules in force have no such group. */
  ofGroup(group: GroupInView | null): CapState[];
}

interface GroupInView {
  readonly name: string;
  readonly batch: string | null;
}

/** The caps of one owner: what stands against the lasting ones, and those that hold for each run, or each batch, by itself. */
interface Share {
  readonly lasting: readonly CapState[];
  readonly each: readonly OwnedCap[];
}

export function capView(store: Store, rules: Rules | null, nowMs: number): CapView {
  const none = () => [];
  if (rules === null) return { store, rules, nowMs, of: none, ofProject: none, ofGroup: none };
  const at = { store, timezone: rules.timezone, nowMs };
  const shares = new Map<string, Share>();
  const shareOf = (owner: CapScope, key: string, caps: readonly Cap[]): Share => {
    const known = shares.get(key);
    if (known !== undefined) return known;
    const all = owned(owner, withRaises(store, key, caps));
    const lasting = statesOf(at, owner, key, all.filter(isLasting));
    const share = { lasting, each: all.filter((cap) => !isLasting(cap)) };
    shares.set(key, share);
    return share;
  };
  const ofProject = (): Share => shareOf('project', PROJECT_SCOPE, rules.projectBudget.caps);
  const ofGroup = (group: GroupInView | null): CapState[] => {
    if (group === null) return [];
    const { lasting, each } = shareOf(
      'group',
      groupScope(group.name),
      rules.groups.get(group.name)?.caps ?? [],
    );
    return [...statesOf(at, 'group', batchScope(group.batch ?? ''), each), ...lasting];
  };
  return {
    store,
    rules,
    nowMs,
    of(scope) {
      const agent = shareOf('agent', agentScope(scope.agentId), capsOfAgent(rules, scope.agentId));
      const project = ofProject();
      const lasting = [...ofGroup(scope.group), ...agent.lasting, ...project.lasting];
      if (scope.runId === null) return lasting;
      const runId = runScope(scope.runId);
      const said: Cap[] =
        scope.runUsdCap === null ? [] : [{ period: 'run', unit: 'usd', limit: scope.runUsdCap }];
      const own = owned('run', withRaises(store, runId, said));
      return [...statesOf(at, 'run', runId, [...own, ...agent.each, ...project.each]), ...lasting];
    },
    ofProject: () => [...ofProject().lasting],
    ofGroup,
  };
}

export function capStates(store: Store, rules: Rules, nowMs: number, scope: SpendScope): CapState[] {
  return capView(store, rules, nowMs).of(scope);
}

/** Whose table says when to warn and what happens at this cap; for a cap said at the start of a run it is the agent's. */
export function budgetOf(
  rules: Rules,
  run: Pick<RunRow, 'agent_id' | 'group_name'>,
  { owner }: CapState,
): BudgetRules {
  if (owner === 'project') return rules.projectBudget;
  const own =
    owner === 'group' ? rules.groups.get(run.group_name ?? '') : rules.agents.get(run.agent_id)?.budget;
  return own ?? rules.projectBudget;
}

function capsOfAgent(rules: Rules, agentId: string): readonly Cap[] {
  return rules.agents.get(agentId)?.budget.caps ?? [];
}

interface OwnedCap {
  readonly owner: CapScope;
  readonly cap: Cap;
}

function owned(owner: CapScope, caps: readonly Cap[]): OwnedCap[] {
  return caps.map((cap) => ({ owner, cap }));
}

/** A raise holds for the limit that it raised; rules accepted since with another limit count as they are. */
function withRaises(store: Store, scope: string, caps: readonly Cap[]): Cap[] {
  if (caps.length === 0) return [];
  const raises = readCapRaises(store, scope);
  return caps.map((cap) => {
    const raise = raises.get(capName(cap));
    if (raise?.from !== cap.limit) return cap;
    return { ...cap, limit: raise.limit, raised: { from: raise.from, atMs: raise.atMs } };
  });
}

/** Caps that outlive a run. */
function isLasting({ cap }: OwnedCap): boolean {
  return cap.period !== 'call' && cap.period !== 'run';
}

function statesOf(
  { store, timezone, nowMs }: { readonly store: Store; readonly timezone: string; readonly nowMs: number },
  scope: CapScope,
  key: string,
  caps: readonly OwnedCap[],
): CapState[] {
  if (caps.length === 0) return [];
  const balance = readBalance(store, key);
  const windows = new Map<CapPeriod, ReturnType<typeof readWindow>>();
  return caps.map(({ owner, cap }) => {
    const { unit } = cap;
    if (cap.period === 'call') return { scope, owner, cap, posted: 0, reserved: 0 };
    const reserved = balance[`reserved_${unit}`];
    if (cap.period === 'hour' || cap.period === 'day') {
      let window = windows.get(cap.period);
      if (window === undefined) {
        window = readWindow(store, key, windowStart(cap.period, nowMs));
        windows.set(cap.period, window);
      }
      return { scope, owner, cap, posted: window[unit], reserved };
    }
    return { scope, owner, cap, posted: postedIn(balance, cap, timezone, nowMs), reserved };
  });
}

function postedIn(balance: BalanceRow, cap: Cap, timezone: string, nowMs: number): number {
  if (cap.period !== 'month') return balance[`posted_${cap.unit}`];
  return balance.month >= monthOf(nowMs, timezone) ? balance[`month_${cap.unit}`] : 0;
}
