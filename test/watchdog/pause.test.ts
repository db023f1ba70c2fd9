import { expect, it } from 'vitest';
import { microUsd } from '../../src/core/ledger/money.ts';
import { charge } from '../../src/governor/ledger/charge.ts';
import { killAgent } from '../../src/governor/stop/kill-agent.ts';
import { pauseRun } from '../../src/governor/stop/pause-run.ts';
import { resumeAgent } from '../../src/governor/stop/resume-agent.ts';
import { resumeRun } from '../../src/governor/stop/resume-run.ts';
import { listTree } from '../../src/process/entry.ts';
import { readAgent } from '../../src/store/read/agents.ts';
import { Governed, standsStill, until, untilGrows, useWatchdog } from './governed.ts';

useWatchdog();

const OPERATOR = { kind: 'operator', id: null } as const;

it('freezes the whole tree at the third identical action, records the pause, and pauses the agent', async () => {
  const governed = new Governed();
  await governed.startWatchdog();
  const run = await governed.newRun();
  const sibling = await governed.newRun();
  for (const input of ['make', 'ls', 'make', 'pwd', 'make']) governed.call(run, input);
  await until(() => run.row().status === 'paused', 'the run is paused');
  expect(await standsStill(run)).toBe(true);
  expect(listTree(run.tree).every(({ stopped }) => stopped)).toBe(true);
  expect(readAgent(governed.store, 'noop')).toMatchObject({ status: 'paused', pause_source: 'watchdog' });
  const [pause] = governed.payloads('watchdog_pause', run.id);
  expect(pause).toMatchObject({ rule: 'repeat', count: 3, source: 'watchdog', tree: 'frozen' });
  expect(pause?.['detected_ms']).toEqual(expect.any(Number));
  expect(pause?.['stopped_ms']).toEqual(expect.any(Number));
  await until(() => sibling.row().status === 'paused', 'the other run of the agent is paused');
  expect(await standsStill(sibling)).toBe(true);
});

it('pauses at as many failures in a row as [limits] errors of the agent says, one success forgiving those before', async () => {
  const governed = new Governed({ agentToml: '[limits]\nerrors = 3\n' });
  await governed.startWatchdog();
  const run = await governed.newRun();
  for (const [n, ok] of [false, false, true, false, false].entries()) governed.ran(run, `step ${n}`, ok);
  await untilGrows(run);
  await untilGrows(run);
  expect(run.row().status).toBe('running');
  governed.ran(run, 'step 5', false);
  await until(() => run.row().status === 'paused', 'the run is paused');
  expect(await standsStill(run)).toBe(true);
  expect(governed.payloads('watchdog_pause', run.id)).toMatchObject([{ rule: 'errors', count: 3 }]);
});

it('lets a run go on that somebody else resumed, and counts its actions anew', async () => {
  const governed = new Governed();
  await governed.startWatchdog();
  const run = await governed.newRun();
  for (const input of ['make', 'make', 'make']) governed.call(run, input);
  await until(() => run.row().status === 'paused', 'the run is paused');
  governed.governor.commitNow((tx) => resumeAgent(tx, { agentId: 'noop', actor: OPERATOR }));
  await untilGrows(run);
  governed.call(run, 'make');
  governed.call(run, 'make');
  await untilGrows(run);
  expect(run.row().status).toBe('running');
  governed.call(run, 'make');
  await until(() => run.row().status === 'paused', 'the run is paused again');
});

it('makes a pause true that another process only recorded, and keeps it true', async () => {
  const governed = new Governed();
  await governed.startWatchdog();
  const run = await governed.newRun();
  const pause = { runId: run.id, reason: 'a look', source: 'operator', actor: OPERATOR } as const;
  governed.governor.commitNow((tx) => pauseRun(tx, pause));
  await until(() => listTree(run.tree).every(({ stopped }) => stopped), 'the tree stands still');
  for (const { pid } of listTree(run.tree)) process.kill(pid, 'SIGCONT');
  await until(() => listTree(run.tree).every(({ stopped }) => stopped), 'the tree stands still again');
  expect(await standsStill(run)).toBe(true);
  governed.governor.commitNow((tx) => resumeRun(tx, { runId: run.id, actor: OPERATOR }));
  await untilGrows(run);
});

