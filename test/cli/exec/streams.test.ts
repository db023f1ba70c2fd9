// What passes between a governed command and whoever started it: its output where nobody reads, its input that comes late, its end by a signal.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Provider, startProvider } from '../../fixtures/provider.ts';
import { newPlace, type Place, type Said } from '../binary.ts';

const BINARY = resolve(import.meta.dirname, '../../../dist/main.js');
const CLAUDE = resolve(import.meta.dirname, '../../fixtures/clis/claude.mjs');

let place: Place;
let provider: Provider;

const around = () => ({
  cwd: join(place.root, 'work'),
  env: {
    PATH: `${join(place.root, 'bin')}:${process.env['PATH'] ?? ''}`,
    ANTHROPIC_BASE_URL: provider.url,
    ANTHROPIC_API_KEY: 'sk-ant-the-real-key-of-the-operator',
  },
});

const exec = (...args: readonly string[]): Promise<Said> => place.run(['exec', ...args], around());

/** With pipes of our own, so that what it says can be left unread. */
function execBeside(...command: readonly string[]): ChildProcess {
  const { cwd, env } = around();
  const own = { HOME: place.root, GOVERNED_STATE_HOME: place.stateHome };
  return spawn(process.execPath, [BINARY, 'exec', '--', ...command], { cwd, env: { ...env, ...own } });
}

function end(child: ChildProcess): Promise<number | null> {
  return new Promise((settle) => {
    child.once('close', settle);
  });
}

const operator = (...args: readonly string[]): Promise<Said> =>
  place.run([...args, '-C', join(place.stateHome, 'exec')]);

async function until<T>(look: () => Promise<T | undefined> | T | undefined, what: string): Promise<T> {
  for (const untilMs = Date.now() + 15_000; ; await wait(50)) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > untilMs) throw new Error(`waited in vain: ${what}`);
  }
}

function memoryMb(pid: number | undefined): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}

beforeAll(async () => {
  place = newPlace();
  mkdirSync(join(place.root, 'bin'));
  mkdirSync(join(place.root, 'work'));
  cpSync(CLAUDE, join(place.root, 'bin', 'claude'));
  chmodSync(join(place.root, 'bin', 'claude'), 0o755);
  const usage = { input_tokens: 10, output_tokens: 10 };
  provider = await startProvider(() => ({ kind: 'stream', usage, words: ['all is well'] }));
});

afterAll(async () => {
  await operator('down');
  await provider.close();
  place.remove();
});

describe('what is written where nobody reads', () => {
  const BYTES = 60_000_000;
  const LINE = 'x'.repeat(999);
  const mark = (name: string): string => join(place.root, 'work', name);
  const writes = (name: string): string =>
    `touch begun-${name}; yes ${LINE} | head -c ${BYTES} >&2; touch ended-${name}`;

  it('makes the command wait, takes no more memory, and is there to the last byte when it is read', async () => {
    const child = execBeside('sh', '-c', writes('a'));
    child.stdout?.resume();
    const ended = end(child);
    await until(() => existsSync(mark('begun-a')) || undefined, 'the command has begun');
    await wait(2_000);
    expect(existsSync(mark('ended-a'))).toBe(false);
    expect(memoryMb(child.pid)).toBeLessThan(200);
    let theirs = 0;
    let rest = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      theirs += lines.filter((line) => line === LINE).length;
    });
    expect(await ended).toBe(0);
    expect(theirs).toBe(BYTES / 1_000);
    expect(existsSync(mark('ended-a'))).toBe(true);
  });

  it('does not hold up the end of a run that is killed', async () => {
    const child = execBeside('sh', '-c', writes('b'));
    const ended = end(child);
    await until(() => existsSync(mark('begun-b')) || undefined, 'the command has begun');
    await wait(1_000);
    const run = /run_\w+(?=.*\brunning\b)/.exec((await operator('runs')).out)?.[0] ?? 'none';
    await operator('kill', run, '--reason', 'enough\n✓ forged');
    const runs = await until(async () => {
      const { out } = await operator('runs');
      return / killed /.test(out) ? out : undefined;
    }, 'the run is recorded as killed');
    expect(runs).toContain('killed: enough⟨U+000A⟩✓ forged');
    let err = '';
    child.stdout?.resume();
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    expect(await ended).toBe(207);
    expect(err).toContain('killed: enough⟨U+000A⟩✓ forged');
    expect(err).not.toMatch(/^✓ forged/m);
  });
});

it('says that it goes on without a stdin that stays silent, and what to do', async () => {
  const child = execBeside('claude', '-p', 'summarise');
  child.stdout?.resume();
  let err = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  // It may have ended by then.
  child.stdin?.on('error', () => undefined);
  const late = setTimeout(() => child.stdin?.write('too late'), 4_000);
  expect(await end(child)).toBe(0);
  clearTimeout(late);
  expect(err).toContain('nothing came on stdin for 3 s: it goes on without it');
  expect(err).toContain('< FILE');
});

it('says nothing of a stdin that is there, or that ends at once', async () => {
  const said = await exec('--', 'claude', '-p', 'summarise');
  expect(said.code).toBe(0);
  expect(said.err).not.toContain('nothing came');
});

it.each([
  ['USR1', 138],
  ['XCPU', 152],
  ['TERM', 143],
])(
  'ends with the number of SIG%s when that ended the command itself, also outside of a jail',
  async (signal, code) => {
    expect((await exec('--confine', 'off', '--', 'sh', '-c', `kill -${signal} $$`)).code).toBe(code);
  },
);

it('names the signal that asked it to end', async () => {
  const said = await place.run(['exec', '--', 'sh', '-c', 'echo begun >&2; sleep 20'], {
    ...around(),
    signalAt: { text: 'begun', signal: 'SIGTERM' },
  });
  expect(said.code).toBe(207);
  expect(said.err).toContain('the runner was asked to end with SIGTERM');
});

it('ends with 126 where the program is there and may not be run', async () => {
  writeFileSync(join(place.root, 'work', 'notes.txt'), 'not a program');
  const said = await exec('--', './notes.txt');
  expect(said.code).toBe(126);
  expect(said.err).toContain('notes.txt is there, but this user may not run it as a program');
  expect(said.err).toContain('chmod +x');
});
