import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isWaiting,
  mergePending,
  neighbour,
  putProposal,
  type Queue,
  trimSettled,
  updateSettled,
} from '../../src/server/dashboard/client/queue.ts';
import { aProposal } from './wire-samples.ts';

function pending(...ids: readonly string[]) {
  return ids.map((id) => aProposal({ proposal_id: id }));
}

function idsOf(queue: Queue): readonly string[] {
  return queue.map((entry) => entry.proposal.proposal_id);
}

function queueOf(...ids: readonly string[]): Queue {
  return mergePending([], pending(...ids)).queue;
}

describe('the queue of what waits', () => {
  it('puts new ones at the end, whatever order they arrive in', () => {
    expect(idsOf(mergePending(queueOf('b', 'c'), pending('a', 'b', 'c', 'd')).queue)).toEqual([
      'b',
      'c',
      'a',
      'd',
    ]);
  });

  it('never moves or removes an entry while lists come and go', () => {
    const list = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'));
    fc.assert(
      fc.property(fc.array(list), (lists) => {
        let queue: Queue = [];
        for (const ids of lists) {
          const before = idsOf(queue);
          queue = mergePending(queue, pending(...ids)).queue;
          expect(idsOf(queue).slice(0, before.length)).toEqual(before);
        }
      }),
    );
  });

  it('keeps an entry that is no longer pending in its place and asks what became of it', () => {
    const merged = mergePending(queueOf('a', 'b'), pending('b'));
    expect(idsOf(merged.queue)).toEqual(['a', 'b']);
    expect(merged.gone).toEqual(['a']);
    const known = putProposal(merged.queue, aProposal({ proposal_id: 'a', status: 'expired' }));
    expect(known.filter(isWaiting).map((entry) => entry.proposal.proposal_id)).toEqual(['b']);
    expect(mergePending(known, pending('b')).gone).toEqual([]);
  });

  it('never takes a decided proposal back to pending because an older answer came late', () => {
    const decided = putProposal(queueOf('a'), aProposal({ proposal_id: 'a', status: 'approved' }));
    expect(mergePending(decided, pending('a')).queue[0]?.proposal.status).toBe('approved');
    expect(putProposal(decided, aProposal({ proposal_id: 'a' }))[0]?.proposal.status).toBe('approved');
  });

  it('says so when the payload is another one than first shown, until it is decided', () => {
    const other = aProposal({ proposal_id: 'a', payload_hash: 'other' });
    const changed = mergePending(queueOf('a'), [other]).queue;
    expect(changed[0]?.changed).toBe(true);
    expect(mergePending(changed, [other]).queue[0]?.changed).toBe(true);
    expect(putProposal(changed, { ...other, status: 'rejected' })[0]?.changed).toBe(false);
  });

  it('takes in the outcome of what was decided here, and nothing about what still waits', () => {
    const queue = putProposal(queueOf('a', 'b'), aProposal({ proposal_id: 'a', status: 'executing' }));
    const updated = updateSettled(queue, [
      aProposal({ proposal_id: 'a', status: 'executed' }),
      aProposal({ proposal_id: 'b', payload_hash: 'other' }),
    ]);
    expect(updated.map((entry) => entry.proposal.status)).toEqual(['executed', 'pending']);
    expect(updated[1]?.proposal.payload_hash).not.toBe('other');
  });

  it('drops the oldest settled entries beyond its bound, never a waiting or the selected one', () => {
    let queue = queueOf('a', 'b', 'c', 'd');
    for (const id of ['a', 'b', 'd'])
      queue = putProposal(queue, aProposal({ proposal_id: id, status: 'rejected' }));
    expect(idsOf(trimSettled(queue, 'a', 1))).toEqual(['a', 'c']);
    expect(idsOf(trimSettled(queue, null, 1))).toEqual(['c', 'd']);
    expect(trimSettled(queue, null, 3)).toBe(queue);
  });

  it('moves to the next or previous one that waits and stops at the ends', () => {
    const queue = putProposal(queueOf('a', 'b', 'c'), aProposal({ proposal_id: 'b', status: 'rejected' }));
    expect(neighbour(queue, 'a', 1)).toBe('c');
    expect(neighbour(queue, 'c', -1)).toBe('a');
    expect(neighbour(queue, 'c', 1)).toBeNull();
    expect(neighbour(queue, 'a', -1)).toBeNull();
    expect(neighbour(queue, null, 1)).toBe('a');
  });
});
