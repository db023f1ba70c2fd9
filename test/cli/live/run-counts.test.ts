import { expect, it } from 'vitest';
import { RunCounts } from '../../../src/cli/live/run-view.ts';

it('tells a denial once: one that was held before is news, one at once was told with its rule', () => {
  const counts = new RunCounts();
  counts.onHeld('prp_held');
  const told = (['pending', 'denied', 'approved', 'rejected'] as const).map((status) =>
    ['prp_held', 'prp_new'].map((id) => counts.onProposal(id, status)),
  );
  expect(told).toEqual([
    [false, false],
    [true, false],
    [true, true],
    [true, true],
  ]);
  expect(counts.refused).toBe(4);
});
