// What people and agents ask all day must cost the same however long the ledger is: the scoreboard, a budget and a charge, each at
// a thousand, a hundred thousand and a million rows, in turns.

import { makeBundle } from '../../src/config/files/bundle.ts';
import { microUsd } from '../../src/core/ledger/money.ts';
import { capView } from '../../src/governor/ledger/cap-states.ts';
import { charge } from '../../src/governor/ledger/charge.ts';
import { scoreboard } from '../../src/server/operator/board-routes.ts';
import { spendOverTime } from '../../src/server/operator/spend-routes.ts';
import { agentBudget } from '../../src/server/present/budget.ts';
import { PROJECT_ID } from '../governor/fixture.ts';
import { AGENTS, type History, storeWithCharges } from './history.ts';
import { type Figure, median } from './ratio.ts';

const EMPTY = makeBundle([]);

const SIZES = [1_000, 100_000, 1_000_000] as const;
const ROUNDS = 300;

interface Operation {
  readonly name: string;
  readonly perRound: number;
  run(history: History, n: number): void;
}

const OPERATIONS: readonly Operation[] = [
  { name: 'scoreboard of 20 agents', perRound: 2, run: lookAtScoreboard },
  { name: 'spend over a day of 20 agents', perRound: 2, run: lookAtSpend },
  { name: 'budget of one agent', perRound: 10, run: lookAtBudget },
  { name: 'a charge, durable', perRound: 2, run: chargeOnce },
];

export async function readFigures(): Promise<Figure[]> {
  const histories = SIZES.map((size) => storeWithCharges(size));
  const figures = OPERATIONS.flatMap((operation) => figuresOf(operation, histories));
  for (const { fixture } of histories) fixture.close();
  return figures;
}

function figuresOf(operation: Operation, histories: readonly History[]): Figure[] {
  const times = SIZES.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const step of SIZES.keys()) {
      // Each size takes each place in the round, so that none is always measured after the same neighbour.
      const which = (round + step) % SIZES.length;
      const history = histories[which];
      if (history === undefined) continue;
      const startedMs = performance.now();
      for (let n = 0; n < operation.perRound; n += 1) {
        operation.run(history, round * operation.perRound + n);
      }
      times[which]?.push((performance.now() - startedMs) / operation.perRound);
    }
  }
  const medians = times.map((each) => median(each.slice(ROUNDS / 10)));
  const [small = Number.NaN, , large = Number.NaN] = medians;
  return [
    ...SIZES.map((size, index) => ({
      name: `${operation.name}, ${size.toLocaleString('en-US')} rows`,
      value: medians[index] ?? Number.NaN,
      unit: 'ms',
    })),
    {
      name: `${operation.name}, 10⁶ rows against 10³`,
      value: large / small,
      unit: '×',
      bound: { at: 'most', value: 1.1 },
    },
  ];
}

function lookAtScoreboard({ fixture }: History): void {
  const { store, rules, nowMs } = fixture;
  const accepted = { rules, bundle: EMPTY };
  scoreboard({ store, rules: { current: () => accepted }, clock: () => nowMs, projectId: PROJECT_ID });
}

function lookAtSpend({ fixture }: History): void {
  const { store, rules, nowMs } = fixture;
  const accepted = { rules, bundle: EMPTY };
  const context = { store, rules: { current: () => accepted }, clock: () => nowMs, projectId: PROJECT_ID };
  spendOverTime(context, { per: 'hour', limit: 50 });
}

function lookAtBudget({ fixture }: History, n: number): void {
  agentBudget(capView(fixture.store, fixture.rules, fixture.nowMs), AGENTS[n % AGENTS.length] ?? '');
}

let charges = 0;

function chargeOnce({ fixture, runIds }: History, n: number): void {
  const index = n % AGENTS.length;
  const input = { runId: runIds[index] ?? '', agentId: AGENTS[index] ?? '', tokens: 1, tool: 'search' };
  const key = `bench-${charges++}`;
  const done = fixture.governor.commitNow((tx) =>
    charge(tx, { ...input, usd: microUsd(1), idempotencyKey: key }),
  );
  if (done.result !== 'charged') throw new Error(done.detail);
}
