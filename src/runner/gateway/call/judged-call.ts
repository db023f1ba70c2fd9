// What it takes to judge a request to a model before anything is reserved: it is read once, strictly, and what is sent is what was judged,
// written anew, so that no second reading of the same bytes (a key given twice) can mean something else.
import { type JsonObject, parseObject } from '../../../core/json-object.ts';
import { type ApiError, badRequest } from './api-error.ts';
import type { InputShape } from './known-input.ts';
import type { CacheLife } from './usage-collector.ts';

/** A call with its worst case. */
export interface JudgedCall {
  readonly result: 'bounded';
  readonly model: string;
  readonly isStream: boolean;
  /** Upper bounds, in tokens. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheLife: CacheLife;
  readonly shape: InputShape;
  readonly body: Buffer;
}

export type Judgement = JudgedCall | { readonly result: 'refused'; readonly error: ApiError };

/** No answer of a model is longer. */
export const MAX_OUTPUT_TOKENS = 1_000_000;
/** What a provider adds by itself to a request; above the figures that they publish (the largest is below 900 tokens). */
export const REQUEST_OVERHEAD = 1_024;
const MAX_NAME = 200;
const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Null when it is not one JSON object in UTF-8. */
export function readRequest(bytes: Buffer): JsonObject | null {
  try {
    return parseObject(STRICT_UTF8.decode(bytes));
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** Null when it is nested too deeply to be written. */
export function writeRequest(request: JsonObject): Buffer | null {
  try {
    return Buffer.from(JSON.stringify(request));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

export function isModelName(model: unknown): model is string {
  return typeof model === 'string' && model !== '' && model.length <= MAX_NAME;
}

export function refuse(message: string): Judgement {
  return { result: 'refused', error: badRequest(message) };
}

/** For a call whose cost has no bound that the request tells. */
export function refuseUnbounded(why: string): Judgement {
  return refuse(
    `${why}; the worst case of a call is reserved before it is sent, and this one has none, so it was not sent`,
  );
}
