// What looks for usage in an answer while it passes by. Whatever it does not see whole, or can't trust, is null: the call is then
// booked whole.
import type { WireSettle } from '../../../server/wire/run.ts';

export type CallUsage = NonNullable<WireSettle['usage']>;

export interface UsageCollector {
  feed(chunk: Buffer): void;
  /** The usage as far as it was seen; null when it is not complete or not to be trusted. */
  usage(): CallUsage | null;
}

export interface AnswerCollector extends UsageCollector {
  /** The whole document is an error in the provider's own form. */
  isError(): boolean;
}

/** One for each form that an answer can have. */
export interface Collectors {
  stream(): UsageCollector;
  document(): AnswerCollector;
}
