import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { microUsd } from '../../../src/core/ledger/money.ts';
import { SHIPPED_PRICES } from '../../../src/core/ledger/shipped-prices.ts';
import { attachTree } from '../../../src/governor/run/attach-tree.ts';
import { endRun } from '../../../src/governor/run/end-run.ts';
import { noteEnd } from '../../../src/governor/run/note-end.ts';
import { type RegisterRunInput, registerRun } from '../../../src/governor/run/register-run.ts';
import { readAgent } from '../../../src/store/read/agents.ts';
import { findIds } from '../../../src/store/read/ids.ts';
import { findRuns, readLiveRuns, readRun, readRunBySecretHash } from '../../../src/store/read/runs.ts';
import { OPERATOR } from '../acts.ts';
import { agentRules, createFixture, type Fixture, rulesWith } from '../fixture.ts';
import { registration } from '../inputs.ts';
import { eventsOf, verifiedEvents } from '../record.ts';

let f: Fixture;
let secrets = 0;
beforeEach(() => {
  f = createFixture();
});
afterEach(() => {
  verifiedEvents(f.store);
  f.close();
});

function register(over: Partial<RegisterRunInput> = {}): ReturnType<typeof registerRun> {
  secrets += 1;
  const input = registration({ promptGiven: true, secretHash: String(secrets).padStart(64, '0'), ...over });
  return f.governor.commitNow((tx) => registerRun(tx, input));
}

function end(runId: string): boolean {
  const input = { runId, status: 'succeeded', reason: 'done', exitCode: 0, actor: OPERATOR } as const;
  return f.governor.commitNow((tx) => endRun(tx, input));
}

describe('registering a run', () => {
  it.each<[string, string, Partial<RegisterRunInput>]>([
    ['an agent that is not in the accepted rules', 'unknown_agent', { agentId: 'nobody' }],
    ['a task that the agent does not have', 'unknown_task', { task: 'dream' }],
    ['no live watchdog', 'no_watchdog', { watchdogAlive: false }],
  ])('is refused for %s', (_, code, over) => {
    expect(register(over)).toMatchObject({ result: 'refused', code });
    expect(readLiveRuns(f.store)).toEqual([]);
    expect(readAgent(f.store, 'nobody')).toBeNull();
  });

  it('goes without a watchdog only when that is said, and the record says it', () => {
    expect(register({ watchdogAlive: false, noWatchdog: true })).toMatchObject({ result: 'registered' });
    expect(eventsOf(f.store, 'run_started')[0]?.payload).toMatchObject({ supervised: false });
    expect(readLiveRuns(f.store)[0]?.supervised).toBe(0);
  });

  it('says how long an answer may be: by its model, by the dearest of Claude where none is said, else by the dearest', () => {
    f.rules = rulesWith({ prices: { unknownModel: 'worst', models: SHIPPED_PRICES } });
    const limit = (model: string | null) => {
      const registered = register({ model, runUsdCap: microUsd(500_000) });
      return registered.result === 'registered' ? registered.outputTokens : null;
    };
    // A fifth of $0.50 at $15, at $75 and at $270 a million tokens.
    expect([limit('claude-sonnet-4-6'), limit(null), limit('nobody-knows-it')]).toEqual([6_666, 1_333, 370]);
  });

  it.each([
    [2_000, 500_000, 2_000],
    [20_000, 500_000, 6_666],
    [2_000, undefined, 2_000],
  ])('and no longer than the %i tokens that the rules limit it to', (maxOutputTokens, cap, expected) => {
    f.rules = rulesWith({
      agents: new Map([['noop', agentRules({ maxOutputTokens })]]),
      prices: { unknownModel: 'worst', models: SHIPPED_PRICES },
    });
    const runUsdCap = cap === undefined ? null : microUsd(cap);
    expect(register({ model: 'claude-sonnet-4-6', runUsdCap })).toMatchObject({ outputTokens: expected });
  });

  it('is refused unconfined for an agent that must be confined', () => {
    f.rules = rulesWith({
      agents: new Map([['noop', agentRules({ confine: { mode: 'required', write: [] } })]]),
    });
    expect(register()).toMatchObject({ code: 'not_confined' });
    expect(register({ tier: 'confined' })).toMatchObject({ result: 'registered' });
  });

  it('is refused beyond what may run at once, of the agent and of the project, until one ends', () => {
    const agents = new Map(['noop', 'other'].map((id) => [id, agentRules({ id, concurrent: 1 })]));
    f.rules = rulesWith({ agents, concurrentRuns: 2 });
    const first = f.newRun();
    expect(register()).toMatchObject({
      code: 'too_many_runs',
      detail: expect.stringContaining('noop') as string,
    });
    f.newRun('other');
    f.rules = rulesWith({ agents: new Map([['noop', agentRules({ concurrent: 9 })]]), concurrentRuns: 2 });
    expect(register()).toMatchObject({ code: 'too_many_runs' });
    end(first);
    expect(register()).toMatchObject({ result: 'registered' });
  });

  it('is refused before any rules were accepted', () => {
    f.governor.commitNow((tx) => tx.store.exec("DELETE FROM meta WHERE key = 'rules_hash'"));
    expect(register()).toMatchObject({ code: 'rules_not_accepted' });
  });
});

describe('a run', () => {
  it('is found by the hash of its secret, by a prefix of its id, and newest first', () => {
    const ids = [0, 1, 2].map((n) => {
      f.nowMs += n;
      return f.newRun();
    });
    const secret = f.store.statement('SELECT secret_hash AS s FROM runs WHERE id = ?').get(ids[1] ?? '') as {
      s: string;
    };
    expect(readRunBySecretHash(f.store, secret.s)?.id).toBe(ids[1]);
    expect(readRunBySecretHash(f.store, 'x')).toBeNull();
    expect(findIds(f.store, 'runs', ids[1] ?? '', 9)).toEqual([ids[1]]);
    expect(findIds(f.store, 'runs', 'run_', 9).sort()).toEqual([...ids].sort());
    const listed = findRuns(f.store, { limit: 2 }).map(({ id }) => id);
    expect(listed).toEqual([...ids].sort().reverse().slice(0, 2));
    expect(findRuns(f.store, { limit: 9, beforeId: listed[1] }).map(({ id }) => id)).toEqual(
      [...ids].sort().slice(0, 1),
    );
  });

  it('runs once its tree is known, and takes neither tree nor note after its end', () => {
    const runId = f.newRun();
    expect(f.governor.commitNow((tx) => attachTree(tx, { runId, tree: '{"root":{}}' }))).toEqual({
      result: 'attached',
    });
    expect(readRun(f.store, runId)).toMatchObject({ status: 'running', tree: '{"root":{}}' });
    const note = { runId, reason: 'goal_reached', note: 'all done' } as const;
    expect(f.governor.commitNow((tx) => noteEnd(tx, note))).toEqual({ result: 'noted' });
    expect([end(runId), end(runId)]).toEqual([true, false]);
    expect(f.governor.commitNow((tx) => noteEnd(tx, note))).toMatchObject({ code: 'run_ended' });
    expect(f.governor.commitNow((tx) => attachTree(tx, { runId, tree: '{}' }))).toMatchObject({
      code: 'run_ended',
    });
    expect(eventsOf(f.store, 'run_ended')[0]?.payload['note']).toContain('all done');
    expect(readRun(f.store, runId)?.tree).toBe('{"root":{}}');
  });
});
