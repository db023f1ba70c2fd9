// Sends the probes after their bait, inside a jail like any run's or outside of one, and gathers what they found with what was seen from
// outside. An attempt without an answer counts as an escape.
import { setTimeout as delay } from 'node:timers/promises';
import { killTree, listTree, spawnTree } from '../../process/entry.ts';
import type { JailPart } from './jail-parts.ts';
import { JAIL } from './jail-places.ts';
import type { JailLimits } from './limits.ts';
import { openJail } from './open-jail.ts';
import type { Finding, ProbeResult } from './probes/probe.ts';
import { type SetBait, setBait } from './set-bait.ts';

export interface ProbeRun {
  readonly bwrap: string;
  readonly door: string;
  /** The bundled program with the probes. */
  readonly program: string;
  /** New, and ours alone; beside the runs. */
  readonly folder: string;
  readonly operatorHome: string;
  readonly isConfined: boolean;
  /** For tests. */
  readonly alter?: (parts: readonly JailPart[]) => readonly JailPart[];
  readonly alterCommand?: (command: readonly string[]) => readonly string[];
  readonly outerEnv?: Readonly<Record<string, string>>;
}

/** Small, so that a flood is over soon; held by the same means as a run's own. */
const PROBE_LIMITS: JailLimits = {
  processes: 160,
  openFiles: 1_024,
  fileBytes: 64 * 1024 * 1024,
  memoryBytes: 1_536 * 1024 * 1024,
  cpuSeconds: 120,
  temporaryBytes: 16 * 1024 * 1024,
};

const LIMIT_MS = 90_000;
const LEFT_BEHIND_MS = 300;
const SECRET = 'GOVERNED_PROBE_INSIDE';

export async function runProbes(options: ProbeRun): Promise<readonly ProbeResult[]> {
  const set = await setBait({
    ...options,
    door: options.isConfined ? JAIL.door : options.door,
    limits: PROBE_LIMITS,
  });
  try {
    return await send(options, set);
  } finally {
    await set.remove();
  }
}

async function send(options: ProbeRun, set: SetBait): Promise<readonly ProbeResult[]> {
  const { bait } = set;
  const env = {
    PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
    HOME: options.isConfined ? JAIL.home : options.operatorHome,
    [SECRET]: `inside-${bait.canary}`,
    // Outside, everything of the operator's is passed on, as it is without a governed environment.
    ...(options.isConfined ? {} : { [bait.process.variable]: bait.canary }),
  };
  const command = [process.execPath, options.program];
  const jail = options.isConfined ? jailOf(options, set, command, env) : undefined;
  const marker = `GOVERNED_RUN_ID=probe-${bait.canary}`;
  const spawned = jail ?? { command, cwd: set.places.workspace, env };
  const started = options.alterCommand?.(spawned.command) ?? spawned.command;
  const tree = await spawnTree({
    ...spawned,
    command: started,
    env: { ...spawned.env, ...secretsOf(options, set) },
    marker,
  });
  const timer = setTimeout(() => void killTree(tree.handle), LIMIT_MS);
  const errors: string[] = [];
  tree.stderr.on('data', (chunk) => errors.push(String(chunk)));
  tree.stdin.end(JSON.stringify(bait));
  const output = text(tree.stdout);
  const end = await tree.ended;
  clearTimeout(timer);
  await delay(LEFT_BEHIND_MS);
  const left = listTree(tree.handle).length;
  await killTree(tree.handle);
  const results = parse(await output);
  const touched = set.touched();
  jail?.release();
  const said = errors.join('').trim().slice(0, 300);
  return [
    ...results.map((result) => witnessed(result, set, touched)),
    seen('death.complete', 'live on when the run is over', left > 0, `${left} processes were left`),
    seen(
      'record.changed',
      'change what it must not, whatever it says',
      touched.includes('write.changed'),
      'the bait',
    ),
    {
      id: 'probes.complete',
      what: 'end the self-test before it is over',
      ...(results.length > 0 && end.exitCode === 0
        ? ({ outcome: 'held', detail: `${results.length} attempts` } as const)
        : ({ outcome: 'unclear', detail: `exit ${end.exitCode ?? end.signal}: ${said}` } as const)),
    },
  ];
}

function jailOf(
  options: ProbeRun,
  { bait, places }: SetBait,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
) {
  return openJail(
    {
      ...options,
      ...places,
      name: bait.canary,
      scratch: `${places.runDir}/jail`,
      command,
      cwd: places.workspace,
      env,
      write: [],
      readOnly: [{ from: places.acceptedFile, at: places.acceptedFile }],
      home: `${places.runDir}/home`,
      hidden: [places.stateDir],
      limits: PROBE_LIMITS,
    },
    options.alter,
  );
}

/** A test lets the operator's environment through, to see it found. */
function secretsOf({ outerEnv }: ProbeRun, { bait }: SetBait): Readonly<Record<string, string>> {
  return outerEnv === undefined ? {} : { ...outerEnv, [bait.process.variable]: bait.canary };
}

/** Outside it is known better: what was made may have stayed in the jail's own memory, and what seemed to fail may have arrived. */
function witnessed(result: ProbeResult, { bait }: SetBait, touched: readonly string[]): ProbeResult {
  if (touched.includes(result.id))
    return { ...result, outcome: 'escaped', detail: `${result.detail}; seen from outside` };
  return result.outcome === 'escaped' && result.id in bait.made
    ? { ...result, outcome: 'held', detail: `${result.detail}, in the jail’s own memory` }
    : result;
}

function seen(id: string, what: string, isEscaped: boolean, detail: string): ProbeResult {
  return {
    id,
    what,
    outcome: isEscaped ? 'escaped' : 'held',
    detail: isEscaped ? detail : 'seen from outside',
  };
}

async function text(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function parse(output: string): readonly ProbeResult[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as ProbeResult & Finding);
}
