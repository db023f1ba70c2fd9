import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  commandItem,
  type Provider,
  type ProviderReply,
  responsesReply,
  saidItem,
  startProvider,
} from '../../fixtures/provider.ts';
import { newPlace, type Place, type RunOptions, type Said } from '../binary.ts';

const CLIS = resolve(import.meta.dirname, '../../fixtures/clis');
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

const around = (): RunOptions => ({
  env: {
    PATH: `${join(place.root, 'bin')}:${process.env['PATH'] ?? ''}`,
    ANTHROPIC_BASE_URL: provider.url,
    ANTHROPIC_API_KEY: REAL_KEY,
    OPENAI_BASE_URL: provider.url,
    OPENAI_API_KEY: REAL_KEY,
  },
  cwd: join(place.root, 'work'),
});

async function exec(
  options: readonly string[],
  command: readonly string[],
  stdin = '',
  more: Pick<RunOptions, 'signalAt'> = {},
): Promise<Said> {
  turn = 0;
  return place.run(['exec', ...options, '--', ...command], { ...around(), ...more, stdin });
}

/** The same where nobody waits for its end yet. */
function operator(...args: readonly string[]): Promise<Said> {
  return place.run([...args, '-C', join(place.stateHome, 'exec')]);
}

async function waitFor<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (const untilMs = Date.now() + 15_000; ; ) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > untilMs) throw new Error('waited in vain');
  }
}

/** One model call by hand, as a script would make it. */
const CALL = `node -e 'fetch(process.env.ANTHROPIC_BASE_URL+"/v1/messages",{method:"POST",headers:{"content-type":"application/json"},body:JSON.stringify({model:"claude-sonnet-4-5",max_tokens:MAX,messages:[{role:"user",content:"hi"}]})}).then(async(a)=>{console.log(a.status);await a.text();setTimeout(()=>{},LINGER)})'`;
const call = (max: number, lingerMs = 0): string =>
  CALL.replace('MAX', String(max)).replace('LINGER', String(lingerMs));

