// Whatever is asked of the gate, in whatever state, `explain` has just said what it answers, and changed nothing by it.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { loadDetector } from '../../../src/governor/policy/detector.ts';
import { seeded } from '../../counts.ts';
import { acts } from './acts.ts';
import { World } from './world.ts';

/** A property over nothing but `allow` would show little: each of these has to be met. */
const REACHED = [
  ...[
    'near-cap',
    'rate',
    'spend',
    'no-data-out',
    'office-hours',
    'production',
    'busy',
    'dear-calls',
    'may.pay',
    'no-data-in',
    'look-at-data',
  ],
  ...[
    'grant',
    'final_rejection',
    'no_room',
    'over_cap',
    'kill_switch',
    'paused',
    'run_ended',
    'too_many_runs',
  ],
  ...[
    'auto_approve',
    'never_auto_approve',
    'tools.deny',
    'self_approve_blocked',
    'model_not_allowed',
    'unpriced',
  ],
];

it('answers what the gate then answers, for every sort of action, and writes nothing', async () => {
  await loadDetector();
  const answers = new Map<string, number>();
  fc.assert(
    fc.property(acts, (all) => {
      const world = new World(answers);
      try {
        for (const act of all) world.do(act);
      } finally {
        world.f.close();
      }
    }),
    seeded(11, 40, 5_000),
  );
  expect(REACHED.filter((rule) => !answers.has(rule))).toEqual([]);
});
