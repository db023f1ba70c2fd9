import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { raiseCap } from '../../../src/governor/ledger/raise-cap.ts';
import { attachTree } from '../../../src/governor/run/attach-tree.ts';
import { endRun } from '../../../src/governor/run/end-run.ts';
import { applyVerdict } from '../../../src/governor/stop/apply-verdict.ts';
import { killAgent } from '../../../src/governor/stop/kill-agent.ts';
import { killRun } from '../../../src/governor/stop/kill-run.ts';
import { setKillSwitch } from '../../../src/governor/stop/kill-switch.ts';
import { pauseAgent } from '../../../src/governor/stop/pause-agent.ts';
import { pauseAll } from '../../../src/governor/stop/pause-all.ts';
import { pauseRun } from '../../../src/governor/stop/pause-run.ts';
import { resumeAgent, resumeAll } from '../../../src/governor/stop/resume-agent.ts';
import { resumeRun } from '../../../src/governor/stop/resume-run.ts';
import type { Transaction } from '../../../src/governor/transaction.ts';
import { type PauseSource, readAgent } from '../../../src/store/read/agents.ts';
import { readBalance } from '../../../src/store/read/ledger.ts';
import { readKillSwitch } from '../../../src/store/read/meta.ts';
import { readRun } from '../../../src/store/read/runs.ts';
import { chargeTool, OPERATOR, reserved, submit, submitted } from '../acts.ts';
import { agentRules, createFixture, type Fixture, rulesWith } from '../fixture.ts';
import { eventsOf, typesOf, verifiedEvents } from '../record.ts';

let f: Fixture;
beforeEach(() => {
  f = createFixture(rulesWith({ agents: new Map(['noop', 'other'].map((id) => [id, agentRules({ id })])) }));
});
afterEach(() => {
  verifiedEvents(f.store);
  f.close();
});

const now = <T>(useCase: (tx: Transaction) => T): T => f.governor.commitNow(useCase);
const pause = (runId: string, source: PauseSource = 'operator'): boolean =>
  now((tx) => pauseRun(tx, { runId, reason: 'look', source, actor: OPERATOR }));
const pauseTheAgent = (agentId = 'noop', source: PauseSource = 'operator'): boolean =>
  now((tx) => pauseAgent(tx, { agentId, reason: 'look', source, actor: OPERATOR }));
const resume = (runId: string): ReturnType<typeof resumeRun> =>
  now((tx) => resumeRun(tx, { runId, actor: OPERATOR }));
const resumeTheAgent = (agentId = 'noop'): ReturnType<typeof resumeAgent> =>
  now((tx) => resumeAgent(tx, { agentId, actor: OPERATOR }));
const turn = (on: boolean): boolean =>
  now((tx) => setKillSwitch(tx, { on, reason: 'fire', actor: OPERATOR }));
const run = (id: string): ReturnType<typeof readRun> => readRun(f.store, id);
const agent = (id = 'noop'): ReturnType<typeof readAgent> => readAgent(f.store, id);

