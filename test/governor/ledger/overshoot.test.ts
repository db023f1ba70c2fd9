import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { OperationError } from '../../../src/core/fault.ts';
import { costOf, type Price, type Usage } from '../../../src/core/ledger/price.ts';
import { endRun } from '../../../src/governor/run/end-run.ts';
import type { Store } from '../../../src/store/open.ts';
import type { BalanceRow, ReservationRow } from '../../../src/store/read/ledger.ts';
import { readLiveRuns } from '../../../src/store/read/runs.ts';
import { counts, isProving } from '../../counts.ts';
import { OPERATOR } from '../acts.ts';
import { buildCommitter } from '../committer-process.ts';
import { createFixture, type Fixture } from '../fixture.ts';
import { verifiedEvents } from '../record.ts';
import { SPENDER_CAPS, spenderRules } from './spender-rules.ts';

const RESERVATIONS = counts(160, 10_000);
const PROCESSES = 16;
const KILL_EVERY = counts(40, 200);

let dir: string;
let program: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'governed-spenders-'));
  program = await buildCommitter(dir, 'spender');
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Spender {
  readonly child: ChildProcess;
  isGone: boolean;
}

it(`${RESERVATIONS} reservations from ${PROCESSES} processes, killed at any moment: no cap is passed at any read, and what was used is booked`, {
  timeout: counts(120_000, 1_800_000),
}, async () => {
  const f = createFixture(spenderRules());
  // Rows are read as they are, and the processes' clock is the machine's.
  f.nowMs = Date.now();
  let granted = 0;
  let seed = 20_261_121;
  let said = '';
  const start = (): Spender => {
    seed += 1;
    const child = spawn(process.execPath, [program, f.store.path, String(seed)]);
    const spender: Spender = { child, isGone: false };
    child.stdout.on('data', (chunk: Buffer) => {
      granted += chunk.length;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.once('exit', () => {
      spender.isGone = true;
    });
    return spender;
  };
  const spenders = Array.from({ length: PROCESSES }, start);
  let reads = 0;
  let worst = 0;
  let kills = 0;
  try {
    while (granted < RESERVATIONS) {
      worst = Math.max(worst, overshoot(f.store));
      reads += 1;
      if (said !== '') throw new Error(said);
      if (granted >= (kills + 1) * KILL_EVERY) {
        const at = kills % PROCESSES;
        const victim = spenders[at];
        if (victim !== undefined) await kill(f, victim);
        spenders[at] = start();
        kills += 1;
      }
      await sleep(1);
    }
  } finally {
    for (const spender of spenders) await kill(f, spender);
  }
  worst = Math.max(worst, overshoot(f.store));
  expect(worst).toBe(0);
  const rows = f.store.statement('SELECT * FROM reservations').all() as (ReservationRow & {
    readonly usage: string | null;
  })[];
  expect(rows.length).toBeGreaterThanOrEqual(RESERVATIONS);
  expect(rows.filter(({ status }) => status === 'open')).toEqual([]);
  const undercharged = rows.filter((row) => (row.posted_usd ?? 0) < due(row));
  expect(undercharged).toEqual([]);
  const posted = rows.reduce((sum, row) => sum + (row.posted_usd ?? 0), 0);
  const [project] = balances(f.store).filter(({ scope }) => scope === 'project');
  expect(project).toMatchObject({ posted_usd: posted, reserved_usd: 0 });
  verifiedEvents(f.store);
  f.close();
  if (isProving) {
    process.stderr.write(
      `${rows.length} reservations, ${kills + PROCESSES} processes killed, ${reads} reads: overshoot ${worst}\n`,
    );
  }
});

/** What its run had open is booked whole, as the watchdog does it. */
async function kill(f: Fixture, spender: Spender): Promise<void> {
  spender.child.kill('SIGKILL');
  while (!spender.isGone) await sleep(1);
  const own = readLiveRuns(f.store).filter(({ runner }) => runner === `{"pid":${spender.child.pid}}`);
  for (const { id } of own) {
    const end = { runId: id, status: 'lost', reason: 'its runner is gone', exitCode: null } as const;
    await insist(() => f.governor.commit((tx) => endRun(tx, { ...end, actor: OPERATOR })));
  }
}

/** A store that stays busy has done nothing: it is asked again. */
async function insist(attempt: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (!(error instanceof OperationError) || error.code !== 'store_busy') throw error;
    }
  }
}

function balances(store: Store): BalanceRow[] {
  return store.statement('SELECT * FROM balances').all() as BalanceRow[];
}

/** Micro-dollars above the cap of any scope, all of them at one moment. */
function overshoot(store: Store): number {
  const over = balances(store).map(({ scope, posted_usd: posted, reserved_usd: reserved }) => {
    const kind = scope.split(':')[0];
    const limit =
      kind === 'run' || kind === 'batch' || kind === 'agent' || kind === 'project'
        ? SPENDER_CAPS[kind]
        : Number.POSITIVE_INFINITY;
    return posted + reserved - limit;
  });
  return Math.max(0, ...over);
}

/** What must be booked of a reservation at least: what was reported, all of it where nothing was, and nothing for what was not sent. */
function due(row: ReservationRow & { readonly usage: string | null }): number {
  if (row.status === 'void') return 0;
  if (row.usage === null) return row.usd;
  return costOf(JSON.parse(row.price) as Price, JSON.parse(row.usage) as Usage);
}
