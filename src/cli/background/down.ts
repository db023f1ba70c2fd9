// Ends the server, then the watchdog (the server would start another), each named for good, so that no reused pid is ever signalled.
import { existsSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { BEAT_STALE_MS, readServerFile } from '../../config/entry.ts';
import { faultCode } from '../../core/fault-code.ts';
import { isAlive, type ProcessId, readBeat } from '../../process/entry.ts';
import { readLiveRuns } from '../../store/entry.ts';
import { EXIT } from '../exit-code.ts';
import { type Output, warn } from '../output.ts';
import type { Project } from '../project.ts';
import { openForReading } from '../state.ts';

type Ended = 'not_running' | 'ended' | 'killed' | 'survived';

const GRACE_MS = 6_000;
const KILL_LIMIT_MS = 2_000;

export async function down(project: Project, output: Output): Promise<void> {
  const before = watchdogOf(project);
  const wasWatched = before !== null && isAlive(before);
  const serverId = serverOf(project);
  const server = await end(serverId);
  // It had no time to remove it itself, and to `exec` a file without its server means that the server died, and is to be started again.
  if (server === 'killed' && readServerFile(project.state)?.pid === serverId?.pid)
    rmSync(project.state.serverFile, { force: true });
  const left = await end(watchdogOf(project));
  // A server ends the watchdog that it started.
  const watchdog = left === 'not_running' && wasWatched ? 'ended' : left;
  const live = liveRuns(project);
  output.data({ server, watchdog, runs_live: live });
  tell(output, 'server', server);
  tell(output, 'watchdog', watchdog);
  if (live > 0) {
    warn(
      output,
      `${live} ${live === 1 ? 'run is' : 'runs are'} live: without a watchdog they freeze, and go on with \`governed-agents up\``,
    );
  }
  if (server === 'survived' || watchdog === 'survived') process.exitCode = EXIT.failed;
}

function serverOf(project: Project): ProcessId | null {
  const file = readServerFile(project.state);
  // The state folder may have been emptied under a server: its heartbeat comes again, what it wrote once does not.
  if (file === null) return beatOf(project.state.serverBeat);
  return { pid: file.pid, startTicks: file.start_ticks, bootId: file.boot_id };
}

export function watchdogOf(project: Project): ProcessId | null {
  return beatOf(project.state.watchdogBeat);
}

function beatOf(path: string): ProcessId | null {
  const beat = readBeat(path, Date.now(), BEAT_STALE_MS);
  return 'id' in beat ? beat.id : null;
}

async function end(id: ProcessId | null): Promise<Ended> {
  if (id === null || !isAlive(id)) return 'not_running';
  signal(id, 'SIGTERM');
  // A stopped process takes the signal only once it runs again.
  signal(id, 'SIGCONT');
  if (await isGone(id, GRACE_MS)) return 'ended';
  signal(id, 'SIGKILL');
  return (await isGone(id, KILL_LIMIT_MS)) ? 'killed' : 'survived';
}

function signal(id: ProcessId, name: NodeJS.Signals): void {
  try {
    process.kill(id.pid, name);
  } catch (error) {
    // Gone in between, or of another user: either shows when it is looked at again.
    if (faultCode(error) === null) throw error;
  }
}

async function isGone(id: ProcessId, limitMs: number): Promise<boolean> {
  for (const deadlineMs = performance.now() + limitMs; performance.now() < deadlineMs; await delay(20)) {
    if (!isAlive(id)) return true;
  }
  return !isAlive(id);
}

export function liveRuns(project: Project): number {
  if (!existsSync(project.state.store)) return 0;
  const store = openForReading(project);
  try {
    return readLiveRuns(store).length;
  } finally {
    store.close();
  }
}

function tell(output: Output, what: string, ended: Ended): void {
  const { paint } = output;
  if (ended === 'not_running') output.line(`  ${what}: was not running`);
  else if (ended === 'ended') output.line(`${paint.green('✓')} ${what}: ended`);
  else if (ended === 'killed') output.line(`${paint.yellow('✓')} ${what}: did not answer and was killed`);
  else output.line(`${paint.red('✗')} ${what}: still lives, and may not be signalled by this user`);
}
