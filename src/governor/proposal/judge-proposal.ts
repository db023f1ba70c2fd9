// What becomes of a proposal when it is made: whether it is taken at all, what the rules say of it, and which standing approvals answer
// for a person. Nothing is written here, so that an explanation of an action is the decision itself.
import type { MicroUsd } from '../../core/ledger/money.ts';
import { proposalRequest } from '../../core/policy/action-request.ts';
import type { PolicyDecision } from '../../core/policy/decision.ts';
import type { PolicyRequest } from '../../core/policy/request.ts';
import type { GrantRow } from '../../store/read/grants.ts';
import { coveringGrants } from '../grant/covering-grants.ts';
import { whyNoRoom } from '../ledger/action-cost.ts';
import type { ActingRun } from '../policy/decision-context.ts';
import type { DecisionView } from '../policy/decision-view.ts';
import { judgeAction } from '../policy/judge-action.ts';
import { type Refused, refused } from '../refusal.ts';
import type { JudgedCall } from '../tool/judge-tool-call.ts';
import { finallyRejected } from './final-rejection.ts';

/** What is judged of a proposal. */
export interface ProposedAction {
  readonly actionType: string;
  readonly payload: unknown;
  readonly reversible: boolean | null;
  readonly requiresApproval: boolean | null;
  readonly expectedCostUsd: MicroUsd | null;
  /** A tool call that is held, with its judgement, policy included: that stands instead of another. */
  readonly heldCall?: JudgedCall;
}

/** How many proposals of one run may wait at once. */
export const MAX_PENDING_PER_RUN = 50;

export function isSelfApproval(view: DecisionView, proposed: ProposedAction): boolean {
  return proposed.requiresApproval === false && view.rules.policy.neverAutoApprove.has(proposed.actionType);
}

/** Null when it is taken; what is refused here is no proposal, and no rule is asked. */
export function whyNotTaken(
  view: DecisionView,
  proposed: ProposedAction,
  run: ActingRun | null,
): Refused | null {
  if (isSelfApproval(view, proposed)) {
    return refused(
      'self_approve_blocked',
      `${proposed.actionType} is never approved without a person, whatever its sender says`,
      'leave requires_approval out',
    );
  }
  if (run !== null && run.proposals_pending >= MAX_PENDING_PER_RUN) {
    return refused(
      'too_many_pending',
      `${MAX_PENDING_PER_RUN} proposals of this run wait already`,
      'wait for decisions before proposing more',
    );
  }
  return null;
}

export function requestOf(proposed: ProposedAction): PolicyRequest {
  if (proposed.heldCall !== undefined) return proposed.heldCall.request;
  return proposalRequest({
    action: proposed.actionType,
    payload: proposed.payload,
    costUsd: proposed.expectedCostUsd,
    reversible: proposed.reversible,
    requiresApproval: proposed.requiresApproval,
  });
}

export interface JudgedProposal {
  readonly decision: PolicyDecision;
  /** No cap has room for its cost: no standing approval answers, only a person. */
  readonly lacksRoom: boolean;
}

export function judgeProposal(
  view: DecisionView,
  proposed: ProposedAction,
  run: ActingRun | null,
): JudgedProposal {
  const decision = judgeByRules(view, proposed, run);
  const noRoom = decision.effect === 'deny' ? null : whyNoRoom(view, run, proposed.expectedCostUsd);
  return noRoom === null
    ? { decision, lacksRoom: false }
    : { decision: heldForRoom(decision, noRoom), lacksRoom: true };
}

/** What no cap has room for is approved by nobody but a person, who can make room first. */
function heldForRoom(judged: PolicyDecision, { detail, hint }: Refused): PolicyDecision {
  const reason = `no room for its cost: ${detail}; ${hint}`;
  if (judged.effect === 'require_approval') return { ...judged, reasons: [...judged.reasons, reason] };
  return { ...judged, effect: 'require_approval', rule: 'no_room', reasons: [reason] };
}

/** What was judged elsewhere (a held tool call) was judged by the policy, and counted, there. */
function judgeByRules(view: DecisionView, proposed: ProposedAction, run: ActingRun | null): PolicyDecision {
  const { actionType } = proposed;
  if (run !== null && finallyRejected(view.store, run.id, actionType, proposed.payload)) {
    return {
      effect: 'deny',
      rule: 'final_rejection',
      reasons: [`a person rejected ${actionType} on this target for good in this run`],
      severity: 'high',
    };
  }
  return proposed.heldCall?.decision ?? judgeAction(view, run, requestOf(proposed));
}

/** Grants that may answer for a person, in the order in which they are tried; what the operator proposes, the operator decides. */
export function grantsFor(
  view: DecisionView,
  proposed: ProposedAction,
  run: ActingRun | null,
): Iterable<GrantRow> {
  if (run === null) return [];
  const request = requestOf(proposed);
  const subject = {
    action: proposed.actionType,
    resource: request.resource ?? null,
    agentId: run.agent_id,
    runId: run.id,
    reversible: proposed.reversible,
    requiresApproval: proposed.requiresApproval,
    heldCall: proposed.heldCall ?? null,
  };
  return coveringGrants(view, { run, subject, request });
}
