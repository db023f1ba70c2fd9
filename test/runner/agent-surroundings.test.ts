import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { witnessed } from '../process/tree-fixture.ts';
import { RUN_ID } from './fake-server.ts';
import { until } from './gateway-fixture.ts';
import { openRunFixture, type RunFixture } from './run-fixture.ts';

let fixture: RunFixture;
beforeEach(async () => {
  fixture = await openRunFixture();
});
afterEach(() => fixture.close());

const sh = (script: string): readonly string[] => ['sh', '-c', script];
const marker = `GOVERNED_RUN_ID=${RUN_ID}`;
const runFile = (name: string): string => join(fixture.state.runs, RUN_ID, name);

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
    const ofOutput = fixture.notices.filter((notice) => !notice.includes('done once'));
    expect(ofOutput).toEqual([expect.stringContaining('ENOSPC')]);
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
      setTimeout(() => response.writeHead(200).end('{}'), 3_000);
      return true;
    };
    const ask =
      'fetch(process.env.GOVERNED_GATEWAY + "/proposals/prp_1?wait=60s").then(() => console.log("decided"))';
    const run = await fixture.start([process.execPath, '-e', ask], { timeout_ms: 2_500 });
    expect(await run.ended).toMatchObject({ status: 'succeeded' });
    expect(fixture.states.map(({ state }) => state)).toContain('held');
  });

  it('counts what the agent works while a person is asked', async () => {
    fixture.server.intercept = (seen, response) => {
      if (!seen.path.includes('wait=')) return false;
      setTimeout(() => response.writeHead(200).end('{}'), 20_000);
      return true;
    };
    const ask = 'fetch(process.env.GOVERNED_GATEWAY + "/proposals/prp_1?wait=60s").catch(() => undefined)';
    // Its events are looked at now and then, so that the question goes out.
    const work = 'setInterval(() => { const until = Date.now() + 100; while (Date.now() < until); }, 0)';
    const run = await fixture.start([process.execPath, '-e', `${ask}; ${work}`], { timeout_ms: 2_500 });
    await until(() => fixture.states.some(({ state }) => state === 'held'), 'it is held');
    expect(await run.ended).toMatchObject({ status: 'timed_out' });
  }, 15_000);

  it('does not count what the run was paused', async () => {
    const run = await fixture.start(sh('sleep 0.4'), { timeout_ms: 2_500 });
    await until(() => fixture.server.followers() === 1, 'control is followed');
    fixture.server.say({ type: 'pause', reason: 'a test' });
    await until(() => fixture.states.at(-1)?.state === 'paused', 'it is paused');
    await delay(3_000);
    fixture.server.say({ type: 'resume' });
    expect(await run.ended).toMatchObject({ status: 'succeeded' });
  });
});
