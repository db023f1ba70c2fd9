import { spawn } from 'node:child_process';
import { appendFileSync, cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { stateLayout } from '../../src/config/entry.ts';
import { newPlace, type Place } from './binary.ts';

let place: Place;
let stateDir: string;
const stopped = new Set<number>();

beforeAll(async () => {
  place = newPlace();
  const made = JSON.parse((await place.run(['init', place.dir, '--json'])).out) as { state_dir: string };
  stateDir = made.state_dir;
  const up = await place.run(['up', '--port', '0', '--json']);
  expect(JSON.parse(up.out)).toMatchObject({
    started: true,
    watchdog: true,
    link: expect.stringContaining('#code='),
  });
}, 60_000);
afterEach(() => {
  for (const pid of stopped) process.kill(pid, 'SIGCONT');
  stopped.clear();
});
afterAll(async () => {
  await place.run(['kill-switch', 'on']);
  await place.run(['down']);
  place.remove();
}, 60_000);

async function json<T>(args: readonly string[]): Promise<T> {
  const said = await place.run([...args, '--json']);
  return JSON.parse(said.out) as T;
}

interface Listed<T> {
  readonly items: readonly T[];
}

interface Proposal {
  readonly proposal_id: string;
  readonly run_id: string;
  readonly payload_hash: string;
}

/** A run of noop in the background that waits for a person; answers its proposal. */
async function heldRun(): Promise<Proposal> {
  const { run_id: runId } = await json<{ run_id: string }>(['run', 'noop', '--detach']);
  return await eventually(async () => {
    const { items } = await json<Listed<Proposal>>(['proposals', '--status', 'pending']);
    return items.find((proposal) => proposal.run_id === runId);
  });
}

async function statusOf(runId: string): Promise<string | undefined> {
  const { items } = await json<Listed<{ run_id: string; status: string }>>(['runs']);
  return items.find((run) => run.run_id === runId)?.status;
}

async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await delay(50);
  }
}

function serverPid(): number {
  return (JSON.parse(readFileSync(join(stateDir, 'server.json'), 'utf8')) as { pid: number }).pid;
}

describe('a run on a terminal', { timeout: 60_000 }, () => {
  test('says how it is held, and what it proposes is decided where the person sits', async () => {
    const terminal = place.atTerminal(['run', 'noop'], { cwd: place.dir });
    await terminal.press('a approve', 'a');
    await terminal.answer('to approve it (Esc: back): ', 'send_email');
    const { code, text } = await terminal.ended;
    expect(text).toContain('metered only: what it proposes is decided');
    expect(text).toMatch(/approved \S+ prp_/);
    expect(code).toBe(0);
  });
});

describe('a proposal', { timeout: 60_000 }, () => {
  test('is approved without a terminal only by the hash of what was looked at', async () => {
    const proposal = await heldRun();
    const blind = await place.run(['approve', proposal.proposal_id]);
    expect(blind.code).toBe(2);
    expect(blind.err).toContain(`--payload-hash ${proposal.payload_hash}`);
    expect((await place.run(['approve'])).code).toBe(2);
    const cut = await place.run(['approve', proposal.proposal_id, '--payload-hash', 'abc']);
    expect(cut.code).toBe(2);
    expect(cut.err).toContain('--payload-hash "abc" is not a hash: that is 64 hex digits, in small letters');
    expect(cut.err).toContain(`\`governed-agents proposals ${proposal.proposal_id}\` shows it`);
    const other = await place.run([
      'approve',
      proposal.proposal_id,
      '--payload-hash',
      'a'.repeat(64),
      '--json',
    ]);
    expect(other.code).toBe(1);
    expect(JSON.parse(other.out)).toMatchObject({ error: { code: 'payload_changed' } });
    const right = await place.run([
      'approve',
      proposal.proposal_id,
      '--payload-hash',
      proposal.payload_hash,
      '--json',
    ]);
    expect(right.code).toBe(0);
    expect(JSON.parse(right.out)).toMatchObject({ status: 'approved', decided_by: { kind: 'operator' } });
    await eventually(async () => ((await statusOf(proposal.run_id)) === 'succeeded' ? true : undefined));
    const late = await place.run(['reject', proposal.proposal_id]);
    expect(late.code).toBe(1);
    expect(late.err).toContain('already');
    expect((await place.run(['logs', proposal.run_id])).out).toContain('proposed send_email');
  });

  test('is rejected with a note, and ids may be cut short as long as they fit one', async () => {
    const proposal = await heldRun();
    const several = await place.run(['logs', 'run_']);
    expect(several).toMatchObject({ code: 2, out: '' });
    expect(several.err).toContain('"run_" is the beginning of');
    const short = proposal.proposal_id.slice(0, -1);
    const said = await place.run(['reject', short, '--note', 'not today', '--json']);
    expect(JSON.parse(said.out)).toMatchObject({ status: 'rejected', note: 'not today' });
    await eventually(async () => ((await statusOf(proposal.run_id)) === 'held' ? undefined : true));
  });
});

