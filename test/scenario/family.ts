// An agent that never ends, with a child of its own session: three processes that each leave a mark on disk again and again, so that
// whether any of them runs is seen from outside, by what they write and by what /proc says.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, type Running, type Scenario } from './harness.ts';
import { isGone, isStopped, pidOutside, stateOf } from './process-state.ts';

const AGENT = `import { spawn } from 'node:child_process';
import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
const loop = (name) => ['sh', ['-c', 'while :; do echo x >> ' + name + '.mark; sleep 0.05; done']];
const near = spawn(...loop('near'), { stdio: 'ignore' });
const far = spawn(...loop('far'), { stdio: 'ignore', detached: true });
writeFileSync('family.new', JSON.stringify({ gateway: process.env.GOVERNED_GATEWAY, pids: [process.pid, near.pid, far.pid] }));
renameSync('family.new', 'family.json');
setInterval(() => appendFileSync('root.mark', 'x'), 50);
process.on('SIGTERM', () => {});
`;

const agentToml = (confine: 'off' | 'required'): string => `adapter = "command"
command = ["node", "agent.mjs"]
[confine]
mode = "${confine}"
[env]
pass = ["PATH"]
[tools]
allow = ["Bash"]
`;

/** Call while the scenario's files are edited. Unconfined if nothing else is said: there it is we alone who end it. */
export function writeFamily(
  scenario: Scenario,
  agentId = 'family',
  confine: 'off' | 'required' = 'off',
): void {
  scenario.write(`agents/${agentId}/agent.mjs`, AGENT);
  scenario.write(`agents/${agentId}/agent.toml`, agentToml(confine));
}

const LIMIT_MS = 20_000;

export interface Family {
  readonly runner: Running;
  readonly runId: string;
  readonly gateway: string;
  readonly pids: readonly number[];
  /** Bytes that its processes have written, in all. */
  written(): number;
  runs(): Promise<void>;
  /** Resolves with the milliseconds it took until every process stood still; then makes sure that nothing is written any more. */
  stands(): Promise<number>;
  gone(): Promise<number>;
}

export async function startFamily(scenario: Scenario, agentId = 'family'): Promise<Family> {
  const workspace = join(scenario.dir, 'agents', agentId, 'workspace');
  const runner = scenario.start(['run', agentId], { env: { ANTHROPIC_API_KEY: 'of-the-test' } });
  const file = join(workspace, 'family.json');
  await eventually(() => {
    if (runner.child.exitCode !== null) throw new Error(`the run ended: ${runner.output()}`);
    return existsSync(file) ? true : null;
  }, 'the family');
  const said = JSON.parse(readFileSync(file, 'utf8')) as Pick<Family, 'gateway' | 'pids'>;
  const runs = join(scenario.stateDir, 'runs');
  const [runId = ''] = readdirSync(runs).sort().slice(-1);
  const { gateway } = said;
  const pids = said.pids.map((pid) => pidOutside(pid, runId));
  const written = (): number =>
    readdirSync(workspace)
      .filter((name) => name.endsWith('.mark'))
      .reduce((sum, name) => sum + statSync(join(workspace, name)).size, 0);
  const untilAll = async (holds: (pid: number) => boolean, what: string): Promise<number> => {
    const startedMs = performance.now();
    while (!pids.every(holds)) {
      if (performance.now() - startedMs > LIMIT_MS) {
        throw new Error(
          `waited ${LIMIT_MS} ms for the family to ${what} (${states(pids)}); ${runner.output()}`,
        );
      }
      await sleep(10);
    }
    return performance.now() - startedMs;
  };
  const isQuiet = async (): Promise<void> => {
    const before = written();
    await sleep(300);
    if (written() !== before)
      throw new Error(
        `something of it still runs (${states(pids)}); ${runner.output()}${readFileSync(join(scenario.stateDir, 'server.log'), 'utf8')}`,
      );
  };
  return {
    runner,
    runId,
    gateway,
    pids,
    written,
    async runs() {
      const before = written();
      await eventually(
        () => (written() > before + 6 && !pids.some(isStopped) ? true : null),
        'the family to run',
      );
    },
    async stands() {
      const ms = await untilAll((pid) => isStopped(pid) || isGone(pid), 'stand still');
      await isQuiet();
      return ms;
    },
    async gone() {
      const ms = await untilAll(isGone, 'be gone');
      await isQuiet();
      return ms;
    },
  };
}

function states(pids: readonly number[]): string {
  return pids.map((pid) => `${pid} ${stateOf(pid) ?? 'gone'}`).join(', ');
}

/** The process behind a heartbeat file of the state folder. */
export function beatOwner(scenario: Scenario, name: 'server.beat' | 'watchdog.beat'): number {
  return (JSON.parse(readFileSync(join(scenario.stateDir, name), 'utf8')) as { pid: number }).pid;
}

export function watchdogLives(scenario: Scenario): Promise<true> {
  const beat = join(scenario.stateDir, 'watchdog.beat');
  return eventually(() => (existsSync(beat) ? true : null), 'the watchdog');
}
