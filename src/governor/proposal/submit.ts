// Takes a proposal: judges it by the rules in force, keeps it and its judgement, and says at once when a rule or a grant decided it.
// What an agent says of its own proposal only tightens; the same idempotency key is the same proposal.

import type { Actor } from '../../core/audit/event.ts';
import { canonicalJson, sha256Hex } from '../../core/canonical.ts';
import type { MicroUsd } from '../../core/ledger/money.ts';
import { proposalRequest } from '../../core/policy/action-request.ts';
import type { PolicyDecision } from '../../core/policy/decision.ts';
import type { PolicyRequest } from '../../core/policy/request.ts';
import type { ToolCall, ToolPlace } from '../../core/policy/tool-argument.ts';
import type { GrantRow } from '../../store/read/grants.ts';
import { type ProposalRow, readProposal, readProposalByKey } from '../../store/read/proposals.ts';
import { type RunRow, readRun } from '../../store/read/runs.ts';
import { countForAgent, ensureAgent } from '../../store/write/agents.ts';
import { insertProposal, type NewProposal } from '../../store/write/proposals.ts';
import { raiseFlag } from '../flag.ts';
import { recordGrantUse, useGrant } from '../grant/use-grant.ts';
import { judgeAction } from '../policy/judge-action.ts';
import { countAction } from '../policy/window-use.ts';
import { type Refused, refused } from '../refusal.ts';
import { whyRunMayNotAct } from '../run/may-act.ts';
import type { Transaction } from '../transaction.ts';
import { finallyRejected } from './final-rejection.ts';
import { countDecided, startsWaiting } from './pending-counts.ts';
import { ofProposal } from './proposal-event.ts';
import { proposalRow } from './proposal-row.ts';

export interface SubmitInput {
  /** Null for a proposal of the operator. */
  readonly runId: string | null;
  readonly actor: Actor;
  readonly actionType: string;
  readonly payload: unknown;
  readonly expectedOutcome: string;
  readonly rationale: string | null;
  readonly reversible: boolean | null;
  readonly requiresApproval: boolean | null;
  readonly expectedCostUsd: MicroUsd | null;
  /** Milliseconds since the epoch; only ever shortens what the policy gives. */
  readonly expiresAtMs: number | null;
  readonly idempotencyKey: string | null;
  readonly links: readonly string[];
  readonly clientData: Readonly<Record<string, unknown>>;
  /** A tool call that is held, with its judgement, policy included: that stands instead of another. */
  readonly heldCall?: HeldCall;
}

export interface HeldCall {
  readonly decision: PolicyDecision;
  readonly request: PolicyRequest;
  readonly call: ToolCall;
  readonly place: ToolPlace;
}

export interface Submitted {
  readonly result: 'submitted';
  readonly proposal: ProposalRow;
  readonly replayed: boolean;
  /** When it was denied only for a rate, or for what was spent in a window. */
  readonly retryAfterSeconds: number | null;
}

/** How many proposals of one run may wait at once. */
export const MAX_PENDING_PER_RUN = 50;

export function submitProposal(tx: Transaction, input: SubmitInput): Submitted | Refused {
  const payload = canonicalJson(input.payload);
  const requestHash = sha256Hex(canonicalJson([input.actionType, input.payload, input.expectedOutcome]));
  if (input.idempotencyKey !== null) {
    const before = readProposalByKey(tx.store, input.runId, input.idempotencyKey);
    if (before !== null && before.request_hash === requestHash) {
      return { result: 'submitted', proposal: before, replayed: true, retryAfterSeconds: null };
    }
    if (before !== null) {
      return refused(
        'idempotency_conflict',
        'this idempotency key was used for another proposal',
        'use a new key for a new proposal',
      );
    }
  }
  const run = input.runId === null ? null : readRun(tx.store, input.runId);
  const stopped = whyRunMayNotAct(tx.store, run) ?? whyNotTaken(tx, input, run);
  if (stopped !== null) return stopped;
  const request = input.heldCall?.request ?? requestOf(input);
  const judged = judge(tx, input, run, request);
  const grant = judged.effect === 'require_approval' ? askGrants(tx, input, run, request) : null;
  const row = proposalRow(tx, input, { run, judged, grant, payload, requestHash });
  if (row.agent_id !== null) {
    ensureAgent(tx.store, row.agent_id, tx.nowMs);
    countForAgent(tx.store, row.agent_id, 'proposals', 1);
  }
  insertProposal(tx.store, row);
  recordSubmitted(tx, input, row, grant);
  const proposal = readProposal(tx.store, row.id);
  if (proposal === null) throw new Error(`the proposal ${row.id} is gone in its own transaction`);
  return {
    result: 'submitted',
    proposal,
    replayed: false,
    retryAfterSeconds: judged.retryAfterSeconds ?? null,
  };
}

