import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareStopMark, setStopMark } from '../../src/config/stop-marker.ts';
import { startBeat } from '../../src/process/entry.ts';
import { parseTreeJson } from '../../src/process/tree-json.ts';
import { witnessed } from '../process/tree-fixture.ts';
import { RUN_ID, RUN_SECRET, startFakeServer } from './fake-server.ts';
import { until } from './gateway-fixture.ts';
import { openRunFixture, processState, type RunFixture, rootPid } from './run-fixture.ts';

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
      tier: 'advisory',
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

describe('the environment of an agent', () => {
  it('holds what it is given, what the rules pass on, and nothing else', async () => {
    const operator = {
      LANG: 'de_DE.UTF-8',
      TZ: 'UTC',
      SECRET_TOKEN: 'x',
      ANTHROPIC_API_KEY: 'sk-real',
      PROVIDER_KEY: 'sk-real-too',
      PATH: '/operator/bin',
      HOME: '/operator',
      LD_PRELOAD: '/x.so',
      NODE_OPTIONS: '--inspect',
    };
    process.env['SECRET_OF_THIS_PROCESS'] = 'x';
    const run = await fixture.start(
      ['env', '-0'],
      {
        env_pass: ['LANG', 'MISSING', 'PROVIDER_KEY', 'ANTHROPIC_API_KEY'],
        env_set: {
          CI: '1',
          GOVERNED_GATEWAY: 'http://evil.example',
          ANTHROPIC_BASE_URL: 'http://evil.example',
        },
        providers: [{ name: 'anthropic', base_url: 'http://127.0.0.1:9', key: { env: 'PROVIDER_KEY' } }],
      },
      operator,
    );
    delete process.env['SECRET_OF_THIS_PROCESS'];
    await run.ended;
    const env = Object.fromEntries(
      fixture.lines
        .flatMap(({ text }) => text.split('\0'))
        .filter(Boolean)
        .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
    );
    const placeholder = `governed-${RUN_ID}`;
    expect(env).toEqual({
      PATH: expect.stringMatching(/:\/usr\/bin:/),
      HOME: runFile('home'),
      TMPDIR: runFile('tmp'),
      LANG: 'de_DE.UTF-8',
      CI: '1',
      GOVERNED_GATEWAY: run.gatewayUrl,
      GOVERNED_RUN_ID: RUN_ID,
      GOVERNED_AGENT_ID: 'noop',
      ANTHROPIC_BASE_URL: `${run.gatewayUrl}/anthropic`,
      OPENAI_BASE_URL: `${run.gatewayUrl}/openai`,
      ANTHROPIC_API_KEY: placeholder,
      OPENAI_API_KEY: placeholder,
    });
  });
});

describe('the output of an agent', () => {
  it('is read to the end on both pipes, whatever it is', async () => {
    const script = `
      const big = Buffer.alloc(300_000, 'x');
      process.stdout.write(big); process.stderr.write(big);
      process.stdout.write('\\n3\\n[1]\\n"text"\\nnull\\n{broken\\n');
      process.stderr.write(Buffer.from([10, 0xff, 0xfe, 0, 27, 10]));
      process.stdout.write('no newline');`;
    const run = await fixture.start([process.execPath, '-e', script]);
    expect(await run.ended).toMatchObject({ status: 'succeeded' });
    const of = (name: string): string[] =>
      fixture.lines.filter(({ stream }) => stream === name).map(({ text }) => text);
    expect(of('stdout')).toEqual([
      'x'.repeat(300_000),
      '3',
      '[1]',
      '"text"',
      'null',
      '{broken',
      'no newline',
    ]);
    expect(of('stderr')).toEqual(['x'.repeat(300_000), '��\0\u001b']);
    expect(fixture.transcript()).toHaveLength(9);
  });

  it('does not stop the run when the transcript can’t be written, and that is said once', async () => {
    mkdirSync(join(fixture.state.runs, RUN_ID), { recursive: true });
    symlinkSync('/dev/full', runFile('transcript.jsonl'));
    const run = await fixture.start(sh('for i in 1 2 3; do echo line; sleep 0.1; done'));
    expect(await run.ended).toMatchObject({ status: 'succeeded' });
    expect(fixture.lines).toHaveLength(3);
    expect(fixture.notices).toEqual([expect.stringContaining('ENOSPC')]);
  });

  it('needs a folder of its own: without one the run has failed, and says why', async () => {
    writeFileSync(join(fixture.state.runs, RUN_ID), '');
    expect(await fixture.try(['true'])).toMatchObject({
      result: 'not_started',
      fault: { op: 'open the run' },
    });
    expect(fixture.server.ends).toMatchObject([{ status: 'failed' }]);
  });
});

