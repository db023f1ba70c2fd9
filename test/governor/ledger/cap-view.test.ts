import { afterEach, expect, it } from 'vitest';
import { capView } from '../../../src/governor/ledger/cap-states.ts';
import type { SpendScope } from '../../../src/governor/ledger/spend-scope.ts';
import { chargeTool } from '../acts.ts';
import { agentRules, createFixture, type Fixture, rulesWith } from '../fixture.ts';

let f: Fixture;
afterEach(() => f.close());

const day = (limit: number) =>
  ({ caps: [{ period: 'day', unit: 'usd', limit }], warnAt: [], onCap: 'pause' }) as const;
const lasting = (agentId: string): SpendScope => ({ agentId, runId: null, runUsdCap: null, group: null });

it('of one moment shows each agent its own caps, and all of them the same project, whenever they are looked at', () => {
  const agents = new Map([
    ['noop', agentRules({ budget: day(50) })],
    ['other', agentRules({ id: 'other', budget: day(60) })],
  ]);
  f = createFixture(rulesWith({ agents, projectBudget: day(100) }));
  const runId = f.newRun();
  chargeTool(f, runId, 'first', 3);
  const caps = capView(f.store, f.rules, f.nowMs);
  const seen = (agentId: string) => caps.of(lasting(agentId)).map(({ cap, posted }) => [cap.limit, posted]);
  expect(seen('noop')).toEqual([
    [50, 3],
    [100, 3],
  ]);
  chargeTool(f, runId, 'second', 4);
  expect(seen('other')).toEqual([
    [60, 0],
    [100, 3],
  ]);
  expect(seen('noop')).toEqual([
    [50, 3],
    [100, 3],
  ]);
  expect(
    capView(f.store, f.rules, f.nowMs)
      .ofProject()
      .map(({ posted }) => posted),
  ).toEqual([7]);
});

it('shows no caps where no rules are in force', () => {
  f = createFixture();
  const caps = capView(f.store, null, f.nowMs);
  expect([caps.of(lasting('noop')), caps.ofProject(), caps.ofGroup({ name: 'a', batch: null })]).toEqual([
    [],
    [],
    [],
  ]);
});
