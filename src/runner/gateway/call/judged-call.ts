// What it takes to judge a request to a model before anything is reserved: it is read once, strictly, and what is sent is what was judged,
// written anew, so that no second reading of the same bytes (a key given twice) can mean something else.
import { jsonExtent, SAFE_LEVELS } from '../../../core/json-extent.ts';
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
  /** What the request takes as long as it is kept, its text aside. */
  readonly parsedBytes: number;
}

/** What the operator says of every request of a run. */
export interface OperatorBounds {
  /** What an answer is limited to: it is written into a request that says more, or nothing. Null: requests stay as they are. */
  readonly maxOutputTokens: number | null;
  /** Fields that are not known here, and cost nothing. */
  readonly freeFields: ReadonlySet<string>;
}

/** The operator says nothing. */
export const AS_IT_SAYS: OperatorBounds = { maxOutputTokens: null, freeFields: new Set() };

export type Judgement = JudgedCall | { readonly result: 'refused'; readonly error: ApiError };

/** No answer of a model is longer. */
export const MAX_OUTPUT_TOKENS = 1_000_000;
/** What a provider adds by itself to a request; above the figures that they publish (the largest is below 900 tokens). */
export const REQUEST_OVERHEAD = 1_024;
const MAX_NAME = 200;
const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Far above any request of an agent, and far below what the memory takes. */
const MAX_VALUES = 500_000;
const VALUE_BYTES = 64;

export interface ReadRequest {
  readonly request: JsonObject;
  readonly parsedBytes: number;
}

/** A string says what is wrong with it. */
export function readRequest(bytes: Buffer): ReadRequest | string {
  const { levels, values } = jsonExtent(bytes);
  if (levels > SAFE_LEVELS) return 'the body is nested too deeply';
  if (values > MAX_VALUES) return 'the body holds too many values';
  const request = parsed(bytes);
  if (request === null) return 'the body is not a JSON object in UTF-8';
  return { request, parsedBytes: values * VALUE_BYTES };
}

function parsed(bytes: Buffer): JsonObject | null {
  try {
    return parseObject(STRICT_UTF8.decode(bytes));
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

export function writeRequest(request: JsonObject): Buffer {
  return Buffer.from(JSON.stringify(request));
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
