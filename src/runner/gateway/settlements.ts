// Closes reservations at the server, each retried until the server has acknowledged it. What is still open when the run ends is
// booked whole by the server, so a close that is lost can only ever cost too much, never too little.
import type { WireReserve, WireSettled } from '../../server/wire/run.ts';
import { backoff, wait } from '../link/backoff.ts';
import type { Answer, RunLink } from '../link/run-link.ts';
import type { CallClose } from './call/close-call.ts';

export interface Settlements {
  close(reservationId: string, close: CallClose): void;
  /** A reservation whose answer never came: asked for again by its key, and voided, since its call was never sent. */
  abandon(reserve: WireReserve): void;
  /** Waits for what is open, at most this long, and gives up the rest. Gives how many were given up. */
  flush(limitMs: number): Promise<number>;
}

export interface SettlementsOptions {
  readonly link: Pick<RunLink, 'settle' | 'void' | 'reserve'>;
  readonly onSettled: (settled: WireSettled) => void;
  readonly onRefused: (why: string) => void;
}

const MAX_OPEN = 1_000;

export function settlements({ link, onSettled, onRefused }: SettlementsOptions): Settlements {
  const open = new Set<Promise<void>>();
  const stop = new AbortController();

  const retried = async (attempt: () => Promise<'done' | 'again'>): Promise<void> => {
    const pace = backoff(50, 2_000);
    while (!stop.signal.aborted && (await attempt()) === 'again') await wait(pace.nextMs(), stop.signal);
  };
  const start = (attempt: () => Promise<'done' | 'again'>): void => {
    if (open.size >= MAX_OPEN) {
      onRefused(`more than ${MAX_OPEN} calls wait to be settled; this one is booked whole when the run ends`);
      return;
    }
    const job: Promise<void> = retried(attempt).finally(() => open.delete(job));
    open.add(job);
  };
  const acknowledged = (answer: Answer<WireSettled>): 'done' | 'again' => {
    if (answer.result === 'unreachable') return 'again';
    if (answer.result === 'ok') onSettled(answer.value);
    else
      onRefused(`a reservation could not be closed (${answer.detail}); it is booked whole when the run ends`);
    return 'done';
  };

  return {
    close(id, close) {
      start(async () =>
        acknowledged(
          close.close === 'void' ? await link.void(id, close.reason) : await link.settle(id, close.settle),
        ),
      );
    },
    abandon(body) {
      start(async () => {
        const answer = await link.reserve(body);
        if (answer.result === 'unreachable') return 'again';
        if (answer.result === 'refused') return answer.code === 'paused' ? 'again' : 'done';
        return acknowledged(await link.void(answer.reservation_id, 'not_sent'));
      });
    },
    async flush(limitMs) {
      const timer = new AbortController();
      await Promise.race([Promise.all(open), wait(limitMs, timer.signal)]);
      timer.abort();
      stop.abort();
      return open.size;
    },
  };
}
