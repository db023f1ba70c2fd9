// Claims an approval for its executor. The host does so before it starts anything, so that each is used once, and only for the very payload of
// which the record has the approval.
import { sha256Hex } from '../../core/canonical.ts';
import { readDecision } from '../../store/read/events.ts';
import { readKillSwitch } from '../../store/read/meta.ts';
import { type ProposalRow, readProposal } from '../../store/read/proposals.ts';
import { claimForExecution } from '../../store/write/proposals.ts';
import { raiseFlag } from '../flag.ts';
import { type Refused, refused } from '../refusal.ts';
import type { Transaction } from '../transaction.ts';
import { recordOutcome } from './outcome.ts';
import { ofProposal } from './proposal-event.ts';
import { reread } from './reread.ts';

export interface Claimed {
  readonly result: 'claimed';
  readonly proposal: ProposalRow;
}

/** Refused for a second claim, and for a payload whose bytes are not those that were approved. */
export function claimExecution(tx: Transaction, proposalId: string): Claimed | Refused {
  const killSwitch = readKillSwitch(tx.store);
  if (killSwitch.on) {
    const detail = `the kill switch is on: ${killSwitch.reason ?? 'no reason given'}`;
    return refused('kill_switch', detail, '`governed-agents kill-switch off` lets approved actions run');
  }
  const row = readProposal(tx.store, proposalId);
  if (row === null || !claimForExecution(tx.store, proposalId, tx.nowMs)) {
    return refused('not_executable', 'this approval is used already, or never was', 'see the proposal');
  }
  if (sha256Hex(row.payload) !== row.payload_hash) {
    return refuseClaimed(tx, row, 'payload_altered', 'the stored payload is not the one that was approved');
  }
  if (!recordApproves(tx.store, row)) {
    return refuseClaimed(tx, row, 'not_in_record', 'the record has no approval of this payload');
  }
  const proposal = reread(tx, row.id);
  tx.emit({
    eventType: 'action_executing',
    actor: { kind: 'executor', id: proposal.executor },
    ...ofProposal(proposal),
    payload: {
      action_type: proposal.action_type,
      proposal_payload_hash: proposal.payload_hash,
      attempt: proposal.attempts,
    },
  });
  return { result: 'claimed', proposal };
}

/** The approval is used up all the same: what does not follow from the record is looked at by a person. */
function refuseClaimed(tx: Transaction, row: ProposalRow, code: string, problem: string): Refused {
  const actor = { kind: 'server', id: null } as const;
  raiseFlag(tx, {
    flag: 'audit_flag_executor_error',
    actor,
    run: null,
    proposal: row,
    payload: { problem },
  });
  const failed = { outcome: 'failed', by: 'executor', detail: { error: code }, costUsd: null } as const;
  recordOutcome(tx, row, { ...failed, from: ['executing'] }, { kind: 'executor', id: row.executor });
  return refused(code, problem, 'verify the record: `governed-agents audit verify`');
}

/** A status that was written past the record is no approval. */
function recordApproves(store: Transaction['store'], row: ProposalRow): boolean {
  const text = readDecision(store, row.id);
  if (text === null) return false;
  const decided = JSON.parse(text) as { status?: unknown; proposal_payload_hash?: unknown };
  const approved = decided.status === 'approved' || decided.status === 'auto-approved';
  return approved && decided.proposal_payload_hash === row.payload_hash;
}
