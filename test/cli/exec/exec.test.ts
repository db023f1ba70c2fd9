import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Provider, type ProviderReply, startProvider } from '../../fixtures/provider.ts';
import { newPlace, type Place, type Said } from '../binary.ts';

const CLAUDE = resolve(import.meta.dirname, '../../fixtures/clis/claude.mjs');
const REAL_KEY = 'sk-ant-the-real-key-of-the-operator';
const USAGE = { input_tokens: 1_000, output_tokens: 100 };

let place: Place;
let provider: Provider;
let reply: (turn: number) => ProviderReply;
let turn = 0;

const done = (): ProviderReply => ({ kind: 'stream', usage: USAGE, words: ['all is well'] });
const uses =
  (command: string) =>
  (at: number): ProviderReply =>
    at === 0
      ? { kind: 'stream', usage: USAGE, tools: [{ id: 't0', name: 'Bash', input: { command } }] }
      : done();

async function exec(options: readonly string[], command: readonly string[], stdin = ''): Promise<Said> {
  turn = 0;
  const env = {
    PATH: `${join(place.root, 'bin')}:${process.env['PATH'] ?? ''}`,
    ANTHROPIC_BASE_URL: provider.url,
    ANTHROPIC_API_KEY: REAL_KEY,
  };
  return place.run(['exec', ...options, '--', ...command], { env, stdin, cwd: join(place.root, 'work') });
}

/** One model call by hand, as a script would make it. */
const CALL = `node -e 'fetch(process.env.ANTHROPIC_BASE_URL+"/v1/messages",{method:"POST",headers:{"content-type":"application/json"},body:JSON.stringify({model:"claude-sonnet-4-5",max_tokens:MAX,messages:[{role:"user",content:"hi"}]})}).then(async(a)=>{console.log(a.status);await a.text();setTimeout(()=>{},LINGER)})'`;
const call = (max: number, lingerMs = 0): string =>
  CALL.replace('MAX', String(max)).replace('LINGER', String(lingerMs));

beforeAll(async () => {
  place = newPlace();
  mkdirSync(join(place.root, 'bin'));
  mkdirSync(join(place.root, 'work'));
  cpSync(CLAUDE, join(place.root, 'bin/claude'));
  chmodSync(join(place.root, 'bin/claude'), 0o755);
  provider = await startProvider(() => reply(turn++));
  reply = done;
});

afterAll(async () => {
  await place.run(['down', '-C', join(place.stateHome, 'exec')]);
  await provider.close();
  place.remove();
});

