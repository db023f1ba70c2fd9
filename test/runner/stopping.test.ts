import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareStopMark, setStopMark } from '../../src/config/stop-marker.ts';
import { startBeat } from '../../src/process/entry.ts';
import { witnessed } from '../process/tree-fixture.ts';
import { RUN_ID, startFakeServer } from './fake-server.ts';
import { until } from './gateway-fixture.ts';
import { openRunFixture, processState, type RunFixture, rootPid } from './run-fixture.ts';

let fixture: RunFixture;
beforeEach(async () => {
  fixture = await openRunFixture();
});
afterEach(() => fixture.close());

const sh = (script: string): readonly string[] => ['sh', '-c', script];
/** One process, so that it is frozen when it says so: a shell that forks may stand in the kernel instead. */
const STILL = ['sleep', '600'];
const marker = `GOVERNED_RUN_ID=${RUN_ID}`;

describe('a pause', () => {
  it('from the server freezes the tree, and a resume lets it go on', async () => {
    const run = await fixture.start(STILL);
    await until(() => fixture.server.followers() === 1, 'control is followed');
    fixture.server.say({ type: 'pause', reason: 'look at this' });
    await until(() => processState(rootPid(fixture)) === 'T', 'it is frozen');
    expect(fixture.states.at(-1)).toEqual({ state: 'paused', reason: 'look at this' });
    fixture.server.say({ type: 'resume' });
    await until(() => processState(rootPid(fixture)) !== 'T', 'it goes on');
    run.kill('enough');
    expect(await run.ended).toMatchObject({ status: 'killed', reason: 'enough' });
  });

  it('is learnt from the server’s first word after a lost connection', async () => {
    const run = await fixture.start(STILL);
    const { port } = fixture.server;
    await fixture.server.close();
    await until(() => fixture.notices.length === 1, 'the loss is noticed');
    expect(fixture.notices[0]).toContain('until it is back (`governed-agents up` starts it)');
    expect(processState(rootPid(fixture))).not.toBe('T');
    fixture.server = await startFakeServer(fixture.state.serverFile, port);
    fixture.server.intercept = (seen, response) => {
      if (!seen.path.endsWith('/control')) return false;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: {"type":"hello","run_id":"${RUN_ID}","status":"paused"}\n\n`);
      return true;
    };
    await until(() => processState(rootPid(fixture)) === 'T', 'it is frozen');
    run.kill('enough');
    await run.ended;
  });

  it('by a mark on the disk holds until the mark is gone', async () => {
    await fixture.start(STILL);
    setStopMark(join(fixture.state.runs, RUN_ID), 'pause');
    await until(() => processState(rootPid(fixture)) === 'T', 'it is frozen');
    fixture.server.say({ type: 'resume' });
    await delay(400);
    expect(processState(rootPid(fixture))).toBe('T');
    setStopMark(join(fixture.state.runs, RUN_ID), 'none');
    await until(() => processState(rootPid(fixture)) !== 'T', 'it goes on');
  });

  it('for a missing watchdog comes by itself and lifts itself', async () => {
    await fixture.start(STILL);
    fixture.beat?.stop();
    fixture.beat = null;
    await until(() => fixture.states.at(-1)?.state === 'missing_supervisor', 'it is noticed');
    expect(fixture.states.at(-1)).toMatchObject({
      reason: expect.stringContaining(
        'goes on when it is back (`governed-agents up` or `governed-agents watchdog` starts it)',
      ),
    });
    expect(processState(rootPid(fixture))).toBe('T');
    fixture.beat = startBeat(fixture.state.watchdogBeat, { everyMs: 100, onFault: () => undefined });
    await until(() => processState(rootPid(fixture)) !== 'T', 'it goes on');
    await until(() => fixture.states.at(-1)?.state === 'running', 'it is said');
  });

  it('of another kind outlasts the missing watchdog', async () => {
    await fixture.start(STILL);
    await until(() => fixture.server.followers() === 1, 'control is followed');
    fixture.server.say({ type: 'pause', reason: 'mine' });
    await until(() => processState(rootPid(fixture)) === 'T', 'it is frozen');
    fixture.beat?.stop();
    await delay(600);
    fixture.beat = startBeat(fixture.state.watchdogBeat, { everyMs: 100, onFault: () => undefined });
    await delay(600);
    expect(processState(rootPid(fixture))).toBe('T');
    expect(fixture.states.at(-1)).toEqual({ state: 'paused', reason: 'mine' });
  });
});

describe('a stop', () => {
  it('from the server kills the tree', async () => {
    const run = await fixture.start(sh('trap "" TERM; sleep 600 & wait'));
    await until(() => fixture.server.followers() === 1, 'control is followed');
    fixture.server.say({ type: 'kill', reason: 'over the top' });
    expect(await run.ended).toMatchObject({ status: 'killed', reason: 'over the top', survivors: 0 });
    expect(witnessed(marker)).toEqual([]);
  });

  it('by a mark on the disk works without the server, the kill switch’s too', async () => {
    prepareStopMark(fixture.state.dir);
    const run = await fixture.start(STILL);
    await fixture.server.close();
    setStopMark(fixture.state.dir, 'kill');
    await until(() => processState(rootPid(fixture)) === '', 'it is gone');
    fixture.server = await startFakeServer(fixture.state.serverFile);
    expect(await run.ended).toMatchObject({ status: 'killed' });
  });

  it('that reaches a run whose secret has ended kills it', async () => {
    fixture.server.intercept = (seen, response) => {
      if (!seen.path.endsWith('/spawned')) return false;
      response.writeHead(401, { 'content-type': 'application/problem+json' });
      response.end('{"status":401,"code":"run_ended","detail":"the run of this secret has ended"}');
      return true;
    };
    const run = await fixture.start(STILL);
    expect(await run.ended).toMatchObject({ status: 'killed' });
  });

  it('of a person asks first, and gives time to tidy up', async () => {
    const run = await fixture.start(
      sh('trap "echo tidy; exit 0" TERM; echo ready; while :; do sleep 0.05; done'),
    );
    await until(() => fixture.lines.length === 1, 'it is ready');
    run.end('Ctrl-C');
    expect(await run.ended).toMatchObject({ status: 'killed', reason: 'Ctrl-C', exitCode: 0 });
    expect(fixture.lines).toContainEqual({ stream: 'stdout', text: 'tidy' });
  });

  it('of a person, said twice, waits for nothing', async () => {
    const run = await fixture.start(sh('trap "" TERM; echo ready; while :; do sleep 0.05; done'));
    await until(() => fixture.lines.length === 1, 'it is ready');
    run.end('Ctrl-C');
    run.kill('Ctrl-C, twice');
    expect(await run.ended).toMatchObject({ status: 'killed', reason: 'Ctrl-C' });
  });
});
