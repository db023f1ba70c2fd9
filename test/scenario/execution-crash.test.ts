// The server is killed with SIGKILL between approvals and outcomes, with its executors or without them. Nothing is carried out twice, and
// nothing that was approved is lost: what the kill left open is unknown, is shown, and waits for a person.
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { killTree, parseTreeJson } from '../../src/process/entry.ts';
import { count, eventually, Scenario } from './harness.ts';
import { seeded } from './load.ts';
import { verifiedLines, withStore } from './record-check.ts';

const ROUNDS = count(5, 300);
const AT_ONCE = 3;
/** Each round is a start of the server. */
const LIMIT_MS = count(90_000, 1_800_000);

/** Acts once for a key, as a good executor does; the line of an act in the outside world is the act itself, so no kill comes between. */
const EXECUTOR = `import { appendFileSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
let text = '';
for await (const chunk of process.stdin) text += chunk;
const { before, after } = JSON.parse(text);
const { GOVERNED_PROPOSAL_ID: id, GOVERNED_IDEMPOTENCY_KEY: key, GOVERNED_PROJECT_DIR: dir } = process.env;
appendFileSync(dir + '/world.log', 'start ' + id + ' ' + key + '\\n');
await sleep(before);
const act = 'act ' + id + ' ' + key + '\\n';
const again = readFileSync(dir + '/world.log', 'utf8').includes(act);
if (!again) appendFileSync(dir + '/world.log', act);
await sleep(after);
console.log(JSON.stringify({ outcome: 'executed', cost_usd: 0.001, detail: { again } }));
`;

let scenario: Scenario;
afterEach(() => scenario.close());

interface World {
  readonly starts: ReadonlyMap<string, readonly string[]>;
  readonly acts: ReadonlyMap<string, readonly string[]>;
}

function world(): World {
  const path = join(scenario.dir, 'world.log');
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  const keysOf = (word: string): Map<string, string[]> => {
    const found = new Map<string, string[]>();
    for (const line of lines) {
      const [what, id = '', key = ''] = line.split(' ');
      if (what === word) found.set(id, [...(found.get(id) ?? []), key]);
    }
    return found;
  };
  return { starts: keysOf('start'), acts: keysOf('act') };
}

async function propose(payload: object): Promise<{ readonly id: string; readonly hash: string }> {
  const body = { action_type: 'publish_note', payload, expected_outcome: 'x', expected_cost_usd: 0.002 };
  const made = await say('', body, 201);
  return { id: String(made['proposal_id']), hash: String(made['payload_hash']) };
}

const approvalOf = ({ hash }: { readonly hash: string }) => ({ decision: 'approve', payload_hash: hash });

async function approve(made: { readonly id: string; readonly hash: string }): Promise<boolean> {
  try {
    const answer = await scenario.asOperator('POST', `/proposals/${made.id}/decision`, approvalOf(made));
    return answer.status === 200;
  } catch {
    // The server was killed before it answered: whether the approval counts is in the store.
    return false;
  }
}

async function say(what: string, body: object, taken = 200): Promise<Readonly<Record<string, unknown>>> {
  const { status, body: said } = await scenario.asOperator('POST', `/proposals${what}`, body);
  expect([status, said['code']]).toEqual([taken, undefined]);
  return said;
}

const statusOf = async (id: string): Promise<string> =>
  String((await scenario.asOperator('GET', `/proposals/${id}`)).body['status']);

/** What the last server left running, as a machine that lost power would. */
async function killExecutors(): Promise<void> {
  const dir = join(scenario.stateDir, 'executions');
  for (const name of readdirSync(dir)) {
    const tree = parseTreeJson(readFileSync(join(dir, name), 'utf8'));
    if (tree !== null) await killTree(tree);
  }
}

