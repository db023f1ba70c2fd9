// What looks for usage in an answer while it passes by. Whatever it does not see whole, or can't trust, is null: the call is then
// booked whole.
import type { WireSettle } from '../../../server/wire/run.ts';

export type CallUsage = NonNullable<WireSettle['usage']>;

/** How long the cache writes of a request live, for a report that does not say it. */
export type CacheLife = '5m' | '1h';

/** What the call asked for, as far as its report hangs on it. */
export interface AskedCall {
  readonly model: string;
  /** Cache writes that the report does not split are booked at this. */
  readonly cacheLife: CacheLife;
}

export function allInput(usage: CallUsage): number {
  return (
    usage.input_tokens + usage.cache_read_tokens + usage.cache_write_5m_tokens + usage.cache_write_1h_tokens
  );
}

const MAX_NAME = 200;

/** Says who answered where it is not the model that was asked for: one in its place may be dearer. */
export function answeredBy(asked: string, said: unknown): { readonly answered_by?: string } {
  const isOther = typeof said === 'string' && said !== '' && said !== asked && said.length <= MAX_NAME;
  return isOther ? { answered_by: said } : {};
}

export interface UsageCollector {
  feed(chunk: Buffer): void;
  /** How much of the answer it holds now. */
  keptBytes(): number;
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