beforeAll(async () => {
  place = newPlace();
  mkdirSync(join(place.root, 'bin'));
  mkdirSync(join(place.root, 'work'));
  for (const cli of ['claude', 'codex']) {
    cpSync(join(CLIS, `${cli}.mjs`), join(place.root, 'bin', cli));
    chmodSync(join(place.root, 'bin', cli), 0o755);
  }
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

  it('says of a model without a price that it counts as the dearest, and takes the price that its operator gives it', async () => {
    reply = () => ({ kind: 'message', usage: USAGE });
    const own = call(200).replace('claude-sonnet-4-5', 'llama-at-home');
    const twice = ['sh', '-c', `${own}; ${own}`];
    const told = await exec([], twice);
    const file = join(place.stateHome, 'exec', 'governed.toml');
    // What is told to be typed works from where the person is.
    const typed = `governed-agents -C ${join(place.stateHome, 'exec')}`;
    const said = `llama-at-home has no price: its calls are metered at the dearest that \`${typed} prices\` shows. Give it its own with [prices."llama-at-home"] in ${file}, then \`${typed} accept\`\n`;
    expect(told.err.split(said)).toHaveLength(2);
    const before = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      `${before}[prices."llama-at-home"]\ninput_usd_per_mtok = 1_000\noutput_usd_per_mtok = 0\n`,
    );
    const priced = await exec([], twice);
    expect(priced.err).not.toContain('has no price');
    expect(priced.err).toContain('$2.00 of $');
    expect((await operator('prices')).out).toContain('llama-at-home');
    writeFileSync(file, `${before}[prices."llama-at-home"]\ninput_usd_per_mtok = "free"\n`);
    const wrong = await exec([], twice);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain(`governed.toml:${before.split('\n').length + 1}`);
    writeFileSync(file, before);
  });

  it('keeps what its operator wrote at the end of its file, whatever ends the lines, and counts its caps', async () => {
    const file = join(place.stateHome, 'exec', 'governed.toml');
    const before = readFileSync(file, 'utf8');
    const own = before.replace('day_usd = 100', 'day_usd = 7').replaceAll('\n', '\r\n');
    writeFileSync(file, own);
    expect((await exec([], ['true'])).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('day_usd = 7\r\n');
    expect((await operator('budget')).out).toMatch(/day_usd +project .*\$7\.00/);
    writeFileSync(file, `${before}[budget]\nday_usd = 1\n`);
    const twice = await exec([], ['true']);
    expect([twice.code, twice.err]).toEqual([2, expect.stringContaining(`error: ${file}:`) as string]);
    writeFileSync(file, before.replace(/^# From here on.*$/m, '# mine'));
    expect((await exec([], ['true'])).code).toBe(0);
    expect(readFileSync(`${file}.bak`, 'utf8')).toContain('# mine');
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it.each([
    ['foo', 'must be an address, not "foo"'],
    ['http://example.org', 'must be an https address (http only for this machine), not "http://example.org"'],
    ['http://user:word@127.0.0.1:1', 'must have no user or password in it: it is kept and shown'],
  ])('says which variable names no place for model calls: %s', async (url, why) => {
    const file = join(place.stateHome, 'exec', 'governed.toml');
    const before = readFileSync(file, 'utf8');
    const around = { env: { ANTHROPIC_BASE_URL: url }, cwd: join(place.root, 'work') };
    const said = await place.run(['exec', '--', 'true'], around);
    expect([said.code, said.err]).toEqual([
      2,
      expect.stringContaining(`error: ANTHROPIC_BASE_URL ${why}; nothing was started`) as string,
    ]);
    expect(said.err).not.toContain('word@');
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('says of what has no effect that it has none', async () => {
    const tools = await exec(['--tools', 'Reed'], ['true']);
    expect(tools.err).toContain('--tools has no say over true: its acts are not gated');
    expect(tools.err).not.toContain('did you mean');
    const folder = await place.run(['exec', '-C', '/nowhere', '--', 'true'], around());
    expect([folder.code, folder.err]).toEqual([2, expect.stringContaining("unknown option '-C'") as string]);
  });

  it('ends with 206 when a call would pass the budget, and nothing of it is sent', async () => {
    const before = provider.calls.length;
    const said = await exec(['--budget-usd', '0.01'], ['sh', '-c', call(30_000, 20_000)]);
    expect(said.code).toBe(206);
    expect(said.err).toContain('over_budget: over --budget-usd: asks for up to');
    expect(provider.calls).toHaveLength(before);
    const more = /give it more with (--budget-usd) ([\d.]+)$/m.exec(said.err)?.slice(1) ?? [];
    expect((await exec(more, ['sh', '-c', call(30_000)])).code).toBe(0);
  });

  it('says of a call without a price that meets the budget that this is why it is so dear', async () => {
    const own = call(30_000, 20_000).replace('claude-sonnet-4-5', 'llama-at-home');
    const said = await exec(['--budget-usd', '0.01'], ['sh', '-c', own]);
    expect(said.code).toBe(206);
    expect(said.err).toContain('llama-at-home has no price');
  });

  it('calls what stands in the way of a call by the variable that it is made of', async () => {
    const gone = { ...around().env, ANTHROPIC_BASE_URL: 'http://127.0.0.1:1' };
    const args = ['exec', '--', 'sh', '-c', call(200)];
    const unreached = await place.run(args, { ...around(), env: gone });
    expect(unreached.err).toContain('check the network and ANTHROPIC_BASE_URL');
    reply = () => ({ kind: 'error', status: 401, type: 'authentication_error', message: 'no' });
    const refused = await exec([], ['sh', '-c', call(200)]);
    reply = done;
    expect(refused.err).toContain('it does not take the key, or not for this; see ANTHROPIC_API_KEY');
    expect(`${unreached.err}${refused.err}`).not.toContain('[providers.');
  });

  it('counts a budget of tokens too', async () => {
    const said = await exec(['--budget-tokens', '1000'], ['sh', '-c', call(900, 20_000)]);
    expect(said.code).toBe(206);
    expect(said.err).toContain('over --budget-tokens');
    const more = /give it more with (--budget-tokens) (\d+)$/m.exec(said.err)?.slice(1) ?? [];
    expect((await exec(more, ['sh', '-c', call(900)])).code).toBe(0);
  });

  it('limits each answer to what was said, and so reserves no more for it', async () => {
    const said = await exec(
      ['--budget-usd', '0.02', '--max-output-tokens', '100'],
      ['sh', '-c', call(60_000)],
    );
    expect(said.code).toBe(0);
    expect(provider.calls.at(-1)?.body).toMatchObject({ max_tokens: 100 });
  });

  it('ends with 124 when its time is up', async () => {
    const said = await exec(['--timeout', '300ms'], ['sleep', '30']);
    expect(said.code).toBe(124);
  });

  it('ends with 205 when the command gives up after a person said no', async () => {
    const ask = `id=$(curl -sS -X POST -H 'content-type: application/json' -d '{"action_type":"send_email","payload":{"to":"x"},"expected_outcome":"sent"}' "$GOVERNED_GATEWAY/proposals" | grep -o 'prp_[0-9a-z]*' | head -n 1)`;
    const wait = `curl -sS "$GOVERNED_GATEWAY/proposals/$id?wait=30s" | grep -q '"status":"approved"'`;
    const ran = exec([], ['sh', '-c', `${ask}; ${wait}`]);
    const id = await waitFor(async () => {
      const { out } = await operator('proposals', '--status', 'pending', '--json');
      return /prp_[0-9a-z]+/.exec(out)?.[0];
    });
    expect((await operator('reject', id, '--note', 'not today')).code).toBe(0);
    const said = await ran;
    expect(said.code).toBe(205);
    expect(said.err).toContain(`held: ${id} waits for you: in another terminal, governed-agents approve`);
    expect(said.err).toContain(`${id} is rejected`);
  });

  it('ends with 207 when it is killed from another terminal, and starts nothing while the kill switch is on', async () => {
    const ran = exec([], ['sh', '-c', 'echo up; sleep 60']);
    const id = await waitFor(async () => {
      const { out } = await operator('runs', '--json');
      const { items } = JSON.parse(out) as { items: { run_id: string; status: string }[] };
      return items.find(({ status }) => status === 'running')?.run_id;
    });
    expect((await operator('kill', id, '--reason', 'enough')).code).toBe(0);
    const said = await ran;
    expect(said.code).toBe(207);
    expect(said.err).toContain('killed: enough');
    await operator('kill-switch', 'on', '--reason', 'stop');
    const refused = await exec([], ['echo', 'never']);
    await operator('kill-switch', 'off');
    expect(refused).toMatchObject({ code: 207, out: '' });
  });

  it('says how a paused command goes on', async () => {
    const ran = exec([], ['sh', '-c', 'sleep 3; echo over']);
    const { run_id: id, agent_id: agentId } = await waitFor(async () => {
      const { out } = await operator('runs', '--json');
      const { items } = JSON.parse(out) as { items?: { run_id: string; agent_id: string; status: string }[] };
      return items?.find(({ status }) => status === 'running');
    });
    expect((await operator('pause', id, '--reason', 'wait')).code).toBe(0);
    expect((await operator('resume', agentId)).code).toBe(0);
    const said = await ran;
    expect(said).toMatchObject({ code: 0, out: 'over\n' });
    expect(said.err).toContain(`resume -C ${join(place.stateHome, 'exec')} ${agentId}; Ctrl-C ends it`);
  });

  it('passes a Ctrl-C on to the command and ends with 207', async () => {
    const trap = `trap 'echo trapped; exit 0' TERM INT; echo up; while :; do sleep 0.05; done`;
    const signalAt = { text: 'confined:', signal: 'SIGINT' } as const;
    const said = await exec([], ['sh', '-c', trap], '', { signalAt });
    expect(said.code).toBe(207);
    expect(said.err).toContain('ending the run; once more kills it');
  });

  it('ends what was interrupted while it started, and leaves no run behind that is found to be lost', async () => {
    const signalAt = { text: 'metered only', signal: 'SIGINT' } as const;
    const said = await exec([], ['sh', '-c', 'echo up; sleep 60'], '', { signalAt });
    expect(said.code).toBe(207);
    expect(said.err).toContain('ending it as soon as it has started');
    const { out } = await operator('runs', '--limit', '1', '--json');
    expect(JSON.parse(out)).toMatchObject({ items: [{ status: 'killed', end_reason: 'ended with Ctrl-C' }] });
  });

  it('is not stopped by what an earlier call left behind that can no longer be read', async () => {
    const old = join(place.stateHome, 'exec/agents/old-12345678');
    mkdirSync(old);
    writeFileSync(join(old, 'agent.toml'), 'adapter = "claude"\nmodel = ""\n');
    expect(await exec([], ['echo', 'goes on'])).toMatchObject({ code: 0, out: 'goes on\n' });
    expect(existsSync(old)).toBe(false);
  });

  it('refuses to work in a home folder, says where to go, and starts nothing', async () => {
    const said = await place.run(['exec', '--', 'echo', 'never'], { ...around(), cwd: place.root });
    expect(said).toMatchObject({ code: 2, out: '' });
    expect(said.err).toContain('holds your whole home');
    expect(said.err).toContain('--confine off');
  });

  it('says that the command stands after -- where its options were taken for its own', async () => {
    const said = await place.run(['exec', 'claude', '-p', 'fix'], around());
    expect(said).toMatchObject({ code: 2, out: '' });
    expect(said.err).toContain("unknown option '-p'");
    expect(said.err).toContain('stands after --, for example governed-agents exec');
    const typo = await place.run(['exec', '--budget-us', '2', 'claude', '-p', 'fix'], around());
    expect(typo.err).toContain('did you mean --budget-usd?');
  });

  it('runs a program by the name of its link, by which it may know itself', async () => {
    symlinkSync('/bin/sh', join(place.root, 'bin/by-another-name'));
    const said = await exec([], ['by-another-name', '-c', 'echo $0']);
    expect(said).toMatchObject({ code: 0, out: `${join(place.root, 'bin/by-another-name')}\n` });
  });

  it('ends with the number of the signal that ended the command itself', async () => {
    expect((await exec([], ['sh', '-c', 'kill -ABRT $$'])).code).toBe(134);
  });

  it.each<[string, (bin: string) => readonly string[]]>([
    ['is its program', (bin) => [join(bin, 'claude')]],
    ['its program is started with', () => [join(place.root, 'elsewhere', 'claude')]],
  ])('tries nothing outside of the jail that lies where the agent may write and %s', async (_what, of) => {
    const bin = join(place.root, 'work', 'node_modules', '.bin');
    mkdirSync(bin, { recursive: true });
    mkdirSync(join(place.root, 'elsewhere'), { recursive: true });
    const ran = join(place.root, 'ran-outside');
    writeFileSync(join(bin, 'claude'), `#!/bin/sh\ntouch ${ran}\n`, { mode: 0o755 });
    writeFileSync(join(place.root, 'elsewhere', 'claude'), `#!${join(bin, 'claude')}\n`, { mode: 0o755 });
    const said = await exec(['--confine', 'required'], [...of(bin), '-p', 'hi']);
    expect(existsSync(ran)).toBe(false);
    expect(said.code).toBe(1);
    expect(said.err).toContain(`${join(bin, 'claude')} lies where the agent may write`);
    expect(said.err).toMatch(/hint: .*--confine off/);
    rmSync(join(place.root, 'work', 'node_modules'), { recursive: true });
  });

  it('ends with 127 when there is no such program, and starts nothing', async () => {
    const said = await exec([], ['no-such-program']);
    expect(said.code).toBe(127);
    expect(said.err).toContain('no-such-program');
  });

  it.each([
    [['--budget-usd', 'much'], '--budget-usd'],
    [['--budget-tokens', '-1'], '--budget-tokens'],
    [['--max-output-tokens', '15'], '--max-output-tokens'],
    [['--timeout', 'soon'], '--timeout'],
    [['--tools', 'Bash(npm test'], '--tools'],
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
    const said = await exec(['--tools', 'Read,Edti'], ['claude', ...args]);
    expect(said.err).toContain('did you mean Edit?');
    expect(JSON.parse(said.out)).toMatchObject({ type: 'result', result: 'all is well' });
    expect(said.err).toContain('governance decides here: --dangerously-skip-permissions');
    expect(said.err).toContain('0 tool calls, 1 denied');
    expect(said.err).toContain(
      '  denied: Bash(touch forbidden): --tools does not allow it; add "Bash(touch forbidden)"\n',
    );
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

  it('runs codex exec behind the gate: only its answer on stdout, only the listed tools', async () => {
    reply = (at) =>
      responsesReply(
        at === 0
          ? [commandItem('a', 'mkdir made-by-codex'), commandItem('b', 'touch forbidden-for-codex')]
          : [saidItem('all is well')],
        { input: 900, output: 100 },
      );
    const args = ['exec', '-m', 'gpt-5.1', '--dangerously-bypass-approvals-and-sandbox', 'go'];
    const said = await exec(['--tools', 'Bash(mkdir *)'], ['codex', ...args]);
    expect(said).toMatchObject({ code: 0, out: 'all is well\n' });
    expect(said.err).toContain('metered and gated');
    expect(said.err).toContain('governance decides here: --dangerously-bypass-approvals-and-sandbox');
    expect(said.err).toContain('2,000 tokens · 2 model calls · 1 tool call');
    expect(existsSync(join(place.root, 'work/made-by-codex'))).toBe(true);
    expect(existsSync(join(place.root, 'work/forbidden-for-codex'))).toBe(false);
  });

  it.each([
    ['approve', 'approved'],
    ['reject', 'rejected'],
  ])('lets a person %s a held call where they sit', async (decision, name) => {
    turn = 0;
    reply = (at) =>
      responsesReply(at === 0 ? [commandItem('a', `mkdir ${name}`)] : [saidItem('all is well')], {
        input: 900,
        output: 100,
      });
    const { env = {}, cwd = '' } = around();
    const terminal = place.atTerminal(['exec', '--', 'codex', 'exec', '-m', 'gpt-5.1', 'go'], { env, cwd });
    await terminal.press('a approve', decision === 'approve' ? 'a' : 'r');
    if (decision === 'reject') await terminal.answer('why, for the agent', 'not now');
    const { code, text } = await terminal.ended;
    expect(text).toContain(`"command": "mkdir ${name}"`);
    expect(text).toContain('all is well');
    expect(text).toContain('$0.00425 of $5.00');
    expect(existsSync(join(place.root, 'work', name))).toBe(decision === 'approve');
    const told = JSON.stringify(provider.calls.at(-1)?.body);
    expect(told.includes('rejected by a person: not now')).toBe(decision === 'reject');
    expect(code).toBe(0);
  });

  it('asks about the next held call when the first is decided, and takes no key for both', async () => {
    turn = 0;
    reply = (at) =>
      responsesReply(
        at === 0 ? [commandItem('a', 'mkdir first'), commandItem('b', 'mkdir second')] : [saidItem('done')],
        { input: 900, output: 100 },
      );
    const { env = {}, cwd = '' } = around();
    const terminal = place.atTerminal(['exec', '--', 'codex', 'exec', '-m', 'gpt-5.1', 'go'], { env, cwd });
    await terminal.press('a approve', 'aaa');
    await terminal.press('approved', '');
    await terminal.press('a approve', 'r');
    await terminal.answer('why, for the agent', '');
    const { code, text } = await terminal.ended;
    expect(text).not.toContain('already');
    expect(text).toContain('rejected');
    expect(code).toBe(0);
    expect(readdirSync(cwd).filter((name) => ['first', 'second'].includes(name))).toHaveLength(1);
  });

  it('shows a question of the command that has no line end, and hands it what is typed', async () => {
    const { env = {}, cwd = '' } = around();
    const script = `printf 'your name? '; read name; echo "hello $name"`;
    const terminal = place.atTerminal(['exec', '--', 'sh', '-c', script], { env, cwd });
    await terminal.answer('your name? ', 'ann');
    const { code, text } = await terminal.ended;
    expect(text).toContain('hello ann');
    expect(code).toBe(0);
  });

  it.each(['claude', 'codex'])('says what version %s is without giving it a task', async (cli) => {
    const said = await exec(['--timeout', '20s'], [cli, '--version']);
    expect(said.err).toContain('metered only');
  });

  it('follows what the folder says to agents, and forgets it when it is gone', async () => {
    reply = done;
    const file = join(place.root, 'work/CLAUDE.md');
    writeFileSync(file, 'Speak like a pirate.');
    const said = await exec(['--tools', 'Read', '--budget-usd', '3'], ['claude', '-p', 'go']);
    rmSync(file);
    const after = await exec(['--tools', 'Read', '--budget-usd', '3'], ['claude', '-p', 'go']);
    expect(said.err).toContain('follows CLAUDE.md of this folder');
    expect(after.err).not.toContain('follows');
    const { out } = await operator('audit', 'list', '--type', 'rules_accepted', '--json');
    expect(out).toContain('AGENTS.md');
  });

  it.each([
    ['claude', ['-p', 'go'], 'ANTHROPIC_API_KEY'],
    ['codex', ['exec', 'go'], 'OPENAI_API_KEY'],
  ])('starts no %s that has nothing to call its model with', async (cli, args, key) => {
    const env = { PATH: `${join(place.root, 'bin')}:${process.env['PATH'] ?? ''}` };
    const said = await place.run(['exec', '--', cli, ...args], { env, cwd: join(place.root, 'work') });
    expect(said).toMatchObject({ code: 2, out: '' });
    expect(said.err).toContain(`${key} is not set here`);
    expect(said.err).toContain(`export ${key}`);
  });

  it('gives claude the login that its operator has where there is no key, and says so', async () => {
    reply = done;
    mkdirSync(join(place.root, '.claude'), { recursive: true });
    const login = { claudeAiOauth: { accessToken: 'sk-ant-oat-the-login', expiresAt: Date.now() + 1e9 } };
    writeFileSync(join(place.root, '.claude/.credentials.json'), JSON.stringify(login));
    const { env = {}, cwd = '' } = around();
    const command = ['exec', '--', 'claude', '-p', 'go'];
    const said = await place.run(command, { env: { ...env, ANTHROPIC_API_KEY: '' }, cwd });
    rmSync(join(place.root, '.claude'), { recursive: true });
    expect(said).toMatchObject({ code: 0, out: 'all is well\n' });
    expect(said.err).toContain('key in agent');
    expect(provider.calls.at(-1)?.headers.authorization).toBe('Bearer sk-ant-oat-the-login');
  });

  it('tells the agent what its command line says beside what the folder says', async () => {
    reply = done;
    const file = join(place.root, 'work/CLAUDE.md');
    writeFileSync(file, 'Speak like a pirate.');
    const args = ['-p', 'go', '--append-system-prompt', 'Be brief.'];
    await exec(['--tools', 'Read', '--budget-usd', '4'], ['claude', ...args]);
    rmSync(file);
    const { system } = provider.calls.at(-1)?.body ?? {};
    expect(JSON.stringify(system)).toMatch(/Speak like a pirate\..*Be brief\./);
  });

  it('gives each of several that begin at once its own words and its own provider', async () => {
    const others = await Promise.all([1, 2, 3].map(() => startProvider(() => done())));
    const { env = {}, cwd = '' } = around();
    const command = ['exec', '--tools', 'Read', '--', 'claude', '-p', 'go', '--append-system-prompt'];
    const said = await Promise.all(
      others.map(({ url }, at) =>
        place.run([...command, `You are number ${at}.`], { env: { ...env, ANTHROPIC_BASE_URL: url }, cwd }),
      ),
    );
    expect(said.map(({ code }) => code)).toEqual([0, 0, 0]);
    const told = others.map(({ calls }) => calls.map(({ body }) => body['system']));
    expect(told).toEqual([0, 1, 2].map((at) => [`You are number ${at}.`]));
    await Promise.all(others.map((other) => other.close()));
  });

  it.each([
    ['claude', ['fix the tests'], 'claude -p'],
    ['claude', ['-p', 'x', '--', '--help', '-h'], 'one prompt'],
    ['codex', ['fix the tests'], 'codex exec'],
  ])('starts no %s that talks with a person on the terminal: %j', async (cli, args, hint) => {
    const said = await exec([], [cli, ...args]);
    expect(said).toMatchObject({ code: 2, out: '' });
    expect(said.err).toContain(hint);
  });

  it('adds up the spend of the same command in the same folder', async () => {
    reply = done;
    const options = ['--budget-usd', '1', '--tools', 'Read'];
    const agents = () =>
      readdirSync(join(place.stateHome, 'exec/agents')).filter((id) => id.startsWith('claude-'));
    await exec(options, ['claude', '-p', 'once']);
    const before = agents();
    await exec(options, ['claude', '-p', 'and again']);
    expect(agents()).toEqual(before);
    const { out } = await place.run(['scoreboard', '--json', '-C', join(place.stateHome, 'exec')]);
    const { items } = JSON.parse(out) as { items: { agent_id: string; runs: number }[] };
    expect(items.some(({ agent_id, runs }) => agent_id.startsWith('claude-') && runs >= 2)).toBe(true);
  });

  it('is found again from anywhere, and shows the caps that all its runs share once', async () => {
    await exec([], ['true']);
    const { out } = await operator('budget');
    expect(out.match(/day_usd +project/g)).toHaveLength(1);
    expect(out).toContain('the whole project');
    const lost = await place.run(['runs'], { cwd: place.root });
    expect([lost.code, lost.err]).toEqual([
      2,
      expect.stringContaining(
        `(what \`governed-agents exec\` ran is in ${join(place.stateHome, 'exec')})`,
      ) as string,
    ]);
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
