// Tells the server how a run ended, until it has acknowledged that or time is up: then the watchdog finds the run lost. A run that was
// ended in the record first (a kill, a budget) keeps that end.
import type { Exit } from '../process/entry.ts';
import { backoff, wait } from './link/backoff.ts';
import type { RunEnd } from './link/run-link.ts';
import type { OpenRun } from './open-run.ts';
import type { RunStatus } from './run-result.ts';
import { waitForStop } from './supervise/end-tree-once.ts';

export interface RecordedEnd {
  readonly status: RunStatus;
  readonly reason: string;
  readonly isRecorded: boolean;
}

const LIMIT_MS = 10_000;
const MAX_REASON_CHARS = 1_000;

export async function recordEnd(
  { link, beat, observer, ending }: Pick<OpenRun, 'link' | 'beat' | 'observer' | 'ending'>,
  end: Pick<RunEnd, 'status' | 'reason'> & {
    readonly leftBehind: number;
    readonly survivors: number;
    readonly claim?: NonNullable<RunEnd['detail']>;
  },
  exit: Exit,
): Promise<RecordedEnd> {
  const { status, leftBehind, survivors } = end;
  const reason = end.reason.slice(0, MAX_REASON_CHARS) || status;
  const pace = backoff(50, 1_000);
  const untilMs = performance.now() + LIMIT_MS;
  for (;;) {
    const answer = await link.end({
      status,
      reason,
      exit_code: exit.exitCode,
      detail: { signal: exit.signal, left_behind: leftBehind, survivors, ...end.claim },
    });
    if (answer.result !== 'unreachable') beat.stop();
    if (answer.result === 'ok') return { status, reason, isRecorded: true };
    if (answer.result === 'refused') return standing(ending, { status, reason });
    if (performance.now() >= untilMs) break;
    await wait(pace.nextMs());
  }
  // The heartbeat's file stays, so that the watchdog finds a dead runner in it.
  observer.onNotice?.(
    'The end of the run could not be recorded; unless it was ended there before, the watchdog will find it lost and book what it had reserved.',
  );
  return { status, reason, isRecorded: false };
}

/** Somebody else ended it first: what the record holds comes over the control stream. */
async function standing(
  ending: OpenRun['ending'],
  own: Pick<RunEnd, 'status' | 'reason'>,
): Promise<RecordedEnd> {
  await waitForStop(ending);
  const { stop } = ending;
  if (stop?.by !== 'record') return { ...own, isRecorded: true };
  return { status: endedAs(stop.status) ?? 'killed', reason: stop.reason, isRecorded: true };
}

function endedAs(status: string | undefined): RunStatus | null {
  switch (status) {
    case 'succeeded':
    case 'failed':
    case 'timed_out':
    case 'killed':
    case 'over_budget':
    case 'lost':
      return status;
    default:
      return null;
  }
}
