// What a jail adds to the start of an agent: from the wish for one until the agent's first word, bare and jailed in turn.
import { performance } from 'node:perf_hooks';
import { spawnTree } from '../../src/process/entry.ts';
import { confinePrograms } from '../../src/runner/confine/confine-programs.ts';
import { openJail } from '../../src/runner/confine/open-jail.ts';
import { jailedRun } from '../confine/jail-fixture.ts';
import { removeFolders } from '../confine/probe-fixture.ts';
import { type Figure, percentile } from './ratio.ts';

const ROUNDS = 200;
const WARM_UP = 10;
const SAY = ['/bin/sh', '-c', 'echo up'];

export async function confineFigures(): Promise<Figure[]> {
  const { door } = confinePrograms();
  const times = { bare: [] as number[], node: [] as number[], jailed: [] as number[] };
  try {
    for (let round = 0; round < ROUNDS + WARM_UP; round += 1) {
      const bare = await startMs(SAY, null);
      const node = await startMs([process.execPath, '-e', 'console.log("up")'], null);
      const jailed = await startMs(SAY, door);
      if (round < WARM_UP) continue;
      times.bare.push(bare);
      times.node.push(node);
      times.jailed.push(jailed);
    }
  } finally {
    removeFolders();
  }
  const at = (of: keyof typeof times, share: number): number => percentile(times[of], share);
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  const added = (share: number): number => at('jailed', share) - at('bare', share);
  const against = (share: number): Figure => ({
    name: `start in a jail against a bare spawn, p${share * 100}`,
    value: at('jailed', share) / at('bare', share),
    unit: '×',
    note: `${ms(at('jailed', share))} against ${ms(at('bare', share))}`,
  });
  return [
    against(0.5),
    against(0.99),
    {
      name: 'what a jail adds against a bare start of Node, p50',
      value: added(0.5) / at('node', 0.5),
      unit: '×',
      bound: { at: 'most', value: 3 },
      note: `${ms(added(0.5))} against ${ms(at('node', 0.5))}`,
    },
    {
      name: 'the same, p99',
      value: added(0.99) / at('node', 0.99),
      unit: '×',
      note: `${ms(added(0.99))} against ${ms(at('node', 0.99))}`,
    },
  ];
}

async function startMs(command: readonly string[], door: string | null): Promise<number> {
  const run = door === null ? null : jailedRun(door, command);
  const startedMs = performance.now();
  const jail = run === null ? null : openJail(run.request);
  const marker = 'GOVERNED_RUN_ID=bench';
  const env = { PATH: '/usr/bin:/bin' };
  const tree = await spawnTree({ ...(jail ?? { command, cwd: '/', env }), marker });
  await new Promise((resolve) => tree.stdout.once('data', resolve));
  const tookMs = performance.now() - startedMs;
  tree.stdin.end();
  await tree.ended;
  run?.gateway.close();
  jail?.release();
  return tookMs;
}
