// How long a person waits: for the version, the help and the status, against `node` on an empty module; for the server until it
// listens; for the whole demo.
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BINARY, Scenario } from '../scenario/harness.ts';
import { type Figure, median } from './ratio.ts';

const ROUNDS = 25;
const SERVE_ROUNDS = 9;
const DEMO_ROUNDS = 3;

interface Command {
  readonly name: string;
  readonly args: readonly string[];
  readonly most: number;
}

export async function startFigures(): Promise<Figure[]> {
  const scenario = await Scenario.create();
  try {
    const serving = await measureServe(scenario);
    await scenario.serve();
    const short = measureShort(scenario);
    return [...short, serving];
  } finally {
    await scenario.close();
  }
}

export async function demoFigures(): Promise<Figure[]> {
  const scenario = await Scenario.create();
  try {
    return [measureDemo(scenario)];
  } finally {
    await scenario.close();
  }
}

function measureShort(scenario: Scenario): Figure[] {
  const empty = join(scenario.root, 'empty.mjs');
  writeFileSync(empty, '');
  const commands: readonly Command[] = [
    { name: '--version', args: [BINARY, '--version'], most: 1.25 },
    { name: '--help', args: [BINARY, '--help'], most: 1.25 },
    { name: 'status', args: [BINARY, 'status'], most: 1.6 },
  ];
  const bare: number[] = [];
  const times = new Map(commands.map((command) => [command.name, [] as number[]]));
  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push(timeOf(scenario, [empty]));
    for (const command of commands) times.get(command.name)?.push(timeOf(scenario, command.args));
  }
  const base = median(bare);
  return [
    { name: 'node on an empty module', value: base, unit: 'ms' },
    ...commands.map(({ name, most }): Figure => {
      const ms = median(times.get(name) ?? []);
      const bound = { at: 'most', value: most } as const;
      return { name: `${name} against it`, value: ms / base, unit: '×', bound, note: `${ms.toFixed(0)} ms` };
    }),
  ];
}

function timeOf(scenario: Scenario, args: readonly string[]): number {
  const startedMs = performance.now();
  succeeded(spawnSync(process.execPath, args, { cwd: scenario.dir, env: envOf(scenario), encoding: 'utf8' }));
  return performance.now() - startedMs;
}

function envOf(scenario: Scenario): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: scenario.root,
    GOVERNED_STATE_HOME: scenario.stateHome,
  };
}

function succeeded(result: SpawnSyncReturns<string>): void {
  if (result.status !== 0)
    throw new Error(`it exited with ${result.status}: ${result.stdout}${result.stderr}`);
}

/** Until it prints the link, which it does when it listens. */
async function measureServe(scenario: Scenario): Promise<Figure> {
  const times: number[] = [];
  for (let round = 0; round < SERVE_ROUNDS; round += 1) {
    const startedMs = performance.now();
    const child = spawn(process.execPath, [BINARY, 'serve', '--no-open'], {
      cwd: scenario.dir,
      env: envOf(scenario),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await new Promise<void>((resolve, reject) => {
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes('#code=')) resolve();
      });
      child.once('exit', () => reject(new Error(`serve ended: ${text}`)));
    });
    times.push(performance.now() - startedMs);
    child.removeAllListeners('exit');
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }
  return {
    name: 'serve, until it is ready',
    value: median(times),
    unit: 'ms',
    bound: { at: 'most', value: 250 },
  };
}

function measureDemo(scenario: Scenario): Figure {
  const times: number[] = [];
  for (let round = 0; round < DEMO_ROUNDS; round += 1) times.push(timeOf(scenario, [BINARY, 'demo']));
  return {
    name: 'demo, piped',
    value: median(times) / 1_000,
    unit: 's',
    bound: { at: 'most', value: 5 },
  };
}
