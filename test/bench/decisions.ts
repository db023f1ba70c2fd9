// Durable decisions a second, in process: reservation, balances, event, chain, all in one synced commit, with a mirror that
// follows. Beside it, in the same run: the very same statements prepared by hand and batched ("raw"), and one transaction each.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { reserve } from '../../src/governor/ledger/reserve.ts';
import { agentRules, createFixture, type Fixture, rulesWith } from '../governor/fixture.ts';
import { type Figure, median } from './ratio.ts';

const WINDOW_MS = 1_500;

export async function decisionFigures(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const concurrent of [1, 16, 64]) {
    const runs = [0, 1, 2];
    const grouped: number[] = [];
    const raw: number[] = [];
    const single: number[] = [];
    for (const _ of runs) {
      grouped.push(await groupedRate(concurrent));
      raw.push(rawRate(concurrent));
      single.push(singleRate());
    }
    const ratio = median(grouped) / median(raw);
    const over = median(grouped) / median(single);
    figures.push(
      { name: `durable decisions, ${concurrent} concurrent`, value: median(grouped), unit: '/s' },
      { name: `raw batches of the same statements, ${concurrent} a commit`, value: median(raw), unit: '/s' },
      {
        name: `durable decisions against raw, ${concurrent} concurrent`,
        value: ratio,
        unit: '×',
        ...(concurrent === 64 ? { bound: { at: 'least', value: 0.55 } as const } : {}),
      },
      {
        name: `group commit against one transaction each, ${concurrent} concurrent`,
        value: over,
        unit: '×',
        bound: { at: 'least', value: ({ 1: 0.95, 16: 1, 64: 12 } as const)[concurrent as 1 | 16 | 64] },
      },
    );
  }
  return figures;
}

function fixture(): Fixture {
  const caps = [{ period: 'total', unit: 'usd', limit: Number.MAX_SAFE_INTEGER }] as const;
  const budget = { caps, warnAt: [], onCap: 'pause' } as const;
  const made = createFixture(rulesWith({ agents: new Map([['noop', agentRules({ budget })]]) }));
  Object.defineProperty(made, 'nowMs', { get: () => Date.now() });
  return made;
}

function reserveOnce(f: Fixture, runId: string, key: string): ReturnType<Fixture['governor']['commit']> {
  return f.governor.commit((tx) => reserve(tx, { ...CALL, runId, idempotencyKey: key }));
}

const CALL = { provider: 'anthropic', model: 'm', inputTokens: 1_000, outputTokens: 100 };

async function groupedRate(concurrent: number): Promise<number> {
  const f = fixture();
  const runId = f.newRun();
  let started = 0;
  let done = 0;
  const until = performance.now() + WINDOW_MS;
  const client = async (): Promise<void> => {
    while (performance.now() < until) {
      await reserveOnce(f, runId, String(started++).padStart(9, '0'));
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrent }, () => client()));
  const rate = done / (WINDOW_MS / 1000);
  f.close();
  return rate;
}

function singleRate(): number {
  const f = fixture();
  const runId = f.newRun();
  let done = 0;
  const until = performance.now() + WINDOW_MS;
  while (performance.now() < until) {
    f.governor.commitNow((tx) =>
      reserve(tx, { ...CALL, runId, idempotencyKey: String(done).padStart(9, '0') }),
    );
    done += 1;
  }
  f.close();
  return done / (WINDOW_MS / 1000);
}

/** The statements of one reservation, recorded from the governor itself, replayed by hand with fresh keys. */
function rawRate(batch: number): number {
  const dir = mkdtempSync(join(tmpdir(), 'governed-bench-'));
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
  rmSync(dir, { recursive: true, force: true });
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
    byKey.get(runId, String(index).padStart(9, '0'));
    run.get(runId);
    meta.get('kill_switch');
    agent.get('noop');
    raises.all('agent:noop');
    balance.get('agent:noop');
    for (const scope of [`run:${runId}`, 'agent:noop', 'project']) add.run(scope, 3_000, 1_100, 1, 0);
    const id = `rsv_${String(index).padStart(26, '0')}`;
    insert.run(
      id,
      runId,
      'noop',
      String(index).padStart(9, '0'),
      hash,
      'anthropic',
      'm',
      3_000,
      1_100,
      text.slice(0, 120),
      1,
    );
    event.run(first + 1 + index, 1, 'llm_call_reserved', 'noop', runId, null, text, hash);
    payload.run(first + 1 + index, salt, text.slice(0, 180));
  };
}
