// Starts the server as a process of its own and waits until it answers and a watchdog lives beside it.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BEAT_STALE_MS, makeStateFolder, writingState } from '../../config/entry.ts';
import { OperationError } from '../../core/fault.ts';
import { readBeat } from '../../process/entry.ts';
import { clientOf } from '../client.ts';
import { type Output, warn } from '../output.ts';
import { ownCommand } from '../own-binary.ts';
import { execProjectDir, type Project } from '../project.ts';
import { openInBrowser, sshHint } from './browser.ts';
import { freshLink } from './fresh-link.ts';

export const ANY_PORT = 0;
const START_LIMIT_MS = 15_000;
/** Bytes: a little more than the least that it needs. */
const ROOM_TO_SAY_WHY = 64 * 1024;
const WATCHDOG_LIMIT_MS = 3_000;

export async function up(project: Project, output: Output, port: number | null): Promise<void> {
  const { wasUp, hasWatchdog } = await ensureUp(project, port ?? usualPort(project));
  const { link, expires_at } = await freshLink(project, null);
  const at = clientOf(project).port;
  output.data({
    url: `http://localhost:${at}`,
    port: at,
    link,
    expires_at,
    started: !wasUp,
    watchdog: hasWatchdog,
    state_dir: project.state.dir,
  });
  const { paint } = output;
  output.line(
    `${paint.green('●')} ${paint.bold(`http://localhost:${at}`)}  ${wasUp ? 'was up already' : 'is up'}`,
  );
  output.line(`  dashboard  ${paint.cyan(link)}`);
  output.line(`  log        ${project.state.serverLog}`);
  const hint = at === null ? null : sshHint(at);
  if (hint !== null) output.line(`  from home  ${hint}`);
  output.line(paint.dim('  `governed-agents down` ends it'));
  if (!hasWatchdog) warn(output, 'no watchdog lives yet, and no run starts without one: see the log');
  if (!output.json && process.stdout.isTTY === true && !wasUp) openInBrowser(link);
}

/** What exec runs under is served where there is room, also when it is started by hand; null: as governed.toml says. */
function usualPort({ dir }: Project): number | null {
  const execDir = execProjectDir(process.env);
  return existsSync(execDir) && realpathSync(execDir) === dir ? ANY_PORT : null;
}

/** Nothing is printed; what can't be started is thrown. */
export async function ensureUp(
  project: Project,
  port: number | null,
): Promise<{ readonly wasUp: boolean; readonly hasWatchdog: boolean }> {
  const wasUp = await isUp(project);
  if (!wasUp) await start(project, port);
  return { wasUp, hasWatchdog: await awaitWatchdog(project) };
}

async function isUp(project: Project): Promise<boolean> {
  const client = clientOf(project);
  return client.port !== null && (await client.get('/health', 1_000)).result === 'ok';
}

async function start(project: Project, port: number | null): Promise<void> {
  makeStateFolder(project.state.dir);
  const log = join(project.state.dir, `up-${process.pid}.log`);
  const file = writingState(project.state.dir, () => openSync(log, 'w', 0o600));
  const [program, ...args] = ownCommand([
    'serve',
    '--background',
    '--no-open',
    '-C',
    project.dir,
    ...(port === null ? [] : ['--port', String(port)]),
  ]);
  const child = spawn(program, args, { cwd: project.dir, detached: true, stdio: ['ignore', 'ignore', file] });
  closeSync(file);
  try {
    await awaitUp(project, child, log);
  } finally {
    // What it says from now on goes to its own log.
    rmSync(log, { force: true });
  }
  child.unref();
}

async function awaitUp(project: Project, child: ChildProcess, log: string): Promise<void> {
  let ended: number | string | null = null;
  child.once('exit', (code, signal) => {
    ended = signal ?? code ?? 'unknown';
  });
  const deadlineMs = performance.now() + START_LIMIT_MS;
  while (performance.now() < deadlineMs) {
    if (await isUp(project)) return;
    if (ended !== null) throw didNotStart(project, `it ended with ${ended}`, log);
    await delay(20);
  }
  child.kill('SIGTERM');
  throw didNotStart(project, `it did not answer within ${START_LIMIT_MS / 1_000} s`, log);
}

function didNotStart(project: Project, what: string, log: string): OperationError {
  const said = readFileSync(log, 'utf8').trim();
  // It may have had no room to say why: then there is none here either.
  if (said === '') writingState(project.state.dir, () => writeFileSync(log, Buffer.alloc(ROOM_TO_SAY_WHY)));
  const [, message] = /^error: (.*)$/m.exec(said) ?? [];
  const last = said.split('\n').at(-1) ?? '';
  const [, hint] = /^\s+hint: (.*)$/m.exec(said) ?? [];
  return new OperationError({
    op: 'start the server in the background',
    code: 'did_not_start',
    message: `the server did not start: ${message ?? (last === '' ? what : `${what}, and said last: ${last}`)}`,
    hint: hint ?? 'start it in this terminal to see more: `governed-agents serve`',
  });
}

async function awaitWatchdog(project: Project): Promise<boolean> {
  const deadlineMs = performance.now() + WATCHDOG_LIMIT_MS;
  for (;;) {
    if (readBeat(project.state.watchdogBeat, Date.now(), BEAT_STALE_MS).state === 'alive') return true;
    if (performance.now() >= deadlineMs) return false;
    await delay(20);
  }
}