describe('governing files that were edited', { timeout: 60_000 }, () => {
  test('are said not to be in force, and with mistakes in them not to be ready to accept', async () => {
    const path = join(place.dir, 'agents', 'noop', 'agent.toml');
    const good = readFileSync(path, 'utf8');
    await place.run(['kill-switch', 'on']);
    try {
      writeFileSync(path, `${good}\n# a word\n`);
      expect((await place.run(['run', 'noop'])).err).toContain(
        '1 governing file was edited and is not in force: `governed-agents accept`',
      );
      writeFileSync(path, `${good}\nadaptr = "command"\n`);
      const said = await place.run(['run', 'noop']);
      expect(said.err).toContain(
        'governing files were edited, with mistakes, so what was accepted stays: `governed-agents policy check`',
      );
      expect(said.err).not.toContain('`governed-agents accept`');
    } finally {
      writeFileSync(path, good);
      await place.run(['kill-switch', 'off']);
    }
  });
});

describe('stopping', { timeout: 60_000 }, () => {
  test('pause freezes and resume continues, through the server', async () => {
    const { run_id: runId } = await heldRun();
    expect(await json(['pause', runId, '--reason', 'a look'])).toMatchObject({
      verified: true,
      recorded: 'server',
      trees: [{ run_id: runId, state: 'frozen' }],
    });
    expect(await statusOf(runId)).toBe('paused');
    expect((await place.run(['resume', runId])).code).toBe(0);
    expect(await statusOf(runId)).toBe('held');
    expect(await json(['kill', runId])).toMatchObject({ verified: true, trees: [{ state: 'gone' }] });
    expect(await statusOf(runId)).toBe('killed');
  });

  test('works while the server hangs: signals first, then the record', async () => {
    const { run_id: runId } = await heldRun();
    process.kill(serverPid(), 'SIGSTOP');
    stopped.add(serverPid());
    expect(await json(['kill', runId])).toMatchObject({
      verified: true,
      recorded: 'store',
      trees: [{ state: 'gone' }],
    });
    const asked = await json<{ server: unknown }>(['status']);
    expect(asked.server).toMatchObject({ up: false, pid: serverPid() });
    process.kill(serverPid(), 'SIGCONT');
    stopped.clear();
    expect(await statusOf(runId)).toBe('killed');
    expect((await place.run(['audit', 'verify'])).code).toBe(0);
  });

  test.each([['noop'], ['--all']])(
    'a kill of %s says that it lasts, and resume --all that it still does',
    async (target) => {
      await heldRun();
      const lasts = 'noop starts no run until `governed-agents resume noop`';
      expect((await place.run(['kill', target])).out).toContain(lasts);
      const all = await place.run(['resume', '--all']);
      expect(all.err).toContain('noop was killed and starts no run: `governed-agents resume noop` lets it');
      expect(await json(['resume', '--all'])).toMatchObject({ agents: [], still_killed: ['noop'] });
      await place.run(['resume', 'noop']);
      expect((await place.run(['resume', '--all'])).err).toBe('');
    },
  );

  test('the kill switch refuses new runs with exit 7 until it is turned off', async () => {
    expect(await json(['kill-switch', 'on', '--reason', 'enough'])).toMatchObject({ verified: true });
    const refused = await place.run(['run', 'noop']);
    expect(refused.code).toBe(7);
    expect(refused.err).toContain('the kill switch is on: enough');
    expect(await json(['kill-switch', 'off'])).toMatchObject({ on: false, changed: true });
  });

  test('an unknown target is answered with what there is', async () => {
    const said = await place.run(['pause', 'nopo']);
    expect(said.code).toBe(2);
    expect(said.err).toContain('did you mean noop?');
    expect((await place.run(['kill'])).code).toBe(2);
    expect((await place.run(['kill', 'noop', '--all'])).code).toBe(2);
  });
});

describe('a project whose folder or state was touched under its server', { timeout: 60_000 }, () => {
  test('says in a folder that it was moved to where the server still works, and down ends one whose file is gone', async () => {
    const other = newPlace();
    try {
      const made = JSON.parse((await other.run(['init', other.dir, '--json'])).out) as { state_dir: string };
      const layout = stateLayout(made.state_dir);
      await other.run(['up', '--port', '0']);
      const moved = join(other.root, 'moved');
      renameSync(other.dir, moved);
      const said = await other.run(['status'], { cwd: moved });
      expect(said.err).toContain(
        `the server of this project works in ${other.dir}, its runs too, and not here`,
      );
      const run = await other.run(['run', 'noop', '--detach'], { cwd: moved });
      expect(run.code).toBe(9);
      expect(run.err).toContain(`${other.dir}, which is not there any more, so nothing was started`);
      expect(run.err).toContain('hint: `governed-agents down`, then `governed-agents serve` here');
      rmSync(layout.serverFile);
      const down = await other.run(['down', '--json'], { cwd: moved });
      expect(JSON.parse(down.out)).toMatchObject({ server: 'ended' });
      expect((await other.run(['status'], { cwd: moved })).err).toContain('read from the store instead');
    } finally {
      await other.run(['down']);
      other.remove();
    }
  });
});

