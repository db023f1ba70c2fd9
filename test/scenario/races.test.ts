// Eight at once, over HTTP, on a real server: for a decision, for the last use of a grant, and around the moment of expiry. One of them
// counts, and the program behind an approval runs once.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { isProving } from '../counts.ts';
import { count, eventually, Scenario } from './harness.ts';
import { type Client, client, registerRun, seeded } from './load.ts';

if (!isProving) vi.setConfig({ testTimeout: 60_000 });

const ROUNDS = count(20, 1_000);
/** What a run may do at once is bounded: another one goes on. */
const ROUNDS_OF_A_RUN = 250;
const RACERS = Array.from({ length: 8 }, (_, racer) => racer);

const EXECUTOR = `run = ["sh", "-c", "cat > /dev/null; echo $GOVERNED_PROPOSAL_ID >> $GOVERNED_PROJECT_DIR/ran.log; echo '{\\"outcome\\":\\"executed\\"}'"]`;

interface Proposal {
  readonly proposal_id: string;
  readonly payload_hash: string;
  readonly status: string;
}

let scenario: Scenario;
let load: Client;
let operator: string;
let secret: string;
beforeEach(async () => {
  scenario = await Scenario.create((made) => {
    const settings = made.read('governed.toml').replace('concurrent = 4', 'concurrent = 100');
    made.write('governed.toml', settings.replace(/run = \["node", "actions[^\n]*/, EXECUTOR));
    made.write('agents/noop/agent.toml', `concurrent = 100\n${made.read('agents/noop/agent.toml')}`);
  });
  await scenario.serve(['--no-watchdog']);
  load = client(scenario.port);
  operator = scenario.token('operator');
});
afterEach(async () => {
  load.close();
  await scenario.close();
});

async function ask<T>(path: string, body: unknown, token: string): Promise<{ status: number; body: T }> {
  const answer = await load.post(path, body, token);
  if (answer === null) throw new Error(`no answer to ${path}`);
  return { status: answer.status, body: JSON.parse(answer.text) as T };
}

async function propose(payload: unknown, over: object = {}): Promise<Proposal> {
  const body = { action_type: 'publish_note', payload, expected_outcome: 'x', ...over };
  const made = await ask<Proposal>('/proposals', body, secret);
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  return made.body;
}

function decide(made: Proposal, racer: number): Promise<{ status: number; body: Proposal }> {
  const decision = racer % 2 === 0 ? 'approve' : 'reject';
  return ask(
    `/proposals/${made.proposal_id}/decision`,
    { decision, payload_hash: made.payload_hash },
    operator,
  );
}

async function eachRound(rounds: number, race: (round: number) => Promise<void>): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    if (round % ROUNDS_OF_A_RUN === 0) ({ secret } = await registerRun(scenario));
    await race(round);
  }
}

async function countEvents(type: string): Promise<number> {
  let events = 0;
  let cursor = '';
  for (;;) {
    const { body } = await scenario.asOperator('GET', `/audit?event_type=${type}&limit=1000${cursor}`);
    events += (body['items'] as unknown[]).length;
    if (body['next_cursor'] === null) return events;
    cursor = `&cursor=${String(body['next_cursor'])}`;
  }
}

/** Once every approval was carried out: each ran, once. */
async function expectRanOnce(approved: ReadonlySet<string>): Promise<void> {
  const file = join(scenario.dir, 'ran.log');
  const ran = (): string[] => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []);
  const done = async () => ((await countEvents('action_executed')) >= approved.size ? true : null);
  await eventually(done, `${approved.size} actions`, 120_000);
  expect(ran().toSorted()).toEqual([...approved].toSorted());
}

it(`gives each of ${ROUNDS} proposals exactly one of eight racing decisions`, async () => {
  const approved = new Set<string>();
  await eachRound(ROUNDS, async (n) => {
    const made = await propose({ n });
    const answers = await Promise.all(RACERS.map((racer) => decide(made, racer)));
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(7);
    if (won[0]?.body.status === 'approved') approved.add(made.proposal_id);
  });
  expect(await countEvents('proposal_decided')).toBe(ROUNDS);
  await expectRanOnce(approved);
});

it(`gives the last use of each of ${ROUNDS} grants to exactly one of eight racing proposals`, async () => {
  const approved = new Set<string>();
  await eachRound(ROUNDS, async (n) => {
    const grant = { action_type: 'publish_note', uses: 1, for: '1h', when: { 'payload.n': n } };
    expect((await ask('/grants', grant, operator)).status).toBe(201);
    const all = await Promise.all(RACERS.map((racer) => propose({ n, racer })));
    const won = all.filter(({ status }) => status === 'approved');
    expect(won).toHaveLength(1);
    for (const { proposal_id } of won) approved.add(proposal_id);
    const items = all
      .filter(({ status }) => status === 'pending')
      .map(({ proposal_id, payload_hash }) => ({ proposal_id, payload_hash, decision: 'reject' }));
    expect(items).toHaveLength(7);
    expect((await ask('/proposals/decisions', { items }, operator)).status).toBe(200);
  });
  expect(await countEvents('grant_used')).toBe(ROUNDS);
  expect(await countEvents('grant_exhausted')).toBe(ROUNDS);
  await expectRanOnce(approved);
});

it(`ends each of ${ROUNDS} proposals once, by a decision or by its expiry, when both come together`, async () => {
  const random = seeded(11);
  const approved = new Set<string>();
  let decidedInTime = 0;
  await eachRound(ROUNDS, async (n) => {
    // Time enough to be made on a busy machine; the rest of it is slept away.
    const expiresAtMs = Date.now() + 250;
    const made = await propose({ n }, { expires_at: new Date(expiresAtMs).toISOString() });
    const answers = await Promise.all(
      RACERS.map(async (racer) => {
        // From two milliseconds before its end to one after.
        await sleep(Math.max(0, expiresAtMs - 2 + Math.floor(random() * 4) - Date.now()));
        return await decide(made, racer);
      }),
    );
    const won = answers.filter(({ status }) => status === 200);
    expect(won.length).toBeLessThanOrEqual(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(8 - won.length);
    const end = await eventually(async () => {
      const { body } = await scenario.asOperator('GET', `/proposals/${made.proposal_id}`);
      return body['status'] === 'pending' ? null : body;
    }, 'its end');
    if (won.length === 0) expect(end['status']).toBe('expired');
    else expect(Date.parse(String(end['decided_at']))).toBeLessThan(expiresAtMs);
    if (won[0]?.body.status === 'approved') approved.add(made.proposal_id);
    decidedInTime += won.length;
  });
  expect(await countEvents('proposal_decided')).toBe(decidedInTime);
  expect(await countEvents('proposal_expired')).toBe(ROUNDS - decidedInTime);
  await expectRanOnce(approved);
  process.stderr.write(
    `${ROUNDS} races around expiry: ${decidedInTime} decided, ${ROUNDS - decidedInTime} expired\n`,
  );
});