describe('a paused run', () => {
  it('does nothing until it is resumed, to where it was', () => {
    const [fresh, spawned] = [f.newRun(), f.newRun()];
    now((tx) => attachTree(tx, { runId: spawned, tree: '{}' }));
    expect([pause(fresh), pause(spawned)]).toEqual([true, true]);
    expect(run(fresh)).toMatchObject({ status: 'paused', pause_reason: 'look', pause_source: 'operator' });
    expect(submit(f, fresh)).toMatchObject({ code: 'paused' });
    expect(chargeTool(f, fresh, 'k', 1)).toMatchObject({ code: 'paused' });
    expect([resume(fresh), resume(spawned)]).toEqual([
      { result: 'resumed', atCap: null },
      { result: 'resumed', atCap: null },
    ]);
    expect([run(fresh)?.status, run(spawned)?.status]).toEqual(['starting', 'running']);
    expect(run(fresh)).toMatchObject({ pause_reason: null, pause_source: null });
    expect(agent()?.pauses).toBe(2);
  });

  it('is not paused twice, resumed twice, or paused and resumed after its end', () => {
    const runId = f.newRun();
    expect([pause(runId), pause(runId, 'watchdog')]).toEqual([true, false]);
    expect(run(runId)?.pause_source).toBe('operator');
    resume(runId);
    expect(resume(runId)).toMatchObject({ code: 'not_paused' });
    now((tx) => killRun(tx, { runId, reason: 'x', actor: OPERATOR }));
    expect(pause(runId)).toBe(false);
    expect(resume(runId)).toMatchObject({ code: 'not_paused' });
    expect(pause('run_x')).toBe(false);
    expect(resume('run_x')).toMatchObject({ code: 'not_found' });
    expect(typesOf(f.store).filter((type) => /paused|resumed/.test(type))).toEqual([
      'run_paused',
      'run_resumed',
    ]);
  });

  it('for a missing supervisor gives way to any other pause, and not the other way round', () => {
    const runId = f.newRun();
    pause(runId, 'supervisor');
    expect(pause(runId, 'supervisor')).toBe(false);
    expect(pause(runId, 'operator')).toBe(true);
    expect(pause(runId, 'supervisor')).toBe(false);
    expect(run(runId)?.pause_source).toBe('operator');
  });

  it('keeps its tree when that is attached late, and stays paused', () => {
    const runId = f.newRun();
    pause(runId);
    expect(now((tx) => attachTree(tx, { runId, tree: '{"root":1}' }))).toEqual({ result: 'attached' });
    expect(run(runId)).toMatchObject({ status: 'paused', tree: '{"root":1}' });
  });
});

describe('a paused agent', () => {
  it('takes all its live runs with it, starts none, and goes on with all of them', () => {
    const [first, second, foreign] = [f.newRun(), f.newRun(), f.newRun('other')];
    expect([pauseTheAgent(), pauseTheAgent()]).toEqual([true, false]);
    expect([first, second].map((id) => run(id)?.pause_source)).toEqual(['agent', 'agent']);
    expect(run(foreign)?.status).toBe('starting');
    expect(() => f.newRun()).toThrow(/paused: look/);
    expect(submit(f, first)).toMatchObject({ code: 'paused' });
    expect(resumeTheAgent()).toEqual({ result: 'resumed', atCap: null });
    expect([first, second].map((id) => run(id)?.status)).toEqual(['starting', 'starting']);
    expect(agent()).toMatchObject({ status: 'ok', pause_reason: null, pauses: 1 });
  });

  it('holds each of its runs: none is resumed alone', () => {
    const runId = f.newRun();
    pauseTheAgent();
    expect(resume(runId)).toMatchObject({ result: 'refused', code: 'paused' });
    expect(run(runId)?.status).toBe('paused');
  });

  it('may be one that has never run', () => {
    expect(pauseTheAgent()).toBe(true);
    expect(() => f.newRun()).toThrow(/paused/);
    resumeTheAgent();
    f.newRun();
  });

  it('that is not paused, has no paused run, or is not known can not be resumed', () => {
    f.newRun();
    expect(resumeTheAgent()).toMatchObject({ code: 'not_paused' });
    expect(resumeTheAgent('nobody')).toMatchObject({ code: 'not_found' });
  });

  it('is all that resuming it by name needs, also for a run that was paused by itself', () => {
    const runId = f.newRun();
    pause(runId);
    expect(resumeTheAgent()).toEqual({ result: 'resumed', atCap: null });
    expect(run(runId)?.status).toBe('starting');
  });
});

