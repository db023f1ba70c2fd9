import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cap, CapState } from '../../../src/core/ledger/caps.ts';
import { microUsd } from '../../../src/core/ledger/money.ts';
import { capStates } from '../../../src/governor/ledger/cap-states.ts';
import { charge } from '../../../src/governor/ledger/charge.ts';
import { raiseCap } from '../../../src/governor/ledger/raise-cap.ts';
import { voidReservation } from '../../../src/governor/ledger/settle.ts';
import { endRun } from '../../../src/governor/run/end-run.ts';
import { resumeAgent } from '../../../src/governor/stop/resume-agent.ts';
import { readTip } from '../../../src/store/read/events.ts';
import { readBalance } from '../../../src/store/read/ledger.ts';
import { readRun } from '../../../src/store/read/runs.ts';
import { counts, seeded } from '../../counts.ts';
import { OPERATOR, reserveCall, settleCall } from '../acts.ts';
import { agentRules, createFixture, type Fixture, rulesWith } from '../fixture.ts';
import { verifiedEvents } from '../record.ts';
import { type Entry, LedgerModel } from './model.ts';

const AGENTS = ['careful', 'hasty'] as const;
const RUN_CAP = 7_000;

/** What each scope may spend; small enough that every cap is reached again and again. */
const CAPS: Readonly<Record<(typeof AGENTS)[number] | 'nightly' | 'project', Cap[]>> = {
  careful: [
    { period: 'hour', unit: 'usd', limit: 8_000 },
    { period: 'day', unit: 'usd', limit: 13_000 },
    { period: 'day', unit: 'tokens', limit: 12_000 },
    { period: 'total', unit: 'llm_calls', limit: 9 },
  ],
  hasty: [
    { period: 'run', unit: 'usd', limit: 8_000 },
    { period: 'call', unit: 'usd', limit: 5_000 },
    { period: 'total', unit: 'tool_calls', limit: 4 },
  ],
  nightly: [
    { period: 'run', unit: 'usd', limit: 9_000 },
    { period: 'day', unit: 'llm_calls', limit: 8 },
  ],
  project: [
    { period: 'day', unit: 'usd', limit: 16_000 },
    { period: 'month', unit: 'usd', limit: 26_000 },
  ],
};

const index = fc.nat(30);
const tokens = fc.integer({ min: 0, max: 2_000 });
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('reserve' as const),
      run: index,
      input: tokens,
      output: fc.nat(300),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reserve_again' as const), at: index }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      at: index,
      share: fc.nat(100),
      seen: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('void' as const), at: index }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('charge' as const),
      run: index,
      usd: fc.nat(6_000),
      twice: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      minutes: fc.constantFrom(1, 7, 61, 1_441, 20_000, -90),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('end' as const), run: index }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('start' as const),
      hasty: fc.boolean(),
      capped: fc.boolean(),
      grouped: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('raise' as const), by: fc.integer({ min: 1, max: 20_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('resume' as const), hasty: fc.boolean() }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

describe('the ledger, held against a list of every amount', () => {
  it('never passes a cap, never books too little, and its totals are the sum of what was settled', {
    timeout: counts(60_000, 1_200_000),
  }, () => {
    let reached = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 25, maxLength: 60 }), (steps) => {
        const world = new World();
        try {
          for (const each of steps) {
            world.take(each);
            world.check();
          }
          reached += world.refusedAtCap;
          verifiedEvents(world.f.store);
        } finally {
          world.f.close();
        }
      }),
      { ...seeded(20_261_120, 35, 2_000), endOnFailure: true },
    );
    // The property says little if the caps were hardly met.
    expect(reached).toBeGreaterThan(35);
  });
});

class World {
  readonly f: Fixture;
  readonly model = new LedgerModel();
  readonly open = new Map<string, { entry: Entry; price: Parameters<typeof reserveCall>[3]; key: string }>();
  readonly ids: string[] = [];
  readonly runs: {
    id: string;
    agentId: (typeof AGENTS)[number];
    cap: number | null;
    batch: string | null;
  }[] = [];
  readonly caps = structuredClone(CAPS);
  refusedAtCap = 0;
  #key = 0;

