// Starts the server of `exec` again when it died under a running command: `exec` started it, so nobody else will, and without it and its
// watchdog the command stands still for good. One that was ended in order (`down`) stays down.
import { readServerFile } from '../../config/entry.ts';
import { isAlive } from '../../process/entry.ts';
import { ANY_PORT, ensureUp } from '../background/up.ts';
import type { Project } from '../project.ts';
import { oneAtATime } from './one-at-a-time.ts';

export interface KeptServer {
  onReachable(isReachable: boolean): void;
  close(): void;
}

export interface KeptServerOptions {
  readonly project: Project;
  /** The file of whoever may start it: each `exec` of this user sees that it is gone. */
  readonly turn: string;
  readonly tell: (text: string) => void;
}

/** It may be back by itself, or by somebody else. */
const AFTER_MS = 3_000;
/** For one command: a server that always dies again is not helped by this. */
const MOST_TRIES = 3;

export function keptServer({ project, turn, tell }: KeptServerOptions): KeptServer {
  let tries = 0;
  let timer: NodeJS.Timeout | null = null;
  let isOver = false;
  const stopLooking = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  const startAgain = async (): Promise<void> => {
    tries += 1;
    if (tries === 1) tell('the server of exec is gone: starting it again');
    try {
      await oneAtATime(turn, () => ensureUp(project, ANY_PORT));
    } catch (error) {
      if (tries < MOST_TRIES || isOver) return;
      const why = error instanceof Error ? error.message : String(error);
      tell(`the server of exec could not be started again (${why}): try \`governed-agents up\``);
    }
  };
  const look = async (): Promise<void> => {
    if (hasDied(project)) await startAgain();
    if (timer !== null && tries < MOST_TRIES) lookLater();
  };
  const lookLater = (): void => {
    stopLooking();
    timer = setTimeout(() => void look(), AFTER_MS);
  };
  return {
    onReachable(isReachable) {
      if (isReachable) stopLooking();
      else if (!isOver && timer === null && tries < MOST_TRIES) lookLater();
    },
    close() {
      isOver = true;
      stopLooking();
    },
  };
}

function hasDied({ state }: Project): boolean {
  const file = readServerFile(state);
  if (file === null) return false;
  return !isAlive({ pid: file.pid, startTicks: file.start_ticks, bootId: file.boot_id });
}
