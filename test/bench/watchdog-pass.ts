// What the watchdog does when something was committed, and what it does when it starts: neither may cost more in an old store than in
// a young one. Twenty runs are live; between two passes one of them does something new.

import { stateLayout } from '../../src/config/state-layout.ts';
import { checkToolCall } from '../../src/governor/tool/check-tool-call.ts';
import { createNotices } from '../../src/watchdog/notices.ts';
import { createWatch } from '../../src/watchdog/watch.ts';
import { AGENTS } from './history.ts';
import { type PastProposals, storeWithProposals } from './past-proposals.ts';
import { type Figure, median, percentile } from './ratio.ts';

const SIZES = [1_000, 100_000] as const;
const ROUNDS = 400;
const STARTS = 30;
const IGNORED = createNotices(() => undefined);

export async function watchdogPassFigures(): Promise<Figure[]> {
  const pasts = SIZES.map((size) => storeWithProposals(size));
  const passes = measurePasses(pasts);
  const starts = measureStarts(pasts);
  for (const { fixture } of pasts) fixture.close();
  return [
    ...figuresOf('a watchdog pass after an action', 5, passes),
    ...figuresOf('its first pass after a start', null, starts),
  ];
}

function measurePasses(pasts: readonly PastProposals[]): number[][] {
  const watches = pasts.map(({ fixture }) => createWatch(stateLayout(fixture.dir), IGNORED));
  for (const watch of watches) watch.tick();
  const times = pasts.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const step of pasts.keys()) {
      const which = (round + step) % pasts.length;
      const past = pasts[which];
      if (past === undefined) continue;
      act(past, round);
      times[which]?.push(timed(() => watches[which]?.tick()));
    }
  }
  for (const watch of watches) watch.close();
  return times;
}

function measureStarts(pasts: readonly PastProposals[]): number[][] {
  const times = pasts.map((): number[] => []);
  for (let round = 0; round < STARTS; round += 1) {
    for (const [which, { fixture }] of pasts.entries()) {
      const watch = createWatch(stateLayout(fixture.dir), IGNORED);
      times[which]?.push(timed(() => watch.tick()));
      watch.close();
    }
  }
  return times;
}

function act({ fixture, runIds }: PastProposals, n: number): void {
  const index = n % AGENTS.length;
  fixture.nowMs = Date.now();
  const checked = fixture.governor.commitNow((tx) =>
    checkToolCall(tx, {
      runId: runIds[index] ?? '',
      actor: { kind: 'agent', id: AGENTS[index] ?? '' },
      tool: 'Bash',
      input: { command: `echo ${n}` },
      agentDir: '/nowhere',
    }),
  );
  if (checked.result !== 'checked') throw new Error(checked.detail);
}

function timed(work: () => void): number {
  const startedMs = performance.now();
  work();
  return performance.now() - startedMs;
}

function figuresOf(name: string, mostMs: number | null, times: readonly (readonly number[])[]): Figure[] {
  const [small = Number.NaN, large = Number.NaN] = times.map(median);
  return [
    { name: `${name}, 10³ proposals`, value: small, unit: 'ms' },
    {
      name: `${name}, 10⁵ proposals`,
      value: large,
      unit: 'ms',
      ...(mostMs === null ? {} : { bound: { at: 'most', value: mostMs } as const }),
      note: `p99 ${percentile(times[1] ?? [], 0.99).toPrecision(3)} ms`,
    },
    { name: `${name}, 10⁵ against 10³`, value: large / small, unit: '×', bound: { at: 'most', value: 1.2 } },
  ];
}
