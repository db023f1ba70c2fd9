// Durable decisions a second, in process: reservation, balances, event, chain, all in one synced commit, with a mirror that
// follows. Beside it, in the same run: the very same statements prepared by hand and batched ("raw"), and one transaction each.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { reserve } from '../../src/governor/ledger/reserve.ts';
import { pooledRandom } from '../../src/server/boot/pooled-random.ts';
import { createFeed } from '../../src/server/feed.ts';
import { followTable } from '../../src/server/mirror/follow.ts';
import { reconcileMirror } from '../../src/server/mirror/reconcile.ts';
import { agentRules, createFixture, type Fixture, rulesWith } from '../governor/fixture.ts';
import { type Figure, median } from './ratio.ts';

const WINDOW_MS = 1_500;
const ROUNDS = 3;

interface Bounds {
  readonly ofRaw: number | null;
  readonly overSingle: number;
}

const BOUNDS: ReadonlyMap<number, Bounds> = new Map([
  [1, { ofRaw: null, overSingle: 0.95 }],
  [16, { ofRaw: null, overSingle: 1 }],
  [64, { ofRaw: 0.55, overSingle: 12 }],
]);
/** What is to be reached where every sync takes five milliseconds longer. */
const SLOW_BOUNDS: ReadonlyMap<number, Bounds> = new Map([[64, { ofRaw: 0.8, overSingle: 30 }]]);

export const SLOW_SYNC_VARIABLE = 'GOVERNED_BENCH_SLOW_SYNC';

export async function decisionFigures(): Promise<Figure[]> {
  const isSlow = process.env[SLOW_SYNC_VARIABLE] !== undefined;
  const figures: Figure[] = [];
  for (const [concurrent, bounds] of isSlow ? SLOW_BOUNDS : BOUNDS) {
    figures.push(...(await figuresAt(concurrent, bounds)));
  }
  return figures;
}

async function figuresAt(concurrent: number, bounds: Bounds): Promise<Figure[]> {
  const grouped: number[] = [];
  const raw: number[] = [];
  const single: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    grouped.push(await rate(concurrent, grouping));
    raw.push(rawRate(concurrent));
    single.push(await rate(1, oneByOne));
  }
  const at = `${concurrent} concurrent`;
  return [
    { name: `durable decisions, ${at}`, value: median(grouped), unit: '/s' },
    {
      name: `raw batches of the same statements, ${concurrent} a commit`,
      value: median(raw),
      unit: '/s',
      note: 'no mirror, no rules',
    },
    { name: 'one transaction each', value: median(single), unit: '/s' },
    {
      name: `durable decisions against raw, ${at}`,
      value: median(grouped) / median(raw),
      unit: '×',
      ...(bounds.ofRaw === null ? {} : { bound: { at: 'least', value: bounds.ofRaw } as const }),
    },
    {
      name: `group commit against one transaction each, ${at}`,
      value: median(grouped) / median(single),
      unit: '×',
      bound: { at: 'least', value: bounds.overSingle },
    },
  ];
}

function fixture(): Fixture {
  const caps = [{ period: 'total', unit: 'usd', limit: Number.MAX_SAFE_INTEGER }] as const;
  const budget = { caps, warnAt: [], onCap: 'pause' } as const;
  const rules = rulesWith({ agents: new Map([['noop', agentRules({ budget })]]) });
  const made = createFixture(rules, pooledRandom());
  Object.defineProperty(made, 'nowMs', { get: () => Date.now() });
  return made;
}

const CALL = { provider: 'anthropic', model: 'm', inputTokens: 1_000, outputTokens: 100 };

type Decide = (f: Fixture, runId: string, key: string) => Promise<unknown>;

const grouping: Decide = (f, runId, idempotencyKey) =>
  f.governor.commit((tx) => reserve(tx, { ...CALL, runId, idempotencyKey }));

/** However many ask, one commits after the other. The event loop turns after each, as in a server, and the mirror follows. */
const oneByOne: Decide = (f, runId, idempotencyKey) => {
  f.governor.commitNow((tx) => reserve(tx, { ...CALL, runId, idempotencyKey }));
  return nextTurn();
};

