// Books what was really used in every scope of a run, and says it when a share of a cap is passed.
import type { Actor } from '../../core/audit/event.ts';
import { type Amounts, type CapState, capName, shareReached } from '../../core/ledger/caps.ts';
import { bucketOf, monthOf } from '../../core/ledger/window.ts';
import { readCapWarning } from '../../store/read/ledger.ts';
import type { RunRow } from '../../store/read/runs.ts';
import { addPosted, writeCapWarning } from '../../store/write/ledger.ts';
import type { DecisionView } from '../policy/decision-view.ts';
import type { Transaction } from '../transaction.ts';
import { budgetOf, capStates } from './cap-states.ts';
import {
  agentScope,
  batchScope,
  groupScope,
  hasWindows,
  PROJECT_SCOPE,
  type RunInScope,
  runScope,
  scopeOfRun,
  scopesOf,
} from './spend-scope.ts';

const SERVER: Actor = { kind: 'server', id: null };

export function post(tx: Transaction, run: RunRow, amounts: Amounts): void {
  postIn(tx, scopesOf(run), amounts);
  warnNearCaps(tx, run);
}

/** What belongs to no run counts in the project alone. */
export function postToProject(tx: Transaction, amounts: Amounts): void {
  postIn(tx, [PROJECT_SCOPE], amounts);
}

/** Without a word about caps that are near. */
export function postIn(view: DecisionView, scopes: readonly string[], amounts: Amounts): void {
  const month = monthOf(view.nowMs, view.rules.timezone);
  const bucket = bucketOf(view.nowMs);
  for (const scope of scopes) {
    addPosted(view.store, scope, amounts, { month, bucket: hasWindows(scope) ? bucket : null });
  }
}

function warnNearCaps(tx: Transaction, run: RunRow): void {
  for (const state of statesOfRun(tx, run)) {
    const { cap, posted } = state;
    const reached = shareReached(budgetOf(tx.rules, run, state), state);
    if (reached === null) continue;
    const scope = scopeName(state, run);
    const key = periodKey(tx, state);
    const name = warningName(state);
    const last = readCapWarning(tx.store, scope, name);
    if (last !== null && last.period_key === key && last.warned_at >= reached) continue;
    writeCapWarning(tx.store, scope, name, key, reached);
    tx.emit({
      eventType: 'budget_warning',
      actor: SERVER,
      agentId: run.agent_id,
      runId: run.id,
      tier: run.tier,
      payload: {
        scope,
        owner: state.owner,
        ...(state.owner === 'group' ? { group: run.group_name } : {}),
        cap: capName(cap),
        limit: cap.limit,
        posted,
        share: reached,
      },
    });
  }
}

export function statesOfRun(view: DecisionView, run: RunInScope): CapState[] {
  return capStates(view.store, view.rules, view.nowMs, scopeOfRun(run));
}

function scopeName(state: CapState, run: RunRow): string {
  if (state.scope === 'run') return runScope(run.id);
  if (state.scope === 'group') {
    return state.cap.period === 'run' ? batchScope(run.batch ?? '') : groupScope(run.group_name ?? '');
  }
  return state.scope === 'agent' ? agentScope(run.agent_id) : PROJECT_SCOPE;
}

/** A run can have several caps of one name: its own, its agent's and the project's. */
function warningName({ scope, owner, cap }: CapState): string {
  return owner === scope ? capName(cap) : `${capName(cap)} of ${owner}`;
}

/** Names what a warning was given for: the next period warns anew, and so does another limit. */
function periodKey(tx: Transaction, state: CapState): string {
  return `${period(tx, state)} of ${state.cap.limit}`;
}

function period(tx: Transaction, state: CapState): string {
  if (state.cap.period === 'month') return monthOf(tx.nowMs, tx.rules.timezone);
  if (state.cap.period === 'hour') return String(Math.floor(tx.nowMs / 3_600_000));
  if (state.cap.period === 'day') return String(Math.floor(tx.nowMs / 86_400_000));
  return state.cap.period;
}
