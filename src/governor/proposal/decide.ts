// A person's decision on a proposal. It carries the hash of the payload that was shown; one statement decides who comes first; a
// late, doubled or mismatched decision is answered with what stands. Only the operator's plane calls this.

import type { Actor } from '../../core/audit/event.ts';
import { canonicalJson, sha256Hex } from '../../core/canonical.ts';
import type { MicroUsd } from '../../core/ledger/money.ts';
import { proposalRequest, toolRequest, UNOPPOSED } from '../../core/policy/action-request.ts';
import type { PolicyRequest } from '../../core/policy/request.ts';
import { type ProposalRow, readProposal } from '../../store/read/proposals.ts';
import { type RunRow, readRun } from '../../store/read/runs.ts';
import { decidePending, editPending } from '../../store/write/proposals.ts';
import { reserveCost, whyNoRoom } from '../ledger/action-cost.ts';
import { judgeAgain } from '../policy/judge-action.ts';
import { type Refused, refused } from '../refusal.ts';
import type { Transaction } from '../transaction.ts';
import { expireProposal } from './expire.ts';
import { stopsWaiting } from './pending-counts.ts';
import { ofProposal } from './proposal-event.ts';

export interface DecideInput {
  readonly proposalId: string;
  readonly decision: 'approve' | 'reject';
  /** The hash of the payload that the person saw. */
  readonly payloadHash: string;
  readonly note: string | null;
  readonly final: boolean;
  /** The operator's edit: approved instead of what was proposed. */
  readonly editedPayload?: { readonly value: unknown };
  readonly actor: Actor;
  readonly via: string;
}

export interface Decided {
  readonly result: 'decided';
  readonly proposal: ProposalRow;
}

export function decideProposal(tx: Transaction, input: DecideInput): Decided | Refused {
  const before = readProposal(tx.store, input.proposalId);
  if (before === null)
    return refused('not_found', 'there is no such proposal', 'see `governed-agents proposals`');
  if (input.decision === 'reject' && input.editedPayload !== undefined) {
    return refused('edit_of_rejected', 'only what is approved can be edited', 'leave payload out to reject');
  }
  const late = whyTooLate(tx, before);
  if (late !== null) return late;
  if (before.payload_hash !== input.payloadHash) {
    return refused(
      'payload_changed',
      `the payload that waits has the hash ${before.payload_hash}`,
      'look at it again, then decide on what is shown now',
    );
  }
  const run = before.run_id === null ? null : readRun(tx.store, before.run_id);
  const cost = input.decision === 'approve' ? (before.expected_cost_micro_usd ?? 0) : 0;
  const noRoom = whyNoRoom(tx, run, cost);
  if (noRoom !== null) return noRoom;
  const payloadHash =
    input.editedPayload === undefined ? before.payload_hash : edit(tx, before, run, input.editedPayload);
  if (typeof payloadHash !== 'string') return payloadHash;
  const status = input.decision === 'approve' ? 'approved' : 'rejected';
  const isFinal = input.final && status === 'rejected';
  const won = decidePending(tx.store, {
    id: before.id,
    status,
    payloadHash,
    nowMs: tx.nowMs,
    byId: input.actor.id,
    via: input.via,
    note: input.note,
    final: isFinal,
  });
  if (won && cost > 0) reserveCost(tx, before, cost);
  const proposal = readProposal(tx.store, before.id);
  if (!won || proposal === null)
    return refused('already_decided', 'somebody else decided first', 'see the proposal');
  stopsWaiting(tx, before, status === 'approved' ? 'approved' : 'refused');
  tx.emit({
    eventType: 'proposal_decided',
    actor: input.actor,
    ...ofProposal(before),
    payload: {
      status,
      via: input.via,
      proposal_payload_hash: payloadHash,
      ...(payloadHash === before.payload_hash ? {} : { original_payload_hash: before.payload_hash }),
      note: input.note,
      final: isFinal,
      executor: before.executor,
      reserved_micro_usd: proposal.reserved_micro_usd,
    },
  });
  return { result: 'decided', proposal };
}

function whyTooLate(tx: Transaction, row: ProposalRow): Refused | null {
  const expired = (): Refused =>
    refused('expired', 'the proposal expired before it was decided', 'the agent may propose it again');
  if (row.status === 'expired') return expired();
  if (row.status !== 'pending') {
    return refused(
      'already_decided',
      `the proposal is ${row.status} already`,
      "a decision can't be taken twice",
    );
  }
  return expireProposal(tx, row) ? expired() : null;
}

/** The hash of the edited payload; an edit can't make an action pass that a rule denies. */
function edit(
  tx: Transaction,
  row: ProposalRow,
  run: RunRow | null,
  edited: { readonly value: unknown },
): string | Refused {
  const judged = judgeAgain(tx, run, editedRequest(row, edited.value));
  if (judged.effect === 'deny')
    return refused('denied_by_rule', judged.reasons.join('; '), 'change policy.toml first');
  const payload = canonicalJson(edited.value);
  const hash = sha256Hex(payload);
  if (hash === row.payload_hash) return hash;
  editPending(tx.store, { id: row.id, fromHash: row.payload_hash, payload, hash });
  return hash;
}

/** As it would be asked about now; the tool lists, which look at where a run stands, have judged the call before. */
function editedRequest(row: ProposalRow, payload: unknown): PolicyRequest {
  const isHeldCall = row.action_type.startsWith('tool:') && row.run_id !== null;
  if (isHeldCall) {
    const tool = row.action_type.slice('tool:'.length);
    return toolRequest({ tool, input: payload, resource: null, base: UNOPPOSED });
  }
  return proposalRequest({
    action: row.action_type,
    payload,
    costUsd: row.expected_cost_micro_usd as MicroUsd | null,
    reversible: null,
    requiresApproval: null,
  });
}