async function rate(concurrent: number, decide: Decide): Promise<number> {
  const f = fixture();
  const feed = createFeed(f.store, f.governor, crash);
  const path = join(f.dir, 'audit.jsonl');
  const reconcile = () => reconcileMirror(f.store, path);
  const mirror = followTable({ path, feed, start: await reconcile(), reconcile });
  const runId = f.newRun();
  let started = 0;
  let done = 0;
  const until = performance.now() + WINDOW_MS;
  const client = async (): Promise<void> => {
    while (performance.now() < until) {
      await decide(f, runId, keyOf(started++));
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrent }, () => client()));
  const health = mirror.health();
  if (!health.ok) throw new Error(`the mirror did not follow: ${health.problem}`);
  await mirror.close();
  feed.close();
  f.close();
  return done / (WINDOW_MS / 1000);
}

function crash(fault: unknown): never {
  throw fault;
}

function keyOf(index: number): string {
  return String(index).padStart(9, '0');
}

/** The statements of one reservation, as the governor makes them, prepared by hand and run with fresh keys. */
function rawRate(batch: number): number {
  const f = fixture();
  const runId = f.newRun();
  const db = new Database(join(f.dir, 'governed.db'));
  db.pragma('synchronous = FULL');
  const rawStatements = prepareRaw(db, runId);
  let done = 0;
  const until = performance.now() + WINDOW_MS;
  while (performance.now() < until) {
    db.exec('BEGIN IMMEDIATE');
    for (let i = 0; i < batch; i += 1) rawStatements(done + i);
    db.exec('COMMIT');
    done += batch;
  }
  db.close();
  f.close();
  return done / (WINDOW_MS / 1000);
}

function prepareRaw(db: Database.Database, runId: string): (index: number) => void {
  const byKey = db.prepare('SELECT * FROM reservations WHERE run_id = ? AND idempotency_key = ?');
  const run = db.prepare('SELECT * FROM runs WHERE id = ?');
  const agent = db.prepare('SELECT * FROM agents WHERE id = ?');
  const meta = db.prepare('SELECT value FROM meta WHERE key = ?');
  const raises = db.prepare('SELECT cap, cap_limit FROM cap_raises WHERE scope = ?');
  const balance = db.prepare('SELECT * FROM balances WHERE scope = ?');
  const add = db.prepare(
    `INSERT INTO balances (scope, reserved_usd, reserved_tokens, reserved_llm_calls, reserved_tool_calls)
     VALUES (?, ?, ?, ?, ?) ON CONFLICT (scope) DO UPDATE SET reserved_usd = reserved_usd + excluded.reserved_usd,
       reserved_tokens = reserved_tokens + excluded.reserved_tokens,
       reserved_llm_calls = reserved_llm_calls + excluded.reserved_llm_calls,
       reserved_tool_calls = reserved_tool_calls + excluded.reserved_tool_calls`,
  );
  const insert = db.prepare(
    `INSERT INTO reservations (id, run_id, agent_id, idempotency_key, request_hash, provider, model, usd, tokens,
       price, status, created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?)`,
  );
  const event = db.prepare(
    `INSERT INTO events (seq, ts_ms, event_type, agent_id, run_id, proposal_id, event, hash)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const payload = db.prepare('INSERT INTO event_payloads (seq, salt, payload) VALUES (?, ?, ?)');
  const text = 'x'.repeat(420);
  const hash = randomBytes(32).toString('hex');
  const salt = randomBytes(16).toString('hex');
  const first = (db.prepare('SELECT max(seq) AS n FROM events').get() as { n: number }).n;
  return (index) => {
    byKey.get(runId, keyOf(index));
    run.get(runId);
    meta.get('kill_switch');
    agent.get('noop');
    raises.all('agent:noop');
    balance.get('agent:noop');
    for (const scope of [`run:${runId}`, 'agent:noop', 'project']) add.run(scope, 3_000, 1_100, 1, 0);
    const id = `rsv_${String(index).padStart(26, '0')}`;
    insert.run(id, runId, 'noop', keyOf(index), hash, 'anthropic', 'm', 3_000, 1_100, text.slice(0, 120), 1);
    event.run(first + 1 + index, 1, 'llm_call_reserved', 'noop', runId, null, text, hash);
    payload.run(first + 1 + index, salt, text.slice(0, 180));
  };
}
