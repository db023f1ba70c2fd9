// What a run's gateway adds to a streamed model call: until the first byte of the answer, and to each later event, beside the same call sent
// to the provider directly and through a bare pass-through, in turns; with and without the durable reservation, with one stream and with
// many, on a plain and on a slow disk; in the first calls of the processes, and when their code is compiled. Then how fast a burst goes
// through, and what an open stream costs in memory.
import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { burstCall, openCall, type Timing, timedCall } from './gateway/calls.ts';
import { startGoverned } from './gateway/governed.ts';
import { BURST_EVENTS } from './gateway/provider.ts';
import { startRole } from './gateway/role.ts';
import { type Figure, median, percentile } from './ratio.ts';

/** Of processes that have just started, whose code Node has not compiled yet. */
const FIRST_CALLS = 100;
const WARM_UP_ROUNDS = 150;
const WARM_UP_STREAMS = 16;
const CALLS = 400;
const STREAMS = 32;
const ROUNDS_OF_MANY = 25;
const BURSTS = 25;
const OPEN_STREAMS = 100;

type Targets = Readonly<Record<string, string>>;

export async function gatewayFigures(): Promise<Figure[]> {
  const provider = await startRole('provider');
  const bare = await startRole('pass-through', provider.url);
  const unreserved = await startRole('unreserved', provider.url);
  try {
    const figures: Figure[] = [];
    const plain = await startGoverned(provider.url, 'plain');
    try {
      const targets: Targets = {
        direct: provider.url,
        'bare pass-through': bare.url,
        'without reservation': unreserved.url,
        'durable reservation': plain.url,
      };
      figures.push(...timeFigures(await measure(targets, 1, FIRST_CALLS), 1, 'first calls: '));
      await measure(targets, WARM_UP_STREAMS, WARM_UP_ROUNDS);
      figures.push(...timeFigures(await measure(targets, 1, CALLS), 1, ''));
      figures.push(...timeFigures(await measure(targets, STREAMS, ROUNDS_OF_MANY), STREAMS, ''));
      figures.push(...(await burstFigures(bare.url, unreserved.url)));
      figures.push(...(await memoryFigures({ 'bare pass-through': bare, 'a run’s gateway': plain })));
    } finally {
      await plain.closed();
    }
    const slow = await startGoverned(provider.url, 'slow');
    try {
      const targets: Targets = { direct: provider.url, 'durable reservation': slow.url };
      for (const [streams, rounds] of [
        [1, CALLS / 2],
        [STREAMS, ROUNDS_OF_MANY],
      ] as const) {
        figures.push(...timeFigures(await measure(targets, streams, rounds), streams, '+5 ms a sync: '));
      }
    } finally {
      await slow.closed();
    }
    return figures;
  } finally {
    for (const role of [provider, bare, unreserved]) role.close();
  }
}

/** Every target in turns, so that whatever else the machine does falls on all of them. */
async function measure(
  targets: Targets,
  streams: number,
  rounds: number,
): Promise<ReadonlyMap<string, readonly Timing[]>> {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const timings = new Map<string, Timing[]>(Object.keys(targets).map((name) => [name, []]));
  for (let round = -5; round < rounds; round += 1) {
    for (const [name, url] of Object.entries(targets)) {
      const took = await Promise.all(Array.from({ length: streams }, () => timedCall(agent, url)));
      if (round >= 0) timings.get(name)?.push(...took);
    }
  }
  agent.destroy();
  return timings;
}

/** What may be added with one stream, in milliseconds; with many they share two cores with all the others, and are only shown. */
const BOUNDS: Readonly<Record<string, readonly [number, number]>> = {
  'without reservation': [0.8, 2],
  'durable reservation': [2, 4],
};

function timeFigures(
  timings: ReadonlyMap<string, readonly Timing[]>,
  streams: number,
  prefix: string,
): Figure[] {
  const first = (name: string): number[] => (timings.get(name) ?? []).map(({ firstByteMs }) => firstByteMs);
  const events = (name: string): number[] => (timings.get(name) ?? []).flatMap(({ eventMs }) => eventMs);
  const isBound = streams === 1 && prefix === '';
  const of = streams === 1 ? '1 stream' : `${streams} streams`;
  const bases = ['direct', 'bare pass-through'].filter((name) => timings.has(name));
  const figures: Figure[] = bases.map((name) => ({
    name: `${prefix}${of}, ${name}: first byte p50`,
    value: median(first(name)),
    unit: 'ms',
  }));
  for (const name of timings.keys()) {
    for (const base of bases) {
      if (name === 'direct' || name === base) continue;
      const limits = isBound && base === 'direct' ? BOUNDS[name] : undefined;
      const title = `${prefix}${of}, ${name}, over ${base}:`;
      const added = (values: (of: string) => number[], share: number): number =>
        percentile(values(name), share) - percentile(values(base), share);
      figures.push(
        figure(`${title} first byte p50`, added(first, 0.5), limits?.[0]),
        figure(`${title} first byte p99`, added(first, 0.99), limits?.[1]),
        figure(`${title} event p50`, added(events, 0.5), limits && 0.15),
        figure(`${title} event p99`, added(events, 0.99), limits && 1.5),
      );
    }
  }
  return figures;
}

function figure(name: string, value: number, most: number | undefined): Figure {
  return { name, value, unit: 'ms', ...(most === undefined ? {} : { bound: { at: 'most', value: most } }) };
}

async function burstFigures(bare: string, gateway: string): Promise<Figure[]> {
  const agent = new Agent({ keepAlive: true });
  const took = { bare: [] as number[], gateway: [] as number[] };
  for (let round = -3; round < BURSTS; round += 1) {
    const [throughBare, throughGateway] = [await burstCall(agent, bare), await burstCall(agent, gateway)];
    if (round < 0) continue;
    took.bare.push(throughBare);
    took.gateway.push(throughGateway);
  }
  agent.destroy();
  const perSecond = (ms: readonly number[]): number => (BURST_EVENTS / median(ms)) * 1_000;
  const ratio = perSecond(took.gateway) / perSecond(took.bare);
  return [
    { name: 'burst, bare pass-through', value: perSecond(took.bare), unit: 'events/s' },
    { name: 'burst, gateway', value: perSecond(took.gateway), unit: 'events/s' },
    {
      name: 'burst, gateway against bare pass-through',
      value: ratio,
      unit: '×',
      bound: { at: 'least', value: 0.75 },
    },
  ];
}

async function memoryFigures(
  targets: Readonly<Record<string, { readonly url: string; readonly pid: number }>>,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [name, { url, pid }] of Object.entries(targets)) {
    const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });
    const before = residentBytes(pid);
    const calls = await Promise.all(Array.from({ length: OPEN_STREAMS }, () => openCall(agent, url)));
    await sleep(1_000);
    const after = residentBytes(pid);
    for (const call of calls) call.destroy();
    agent.destroy();
    figures.push({
      name: `${OPEN_STREAMS} open streams, ${name}: resident memory`,
      value: after / 1024 / 1024,
      unit: 'MiB',
      note: `${((after - before) / 1024 / OPEN_STREAMS).toFixed(0)} KiB more a stream`,
    });
  }
  return figures;
}

function residentBytes(pid: number): number {
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
  return pages * 4_096;
}