it('ends the tree of a run that another process only recorded as killed', async () => {
  const governed = new Governed();
  await governed.startWatchdog();
  const run = await governed.newRun();
  governed.governor.commitNow((tx) => killAgent(tx, { agentId: 'noop', reason: 'enough', actor: OPERATOR }));
  await until(() => listTree(run.tree).length === 0, 'the tree is gone');
});

it('stops a run that has used up its budget, by the cap, so that raising it lets the run go on', async () => {
  const governed = new Governed();
  await governed.startWatchdog();
  const run = await governed.newRun({ runUsdCap: 500_000 });
  const spend = (usd: number, idempotencyKey: string): void => {
    const input = {
      runId: run.id,
      agentId: 'noop',
      usd: microUsd(usd),
      tokens: 0,
      tool: 'x',
      idempotencyKey,
    };
    expect(governed.governor.commitNow((tx) => charge(tx, input))).toMatchObject({ result: 'charged' });
  };
  spend(499_999, 'first');
  await untilGrows(run);
  spend(1, 'second');
  await until(() => run.row().status === 'paused', 'the run is paused');
  expect(await standsStill(run)).toBe(true);
  expect(run.row()).toMatchObject({
    pause_source: 'cap',
    pause_reason: expect.stringContaining(
      '; raise it with `governed-agents budget raise noop --tier run --usd 0.6`',
    ) as string,
  });
  expect(governed.payloads('budget_paused', run.id)[0]).toMatchObject({
    rule: 'over_budget',
    scope: 'run',
    cap: 'run_usd',
    posted: 500_000,
  });
});

it('finds at its start what was committed while no watchdog lived', async () => {
  const governed = new Governed();
  const run = await governed.newRun();
  for (const input of ['make', 'make', 'make']) governed.call(run, input);
  await governed.startWatchdog();
  await until(() => run.row().status === 'paused', 'the run is paused');
  expect(await standsStill(run)).toBe(true);
});

it('does not repeat a warning that an earlier watchdog recorded', async () => {
  const governed = new Governed({
    projectToml: '[runs]\nconcurrent = 9\n[watchdog]\nrepeat = { warn = 2 }\n',
  });
  const first = await governed.startWatchdog();
  const run = await governed.newRun();
  for (const input of ['make', 'make', 'make']) governed.call(run, input);
  await until(() => governed.payloads('watchdog_warning', run.id).length === 1, 'a warning is recorded');
  first.process.kill('SIGTERM');
  await first.ended;
  await governed.startWatchdog();
  for (const input of ['make', 'ls', 'ls']) governed.call(run, input);
  await until(
    () => governed.payloads('watchdog_warning', run.id).length === 2,
    'the next warning is recorded',
  );
  const subjects = governed.payloads('watchdog_warning', run.id).map(({ subject }) => subject);
  expect(new Set(subjects).size).toBe(2);
});

it('warns of an approval that nobody carries out, once, also past a restart', async () => {
  const governed = new Governed({
    projectToml: '[runs]\nconcurrent = 9\n[watchdog]\nstuck = { warn = 1 }\n',
  });
  const first = await governed.startWatchdog();
  const run = await governed.newRun();
  const id = governed.approve(run);
  await until(() => governed.payloads('watchdog_warning', run.id).length === 1, 'a warning is recorded');
  expect(governed.payloads('watchdog_warning')[0]).toMatchObject({ rule: 'stuck', proposal_id: id });
  first.process.kill('SIGTERM');
  await first.ended;
  await governed.startWatchdog();
  const second = governed.approve(run);
  await until(() => governed.payloads('watchdog_warning').length === 2, 'the second warning is recorded');
  const told = governed.payloads('watchdog_warning').map(({ proposal_id }) => proposal_id);
  expect(told).toEqual([second, id]);
});
