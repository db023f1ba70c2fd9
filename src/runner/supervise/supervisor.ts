// Watches over one run from its registration to its end: what the server wants, stop marks on the disk, whether the watchdog lives, and
// the time limit. It works without the server; it never decides that a stop is over which somebody else has ordered.
import { BEAT_STALE_MS } from '../../config/state-layout.ts';
import { readStopMark, readStopReason } from '../../config/stop-marker.ts';
import { readBeat } from '../../process/entry.ts';
import type { RunStatus as WireRunStatus } from '../../server/wire/record.ts';
import type { WireControl } from '../../server/wire/run.ts';
import type { Brake } from './brake.ts';
import type { RunningClock } from './running-clock.ts';

/** Why a run is being ended from outside. */
export type Stop =
  | { readonly by: 'time'; readonly reason: string }
  | { readonly by: 'operator' | 'mark'; readonly reason: string }
  /** It was ended in the record; `status` says as what, when that is known. */
  | { readonly by: 'record'; readonly reason: string; readonly status?: WireRunStatus };

export interface SupervisorOptions {
  readonly brake: Brake;
  readonly clock: RunningClock;
  readonly timeoutMs: number | null;
  readonly runDir: string;
  readonly stateDir: string;
  /** Null: this run was started without a watchdog, on somebody's word. */
  readonly watchdogBeat: string | null;
  readonly isHeld: () => boolean;
  readonly onStop: (stop: Stop) => void;
  readonly onTick: () => void;
  readonly onProposal: (proposal: { readonly proposalId: string; readonly status: string }) => void;
}

export interface Supervisor {
  control(control: WireControl): void;
  close(): void;
}

const POLL_MS = 250;
const MARK_GONE_MS = 1_000;
const ENDED: ReadonlySet<string> = new Set([
  'succeeded',
  'failed',
  'timed_out',
  'over_budget',
  'killed',
  'lost',
]);

export function supervise(options: SupervisorOptions): Supervisor {
  const { brake, clock, onStop } = options;
  let timer: NodeJS.Timeout;
  const marks: MarkSight = { lastPauseMs: Number.NEGATIVE_INFINITY };
  /** What is known of each proposal: a stream that is opened again says it once more. */
  const told = new Map<string, string>();
  const counting = (): 'all' | 'work' | 'nothing' =>
    brake.isOn ? 'nothing' : options.isHeld() ? 'work' : 'all';
  const poll = (): void => {
    clock.tick(counting());
    obeyMarks(options, marks);
    obeyWatchdog(options);
    brake.tighten();
    if (clock.leftMs() === 0) {
      onStop({ by: 'time', reason: `it ran for its limit of ${seconds(options.timeoutMs ?? 0)}` });
    }
    options.onTick();
    // What stands still can have a moment left for hours.
    const leftMs = counting() === 'all' ? Math.max(1, clock.leftMs()) : POLL_MS;
    timer = setTimeout(poll, Math.min(POLL_MS, leftMs));
  };
  timer = setTimeout(poll, 0);
  return {
    control: (control) => {
      // What ran until now ran under what held until now.
      clock.tick(counting());
      if (control.type === 'proposal') {
        if (told.get(control.proposal_id) === control.status) return;
        told.set(control.proposal_id, control.status);
      }
      obeyControl(control, options);
    },
    close: () => clearTimeout(timer),
  };
}

function obeyControl(control: WireControl, { brake, onStop, onProposal }: SupervisorOptions): void {
  if (control.type === 'pause') brake.hold('record', control.reason);
  else if (control.type === 'resume') brake.lift('record');
  else if (control.type === 'kill')
    onStop({
      by: 'record',
      reason: control.reason,
      ...(control.status === undefined ? {} : { status: control.status }),
    });
  else if (control.type === 'proposal') {
    onProposal({ proposalId: control.proposal_id, status: control.status });
  } else if (ENDED.has(control.status))
    onStop({ by: 'record', reason: `the run is ${control.status}`, status: control.status });
  else if (control.status === 'paused') {
    if (brake.reason()?.source !== 'record') brake.hold('record', 'the run is paused');
  } else brake.lift('record');
}

interface MarkSight {
  lastPauseMs: number;
}

/**
 * A pause whose mark is gone was recorded, or lifted: until the server had time to say which, the tree stands still, since it must not
 * run for a moment in between.
 */
function obeyMarks({ brake, runDir, stateDir, onStop }: SupervisorOptions, sight: MarkSight): void {
  const kill = [runDir, stateDir].find((dir) => readStopMark(dir) === 'kill');
  const pause = [runDir, stateDir].find((dir) => readStopMark(dir) === 'pause');
  if (kill !== undefined)
    onStop({
      by: 'mark',
      reason: readStopReason(kill) ?? 'it was killed while that could not be recorded',
    });
  else if (pause !== undefined) {
    sight.lastPauseMs = performance.now();
    brake.hold('mark', readStopReason(pause) ?? 'it was paused while that could not be recorded');
  } else if (performance.now() - sight.lastPauseMs > MARK_GONE_MS) brake.lift('mark');
}

function obeyWatchdog({ brake, watchdogBeat }: SupervisorOptions): void {
  if (watchdogBeat === null) return;
  const beat = readBeat(watchdogBeat, Date.now(), BEAT_STALE_MS);
  if (beat.state === 'alive') brake.lift('watchdog');
  else
    brake.hold(
      'watchdog',
      'the watchdog is not there; the run goes on when it is back (`governed-agents up` or `governed-agents watchdog` starts it)',
    );
}

function seconds(ms: number): string {
  return `${ms / 1_000} s`;
}
