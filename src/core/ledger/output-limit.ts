// How long one answer of a model should be asked to be at most, so that several calls fit under what is left of the caps. A client
// that is told this number reserves less for each call; the caps themselves hold whatever it asks for.
import { type CapState, leftUnder } from './caps.ts';
import type { Price } from './price.ts';

/** One answer may take this share of what is left: the rest is for what is sent, and for the calls that follow. */
const SHARE_OF_LEFT = 0.2;
const LEAST_TOKENS = 256;
const MOST_TOKENS = 32_000;

/** Null: no cap limits it. `price` null: the model, and so its price, is not known yet. */
export function outputLimit(states: readonly CapState[], price: Price | null): number | null {
  const limits = states.flatMap((state) => {
    const share = leftUnder(state) * SHARE_OF_LEFT;
    if (state.cap.unit === 'tokens') return [share];
    if (state.cap.unit !== 'usd' || price === null || price.outputNano === 0) return [];
    return [(share * 1_000) / price.outputNano];
  });
  if (limits.length === 0) return null;
  return Math.max(LEAST_TOKENS, Math.min(MOST_TOKENS, Math.floor(Math.min(...limits))));
}
