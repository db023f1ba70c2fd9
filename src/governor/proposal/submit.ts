// Takes a proposal: judges it by the rules in force, keeps it and its judgement, and says at once when a rule or a grant decided it.
// What an agent says of its own proposal only tightens; the same idempotency key is the same proposal.

import type { Actor } from '../../core/audit/event.ts';
import { canonicalJson, sha256Hex } from '../../core/canonical.ts';
import type { GrantRow } from '../../store/read/grants.ts';
import { type ProposalRow, readProposalByKey } from '../../store/read/proposals.ts';
import { type RunRow, readRun } from '../../store/read/runs.ts';
import { countForAgent, ensureAgent } from '../../store/write/agents.ts';
import { insertProposal, type NewProposal } from '../../store/write/proposals.ts';
import { raiseFlag } from '../flag.ts';
import { recordGrantUse, useGrant } from '../grant/use-grant.ts';
import { reserveCost } from '../ledger/action-cost.ts';
import { countAction } from '../policy/window-use.ts';
import { type Refused, refused } from '../refusal.ts';
import { whyRunMayNotAct } from '../run/may-act.ts';
import type { Transaction } from '../transaction.ts';
import { grantsFor, judgeProposal, type ProposedAction, whyNotTaken } from './judge-proposal.ts';
import { countDecided, startsWaiting } from './pending-counts.ts';
import { ofProposal } from './proposal-event.ts';
import { proposalRow } from './proposal-row.ts';
import { reread } from './reread.ts';

export interface SubmitInput extends ProposedAction {
  /** Null for a proposal of the operator. */
  readonly runId: string | null;
  readonly actor: Actor;
  readonly expectedOutcome: string;
  readonly rationale: string | null;
  /** Milliseconds since the epoch; only ever shortens what the policy gives. */
  readonly expiresAtMs: number | null;
  readonly idempotencyKey: string | null;
  readonly links: readonly string[];
  readonly clientData: Readonly<Record<string, unknown>>;
}

export interface Submitted {
  readonly result: 'submitted';
  readonly proposal: ProposalRow;
  readonly replayed: boolean;
  /** When it was denied only for a rate, or for what was spent in a window. */
  readonly retryAfterSeconds: number | null;
}

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
  const refusal = refuseProposal(tx, input, run);
  if (refusal !== null) return refusal;
  const { decision: judged, lacksRoom } = judgeProposal(tx, input, run);
  const mayBeGranted = judged.effect === 'require_approval' && !lacksRoom;
  const grant = mayBeGranted ? useGrant(tx, grantsFor(tx, input, run), input.expectedCostUsd) : null;
  if (judged.effect !== 'deny' && input.heldCall === undefined)
    countAction(tx, run?.agent_id ?? null, input.actionType);
  const row = proposalRow(tx, input, { run, judged, grant, payload, requestHash });
  if (row.agent_id !== null) {
    ensureAgent(tx.store, row.agent_id, tx.nowMs);
    countForAgent(tx.store, row.agent_id, 'proposals', 1);
  }
  insertProposal(tx.store, row);
  const isApproved = row.status === 'approved' || row.status === 'auto-approved';
  const reserved = isApproved ? (input.expectedCostUsd ?? 0) : 0;
  if (reserved > 0) reserveCost(tx, row, reserved);
  recordSubmitted(tx, input, row, grant, reserved);
  return {
    result: 'submitted',
    proposal: reread(tx, row.id),
    replayed: false,
    retryAfterSeconds: judged.retryAfterSeconds ?? null,
  };
}

/** Of what is not taken, the attempt to approve itself is worth a flag. */
function refuseProposal(tx: Transaction, input: SubmitInput, run: RunRow | null): Refused | null {
  const why = whyRunMayNotAct(tx.store, run) ?? whyNotTaken(tx, input, run);
  if (why?.code === 'self_approve_blocked') {
    raiseFlag(tx, {
      flag: 'audit_flag_self_approve_attempt',
      actor: input.actor,
      run,
      payload: { action_type: input.actionType, how: 'requires_approval: false' },
    });
  }
  if (why !== null || input.expiresAtMs === null || input.expiresAtMs > tx.nowMs) return why;
  return refused(
    'expires_in_past',
    'expires_at is in the past by the clock of the server',
    'leave it out, or give a later time',
  );
}

function recordSubmitted(
  tx: Transaction,
  input: SubmitInput,
  row: NewProposal,
  grant: GrantRow | null,
  reserved: number,
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
      reserved_micro_usd: reserved === 0 ? null : reserved,
      ...(grant === null ? {} : { grant_id: grant.id }),
    },
  });
  if (grant !== null) recordGrantUse(tx, grant, row);
}