describe('a copy of a project whose server works in the original', { timeout: 60_000 }, () => {
  test('is told by run, which says of no file here that it counts, and refused by accept before anything is shown', async () => {
    const other = newPlace();
    try {
      await other.run(['init', other.dir]);
      await other.run(['up', '--port', '0']);
      const copy = join(other.root, 'copy');
      cpSync(other.dir, copy, { recursive: true });
      appendFileSync(join(copy, 'governed.toml'), '# a word of its own\n');
      const where = `the server of this project works in ${other.dir}, its runs too, and not here`;
      const said = await other.run(['accept', '--yes'], { cwd: copy });
      expect(said).toMatchObject({ code: 9, out: '' });
      expect(said.err).toContain(`error: ${where}, so nothing of this folder can be put in force`);
      expect(said.err).toContain('`governed-agents down`, then `governed-agents serve` here');
      const agent = join(other.dir, 'agents/hello');
      const call =
        'fetch(process.env.ANTHROPIC_BASE_URL + "/v1/messages", { method: "POST", body: JSON.stringify({ model: "no-such-model", max_tokens: 9, messages: [{ role: "user", content: "hi" }] }) })';
      writeFileSync(join(agent, 'agent.mjs'), `${call}.then((answer) => answer.text());\n`);
      writeFileSync(join(agent, 'agent.toml'), 'adapter = "command"\ncommand = ["node", "agent.mjs"]\n');
      const file = join(other.dir, 'governed.toml');
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace('unknown_model = "refuse"', 'unknown_model = "worst"'),
      );
      await other.run(['accept', '--yes']);
      const ran = await other.run(['run', 'hello'], {
        cwd: copy,
        env: { ANTHROPIC_API_KEY: 'sk-ant-a-key-of-the-operator' },
      });
      expect(ran.err).toContain(where);
      expect(ran.err).not.toContain(`${copy}/governed.toml`);
      expect(ran.err).toContain(`${other.dir}/governed.toml`);
    } finally {
      await other.run(['down']);
      other.remove();
    }
  });
});

describe('output', () => {
  test('a reader that goes away is no error', async () => {
    const binary = resolve(import.meta.dirname, '../../dist/main.js');
    const env = { PATH: process.env['PATH'] ?? '', GOVERNED_STATE_HOME: place.stateHome };
    const child = spawn(process.execPath, [binary, 'audit', 'list', '--json', '-C', place.dir], { env });
    child.stdout.destroy();
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    const code = await new Promise((settle) => child.once('close', settle));
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  test('doctor finds by trying how agents are confined, and what an unconfined one could do', async () => {
    const found = await json<{
      tier: string;
      attempts_to_escape: readonly { outcome: string }[];
      hostile_agent_of_this_user: readonly { can: boolean | null }[];
    }>(['doctor']);
    expect(found.tier).toBe('confined');
    expect(found.attempts_to_escape.length).toBeGreaterThan(100);
    expect(found.attempts_to_escape.filter(({ outcome }) => outcome !== 'held')).toEqual([]);
    expect(found.hostile_agent_of_this_user).toHaveLength(7);
    expect(found.hostile_agent_of_this_user.every(({ can }) => can === true)).toBe(true);
  });

  test('a cap is raised by the operator alone, and only one that exists', async () => {
    expect(await json(['budget', 'raise', 'noop', '--tier', 'day', '--usd', '2.5'])).toMatchObject({
      cap: 'day_usd',
      limit: 2_500_000,
    });
    const shown = await place.run(['budget', 'noop']);
    expect(shown.out).toMatch(
      /\n {2}day_usd was raised by an operator from \$1\.00 at 20\S+ \S+, until rules with another limit are accepted\n/,
    );
    await place.run(['pause', 'noop', '--reason', 'lunch']);
    const paused = await place.run(['budget', 'raise', 'noop', '--tier', 'day', '--usd', '3']);
    expect(paused.err).toContain('noop is paused all the same: `governed-agents resume noop` lets it go on');
    await place.run(['resume', 'noop']);
    const free = await place.run(['budget', 'raise', 'noop', '--tier', 'day', '--usd', '4.201']);
    expect(free.out).toContain('noop may spend $4.201 a day now');
    expect(free.err).not.toContain('all the same');
    expect((await place.run(['budget', 'raise', 'noop', '--tier', 'total', '--usd', '2'])).code).toBe(2);
    expect((await place.run(['budget', 'raise', 'noop', '--tier', 'day', '--usd', '-2'])).code).toBe(2);
    expect((await place.run(['budget', 'raise', 'noop', '--tier', 'day'])).code).toBe(2);
    expect(await json(['budget', 'raise', '--of', 'project', '--tier', 'day', '--usd', '500'])).toMatchObject(
      {
        of: 'project',
        limit: 500_000_000,
      },
    );
    expect(
      (await place.run(['budget', 'raise', '--of', 'group:nope', '--tier', 'run', '--usd', '5'])).code,
    ).toBe(2);
    const noGroup = await place.run(['run', 'noop', '--group', 'nope']);
    expect([noGroup.code, noGroup.err]).toEqual([2, expect.stringContaining('[groups.NAME]') as string]);
  });
});
