import { describe, expect, it } from 'vitest';
import type { CapState } from '../../../src/core/ledger/caps.ts';
import { describeBreach, findBreach } from '../../../src/core/watch/over-budget.ts';
import {
  FIRST_BEAT_LIMIT_MS,
  judgeRunner,
  type RunnerReading,
  UNJUDGED,
} from '../../../src/core/watch/runner-lost.ts';
import { signalsOf } from '../../../src/core/watch/signal.ts';
import { StuckQueue } from '../../../src/core/watch/stuck.ts';
import { event } from './signals.ts';

const state = (over: Partial<CapState> & { limit?: number; unit?: CapState['cap']['unit'] }): CapState => ({
  scope: over.scope ?? 'run',
  owner: over.owner ?? 'agent',
  cap: { period: over.cap?.period ?? 'run', unit: over.unit ?? 'usd', limit: over.limit ?? 100 },
  posted: over.posted ?? 0,
  reserved: over.reserved ?? 0,
});

describe('a cap', () => {
  it.each([
    ['is kept below it', { posted: 99, reserved: 1 }, false],
    ['is reached when all of it is spent', { posted: 100 }, true],
    ['is passed by what is spent and reserved together', { posted: 60, reserved: 41 }, true],
    ['of nothing is kept by who spends nothing', { limit: 0 }, false],
    ['of calls is kept at its last call', { unit: 'tool_calls', posted: 100 }, false],
    ['of calls is passed after its last call', { unit: 'tool_calls', posted: 101 }, true],
  ] as const)('%s', (_title, over, isBreach) => {
    expect(findBreach([state(over)]) !== null).toBe(isBreach);
  });

  it('of the widest scope is named first', () => {
    const states = (['run', 'group', 'agent', 'project'] as const).map((scope) =>
      state({ scope, posted: 100 }),
    );
    for (let most = 1; most <= states.length; most += 1) {
      expect(findBreach(states.slice(0, most))).toBe(states[most - 1]);
    }
  });

  it('is said with its limit as it was said, and what is used of it no higher', () => {
    const used = state({ limit: 125_000, posted: 125_000 });
    expect(describeBreach(used)).toBe('at the cap run_usd: $0.125 of $0.125 spent, $0.00 reserved');
    const counted = state({ unit: 'tokens', limit: 1_000, posted: 1_200 });
    expect(describeBreach(counted)).toBe('at the cap run_tokens: 1,200 of 1,000 spent, 0 reserved');
  });

  it('of a single call is never judged by what was spent before', () => {
    expect(
      findBreach([{ ...state({ posted: 500 }), cap: { period: 'call', unit: 'usd', limit: 1 } }]),
    ).toBeNull();
  });
});

describe('a runner', () => {
  const judge = (...readings: readonly (readonly [RunnerReading, number])[]): string =>
    readings.reduce((before, [reading, atMs]) => judgeRunner(before, reading, atMs), UNJUDGED).supervision;

  it.each([
    ['that beats is alive', [['alive', 0]], 'supervised'],
    [
      'that is late once is not judged by that',
      [
        ['alive', 0],
        ['stale', 250],
      ],
      'supervised',
    ],
    [
      'that is late twice in a row is stale',
      [
        ['alive', 0],
        ['stale', 250],
        ['stale', 500],
      ],
      'stale',
    ],
    [
      'that beats between is not stale',
      [
        ['stale', 0],
        ['alive', 250],
        ['stale', 500],
      ],
      'supervised',
    ],
    [
      'that beats again is alive again',
      [
        ['stale', 0],
        ['stale', 250],
        ['alive', 500],
      ],
      'supervised',
    ],
    [
      'that is dead is lost at once',
      [
        ['alive', 0],
        ['dead', 250],
      ],
      'lost',
    ],
    [
      'without a beat has some time',
      [
        ['missing', 0],
        ['missing', FIRST_BEAT_LIMIT_MS - 1],
      ],
      'unclear',
    ],
    [
      'without a beat is stale after that',
      [
        ['missing', 0],
        ['missing', FIRST_BEAT_LIMIT_MS],
      ],
      'stale',
    ],
    [
      'that nobody knows is lost after that',
      [
        ['unknown', 0],
        ['unknown', FIRST_BEAT_LIMIT_MS],
      ],
      'lost',
    ],
  ] as const)('%s', (_title, readings, expected) => {
    expect(judge(...readings)).toBe(expected);
  });
});

describe('approvals that wait', () => {
  const RULES = { warn: 10, kill: 30 };
  const approval = (proposalId: string, sinceMs: number) => ({ proposalId, runId: null, sinceMs });

  it('come due in order, once for each level that the rules have', () => {
    const queue = new StuckQueue();
    queue.add(approval('a', 0), RULES);
    queue.add(approval('b', 5_000), RULES);
    expect(queue.nextDueMs(RULES)).toBe(10_000);
    expect(queue.takeDue(RULES, 9_999)).toBeNull();
    const first = queue.takeDue(RULES, 12_000);
    expect(first).toMatchObject({ approval: { proposalId: 'a' }, level: 'warn' });
    expect(queue.takeDue(RULES, 12_000)).toBeNull();
    if (first !== null) queue.again(first, RULES);
    expect(queue.takeDue(RULES, 16_000)).toMatchObject({ approval: { proposalId: 'b' }, level: 'warn' });
    expect(queue.takeDue(RULES, 30_000)).toMatchObject({ approval: { proposalId: 'a' }, level: 'kill' });
    expect(queue.nextDueMs(RULES)).toBe(Number.POSITIVE_INFINITY);
  });

  it('never come due where the rule is off', () => {
    const queue = new StuckQueue();
    queue.add(approval('a', 0), {});
    expect(queue.nextDueMs({})).toBe(Number.POSITIVE_INFINITY);
  });

  it('stay in order over thousands', () => {
    const queue = new StuckQueue();
    for (let index = 0; index < 5_000; index += 1) queue.add(approval(String(index), index), RULES);
    for (let index = 0; index < 5_000; index += 1) {
      expect(queue.takeDue(RULES, 1e9)?.approval.proposalId).toBe(String(index));
    }
    expect(queue.takeDue(RULES, 1e9)).toBeNull();
  });

  it('are those of a person, and of the policy only where an executor stands behind', () => {
    const of = { proposalId: 'prp_1' };
    const kinds = (type: string, payload: unknown): string[] =>
      signalsOf(event(type, payload, of)).map(({ kind }) => kind);
    expect(kinds('proposal_decided', { status: 'approved' })).toContain('approved');
    expect(kinds('proposal_decided', { status: 'rejected' })).not.toContain('approved');
    expect(kinds('proposal_decided', { status: 'auto-approved' })).not.toContain('approved');
    expect(kinds('proposal_submitted', { status: 'auto-approved', executor: 'x' })).toContain('approved');
    expect(kinds('proposal_submitted', { status: 'auto-approved', executor: null })).not.toContain(
      'approved',
    );
  });
});
