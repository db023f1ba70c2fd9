// Keeps a watchdog alive beside the server: starts one unless one beats already, and another when it is gone. It gets a session of
// its own, so that it goes on when the server dies, and its messages go to the server's log.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { BEAT_STALE_MS, type StateLayout } from '../../config/entry.ts';
import { readBeat } from '../../process/entry.ts';

export interface WatchdogChild {
  /** Asks a watchdog that was started here to end. */
  stop(): void;
  close(): void;
}

const LOOK_MS = 250;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
/** A child that lived this long was well; the next failure is a first one. */
const WELL_MS = 10_000;

export function keepWatchdog(options: {
  readonly layout: StateLayout;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly log: (line: string) => void;
}): WatchdogChild {
  const { layout, log } = options;
  let child: ChildProcess | null = null;
  let waitMs = FIRST_WAIT_MS;
  let notBeforeMs = 0;

  const start = (): void => {
    const [program, ...args] = options.command;
    if (program === undefined) return;
    const output = openSync(layout.serverLog, 'a', 0o600);
    const startedMs = performance.now();
    const started = spawn(program, args, {
      cwd: options.cwd,
      detached: true,
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    child = started;
    const ended = (how: string): void => {
      if (child !== started) return;
      child = null;
      if (performance.now() - startedMs > WELL_MS) waitMs = FIRST_WAIT_MS;
      log(`the watchdog ended (${how}); another one is started in ${waitMs} ms unless one lives`);
      notBeforeMs = performance.now() + waitMs;
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    };
    started.once('exit', (code, signal) => ended(signal ?? `exit code ${code}`));
    started.once('error', (error) => ended(error.message));
    started.unref();
  };

  const look = (): void => {
    if (child !== null || performance.now() < notBeforeMs) return;
    const { state } = readBeat(layout.watchdogBeat, Date.now(), BEAT_STALE_MS);
    if (state === 'alive' || state === 'stale') return;
    try {
      start();
    } catch (error) {
      notBeforeMs = performance.now() + LONGEST_WAIT_MS;
      log(`the watchdog can't be started: ${error instanceof Error ? error.message : String(error)}`);
    }
  };

  look();
  const timer = setInterval(look, LOOK_MS);
  timer.unref();
  return {
    stop() {
      clearInterval(timer);
      child?.kill('SIGTERM');
      child = null;
    },
    close() {
      clearInterval(timer);
    },
  };
}
