// Keeps a streamed call alive on the wire while it waits for a person: agent CLIs give up on a silent provider after some minutes, and
// not on one that says now and then that it is still there. The status is given away with the first sign of life, so that comes late: what
// is decided before it is answered as if nobody had waited.
import type { ServerResponse } from 'node:http';

export interface HoldTimes {
  readonly firstSignMs: number;
  readonly everyMs: number;
}

const USUAL_TIMES: HoldTimes = { firstSignMs: 10_000, everyMs: 15_000 };
/** Of signs that a client has not taken yet; a frozen one takes none. */
const MAX_WAITING_BYTES = 64 * 1024;

/** Gives back how to stop. `sign` is an event or a comment that means nothing in the provider's stream; null: it can't be held so. */
export function holdAnswer(
  response: ServerResponse,
  sign: string | null,
  times: HoldTimes = USUAL_TIMES,
): () => void {
  if (sign === null) return () => undefined;
  const show = (): void => {
    if (response.destroyed || response.writableEnded) return;
    if (!response.headersSent) {
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache',
      });
    }
    if (response.writableLength <= MAX_WAITING_BYTES) response.write(sign);
    timer = setTimeout(show, times.everyMs);
  };
  let timer = setTimeout(show, times.firstSignMs);
  return () => clearTimeout(timer);
}
