// The jail's only door, and the first program in it: a loopback port that leads to the run's Unix socket and nowhere else. The agent is
// started once the port listens, and only where the mounts are what was looked at outside. Its exit is this program's exit, and with this
// program the jail ends.
import { spawn } from 'node:child_process';
import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { constants } from 'node:os';
import type { LookedAt } from '../looked-at.ts';

const [socketPath, port, placesFile, program, ...args] = process.argv.slice(2);
if (socketPath === undefined || port === undefined || placesFile === undefined || program === undefined) {
  throw new Error('usage: door SOCKET PORT PLACES PROGRAM [ARGUMENT…]');
}
const agent = { program, args };
const gateway = { path: socketPath };
const places = JSON.parse(readFileSync(placesFile, 'utf8')) as readonly LookedAt[];
const LINE_AGAIN_MS = 20;
let isStarted = false;

// Whoever ends a run signals every process of it. The door stays open meanwhile, so that the agent can finish its last call.
for (const signal of ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2'] as const) {
  process.on(signal, () => undefined);
}

const server = createServer({ allowHalfOpen: true }, (inside) => {
  const outside = connect({ ...gateway, allowHalfOpen: true });
  join(inside, outside);
  join(outside, inside);
});
server.on('error', (error) => fail(`cannot listen on 127.0.0.1:${port}: ${error.message}`, 125));
server.listen(Number(port), '127.0.0.1', holdLineOnceBound);

/**
 * The agent could stop this program, so what ends the jail must be in force before it starts. The process that waits for this one filters its
 * own calls right after it has bound itself to its parent, which is bound to the runner: as filtered as we are, it is bound.
 */
function holdLineOnceBound(): void {
  if (process.ppid !== 1 || !isOwnProc() || isFiltered('1') || !isFiltered('self')) holdLine();
  else setTimeout(holdLineOnceBound, 1);
}

function isOwnProc(): boolean {
  return readlinkSync('/proc/self') === String(process.pid);
}

function isFiltered(process: string): boolean {
  return /^Seccomp:\s*2$/m.test(readFileSync(`/proc/${process}/status`, 'utf8'));
}

/**
 * Whoever supervises the run has this socket open as long as it lives: that it is taken up now says that the runner lived when all was bound.
 * A line that was closed is taken up again; one that is refused has nobody at its end.
 */
function holdLine(): void {
  const line = connect(gateway);
  let fault: NodeJS.ErrnoException | undefined;
  line.resume();
  line.once('connect', startAgent);
  line.once('error', (error) => {
    fault = error;
  });
  line.once('close', () => {
    if (fault?.code === 'ECONNREFUSED' || fault?.code === 'ENOENT') endJail();
    setTimeout(holdLine, LINE_AGAIN_MS);
  });
}

/** The second process of a process namespace is the jail's first program; anywhere else this would reach others. */
function endJail(): never {
  if (process.pid === 2 && process.ppid === 1) {
    try {
      process.kill(-1, 'SIGKILL');
    } catch {
      // Nobody else is left in it.
    }
  }
  fail('the runner of this run is gone', 125);
}

/** An end of one side is handed on; a fault of either is the end of both. */
function join(from: Socket, to: Socket): void {
  from.pipe(to);
  from.on('error', () => to.destroy());
  from.on('close', () => to.destroySoon());
}

function startAgent(): void {
  if (isStarted) return;
  isStarted = true;
  const replaced = places.find(({ path, identity }) => identityOf(path) !== identity);
  if (replaced !== undefined) fail(`${replaced.path} was replaced while the jail was made`, 125);
  const child = spawn(agent.program, agent.args, { stdio: 'inherit' });
  child.on('error', (error: NodeJS.ErrnoException) => {
    fail(`cannot start ${agent.program}: ${error.message}`, error.code === 'ENOENT' ? 127 : 126);
  });
  child.on('exit', (code, signal) =>
    process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
  );
}

function identityOf(path: string): string | undefined {
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stat && `${stat.dev}:${stat.ino}`;
}

function fail(why: string, exitCode: number): never {
  process.stderr.write(`governed-agents: in the jail: ${why}\n`);
  process.exit(exitCode);
}
