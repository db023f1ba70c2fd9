// Decides what the page may claim about itself: "live" only while the stream is open, the server answers and nothing
// of the record is missing; otherwise since when what is shown may be old, and whether a person should look why.
import type { LinkPhase } from './live-stream.ts';

/** The server is asked every three seconds; three missed answers are a silence. */
const SILENCE_MS = 10_000;
/** A server that is started anew is back before. */
const FEW_TRIES = 3;

export type LinkHealth =
  | { readonly is: 'connecting' }
  | { readonly is: 'live' }
  | {
      readonly is: 'offline';
      readonly sinceMs: number;
      readonly retryInMs: number | null;
      /** It was tried again in vain, more than once: by itself it will hardly come back. */
      readonly isLasting: boolean;
    };

export function linkHealth(link: LinkPhase, answeredAtMs: number, nowMs: number): LinkHealth {
  if (link.phase === 'offline') {
    const retryInMs = Math.max(0, link.retryAtMs - nowMs);
    return { is: 'offline', sinceMs: link.sinceMs, retryInMs, isLasting: link.tries >= FEW_TRIES };
  }
  if (answeredAtMs > 0 && nowMs - answeredAtMs > SILENCE_MS) {
    return { is: 'offline', sinceMs: answeredAtMs, retryInMs: null, isLasting: true };
  }
  return link.phase === 'connecting' ? { is: 'connecting' } : { is: 'live' };
}
