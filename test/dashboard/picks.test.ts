import { describe, expect, it } from 'vitest';
import { emptyBoard } from '../../src/server/dashboard/client/board-state.ts';
import { pickedIn, togglePick, whyNotPicked } from '../../src/server/dashboard/client/picks.ts';
import { mergePending } from '../../src/server/dashboard/client/queue.ts';
import { aProposal } from './wire-samples.ts';

const one = aProposal({ status: 'pending' });
const seen = new Map([[one.proposal_id, one.payload_hash]]);

describe('what is decided together', () => {
  it('was on screen to its end', () => {
    expect(whyNotPicked(one, new Map())).toContain('Look at its payload');
    expect(whyNotPicked(one, new Map([[one.proposal_id, 'of another payload']]))).toContain(
      'Look at its payload',
    );
    expect(whyNotPicked(one, seen)).toBeNull();
  });

  it.each([{ reversible: false }, { severity: 'critical' as const }, { status: 'approved' as const }])(
    'is never %j',
    (fields) => {
      const grave = aProposal({ status: 'pending', ...fields });
      expect(whyNotPicked(grave, seen)).not.toBeNull();
      expect(togglePick({ ...emptyBoard, seen }, grave).size).toBe(0);
    },
  );

  it('is put in and taken out by the same click', () => {
    const picked = togglePick({ ...emptyBoard, seen }, one);
    expect([...picked]).toEqual([[one.proposal_id, one.payload_hash]]);
    expect(togglePick({ ...emptyBoard, seen, picked }, one).size).toBe(0);
  });

  it('goes without what changed, or was decided, since it was picked', () => {
    const picked = togglePick({ ...emptyBoard, seen }, one);
    const { queue } = mergePending([], [one]);
    expect(pickedIn(queue, picked)).toEqual([one]);
    expect(pickedIn(mergePending([], [{ ...one, payload_hash: 'f'.repeat(64) }]).queue, picked)).toEqual([]);
    expect(pickedIn([{ proposal: { ...one, status: 'approved' }, changed: false }], picked)).toEqual([]);
  });
});
