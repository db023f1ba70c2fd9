import { describe, expect, it } from 'vitest';
import type { ProposalStatus } from '../../src/core/proposal/status.ts';
import type { Store } from '../../src/store/open.ts';
import { readProposal } from '../../src/store/read/proposals.ts';
import {
  cancelPending,
  claimForExecution,
  decidePending,
  editPending,
  expirePending,
  insertProposal,
  retryUnknown,
  writeOutcome,
} from '../../src/store/write/proposals.ts';
import { tempStore } from './temp-store.ts';

const STATUSES: readonly ProposalStatus[] = [
  'pending',
  'approved',
  'auto-approved',
  'rejected',
  'denied',
  'expired',
  'cancelled',
  'executing',
  'executed',
  'failed',
  'unknown',
];
const EXPIRES_AT_MS = 1_000;
const HASH = 'h'.repeat(64);
const ID = 'prp_1';

type Move = (store: Store, nowMs: number, hash: string) => boolean;

const MOVES: readonly (readonly [name: string, from: readonly ProposalStatus[], move: Move])[] = [
  [
    'decide',
    ['pending'],
    (store, nowMs, payloadHash) =>
      decidePending(store, {
        id: ID,
        status: 'approved',
        payloadHash,
        nowMs,
        byId: null,
        via: 'cli',
        note: null,
        final: false,
      }),
  ],
  [
    'edit',
    ['pending'],
    (store, _, fromHash) => editPending(store, { id: ID, fromHash, payload: '{}', hash: 'e' }),
  ],
  ['cancel', ['pending'], (store, nowMs) => cancelPending(store, ID, nowMs, 'x')],
  ['claim', ['approved', 'auto-approved'], (store, nowMs) => claimForExecution(store, ID, nowMs)],
  ['retry', ['unknown'], (store) => retryUnknown(store, ID)],
  [
    'finish',
    ['executing'],
    (store, nowMs) =>
      writeOutcome(store, {
        id: ID,
        from: ['executing'],
        outcome: 'executed',
        by: 'executor',
        detail: null,
        costMicroUsd: null,
        nowMs,
      }),
  ],
];

function storeWith(status: ProposalStatus, executor: string | null = 'x'): Store {
  const store = tempStore().open();
  insertProposal(store, {
    id: ID,
    run_id: null,
    agent_id: null,
    action_type: 'x',
    payload: '{"a":1}',
    payload_hash: HASH,
    expected_outcome: '',
    rationale: null,
    reversible: null,
    requires_approval: null,
    expected_cost_micro_usd: null,
    links: '[]',
    client_data: '{}',
    idempotency_key: null,
    request_hash: '',
    tier: null,
    effect: 'allow',
    rule: '',
    reasons: '[]',
    severity: 'low',
    executor,
    status,
    created_at_ms: 0,
    expires_at_ms: EXPIRES_AT_MS,
    decided_at_ms: null,
    decided_by_kind: null,
    decided_by_id: null,
  });
  return store;
}

describe('one statement', () => {
  it.each(MOVES)(
    'lets a proposal %s from the statuses that it names, once, and from no other',
    (_, from, move) => {
      for (const status of STATUSES) {
        const store = storeWith(status);
        const before = readProposal(store, ID);
        const isTaken = move(store, EXPIRES_AT_MS - 1, HASH);
        expect([status, isTaken]).toEqual([status, from.includes(status)]);
        if (isTaken) expect(move(store, EXPIRES_AT_MS - 1, HASH)).toBe(false);
        else expect(readProposal(store, ID)).toEqual(before);
      }
    },
  );

  it('decides only before the expiry and on the payload that was shown', () => {
    const decide = MOVES[0]?.[2];
    if (decide === undefined) throw new Error('no move');
    expect(decide(storeWith('pending'), EXPIRES_AT_MS, HASH)).toBe(false);
    expect(decide(storeWith('pending'), EXPIRES_AT_MS - 1, 'other')).toBe(false);
  });

  it('expires only from the millisecond of the expiry on, and only what is pending', () => {
    for (const status of STATUSES) {
      const store = storeWith(status);
      expect(expirePending(store, ID, EXPIRES_AT_MS - 1)).toBe(false);
      expect(expirePending(store, ID, EXPIRES_AT_MS)).toBe(status === 'pending');
    }
  });

  it('claims nothing that has no executor', () => {
    expect(claimForExecution(storeWith('approved', null), ID, 1)).toBe(false);
  });
});
