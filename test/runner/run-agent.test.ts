import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseTreeJson } from '../../src/process/tree-json.ts';
import { witnessed } from '../process/tree-fixture.ts';
import { RUN_ID, RUN_SECRET } from './fake-server.ts';
import { openRunFixture, type RunFixture } from './run-fixture.ts';

let fixture: RunFixture;
beforeEach(async () => {
  fixture = await openRunFixture();
});
afterEach(() => fixture.close());

const sh = (script: string): readonly string[] => ['sh', '-c', script];
const marker = `GOVERNED_RUN_ID=${RUN_ID}`;
const runFile = (name: string): string => join(fixture.state.runs, RUN_ID, name);

describe('a run', () => {
  it('is registered, spawned and ended, each told to the server, with its tree on the disk', async () => {
    const run = await fixture.start(sh('echo out; echo err >&2; sleep 0.2; exit 0'));
    expect(parseTreeJson(readFileSync(runFile('tree.json'), 'utf8'))?.marker).toBe(marker);
    expect(JSON.parse(readFileSync(runFile('runner.beat'), 'utf8'))).toMatchObject({ pid: process.pid });
    expect(await run.ended).toMatchObject({
      status: 'succeeded',
      exitCode: 0,
      isRecorded: true,
      leftBehind: 0,
      survivors: 0,
    });
    const [registration] = fixture.server.seen;
    expect(registration?.headers.authorization).toBe('Bearer grn_token');
    expect(JSON.parse(registration?.body ?? '')).toMatchObject({
      agent_id: 'noop',
      tier: 'confined',
      confinement: { escapes: [], why: null },
      runner: { pid: process.pid },
    });
    expect(fixture.server.spawned).toMatchObject([{ tree: { marker } }]);
    expect(fixture.server.ends).toMatchObject([
      { status: 'succeeded', exit_code: 0, detail: { left_behind: 0 } },
    ]);
    expect(
      fixture
        .transcript()
        .map(({ stream, text }) => [stream, text])
        .sort(),
    ).toEqual([
      ['stderr', 'err'],
      ['stdout', 'out'],
    ]);
    expect(existsSync(runFile('runner.beat'))).toBe(false);
    expect(existsSync(runFile('gateway.sock'))).toBe(false);
  });

  it.each([
    ['exit 3', { status: 'failed', reason: 'exit code 3', exitCode: 3 }],
    ['kill -9 $$', { status: 'failed', reason: 'ended by SIGKILL', signal: 'SIGKILL' }],
  ])('that ends with `%s` has failed', async (script, result) => {
    const run = await fixture.start(sh(script));
    expect(await run.ended).toMatchObject(result);
  });

  it('gets its task on stdin and in a file, and the system prompt in a file', async () => {
    const run = await fixture.start(
      sh('cat; echo; cat $GOVERNED_TASK_FILE; echo; cat $GOVERNED_SYSTEM_PROMPT_FILE'),
      {
        task_text: 'do it',
        system_prompt: 'be good',
      },
    );
    await run.ended;
    expect(fixture.lines.map(({ text }) => text)).toEqual(['do it', 'do it', 'be good']);
  });

  it('that the server refuses is not started, and says what to do', async () => {
    fixture.server.intercept = (_, response) => {
      response.writeHead(503, { 'content-type': 'application/problem+json' });
      response.end('{"status":503,"code":"no_watchdog","detail":"no watchdog is alive","hint":"start it"}');
      return true;
    };
    expect(await fixture.try(['true'])).toMatchObject({
      result: 'refused',
      status: 503,
      code: 'no_watchdog',
      hint: 'start it',
    });
  });

  it('is not started without a server', async () => {
    await fixture.server.close();
    expect(await fixture.try(['true'])).toMatchObject({ result: 'unreachable' });
  });

  it('whose program is missing has failed in the record, and the answer says why', async () => {
    expect(await fixture.try(['no-such-program'])).toMatchObject({
      result: 'not_started',
      fault: { code: 'missing_program' },
    });
    expect(fixture.server.ends).toMatchObject([{ status: 'failed', exit_code: null }]);
  });

  it('ends when its first process ends: what it left behind is ended and counted', async () => {
    const run = await fixture.start(sh('sleep 600 & setsid sleep 600 & echo done; sleep 0.2'));
    expect(await run.ended).toMatchObject({ status: 'succeeded', leftBehind: 2, survivors: 0 });
    expect(witnessed(marker)).toEqual([]);
    expect(fixture.server.ends).toMatchObject([{ detail: { left_behind: 2 } }]);
  });

  it('has left nothing behind where all the rest was about to end too', async () => {
    const run = await fixture.start(sh('sleep 0.05 & setsid sleep 0.05 & echo done'));
    expect(await run.ended).toMatchObject({ status: 'succeeded', leftBehind: 0, survivors: 0 });
    expect(fixture.server.ends).toMatchObject([{ detail: { left_behind: 0 } }]);
  });

  it('speaks to the server through its gateway', async () => {
    const run = await fixture.start([
      process.execPath,
      '-e',
      'fetch(process.env.GOVERNED_GATEWAY + "/status/me").then(r => r.text()).then(console.log)',
    ]);
    await run.ended;
    expect(fixture.lines.map(({ text }) => text)).toEqual(['{"echoed":"/status/me"}']);
    expect(fixture.server.seen.find(({ path }) => path === '/status/me')?.headers).toMatchObject({
      authorization: `Bearer ${RUN_SECRET}`,
      'x-governed-as': 'agent',
    });
  });
});

describe('the end of a run', () => {
  it('is told until the server has acknowledged it', async () => {
    let refusals = 4;
    fixture.server.intercept = (seen, response) => {
      if (!seen.path.endsWith('/end') || refusals === 0) return false;
      refusals -= 1;
      response.destroy();
      return true;
    };
    const run = await fixture.start(['true']);
    expect(await run.ended).toMatchObject({ status: 'succeeded', isRecorded: true });
    expect(fixture.server.ends).toHaveLength(1);
  });

  it('that nobody hears is left for the watchdog to find, with the heartbeat’s file in its place', async () => {
    const run = await fixture.start(sh('sleep 0.2'));
    await fixture.server.close();
    expect(await run.ended).toMatchObject({ status: 'succeeded', isRecorded: false });
    expect(existsSync(runFile('runner.beat'))).toBe(true);
  });
});