describe('resume --all', () => {
  it('lifts what the operator paused, and leaves the pauses of watchdog and caps, of runs and of agents', () => {
    const runs = { held: f.newRun(), looping: f.newRun(), capped: f.newRun(), other: f.newRun('other') };
    pause(runs.looping, 'watchdog');
    pause(runs.capped, 'cap');
    pauseTheAgent();
    pauseTheAgent('other', 'watchdog');
    expect(now((tx) => resumeAll(tx, OPERATOR))).toEqual(['noop']);
    expect(Object.values(runs).map((id) => run(id)?.status)).toEqual([
      'starting',
      'paused',
      'paused',
      'paused',
    ]);
    expect([agent()?.status, agent('other')?.status]).toEqual(['ok', 'paused']);
  });

  it('lifts a run that was paused alone, unless its agent stays paused', () => {
    const [alone, under] = [f.newRun(), f.newRun('other')];
    pause(alone);
    pause(under);
    pauseTheAgent('other', 'cap');
    expect(now((tx) => resumeAll(tx, OPERATOR))).toEqual([]);
    expect([run(alone)?.status, run(under)?.status]).toEqual(['starting', 'paused']);
  });

  it('undoes pause --all', () => {
    const runs = [f.newRun(), f.newRun('other')];
    expect(now((tx) => pauseAll(tx, { reason: 'x', actor: OPERATOR }))).toEqual(['noop', 'other']);
    expect(runs.map((id) => run(id)?.status)).toEqual(['paused', 'paused']);
    expect(now((tx) => resumeAll(tx, OPERATOR))).toEqual(['noop', 'other']);
    expect(runs.map((id) => run(id)?.status)).toEqual(['starting', 'starting']);
  });
});

describe('killing', () => {
  it('a run ends it once: what it had reserved is booked, what it had waiting is cancelled', () => {
    const runId = f.newRun();
    reserved(f, runId, 'a');
    submitted(f, runId);
    const kill = (): boolean => now((tx) => killRun(tx, { runId, reason: 'enough', actor: OPERATOR }));
    expect([kill(), kill()]).toEqual([true, false]);
    expect(run(runId)).toMatchObject({ status: 'killed', end_reason: 'enough', proposals_pending: 0 });
    expect(readBalance(f.store, 'agent:noop')).toMatchObject({ posted_usd: 3_000, reserved_usd: 0 });
    expect(agent()).toMatchObject({ runs: 1, runs_live: 0, proposals_pending: 0, status: 'ok' });
    expect(eventsOf(f.store, 'run_ended')).toHaveLength(1);
    const late = { runId, status: 'succeeded', reason: 'x', exitCode: 0, actor: OPERATOR } as const;
    expect(now((tx) => endRun(tx, late))).toBe(false);
    expect(run(runId)?.status).toBe('killed');
  });

  it('an agent ends all its runs, also paused ones, and starts none until it is resumed', () => {
    const [live, paused, foreign] = [f.newRun(), f.newRun(), f.newRun('other')];
    pause(paused);
    expect(now((tx) => killAgent(tx, { agentId: 'noop', reason: 'x', actor: OPERATOR }))).toBe(2);
    expect([live, paused, foreign].map((id) => run(id)?.status)).toEqual(['killed', 'killed', 'starting']);
    expect(() => f.newRun()).toThrow(/killed/);
    expect(resumeTheAgent()).toEqual({ result: 'resumed', atCap: null });
    expect(run(live)?.status).toBe('killed');
    f.newRun();
  });
});

describe('the kill switch', () => {
  it('ends every live run and refuses everything new until it is turned off', () => {
    const runs = [f.newRun(), f.newRun('other'), f.newRun()];
    pause(runs[2] ?? '');
    expect([turn(true), turn(true)]).toEqual([true, false]);
    expect(readKillSwitch(f.store)).toEqual({ on: true, reason: 'fire', sinceMs: f.nowMs });
    expect(runs.map((id) => run(id)?.status)).toEqual(['killed', 'killed', 'killed']);
    expect(() => f.newRun()).toThrow(/kill switch is on: fire/);
    expect(resumeTheAgent()).toMatchObject({ code: 'kill_switch' });
    expect(now((tx) => resumeAll(tx, OPERATOR))).toEqual([]);
    expect([turn(false), turn(false)]).toEqual([true, false]);
    f.newRun();
    expect(eventsOf(f.store, 'kill_switch').map(({ payload }) => payload['on'])).toEqual([true, false]);
  });

  it('is seen at once by every other connection', () => {
    const { governor } = f.another();
    const runId = f.newRun();
    governor.commitNow((tx) => setKillSwitch(tx, { on: true, reason: 'x', actor: OPERATOR }));
    expect(submit(f, runId)).toMatchObject({ code: 'run_ended' });
    expect(() => f.newRun()).toThrow(/kill switch/);
  });

  it('leaves a pause of an agent as it was', () => {
    f.newRun();
    pauseTheAgent();
    turn(true);
    turn(false);
    expect(agent()?.status).toBe('paused');
  });
});

