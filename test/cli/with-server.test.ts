import { spawn } from 'node:child_process';
import { readFileSync, renameSync, rmSync } from 'node:fs';
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
    await place.run(['pause', 'noop', '--reason', 'lunch']);
    const paused = await place.run(['budget', 'raise', 'noop', '--tier', 'day', '--usd', '3']);
    expect(paused.err).toContain('noop is paused all the same: `governed-agents resume noop` lets it go on');
    await place.run(['resume', 'noop']);
    const free = await place.run(['budget', 'raise', 'noop', '--tier', 'day', '--usd', '4']);
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