it(
  `carries out nothing twice and loses no approval in ${ROUNDS} kills between approval and outcome`,
  async () => {
    scenario = await Scenario.create((made) => made.write('actions/publish-note.mjs', EXECUTOR));
    appendFileSync(join(scenario.dir, 'world.log'), '');
    const random = seeded(300);
    const seen = { approved: 0, executed: 0, pending: 0, unknown: 0, unknownThatActed: 0, executing: 0 };
    const retried = new Set<string>();
    const all: string[] = [];
    let lost = 0;
    let server = await scenario.serve(['--no-watchdog']);
    for (let round = 0; round < ROUNDS; round += 1) {
      const made = await Promise.all(
        Array.from({ length: AT_ONCE }, () =>
          propose({ before: Math.floor(random() * 40), after: Math.floor(random() * 40), n: random() }),
        ),
      );
      const approvals = made.map(approve);
      await sleep(random() * 400);
      server.child.kill('SIGKILL');
      await server.finished;
      const acknowledged = await Promise.all(approvals);
      if (round % 3 === 0) await killExecutors();
      verifiedLines(scenario.stateDir);
      const left = withStore(scenario.stateDir, (store) =>
        made.map(({ id }) => store.statement('SELECT status FROM proposals WHERE id = ?').get(id)),
      ) as { readonly status: keyof typeof seen }[];
      for (const [index, { status }] of left.entries()) {
        seen[status] += 1;
        if (acknowledged[index] && status === 'pending') lost += 1;
      }
      server = await scenario.serve(['--no-watchdog']);
      await settleAll(made, left);
      all.push(...made.map(({ id }) => id));
    }

    /** As an operator would after the crash: approve what still waits, look at what is unknown, and settle it. */
    async function settleAll(
      made: readonly { readonly id: string; readonly hash: string }[],
      left: readonly { readonly status: string }[],
    ): Promise<void> {
      for (const [index, each] of made.entries()) {
        if (left[index]?.status === 'pending') await say(`/${each.id}/decision`, approvalOf(each));
        if (left[index]?.status !== 'executing') continue;
        // It stays unknown, and nothing starts it again, until a person says so.
        expect(await statusOf(each.id)).toBe('unknown');
        const shown = await scenario.asOperator('GET', '/proposals?status=unknown');
        expect(JSON.stringify(shown.body)).toContain(each.id);
        const before = world();
        expect(before.starts.get(each.id)?.length ?? 0).toBeLessThanOrEqual(1);
        const acted = before.acts.has(each.id);
        seen.unknown += 1;
        if (acted) seen.unknownThatActed += 1;
        const action = acted && random() < 0.5 ? 'executed' : 'retry';
        if (action === 'retry') retried.add(each.id);
        await say(`/${each.id}/resolve`, { action, note: 'x' });
      }
      for (const { id } of made) {
        await eventually(async () => ((await statusOf(id)) === 'executed' ? true : null), `the end of ${id}`);
      }
    }

    const { starts, acts } = world();
    expect(lost).toBe(0);
    for (const id of all) {
      // With the same key at every start, each approval acted exactly once.
      expect([id, acts.get(id)]).toEqual([id, [id]]);
      const most = retried.has(id) ? 2 : 1;
      expect(starts.get(id)?.length).toBeLessThanOrEqual(most);
      expect(new Set(starts.get(id))).toEqual(new Set([id]));
    }
    const open = withStore(scenario.stateDir, (store) =>
      store.statement("SELECT reserved_usd FROM balances WHERE scope = 'project'").get(),
    );
    expect(open).toEqual({ reserved_usd: 0 });
    console.log(
      `${ROUNDS} kills, ${all.length} approvals: ${seen.pending} were still pending, ${seen.approved} approved and not begun, ` +
        `${seen.unknown} unknown (${seen.unknownThatActed} of them had acted), ${seen.executed} done; ` +
        `${retried.size} tried again by a person; 0 acted twice, 0 lost`,
    );
  },
  LIMIT_MS,
);