describe('exec', () => {
  it('governs a command in an empty folder with nothing running: its words, its stdin and its code are its own', async () => {
    const said = await exec(['--budget-usd', '2'], ['sh', '-c', 'cat; echo err >&2; exit 3'], 'from stdin\n');
    expect(said).toMatchObject({ code: 3, out: 'from stdin\n' });
    expect(said.err).toContain('metered only');
    expect(said.err).toContain('err\n');
    expect(said.err).toContain('failed: exit code 3 · $0.00 of $2.00');
  });

  it('starts one server for several that begin at once, also after one that died while it started', async () => {
    await place.run(['down', '-C', join(place.stateHome, 'exec')]);
    const dead = { pid: 999_999, start_ticks: 1, boot_id: 'gone' };
    writeFileSync(join(place.stateHome, 'exec.starting'), JSON.stringify(dead));
    const all = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => exec([], ['echo', `said by ${n}`])));
    expect(all.map(({ code, out }) => [code, out])).toEqual(
      [1, 2, 3, 4, 5, 6].map((n) => [0, `said by ${n}\n`]),
    );
  });

  it('meters a script’s model calls with the operator’s key, which the script never has', async () => {
    reply = () => ({ kind: 'message', usage: USAGE });
    const said = await exec([], ['sh', '-c', `${call(200)}; env`]);
    expect(said.code).toBe(0);
    expect(said.out).not.toContain(REAL_KEY);
    expect(said.err).toContain('1,100 tokens · 1 model call');
    expect(provider.calls.at(-1)?.headers['x-api-key']).toBe(REAL_KEY);
  });

  it('ends with 206 when a call would pass the budget, and nothing of it is sent', async () => {
    const before = provider.calls.length;
    const said = await exec(['--budget-usd', '0.01'], ['sh', '-c', call(30_000, 20_000)]);
    expect(said.code).toBe(206);
    expect(said.err).toContain('over run_usd');
    expect(provider.calls).toHaveLength(before);
  });

  it('counts a budget of tokens too', async () => {
    const said = await exec(['--budget-tokens', '1000'], ['sh', '-c', call(900, 20_000)]);
    expect(said.code).toBe(206);
    expect(said.err).toContain('run_tokens');
  });

  it('ends with 124 when its time is up', async () => {
    const said = await exec(['--timeout', '300ms'], ['sleep', '30']);
    expect(said.code).toBe(124);
  });

  it('ends with the number of the signal that ended the command itself', async () => {
    expect((await exec([], ['sh', '-c', 'kill -ABRT $$'])).code).toBe(134);
  });

  it('ends with 127 when there is no such program, and starts nothing', async () => {
    const said = await exec([], ['no-such-program']);
    expect(said.code).toBe(127);
    expect(said.err).toContain('no-such-program');
  });

  it.each([
    [['--budget-usd', 'much'], '--budget-usd'],
    [['--budget-tokens', '-1'], '--budget-tokens'],
    [['--timeout', 'soon'], '--timeout'],
  ])('refuses %j before anything is made', async (options, name) => {
    const said = await exec(options, ['true']);
    expect(said.code).toBe(2);
    expect(said.err).toContain(name);
  });

  it('runs claude -p behind the gate: only its answer on stdout, only the listed tools', async () => {
    reply = uses('mkdir made');
    const said = await exec(['--tools', 'Bash(mkdir *)'], ['claude', '-p', 'go']);
    expect(said).toMatchObject({ code: 0, out: 'all is well\n' });
    expect(said.err).toContain('metered and gated');
    expect(said.err).toContain('1 tool call');
    expect(existsSync(join(place.root, 'work/made'))).toBe(true);
  });

  it('denies claude what is not listed, whatever it was told to skip', async () => {
    reply = uses('touch forbidden');
    const args = ['-p', 'go', '--dangerously-skip-permissions', '--output-format', 'json'];
    const said = await exec(['--tools', 'Read'], ['claude', ...args]);
    expect(JSON.parse(said.out)).toMatchObject({ type: 'result', result: 'all is well' });
    expect(said.err).toContain('left out: --dangerously-skip-permissions');
    expect(existsSync(join(place.root, 'work/forbidden'))).toBe(false);
  });

  it('takes the prompt of claude from a pipe, and passes its messages on as claude would', async () => {
    reply = done;
    const said = await exec([], ['claude', '-p', '--output-format', 'stream-json'], 'piped in');
    const messages = said.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    expect(messages.map(({ type }) => type)).toEqual(['assistant', 'result']);
    expect(JSON.stringify(provider.calls.at(-1)?.body)).toContain('piped in');
  });

  it('adds up the spend of the same command in the same folder', async () => {
    reply = done;
    const options = ['--budget-usd', '1', '--tools', 'Read'];
    await exec(options, ['claude', '-p', 'once']);
    await exec(options, ['claude', '-p', 'and again']);
    const agents = readdirSync(join(place.stateHome, 'exec/agents')).filter((id) => id.startsWith('claude-'));
    const { out } = await place.run(['scoreboard', '--json', '-C', join(place.stateHome, 'exec')]);
    const { items } = JSON.parse(out) as { items: { agent_id: string; runs: number }[] };
    expect(agents).toHaveLength(3);
    expect(items.filter(({ agent_id, runs }) => agent_id.startsWith('claude-') && runs >= 3)).toHaveLength(1);
  });

  it('keeps nothing of the key anywhere in its state', () => {
    const files = readdirSync(place.stateHome, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    expect(files.length).toBeGreaterThan(10);
    for (const file of files) expect(readFileSync(file).includes(REAL_KEY), file).toBe(false);
    writeFileSync(join(place.root, 'work/checked'), '');
  });
});
