// The standing approvals that speak of an action and whose conditions hold for it. Whether one has money and uses left for it is
// decided where its use is counted.
import { type GrantPattern, type GrantSubject, grantCovers } from '../../core/grant/covers.ts';
import type { MicroUsd } from '../../core/ledger/money.ts';
import type { PolicyRequest } from '../../core/policy/request.ts';
import type { Rule } from '../../core/policy/rule.ts';
import { type GrantRow, readOpenGrants } from '../../store/read/grants.ts';
import type { ActingRun } from '../policy/decision-context.ts';
import type { DecisionView } from '../policy/decision-view.ts';
import { ruleHolds } from '../policy/judge-action.ts';

export interface HeldAction {
  readonly run: ActingRun;
  readonly subject: GrantSubject;
  readonly request: PolicyRequest;
}

/** The one that ends first comes first. */
export function* coveringGrants(view: DecisionView, action: HeldAction): Generator<GrantRow> {
  for (const grant of readOpenGrants(view.store, view.atMs ?? view.nowMs)) {
    if (grantCovers(patternOf(grant), action.subject) && conditionsHold(view, grant, action)) yield grant;
  }
}

/** As the statement that counts a use sees it; the grant is open. */
export function hasRoomFor(grant: GrantRow, costUsd: MicroUsd | null): boolean {
  return grant.usd === null || (costUsd !== null && grant.used_usd + costUsd <= grant.usd);
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
function conditionsHold(view: DecisionView, grant: GrantRow, action: HeldAction): boolean {
  if (grant.conditions === null) return true;
  const when = view.conditionsOf(grant.conditions);
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
  return ruleHolds(view, action.run, action.request, rule);
}