function whyNotTaken(tx: Transaction, input: SubmitInput, run: RunRow | null): Refused | null {
  if (input.requiresApproval === false && tx.rules.policy.neverAutoApprove.has(input.actionType)) {
    raiseFlag(tx, {
      flag: 'audit_flag_self_approve_attempt',
      actor: input.actor,
      run,
      payload: { action_type: input.actionType, how: 'requires_approval: false' },
    });
    return refused(
      'self_approve_blocked',
      `${input.actionType} is never approved without a person, whatever its sender says`,
      'leave requires_approval out',
    );
  }
  if (input.expiresAtMs !== null && input.expiresAtMs <= tx.nowMs) {
    return refused(
      'expires_in_past',
      'expires_at is in the past by the clock of the server',
      'leave it out, or give a later time',
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

/** What was judged elsewhere (a held tool call) was judged by the policy, and counted, there. */
function judge(
  tx: Transaction,
  input: SubmitInput,
  run: RunRow | null,
  request: PolicyRequest,
): PolicyDecision {
  if (input.runId !== null && finallyRejected(tx.store, input.runId, input.actionType, input.payload)) {
    return {
      effect: 'deny',
      rule: 'final_rejection',
      reasons: [`a person rejected ${input.actionType} on this target for good in this run`],
      severity: 'high',
    };
  }
  if (input.heldCall !== undefined) return input.heldCall.decision;
  const judged = judgeAction(tx, run, request);
  if (judged.effect !== 'deny') countAction(tx, run?.agent_id ?? null, input.actionType);
  return judged;
}

function requestOf(input: SubmitInput): PolicyRequest {
  return proposalRequest({
    action: input.actionType,
    payload: input.payload,
    costUsd: input.expectedCostUsd,
    reversible: input.reversible,
    requiresApproval: input.requiresApproval,
  });
}

/** A grant answers agents; what the operator proposes, the operator decides. */
function askGrants(
  tx: Transaction,
  input: SubmitInput,
  run: RunRow | null,
  request: PolicyRequest,
): GrantRow | null {
  if (run === null) return null;
  const subject = {
    action: input.actionType,
    resource: request.resource ?? null,
    agentId: run.agent_id,
    runId: run.id,
    reversible: input.reversible,
    requiresApproval: input.requiresApproval,
    heldCall: input.heldCall ?? null,
  };
  return useGrant(tx, { run, subject, request, costUsd: input.expectedCostUsd });
}

function recordSubmitted(
  tx: Transaction,
  input: SubmitInput,
  row: NewProposal,
  grant: GrantRow | null,
): void {
  const judged = { effect: row.effect, rule: row.rule, reasons: JSON.parse(row.reasons) as unknown };
  tx.emit({
    eventType: 'proposal_submitted',
    actor: input.actor,
    ...ofProposal(row),
    payload: {
      action_type: row.action_type,
      proposal_payload_hash: row.payload_hash,
      ...(tx.rules.includeContent ? { proposal_payload: JSON.parse(row.payload) as unknown } : {}),
      expected_outcome: row.expected_outcome,
      reversible: input.reversible,
      ...judged,
      status: row.status,
      executor: row.executor,
    },
  });
  if (row.status === 'pending') {
    startsWaiting(tx, row);
    return;
  }
  countDecided(tx, row, row.status === 'denied' ? 'refused' : 'approved');
  tx.emit({
    eventType: 'proposal_decided',
    actor: grant === null ? { kind: 'policy', id: row.rule } : { kind: 'grant', id: grant.id },
    ...ofProposal(row),
    payload: {
      status: row.status,
      proposal_payload_hash: row.payload_hash,
      ...judged,
      ...(grant === null ? {} : { grant_id: grant.id }),
    },
  });
  if (grant !== null) recordGrantUse(tx, grant, row);
}
