// Judges a request to OpenAI: its worst case in tokens, or why it has none. A stream of Chat Completions is asked to tell its usage, since it
// says nothing of it by itself.
import type { OutgoingHttpHeaders } from 'node:http';
import { fieldOf, type JsonObject } from '../../../core/json-object.ts';
import {
  AS_IT_SAYS,
  isModelName,
  type Judgement,
  MAX_OUTPUT_TOKENS,
  type OperatorBounds,
  REQUEST_OVERHEAD,
  readRequest,
  refuse,
  refuseUnbounded,
  writeRequest,
} from '../call/judged-call.ts';
import { whyUnknown } from '../call/unknown-fields.ts';
import { whyUnpriced } from '../call/unpriced-fields.ts';
import { boundContent } from './content-bound.ts';
import { FREE_FIELDS, UNPRICED_FIELDS } from './field-prices.ts';
import { inputFields, inputShape } from './input-parts.ts';
import { whyUnknownInput } from './known-items.ts';
import type { OpenAiRoute } from './openai-route.ts';

/** The dearest picture that is published counts 48,169 tokens. */
const IMAGE_OVERHEAD = 50_000;

/** `headers`: what goes along with the body and may say how it is to be read. */
export function judgeOpenAi(
  route: OpenAiRoute,
  bytes: Buffer,
  headers: OutgoingHttpHeaders = {},
  { maxOutputTokens: most, freeFields }: OperatorBounds = AS_IT_SAYS,
): Judgement {
  const read = readRequest(bytes);
  if (typeof read === 'string') return refuse(read);
  const { request: asked, parsedBytes } = read;
  const { model, stream } = asked;
  if (!isModelName(model)) return refuse('model: must be the name of a model');
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean') {
    return refuse('stream: must be true or false');
  }
  const given = givenLimits(asked);
  if (given === null) return refuse('the limit of the output must be a whole number above 0');
  const names = limitNames(route, model);
  const thinking = mayThink(asked);
  const limits = most === null ? given : limitedTo(most, names, given, thinking);
  const request = most === null ? asked : { ...asked, ...limits };
  const body = writeRequest(
    route === 'chat/completions' && stream === true
      ? { ...request, stream_options: { ...optionsOf(request), include_usage: true } }
      : request,
  );
  const why =
    whyUnpriced(request, UNPRICED_FIELDS) ??
    whyUnknown(request, [inputFields(route), UNPRICED_FIELDS, FREE_FIELDS, freeFields]) ??
    whyUnknownInput(request);
  const content = boundContent(request, why);
  if (content.why !== null) return refuseUnbounded(content.why);
  const inputTokens = body.length + REQUEST_OVERHEAD + content.images * IMAGE_OVERHEAD;
  return {
    result: 'bounded',
    model,
    isStream: stream === true,
    inputTokens,
    shape: inputShape(route, request, inputTokens, headers),
    outputTokens: outputBound(names, limits, model, thinking) + thoughtBeside(request, model),
    cacheLife: isKeptLong(request, body) ? '1h' : '5m',
    body,
    parsedBytes,
  };
}

/** Not those that anybody may serve. */
const OF_OPENAI = /^(?:openai\/)?(?:gpt-(?!oss)|o\d|codex-)/;
const LIMITS = ['max_output_tokens', 'max_completion_tokens', 'max_tokens'];
/**
 * By which of them whoever answers is known to go; the first is the one to write. Providers that speak as OpenAI does pass over the newer name
 * without a word (DeepSeek, Ollama), and OpenAI itself refuses the older one for models that think.
 */
function limitNames(route: OpenAiRoute, model: string): readonly [string, ...string[]] {
  if (route === 'responses') return ['max_output_tokens'];
  return OF_OPENAI.test(model) ? ['max_completion_tokens', 'max_tokens'] : ['max_tokens'];
}

type Limits = Readonly<Record<string, number>>;

/** By name; null: one of them is none. */
function givenLimits(request: JsonObject): Limits | null {
  const limits: Record<string, number> = {};
  for (const name of LIMITS) {
    const value = request[name];
    if (value === undefined || value === null) continue;
    if (!isLimit(value)) return null;
    limits[name] = value;
  }
  return limits;
}

/** Never less than may be thought, and a token. */
function limitedTo(
  most: number,
  names: readonly [string, ...string[]],
  given: Limits,
  thinking: number,
): Limits {
  const longest = Math.max(most, thinking + 1);
  const [own] = names;
  const all = names.some((name) => name in given) ? given : { ...given, [own]: longest };
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, Math.min(value, longest)]));
}

/**
 * Which of several a provider goes by is not known; of another's, whether it does at all. Without a limit of its own a call may use
 * all that its model can give. What may be thought is not limited by it everywhere.
 */
function outputBound(names: readonly string[], limits: Limits, model: string, thinking: number): number {
  const longest = Math.max(0, ...Object.values(limits));
  const bound = names.some((name) => name in limits) ? longest : Math.max(longest, mostOutput(model));
  return thinking >= bound ? bound + thinking : bound;
}

/** The longest thought that a request asks for, by whatever name: of OpenRouter, of Anthropic. */
function mayThink({ reasoning, thinking }: JsonObject): number {
  const asked = [fieldOf(reasoning, 'max_tokens'), fieldOf(thinking, 'budget_tokens')];
  return Math.max(0, ...asked.map((tokens) => (isLimit(tokens) ? tokens : 0)));
}

/** Of Qwen: thought that the limit of the answer leaves out. */
function thoughtBeside(
  { enable_thinking: isOn, thinking_budget: budget }: JsonObject,
  model: string,
): number {
  if (isLimit(budget)) return budget;
  return isOn === true || (budget !== undefined && budget !== null) ? mostOutput(model) : 0;
}

/** Entries of a cache that cost as much as the dearest do; clients of a proxy mark them as Anthropic's do. */
function isKeptLong(request: JsonObject, body: Buffer): boolean {
  return (
    'prompt_cache_retention' in request || 'prompt_cache_options' in request || body.includes('"ttl":"1h"')
  );
}

function isLimit(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= MAX_OUTPUT_TOKENS;
}

/** The longest answers that the provider publishes for its models; of others, the longest of all of them. */
function mostOutput(model: string): number {
  return OF_OPENAI.test(model) && !/gpt-[\d.]+-pro/.test(model) ? 128_000 : 272_000;
}

function optionsOf(request: JsonObject): object {
  const options = request['stream_options'];
  return typeof options === 'object' && options !== null ? options : {};
}