describe('a verdict of the watchdog', () => {
  const verdict = (runId: string, action: 'warn' | 'pause' | 'kill'): boolean =>
    now((tx) =>
      applyVerdict(tx, { runId, rule: 'repeat', action, reason: '5 times the same', evidence: { n: 5 } }),
    );

  it('to pause stops the run and its agent until a person has looked', () => {
    const [runId, second] = [f.newRun(), f.newRun()];
    expect([verdict(runId, 'pause'), verdict(runId, 'pause')]).toEqual([true, false]);
    expect(run(runId)).toMatchObject({ status: 'paused', pause_source: 'watchdog' });
    expect(run(second)).toMatchObject({ status: 'paused', pause_source: 'agent' });
    expect(agent()).toMatchObject({ status: 'paused', pause_source: 'watchdog', pauses: 1 });
    expect(eventsOf(f.store, 'watchdog_pause')).toMatchObject([
      { run_id: runId, payload: { rule: 'repeat', n: 5 } },
    ]);
    expect(now((tx) => resumeAll(tx, OPERATOR))).toEqual([]);
    expect(resumeTheAgent()).toEqual({ result: 'resumed', atCap: null });
    expect([runId, second].map((id) => run(id)?.status)).toEqual(['starting', 'starting']);
  });

  it('to kill ends the run, to warn changes nothing but the record', () => {
    const runId = f.newRun();
    expect(verdict(runId, 'warn')).toBe(true);
    expect(run(runId)?.status).toBe('starting');
    expect(verdict(runId, 'kill')).toBe(true);
    expect(run(runId)).toMatchObject({ status: 'killed', end_reason: 'watchdog: 5 times the same' });
    expect(['warn', 'pause', 'kill'].map((action) => verdict(runId, action as 'warn'))).toEqual([
      false,
      false,
      false,
    ]);
    expect(agent()?.status).toBe('ok');
  });
});

describe('a pause at a cap', () => {
  const raise = (): string =>
    now((tx) =>
      raiseCap(tx, {
        of: { kind: 'agent', id: 'noop' },
        period: 'total',
        unit: 'usd',
        limit: 2e12,
        actor: OPERATOR,
      }),
    ).result;

  it('ends with the cap, and says at the end of it that a cap was the reason', () => {
    const runId = f.newRun();
    pauseTheAgent('noop', 'cap');
    expect(submit(f, runId)).toMatchObject({
      code: 'paused',
      hint: '`governed-agents budget noop` shows its caps; raising the one that it stands at lets it go on',
    });
    expect(resumeTheAgent()).toEqual({ result: 'resumed', atCap: 'look' });
    pauseTheAgent('noop', 'cap');
    expect(raise()).toBe('raised');
    expect([agent()?.status, run(runId)?.status]).toEqual(['ok', 'starting']);
  });

  it.each(['operator', 'watchdog'] as const)(
    'that the %s paused too stays when the cap is raised',
    (source) => {
      const [runId, single] = [f.newRun(), f.newRun()];
      pause(single, 'cap');
      pauseTheAgent('noop', 'cap');
      expect([pauseTheAgent('noop', source), pauseTheAgent('noop', source), pause(single, source)]).toEqual([
        true,
        false,
        true,
      ]);
      expect(raise()).toBe('raised');
      expect(agent()).toMatchObject({ status: 'paused', pause_source: source });
      expect([run(runId)?.status, run(single)?.status]).toEqual(['paused', 'paused']);
      expect(resumeTheAgent()).toEqual({ result: 'resumed', atCap: null });
      expect([run(runId)?.status, run(single)?.status]).toEqual(['starting', 'starting']);
    },
  );

  it('is not laid over the pause of a person', () => {
    f.newRun();
    pauseTheAgent('noop', 'operator');
    expect(pauseTheAgent('noop', 'cap')).toBe(false);
    expect(raise()).toBe('raised');
    expect(agent()).toMatchObject({ status: 'paused', pause_source: 'operator' });
  });
});