describe('the time limit', () => {
  it('ends the whole tree, even one that ignores SIGTERM', async () => {
    const run = await fixture.start(
      sh('trap "" TERM; setsid sh -c "trap \\"\\" TERM; sleep 600" & sleep 600 & while :; do sleep 1; done'),
      {
        timeout_ms: 300,
      },
    );
    expect(await run.ended).toMatchObject({ status: 'timed_out', survivors: 0 });
    expect(witnessed(marker)).toEqual([]);
    expect(fixture.server.ends).toMatchObject([{ status: 'timed_out' }]);
  });

  it('does not count what a person takes to decide', async () => {
    fixture.server.intercept = (seen, response) => {
      if (!seen.path.includes('wait=')) return false;
      setTimeout(() => response.writeHead(200).end('{}'), 1_500);
      return true;
    };
    const ask =
      'fetch(process.env.GOVERNED_GATEWAY + "/proposals/prp_1?wait=60s").then(() => console.log("decided"))';
    const run = await fixture.start([process.execPath, '-e', ask], { timeout_ms: 1_200 });
    expect(await run.ended).toMatchObject({ status: 'succeeded' });
    expect(fixture.states.map(({ state }) => state)).toContain('held');
  });

  it('does not count what the run was paused', async () => {
    const run = await fixture.start(sh('sleep 0.4'), { timeout_ms: 1_200 });
    await until(() => fixture.server.followers() === 1, 'control is followed');
    fixture.server.say({ type: 'pause', reason: 'a test' });
    await until(() => fixture.states.at(-1)?.state === 'paused', 'it is paused');
    await delay(1_500);
    fixture.server.say({ type: 'resume' });
    expect(await run.ended).toMatchObject({ status: 'succeeded' });
  });
});

describe('a pause', () => {
  it('from the server freezes the tree, and a resume lets it go on', async () => {
    const run = await fixture.start(sh('while :; do sleep 0.05; done'));
    await until(
      () => fixture.server.seen.some(({ path }) => path.endsWith('/control')),
      'control is followed',
    );
    fixture.server.say({ type: 'pause', reason: 'look at this' });
    await until(() => processState(rootPid(fixture)) === 'T', 'it is frozen');
    expect(fixture.states.at(-1)).toEqual({ state: 'paused', reason: 'look at this' });
    fixture.server.say({ type: 'resume' });
    await until(() => processState(rootPid(fixture)) !== 'T', 'it goes on');
    run.kill('enough');
    expect(await run.ended).toMatchObject({ status: 'killed', reason: 'enough' });
  });

  it('is learnt from the server’s first word after a lost connection', async () => {
    const run = await fixture.start(sh('sleep 600'));
    const { port } = fixture.server;
    await fixture.server.close();
    await until(() => fixture.notices.length === 1, 'the loss is noticed');
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
    await fixture.start(sh('sleep 600'));
    setStopMark(join(fixture.state.runs, RUN_ID), 'pause');
    await until(() => processState(rootPid(fixture)) === 'T', 'it is frozen');
    fixture.server.say({ type: 'resume' });
    await delay(400);
    expect(processState(rootPid(fixture))).toBe('T');
    setStopMark(join(fixture.state.runs, RUN_ID), 'none');
    await until(() => processState(rootPid(fixture)) !== 'T', 'it goes on');
  });

  it('for a missing watchdog comes by itself and lifts itself', async () => {
    await fixture.start(sh('sleep 600'));
    fixture.beat?.stop();
    fixture.beat = null;
    await until(() => fixture.states.at(-1)?.state === 'missing_supervisor', 'it is noticed');
    expect(processState(rootPid(fixture))).toBe('T');
    fixture.beat = startBeat(fixture.state.watchdogBeat, { everyMs: 100, onFault: () => undefined });
    await until(() => processState(rootPid(fixture)) !== 'T', 'it goes on');
    await until(() => fixture.states.at(-1)?.state === 'running', 'it is said');
  });

  it('of another kind outlasts the missing watchdog', async () => {
    await fixture.start(sh('sleep 600'));
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
    await until(
      () => fixture.server.seen.some(({ path }) => path.endsWith('/control')),
      'control is followed',
    );
    fixture.server.say({ type: 'kill', reason: 'over the top' });
    expect(await run.ended).toMatchObject({ status: 'killed', reason: 'over the top', survivors: 0 });
    expect(witnessed(marker)).toEqual([]);
  });

  it('by a mark on the disk works without the server, the kill switch’s too', async () => {
    prepareStopMark(fixture.state.dir);
    const run = await fixture.start(sh('sleep 600'));
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
    const run = await fixture.start(sh('sleep 600'));
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
