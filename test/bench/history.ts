// A store with a long past, made quickly: so many charges, with their events, payloads, buckets and balances, of twenty agents at a
// thousand charges a day, so that a larger store is an older one. Written as the governor would, in one transaction.
import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';
import { GENESIS_HASH, sealEvent } from '../../src/core/audit/event.ts';
import { newId } from '../../src/core/id.ts';
import type { Cap } from '../../src/core/ledger/caps.ts';
import { bucketOf, monthOf } from '../../src/core/ledger/window.ts';
import type { Rules } from '../../src/core/rules/rules.ts';
import { type ChainTip, readTip } from '../../src/store/read/events.ts';
import { agentRules, createFixture, type Fixture, rulesWith } from '../governor/fixture.ts';

export const AGENTS: readonly string[] = Array.from({ length: 20 }, (_, index) => `agent-${index + 10}`);
const CHARGES_A_DAY = 1_000;

const DAY_MS = 86_400_000;
const USD = 1_200;
const TOKENS = 300;

/** Caps of every period, far away, so that each of them is looked at and none is reached. */
const CAPS: readonly Cap[] = (['call', 'run', 'hour', 'day', 'month', 'total'] as const).map((period) => ({
  period,
  unit: 'usd',
  limit: Number.MAX_SAFE_INTEGER,
}));

function rulesOfTwenty(): Rules {
  const budget = { caps: CAPS, warnAt: [0.8], onCap: 'pause' } as const;
  return rulesWith({
    agents: new Map(AGENTS.map((id) => [id, agentRules({ id, budget })])),
    projectBudget: budget,
    concurrentRuns: 1_000_000,
  });
}

export interface History {
  readonly fixture: Fixture;
  /** A live run of each agent, in the order of AGENTS. */
  readonly runIds: readonly string[];
}

/** The fixture's clock stands at the newest charge. */
export function storeWithCharges(count: number): History {
  const fixture = createFixture(rulesOfTwenty());
  fixture.nowMs = Date.now() - Math.ceil((count / CHARGES_A_DAY) * DAY_MS);
  const runIds = AGENTS.map((id) => fixture.newRun(id));
  writeCharges(fixture, runIds, count);
  fixture.nowMs = Date.now();
  return { fixture, runIds };
}

function writeCharges(fixture: Fixture, runIds: readonly string[], count: number): void {
  const db = new Database(fixture.store.path);
  db.pragma('synchronous = OFF');
  db.pragma('cache_size = -200000');
  const charge = db.prepare('INSERT INTO charges VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const event = db.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const payload = db.prepare('INSERT INTO event_payloads VALUES (?, ?, ?)');
  const random = randomBytesFrom('history');
  const startMs = fixture.nowMs;
  const stepMs = DAY_MS / CHARGES_A_DAY;
  const totals = new Totals();
  db.transaction(() => {
    let tip: ChainTip = readTip(fixture.store);
    for (let n = 0; n < count; n += 1) {
      const tsMs = Math.floor(startMs + n * stepMs);
      // Neighbouring charges are of different agents, as with agents that work at the same time.
      const index = (n * 7) % AGENTS.length;
      const agentId = AGENTS[index] ?? '';
      const runId = runIds[index] ?? '';
      const id = newId('chg', tsMs, random(10));
      const hash = createHash('sha256').update(String(n)).digest('hex');
      charge.run(id, runId, agentId, `key-${n}`, hash, USD, TOKENS, 'search', tsMs);
      const sealed = sealEvent(
        {
          eventType: 'budget_charge',
          actor: { kind: 'runner', id: runId },
          agentId,
          runId,
          tier: 'advisory',
          payload: { charge_id: id, tool: 'search', posted_micro_usd: USD, posted_tokens: TOKENS },
        },
        { ...PLACE, seq: tip.seq + 1, tsMs, prevHash: tip.hash, salt: random(16).toString('hex') },
      );
      event.run(sealed.seq, tsMs, sealed.eventType, agentId, runId, null, sealed.event, sealed.hash);
      payload.run(sealed.seq, sealed.salt, sealed.payload);
      tip = { seq: sealed.seq, hash: sealed.hash, tsMs };
      for (const scope of [`run:${runId}`, `agent:${agentId}`, 'project']) totals.add(scope, tsMs);
    }
    totals.write(db, monthOf(Math.floor(startMs + count * stepMs), 'UTC'));
  })();
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}

const PLACE = { hostId: 'hst_bench', policyHash: GENESIS_HASH };

class Totals {
  readonly #counts = new Map<string, number>();
  readonly #buckets = new Map<string, Map<number, number>>();
  readonly #months = new Map<string, Map<string, number>>();
  #lastDay = -1;
  #lastMonth = '';

  add(scope: string, tsMs: number): void {
    this.#counts.set(scope, (this.#counts.get(scope) ?? 0) + 1);
    const day = Math.floor(tsMs / DAY_MS);
    if (day !== this.#lastDay) {
      this.#lastDay = day;
      this.#lastMonth = monthOf(tsMs, 'UTC');
    }
    count(this.#months, scope, this.#lastMonth);
    if (!scope.startsWith('run:')) count(this.#buckets, scope, bucketOf(tsMs));
  }

  write(db: Database.Database, month: string): void {
    const balance = db.prepare(
      `INSERT INTO balances (scope, posted_usd, posted_tokens, posted_tool_calls, month, month_usd, month_tokens,
         month_tool_calls) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    const bucket = db.prepare('INSERT INTO balance_buckets VALUES (?, ?, ?, ?, 0, ?)');
    for (const [scope, n] of this.#counts) {
      const m = this.#months.get(scope)?.get(month) ?? 0;
      balance.run(scope, n * USD, n * TOKENS, n, month, m * USD, m * TOKENS, m);
    }
    for (const [scope, buckets] of this.#buckets) {
      for (const [at, n] of buckets) bucket.run(scope, at, n * USD, n * TOKENS, n);
    }
  }
}

function count<K>(of: Map<string, Map<K, number>>, scope: string, key: K): void {
  let inner = of.get(scope);
  if (inner === undefined) {
    inner = new Map();
    of.set(scope, inner);
  }
  inner.set(key, (inner.get(key) ?? 0) + 1);
}

/** The same bytes in every run. */
export function randomBytesFrom(seed: string): (bytes: number) => Buffer {
  let n = 0;
  let left = Buffer.alloc(0);
  return (bytes) => {
    if (left.length < bytes) left = createHash('sha512').update(`${seed} ${n++}`).digest();
    const taken = left.subarray(0, bytes);
    left = left.subarray(bytes);
    return taken;
  };
}
