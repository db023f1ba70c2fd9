// A raise is for the limit that it raised: it ends when other rules are put in force, and never comes back with them.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Cap } from '../../../src/core/ledger/caps.ts';
import { endRaises } from '../../../src/governor/ledger/end-raises.ts';
import { raiseCap } from '../../../src/governor/ledger/raise-cap.ts';
import { pauseAgent } from '../../../src/governor/stop/pause-agent.ts';
import { resumeAgent } from '../../../src/governor/stop/resume-agent.ts';
import { readEveryCapRaise } from '../../../src/store/read/history.ts';
import { readRun } from '../../../src/store/read/runs.ts';
import { OPERATOR, reserveCall } from '../acts.ts';
import { agentRules, createFixture, type Fixture, rulesWith } from '../fixture.ts';

let f: Fixture;
const day = (limit: number): Cap => ({ period: 'day', unit: 'usd', limit });
const run = (limit: number): Cap => ({ period: 'run', unit: 'usd', limit });
const rulesOf = (caps: readonly Cap[], project: readonly Cap[] = []) =>
  rulesWith({
    agents: new Map([['noop', agentRules({ budget: { caps, warnAt: [], onCap: 'pause' } })]]),
    projectBudget: { caps: project, warnAt: [], onCap: 'pause' },
  });
beforeEach(() => {
  f = createFixture(rulesOf([day(5_000), run(1_000)], [day(9_000)]));
});
afterEach(() => f.close());

const raise = (period: 'day' | 'run', limit: number, of: 'noop' | 'project' = 'noop') =>
  f.governor.commitNow((tx) =>
    raiseCap(tx, {
      of: of === 'project' ? { kind: 'project' } : { kind: 'agent', id: of },
      period,
      unit: 'usd',
      limit,
      actor: OPERATOR,
    }),
  );
const raised = (): readonly string[] => readEveryCapRaise(f.store).map(({ scope, cap }) => `${scope} ${cap}`);

describe('raises', () => {
  it('end with their limit, or with their cap, and the others stay', () => {
    for (const [period, limit, of] of [
      ['day', 50_000, 'noop'],
      ['run', 20_000, 'noop'],
      ['day', 90_000, 'project'],
    ] as const) {
      expect(raise(period, limit, of)).toMatchObject({ result: 'raised' });
    }
    expect(raised()).toEqual(['agent:noop day_usd', 'agent:noop run_usd', 'project day_usd']);
    f.governor.commitNow(endRaises);
    expect(raised()).toHaveLength(3);
    f.rules = rulesOf([day(4_000), run(1_000)], [day(9_000)]);
    f.governor.commitNow(endRaises);
    expect(raised()).toEqual(['agent:noop run_usd', 'project day_usd']);
    f.rules = rulesOf([day(5_000)], [day(9_000)]);
    f.governor.commitNow(endRaises);
    expect(raised()).toEqual(['project day_usd']);
  });
});

describe('a run at its cap whose agent an operator paused', () => {
  it('stands with its agent once the cap is raised, and goes on with it', () => {
    const runId = f.newRun();
    expect(reserveCall(f, runId, 'a', { outputTokens: 400 })).toMatchObject({ code: 'over_cap' });
    expect(readRun(f.store, runId)).toMatchObject({ status: 'paused', pause_source: 'cap' });
    const pause = { agentId: 'noop', reason: 'lunch', source: 'operator', actor: OPERATOR } as const;
    f.governor.commitNow((tx) => pauseAgent(tx, pause));
    expect(raise('run', 20_000)).toMatchObject({ result: 'raised' });
    expect(readRun(f.store, runId)).toMatchObject({
      status: 'paused',
      pause_source: 'agent',
      pause_reason: 'lunch',
    });
    f.governor.commitNow((tx) => resumeAgent(tx, { agentId: 'noop', actor: OPERATOR }));
    expect(readRun(f.store, runId)).toMatchObject({ pause_reason: null });
  });
});
