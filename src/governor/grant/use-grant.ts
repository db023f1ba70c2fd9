// Lets a standing approval answer for a person. It is asked only where the rules want a person, never after a denial, and its use is
// counted in the same transaction as the approval it gives.
import { type GrantPattern, type GrantSubject, grantCovers } from '../../core/grant/covers.ts';
import type { MicroUsd } from '../../core/ledger/money.ts';
import type { PolicyRequest } from '../../core/policy/request.ts';
import type { Rule } from '../../core/policy/rule.ts';
import { type GrantRow, readGrant, readOpenGrants } from '../../store/read/grants.ts';
import type { ProposalRow } from '../../store/read/proposals.ts';
import type { RunRow } from '../../store/read/runs.ts';
import { correctGrantCost, takeGrantUse } from '../../store/write/grants.ts';
import { ruleHolds } from '../policy/judge-action.ts';
import { ofProposal } from '../proposal/proposal-event.ts';
import type { Transaction } from '../transaction.ts';
import { grantFacts } from './grant-facts.ts';

export interface GrantedAction {
  readonly run: RunRow | null;
  readonly subject: GrantSubject;
  readonly request: PolicyRequest;
  /** Null when the agent stated none: no grant with a bound on money covers it. */
  readonly costUsd: MicroUsd | null;
}

/** The grant that answers, its use already counted; the one that ends first, of several. Null: a person decides. */
export function useGrant(tx: Transaction, action: GrantedAction): GrantRow | null {
  for (const grant of readOpenGrants(tx.store, tx.nowMs)) {
    if (!grantCovers(patternOf(grant), action.subject) || !conditionsHold(tx, grant, action)) continue;
    if (takeGrantUse(tx.store, grant.id, action.costUsd, tx.nowMs)) return readGrant(tx.store, grant.id);
  }
  return null;
}

export function recordGrantUse(
  tx: Transaction,
  grant: GrantRow,
  proposal: Pick<
    ProposalRow,
    'id' | 'agent_id' | 'run_id' | 'tier' | 'action_type' | 'expected_cost_micro_usd'
  >,
): void {
  const event = { actor: { kind: 'grant', id: grant.id }, ...ofProposal(proposal) } as const;
  tx.emit({
    eventType: 'grant_used',
    ...event,
    payload: {
      grant_id: grant.id,
      action_type: proposal.action_type,
      uses_left: grant.uses - grant.used,
      cost_micro_usd: proposal.expected_cost_micro_usd,
      left_micro_usd: grant.usd === null ? null : grant.usd - grant.used_usd,
    },
  });
  if (grant.used >= grant.uses)
    tx.emit({ eventType: 'grant_exhausted', ...event, payload: grantFacts(grant) });
}

/** What an action cost in the end, against the money of the grant that approved it; unreported, the expected cost stays. */
export function settleGrantCost(tx: Transaction, row: ProposalRow, costUsd: number | null): void {
  if (row.decided_by_kind !== 'grant' || row.decided_by_id === null || costUsd === null) return;
  correctGrantCost(tx.store, row.decided_by_id, costUsd - (row.expected_cost_micro_usd ?? 0));
}

function patternOf(grant: GrantRow): GrantPattern {
  return {
    action: grant.action,
    resource: grant.resource,
    agentId: grant.agent_id,
    runId: grant.run_id,
    irreversible: grant.irreversible === 1,
  };
}

/** Judged as an allowing rule: what can't be told never holds. */
function conditionsHold(tx: Transaction, grant: GrantRow, action: GrantedAction): boolean {
  if (grant.conditions === null) return true;
  const when = tx.conditionsOf(grant.conditions);
  if (when === null) return false;
  const rule: Rule = {
    name: grant.id,
    summary: '',
    severity: 'low',
    effect: 'allow',
    when,
    unless: null,
    approvalTimeoutMs: null,
  };
  return ruleHolds(tx, action.run, action.request, rule);
}
