// The watchdog process: one for each state, independent of the server. It says by its heartbeat that it lives; a second one sees that
// and goes, and one that was replaced while it hung goes too.
import { BEAT_EVERY_MS, BEAT_STALE_MS, stateLayout } from '../config/state-layout.ts';
import { readBeat, startBeat } from '../process/entry.ts';
import { createNeed } from './need.ts';
import { createNotices, inWords } from './notices.ts';
import { createWatch, type Watch } from './watch.ts';

export interface WatchdogOptions {
  readonly stateDir: string;
  readonly projectDir: string;
  /** Ends the watchdog. What it stopped stays stopped. */
  readonly signal: AbortSignal;
  /** It ends by itself after so long without a live run and without a server; null: it stays. */
  readonly endsAfterMs: number | null;
  /** One line for a person, without its end. */
  readonly onLine: (line: string) => void;
}

export type WatchdogEnd = 'stopped' | 'already_running' | 'replaced' | 'not_needed';

/** Throws an OperationError when its heartbeat can't be written: nobody would know that it lives. */
export async function runWatchdog(options: WatchdogOptions): Promise<WatchdogEnd> {
  const layout = stateLayout(options.stateDir);
  const notices = createNotices(options.onLine);
  const other = readBeat(layout.watchdogBeat, Date.now(), BEAT_STALE_MS);
  if (other.state === 'alive') {
    notices.say(`a watchdog lives already (process ${other.id.pid}); this one is not needed`);
    return 'already_running';
  }
  if (other.state === 'stale') {
    notices.say(`the watchdog in process ${other.id.pid} does not answer; this one takes its place`);
  }
  const replaced = new AbortController();
  const beat = startBeat(layout.watchdogBeat, {
    everyMs: BEAT_EVERY_MS,
    onFault: (fault) => {
      if (isAnotherWatchdog(layout.watchdogBeat)) replaced.abort();
      else notices.begin(fault.code, inWords(fault));
    },
  });
  const watch = createWatch(layout, notices);
  const need = createNeed(layout, watch, options.endsAfterMs);
  const stop = AbortSignal.any([options.signal, replaced.signal]);
  notices.say(`watching ${options.projectDir}, state in ${options.stateDir}`);
  try {
    await tickUntil(watch, () => stop.aborted || need.isOver());
  } finally {
    watch.close();
    beat.stop();
  }
  if (options.signal.aborted) return 'stopped';
  if (replaced.signal.aborted) {
    notices.say('another watchdog took the place of this one');
    return 'replaced';
  }
  notices.say('no run is live and no server is there: the watchdog ends');
  return 'not_needed';
}

/** One timer at a time: waking up is what costs most while nothing happens. */
function tickUntil(watch: Watch, isOver: () => boolean): Promise<void> {
  return new Promise((done, fail) => {
    const turn = (): void => {
      try {
        if (isOver()) {
          done();
          return;
        }
        watch.tick();
        setTimeout(turn, watch.tickAgainMs);
      } catch (error) {
        fail(error);
      }
    };
    turn();
  });
}

function isAnotherWatchdog(beatPath: string): boolean {
  const beat = readBeat(beatPath, Date.now(), BEAT_STALE_MS);
  return beat.state === 'alive' && beat.id.pid !== process.pid;
}