  /** The server's time: the clock's, but never before the newest event. */
  get #nowMs(): number {
    return Math.max(this.f.nowMs, readTip(this.f.store).tsMs);
  }

  constructor() {
    const agent = (id: 'careful' | 'hasty') =>
      [
        id,
        agentRules({
          id,
          budget: { caps: CAPS[id], warnAt: [0.8], onCap: id === 'hasty' ? 'end' : 'pause' },
        }),
      ] as const;
    this.f = createFixture(
      rulesWith({
        agents: new Map(AGENTS.map(agent)),
        projectBudget: { caps: CAPS.project, warnAt: [0.8], onCap: 'pause' },
        groups: new Map([['nightly', { caps: CAPS.nightly, warnAt: [0.8], onCap: 'pause' }]]),
      }),
    );
    this.start('careful', false, true);
    this.start('hasty', true, true);
  }

  take(each: Step): void {
    if (each.do === 'reserve') this.reserve(each);
    else if (each.do === 'reserve_again') this.reserveAgain(each.at);
    else if (each.do === 'settle') this.settle(each);
    else if (each.do === 'void') this.void(each.at);
    else if (each.do === 'charge') this.charge(each);
    else if (each.do === 'wait') this.wait(each.minutes);
    else if (each.do === 'end') this.end(this.runAt(each.run).id);
    else if (each.do === 'start') this.start(each.hasty ? 'hasty' : 'careful', each.capped, each.grouped);
    else if (each.do === 'raise') this.raise(each.by);
    else this.resume(each.hasty ? 'hasty' : 'careful');
    this.forgetEnded();
  }

  check(): void {
    const { f, model } = this;
    for (const run of this.runs) {
      const mine = (entry: Entry): boolean => entry.runId === run.id;
      const limits = this.capsOfRun(run).filter(({ period }) => period === 'run');
      for (const cap of limits) {
        expect(model.posted(mine, cap, this.#nowMs) + model.reserved(mine, cap.unit)).toBeLessThanOrEqual(
          cap.limit,
        );
      }
      this.sameTotals(`run:${run.id}`, mine);
    }
    for (const id of AGENTS) {
      const mine = (entry: Entry): boolean => entry.agentId === id;
      this.withinCaps(mine, this.caps[id]);
      this.sameTotals(`agent:${id}`, mine);
    }
    for (const batch of new Set(this.runs.flatMap((run) => run.batch ?? []))) {
      const mine = (entry: Entry): boolean => this.batchOf(entry) === batch;
      expect(model.sum((entry) => entry.state !== 'void' && mine(entry), 'usd')).toBeLessThanOrEqual(9_000);
      this.sameTotals(`batch:${batch}`, mine);
    }
    const grouped = (entry: Entry): boolean => this.batchOf(entry) !== null;
    this.withinCaps(grouped, this.caps.nightly);
    this.sameTotals('group:nightly', grouped);
    this.withinCaps(() => true, this.caps.project);
    this.sameTotals('project', () => true);
    const nowMs = this.#nowMs;
    for (const run of this.runs) {
      const scope = { agentId: run.agentId, runId: run.id, runUsdCap: run.cap, group: groupOf(run) };
      for (const state of capStates(f.store, f.rules, nowMs, scope)) {
        if (state.cap.period === 'call') continue;
        const mine = this.mineOf(state, run);
        expect(state.posted).toBe(model.posted(mine, state.cap, nowMs));
        expect(state.reserved).toBe(model.reserved(mine, state.cap.unit));
      }
    }
  }

  private reserve({ run: at, input, output }: Extract<Step, { do: 'reserve' }>): void {
    const run = this.runAt(at);
    const key = `k${this.#key++}`;
    const call = { inputTokens: input, outputTokens: output };
    const answer = reserveCall(this.f, run.id, key, call);
    // Prices of the fixture: the dearest input rate is 2,000, output 10,000 nano-dollars.
    const usd = Math.ceil((input * 2_000 + output * 10_000) / 1_000);
    const asked = { usd, tokens: input + output, llm_calls: 1, tool_calls: 0 };
    if (answer.result === 'reserved') {
      expect(answer.usd).toBe(usd);
      const entry: Entry = { runId: run.id, agentId: run.agentId, ...asked, state: 'reserved', atMs: 0 };
      this.model.entries.push(entry);
      this.open.set(answer.reservationId, { entry, price: call, key });
      this.ids.push(answer.reservationId);
      return;
    }
    if (answer.code === 'over_cap') this.refusedAtCap += 1;
    this.explainRefusal(answer.code, run, asked);
  }

  /** Refused for a cap only where the list says that it would be passed. */
  private explainRefusal(
    code: string,
    run: World['runs'][number],
    asked: Pick<Entry, 'usd' | 'tokens' | 'llm_calls' | 'tool_calls'>,
  ): void {
    const over = (withReserved: boolean): boolean =>
      this.scopesOf(run).some(({ mine, caps }) =>
        caps.some((cap) => {
          if (asked[cap.unit] === 0) return false;
          const stands = cap.period === 'call' ? 0 : this.model.posted(mine, cap, this.#nowMs);
          const held = withReserved && cap.period !== 'call' ? this.model.reserved(mine, cap.unit) : 0;
          return stands + held + asked[cap.unit] > cap.limit;
        }),
      );
    if (code === 'over_cap') expect(this.wasOver || over(false)).toBe(true);
    else if (code === 'open_reservations') expect([over(true), over(false)]).toEqual([true, false]);
    else expect(['run_ended', 'paused', 'killed']).toContain(code);
  }

  /** An end at the cap books what was open, so that the list is looked at as it was before: the refusal itself says enough. */
  private get wasOver(): boolean {
    return this.runs.some((run) => readRun(this.f.store, run.id)?.status === 'over_budget');
  }

  private reserveAgain(at: number): void {
    const id = this.ids[at % Math.max(1, this.ids.length)];
    const kept = id === undefined ? undefined : this.open.get(id);
    if (id === undefined || kept === undefined) return;
    const answer = reserveCall(this.f, kept.entry.runId, kept.key, kept.price);
    if (answer.result === 'reserved')
      expect([answer.reservationId, kept.entry.state]).toEqual([id, 'reserved']);
    else expect(['already_closed', 'paused', 'killed', 'run_ended']).toContain(answer.code);
  }

  private settle({ at, share, seen }: Extract<Step, { do: 'settle' }>): void {
    const id = this.ids[at % Math.max(1, this.ids.length)];
    const kept = id === undefined ? undefined : this.open.get(id);
    if (id === undefined || kept === undefined) return;
    const { entry, price } = kept;
    const input = Math.floor(((price?.inputTokens ?? 0) * share) / 100);
    const output = Math.floor(((price?.outputTokens ?? 0) * share) / 100);
    const before = { ...entry };
    const closed = settleCall(
      this.f,
      entry.runId,
      id,
      seen ? { cacheReadTokens: input, outputTokens: output } : null,
    );
    if (closed.result !== 'closed') throw new Error(closed.detail);
    if (before.state !== 'reserved') {
      expect(closed).toMatchObject({ postedUsd: before.state === 'void' ? 0 : before.usd });
      return;
    }
    const usd = seen ? Math.ceil((input * 100 + output * 10_000) / 1_000) : before.usd;
    expect(closed).toMatchObject({ status: 'settled', postedUsd: usd });
    this.post(entry, usd, seen ? input + output : before.tokens);
  }

  private void(at: number): void {
    const id = this.ids[at % Math.max(1, this.ids.length)];
    const kept = id === undefined ? undefined : this.open.get(id);
    if (id === undefined || kept === undefined) return;
    const { runId } = kept.entry;
    this.f.governor.commitNow((tx) => voidReservation(tx, { runId, reservationId: id, reason: 'not_sent' }));
    if (kept.entry.state === 'reserved') kept.entry.state = 'void';
  }

  private charge({ run: at, usd, twice }: Extract<Step, { do: 'charge' }>): void {
    const run = this.runAt(at);
    const key = `c${this.#key++}`;
    const input = {
      runId: run.id,
      agentId: run.agentId,
      usd: microUsd(usd),
      tokens: 1,
      tool: 't',
      idempotencyKey: key,
    };
    const first = this.f.governor.commitNow((tx) => charge(tx, input));
    const asked = { usd, tokens: 1, llm_calls: 0, tool_calls: 1 };
    if (first.result !== 'charged') {
      if (first.code === 'over_cap') this.refusedAtCap += 1;
      this.explainRefusal(first.code, run, asked);
      return;
    }
    this.model.entries.push({
      runId: run.id,
      agentId: run.agentId,
      ...asked,
      state: 'posted',
      atMs: this.#nowMs,
    });
    if (!twice) return;
    const again = this.f.governor.commitNow((tx) => charge(tx, input));
    expect(again).toEqual({ ...first, replayed: true });
  }

  private wait(minutes: number): void {
    this.f.nowMs += minutes * 60_000;
  }

  private end(runId: string): void {
    const end = { runId, status: 'succeeded', reason: 'done', exitCode: 0, actor: OPERATOR } as const;
    this.f.governor.commitNow((tx) => endRun(tx, end));
  }

  private start(agentId: (typeof AGENTS)[number], capped: boolean, isGrouped: boolean): void {
    try {
      const id = this.f.newRun(agentId, capped ? RUN_CAP : undefined, isGrouped ? 'nightly' : undefined);
      const batch = readRun(this.f.store, id)?.batch ?? null;
      this.runs.push({ id, agentId, cap: capped ? RUN_CAP : null, batch });
    } catch (error) {
      // The agent is paused at a cap: no new run.
      expect(String(error)).toMatch(/paused|killed/);
    }
  }

  private raise(by: number): void {
    const cap = this.caps.careful[0];
    if (cap === undefined) return;
    const limit = cap.limit + by;
    const raise = {
      of: { kind: 'agent', id: 'careful' },
      period: cap.period,
      unit: cap.unit,
      limit,
      actor: OPERATOR,
    } as const;
    expect(this.f.governor.commitNow((tx) => raiseCap(tx, raise))).toMatchObject({ result: 'raised' });
    this.caps.careful[0] = { ...cap, limit };
  }

  private resume(agentId: (typeof AGENTS)[number]): void {
    this.f.governor.commitNow((tx) => resumeAgent(tx, { agentId, actor: OPERATOR }));
  }

  /** Whatever was open when its run ended is booked whole, at that moment. */
  private forgetEnded(): void {
    for (const { entry } of this.open.values()) {
      if (entry.state !== 'reserved' || readRun(this.f.store, entry.runId)?.ended_at_ms === null) continue;
      this.post(entry, entry.usd, entry.tokens);
    }
  }

  private post(entry: Entry, usd: number, tokenCount: number): void {
    Object.assign(entry, { usd, tokens: tokenCount, state: 'posted', atMs: this.#nowMs });
  }

  private runAt(at: number): World['runs'][number] {
    const run = this.runs[at % this.runs.length];
    if (run === undefined) throw new Error('there is no run');
    return run;
  }

  private batchOf(entry: Entry): string | null {
    return this.runs.find(({ id }) => id === entry.runId)?.batch ?? null;
  }

  private mineOf({ scope, cap }: CapState, run: World['runs'][number]): (entry: Entry) => boolean {
    if (scope === 'project') return () => true;
    if (scope === 'agent') return (entry) => entry.agentId === run.agentId;
    if (scope === 'run') return (entry) => entry.runId === run.id;
    return (entry) =>
      cap.period === 'run' ? this.batchOf(entry) === run.batch : this.batchOf(entry) !== null;
  }

  private capsOfRun(run: World['runs'][number]): Cap[] {
    const own: Cap[] = run.cap === null ? [] : [{ period: 'run', unit: 'usd', limit: run.cap }];
    return [...own, ...this.caps[run.agentId].filter(({ period }) => period === 'run' || period === 'call')];
  }

  private scopesOf(run: World['runs'][number]): { mine: (entry: Entry) => boolean; caps: Cap[] }[] {
    return [
      { mine: (entry) => entry.runId === run.id, caps: this.capsOfRun(run) },
      { mine: (entry) => entry.agentId === run.agentId, caps: this.caps[run.agentId].filter(isLasting) },
      ...this.scopesOfGroup(run),
      { mine: () => true, caps: this.caps.project },
    ];
  }

  private scopesOfGroup({
    batch,
  }: World['runs'][number]): { mine: (entry: Entry) => boolean; caps: Cap[] }[] {
    if (batch === null) return [];
    const { nightly } = this.caps;
    return [
      { mine: (entry) => this.batchOf(entry) === batch, caps: nightly.filter((cap) => !isLasting(cap)) },
      { mine: (entry) => this.batchOf(entry) !== null, caps: nightly.filter(isLasting) },
    ];
  }

  private withinCaps(mine: (entry: Entry) => boolean, caps: readonly Cap[]): void {
    for (const cap of caps.filter(isLasting)) {
      const stands = this.model.posted(mine, cap, this.#nowMs) + this.model.reserved(mine, cap.unit);
      expect(stands).toBeLessThanOrEqual(cap.limit);
    }
  }

  private sameTotals(scope: string, mine: (entry: Entry) => boolean): void {
    const balance = readBalance(this.f.store, scope);
    const total = (state: Entry['state'], unit: 'usd' | 'tokens' | 'llm_calls' | 'tool_calls'): number =>
      this.model.sum((entry) => entry.state === state && mine(entry), unit);
    expect(balance).toMatchObject({
      posted_usd: total('posted', 'usd'),
      posted_tokens: total('posted', 'tokens'),
      posted_llm_calls: total('posted', 'llm_calls'),
      posted_tool_calls: total('posted', 'tool_calls'),
      reserved_usd: total('reserved', 'usd'),
      reserved_tokens: total('reserved', 'tokens'),
      reserved_llm_calls: total('reserved', 'llm_calls'),
    });
  }
}

function groupOf({ batch }: World['runs'][number]): { name: string; batch: string } | null {
  return batch === null ? null : { name: 'nightly', batch };
}

function isLasting(cap: Cap): boolean {
  return cap.period !== 'run' && cap.period !== 'call';
}
