// Books what was really used in every scope of a run, and says it when a share of a cap is passed.
import type { Actor } from '../../core/audit/event.ts';
import type { Amounts, CapState } from '../../core/ledger/caps.ts';
import { capName } from '../../core/ledger/caps.ts';
import { bucketOf, monthOf } from '../../core/ledger/window.ts';
import { readAgent } from '../../store/read/agents.ts';
import { readCapWarning } from '../../store/read/ledger.ts';
import type { RunRow } from '../../store/read/runs.ts';
import { setAgentStatus } from '../../store/write/agents.ts';
import { addPosted, writeCapWarning } from '../../store/write/ledger.ts';
import type { Transaction } from '../transaction.ts';
import { agentScope, capStates, PROJECT_SCOPE, runScope, scopesOf } from './cap-states.ts';

const SERVER: Actor = { kind: 'server', id: null };

export function post(tx: Transaction, run: RunRow, amounts: Amounts): void {
  const month = monthOf(tx.nowMs, tx.rules.timezone);
  const bucket = bucketOf(tx.nowMs);
  for (const scope of scopesOf({ agentId: run.agent_id, runId: run.id })) {
    addPosted(tx.store, scope, amounts, { month, bucket: scope.startsWith('run:') ? null : bucket });
  }
  warnNearCaps(tx, run);
}

function warnNearCaps(tx: Transaction, run: RunRow): void {
  const shares = warnShares(tx, run.agent_id);
  if (shares.length === 0) return;
  const before = readAgent(tx.store, run.agent_id)?.status;
  let isNear = false;
  for (const state of statesOfRun(tx, run)) {
    const { cap, posted } = state;
    if (cap.period === 'call' || cap.limit === 0) continue;
    const passed = shares.filter((share) => posted >= share * cap.limit).at(-1);
    if (passed === undefined) continue;
    isNear = true;
    const scope = scopeName(state, run);
    const key = periodKey(tx, state);
    const last = readCapWarning(tx.store, scope, capName(cap));
    if (last !== null && last.period_key === key && last.warned_at >= passed) continue;
    writeCapWarning(tx.store, scope, capName(cap), key, passed);
    tx.emit({
      eventType: 'budget_warning',
      actor: SERVER,
      agentId: run.agent_id,
      runId: run.id,
      tier: run.tier,
      payload: { scope, cap: capName(cap), limit: cap.limit, posted, share: passed },
    });
  }
  if (isNear && before === 'ok') setAgentStatus(tx.store, run.agent_id, 'warning', null, tx.nowMs);
  if (!isNear && before === 'warning') setAgentStatus(tx.store, run.agent_id, 'ok', null, tx.nowMs);
}

export function statesOfRun(tx: Transaction, run: RunRow): CapState[] {
  return capStates(tx.store, tx.rules, tx.nowMs, {
    agentId: run.agent_id,
    runId: run.id,
    runUsdCap: run.run_usd_cap,
  });
}

function scopeName(state: CapState, run: RunRow): string {
  if (state.scope === 'run') return runScope(run.id);
  return state.scope === 'agent' ? agentScope(run.agent_id) : PROJECT_SCOPE;
}

function warnShares(tx: Transaction, agentId: string): readonly number[] {
  const own = tx.rules.agents.get(agentId)?.budget.warnAt ?? [];
  return own.length > 0 ? own : tx.rules.projectBudget.warnAt;
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
