// The money of actions: what an approved action will cost is set aside when it is approved, in every scope that its run counts in, and
// settled when its outcome is known. An approval that no cap has room for is not given.
import { checkCaps, hasBudget, NOTHING } from '../../core/ledger/caps.ts';
import { formatUsd } from '../../core/ledger/money.ts';
import { findReservedOfRun, type ProposalRow } from '../../store/read/proposals.ts';
import { type RunRow, readRun } from '../../store/read/runs.ts';
import { addReserved } from '../../store/write/ledger.ts';
import { setReservedCost } from '../../store/write/proposals.ts';
import { settleGrantCost } from '../grant/use-grant.ts';
import type { DecisionView } from '../policy/decision-view.ts';
import { ofProposal } from '../proposal/proposal-event.ts';
import { type Refused, refused } from '../refusal.ts';
import type { Transaction } from '../transaction.ts';
import { noBudget, stopAtCap, whyNoRules } from './at-cap.ts';
import { capView } from './cap-states.ts';
import { describeCap, howToRaise } from './how-to-raise.ts';
import { post, postToProject, statesOfRun } from './post.ts';
import { PROJECT_SCOPE, type RunInScope, scopesOf } from './spend-scope.ts';

/** Null when it fits now. `run` is null for what the operator proposed: only the project's caps hold for that. */
export function whyNoRoom(view: DecisionView, run: RunInScope | null, usd: number | null): Refused | null {
  if (usd === null || usd === 0) return null;
  const lacking = run === null ? null : whyNoRules(view.rules, run);
  if (lacking !== null) return lacking;
  const states = lasting(
    run === null ? capView(view.store, view.rules, view.nowMs).ofProject() : statesOfRun(view, run),
  );
  if (run !== null && !hasBudget(states)) return noBudget(run.agent_id);
  const check = checkCaps(states, { ...NOTHING, usd });
  if (check.result === 'fits') return null;
  const { reserved } = check.state;
  const open = reserved === 0 ? '' : ` (${formatUsd(reserved)} is reserved for what is under way)`;
  return refused('over_cap', `${describeCap(run, check)}${open}`, howToRaise(run, check));
}

/** The caller has found room for it in the same transaction. */
export function reserveCost(tx: Transaction, row: Pick<ProposalRow, 'id' | 'run_id'>, usd: number): void {
  const run = runOf(tx, row);
  for (const scope of scopesOfCost(run)) addReserved(tx.store, scope, { ...NOTHING, usd }, 1);
  setReservedCost(tx.store, row.id, usd);
}

/**
 * What is booked for an outcome: what it is said to have cost, else what was set aside for it (nothing for what failed). An agent's own
 * word never makes it less. Null: nothing was to be paid.
 */
export function costOfOutcome(
  row: ProposalRow,
  outcome: 'executed' | 'failed',
  by: 'executor' | 'agent' | 'operator',
  saidUsd: number | null,
): number | null {
  const reserved = row.reserved_micro_usd;
  if (by === 'agent' && reserved !== null) return Math.max(saidUsd ?? 0, reserved);
  if (saidUsd !== null) return saidUsd;
  if (reserved === null) return null;
  return outcome === 'executed' ? reserved : 0;
}

/** Lets go of what was set aside and books what it cost, also after its run has ended. */
export function settleCost(tx: Transaction, row: ProposalRow, costUsd: number | null): void {
  const run = runOf(tx, row);
  const reserved = row.reserved_micro_usd ?? 0;
  if (reserved > 0) {
    for (const scope of scopesOfCost(run)) addReserved(tx.store, scope, { ...NOTHING, usd: reserved }, -1);
    setReservedCost(tx.store, row.id, null);
  }
  settleGrantCost(tx, row, costUsd);
  if (costUsd === null || costUsd === 0) return;
  const spent = { ...NOTHING, usd: costUsd };
  if (run === null) {
    postToProject(tx, spent);
    return;
  }
  post(tx, run, spent);
  if (costUsd > reserved) stopOverCap(tx, run, costUsd, reserved);
}

/** Nobody is left to say what became of what the run was to do itself: it is booked whole. */
export function settleActionsOfRun(tx: Transaction, runId: string): void {
  for (const row of findReservedOfRun(tx.store, runId)) {
    const usd = row.reserved_micro_usd ?? 0;
    tx.emit({
      eventType: 'budget_charge',
      actor: { kind: 'server', id: null },
      ...ofProposal(row),
      payload: { action_type: row.action_type, posted_micro_usd: usd, reason: 'run_ended_without_outcome' },
    });
    settleCost(tx, row, usd);
  }
}

/** What cost more than was set aside is booked all the same: the cap that it passed stops what it holds for. */
function stopOverCap(tx: Transaction, run: RunRow, usd: number, reserved: number): void {
  const passed = lasting(statesOfRun(tx, run)).find(
    ({ scope, cap, posted }) =>
      cap.unit === 'usd' &&
      posted > cap.limit &&
      // What holds for runs alone stops none that has ended.
      (run.ended_at_ms === null || scope === 'agent' || scope === 'project'),
  );
  if (passed === undefined) return;
  const was =
    reserved === 0 ? 'and nothing was reserved for it' : `more than the ${formatUsd(reserved)} reserved`;
  const at = { state: passed, asked: usd, left: 0 };
  stopAtCap(tx, run, at, `an action cost ${formatUsd(usd)}, ${was}: ${describeCap(run, at)}`);
}

/** The caps of a single call are about model calls. */
function lasting(states: ReturnType<typeof statesOfRun>): ReturnType<typeof statesOfRun> {
  return states.filter(({ cap }) => cap.period !== 'call');
}

function runOf(tx: Transaction, row: Pick<ProposalRow, 'run_id'>): RunRow | null {
  return row.run_id === null ? null : readRun(tx.store, row.run_id);
}

function scopesOfCost(run: RunRow | null): readonly string[] {
  return run === null ? [PROJECT_SCOPE] : scopesOf(run);
}
