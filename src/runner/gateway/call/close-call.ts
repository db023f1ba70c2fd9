// Decides how a reservation is closed from how its call went. Void only when the provider cannot have billed it; settled at the
// provider's figures only when they are complete; in every other case the whole reservation is booked.
import type { WireSettle } from '../../../server/wire/run.ts';
import { allInput, type CallUsage } from './usage-collector.ts';

export type CallEnd =
  /** No connection was ever made, or the agent left before anything was sent. */
  | { readonly kind: 'not_sent'; readonly why: string }
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** Every byte of the answer came. */
      readonly isWhole: boolean;
      readonly usage: CallUsage | null;
      /** The body is the provider's own error document. */
      readonly isErrorDocument: boolean;
    }
  /** Sent, and then nothing that can be judged. */
  | { readonly kind: 'no_answer' };

export type CallClose =
  | { readonly close: 'void'; readonly reason: string }
  | { readonly close: 'settle'; readonly settle: WireSettle };

/** Of whoever stood between, whatever became of the call behind it. */
const STOPPED_WAITING = new Set([408, 499, 504, 524]);

export function closeCall(end: CallEnd): CallClose {
  if (end.kind === 'not_sent') return { close: 'void', reason: end.why };
  if (end.kind === 'no_answer') return whole('cut');
  if (end.status >= 400) {
    // A proxy's page or half an error does not say that the model never ran, and who stopped waiting for it does not know.
    if (end.isWhole && end.isErrorDocument && !STOPPED_WAITING.has(end.status))
      return { close: 'void', reason: `provider_error_${end.status}` };
    return whole('error');
  }
  if (end.usage === null) return whole(end.isWhole ? 'error' : 'cut');
  return { close: 'settle', settle: { usage: end.usage, outcome: end.isWhole ? 'complete' : 'cut' } };
}

/** What the provider counted of the whole input; null when it did not come whole. */
export function inputCounted(end: CallEnd): number | null {
  if (end.kind !== 'answered' || end.status >= 400 || !end.isWhole || end.usage === null) return null;
  return allInput(end.usage);
}

function whole(outcome: WireSettle['outcome']): CallClose {
  return { close: 'settle', settle: { usage: null, outcome } };
}
