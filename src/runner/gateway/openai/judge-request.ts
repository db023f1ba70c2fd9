// Judges a request to OpenAI: its worst case in tokens, or why it has none. A stream of Chat Completions is asked to tell its usage, since it
// says nothing of it by itself.
import type { OutgoingHttpHeaders } from 'node:http';
import type { JsonObject } from '../../../core/json-object.ts';
import {
  isModelName,
  type Judgement,
  MAX_OUTPUT_TOKENS,
  REQUEST_OVERHEAD,
  readRequest,
  refuse,
  refuseUnbounded,
  writeRequest,
} from '../call/judged-call.ts';
import { OF_PROXIES, type UnpricedFields, whyUnpriced } from '../call/unpriced-fields.ts';
import { boundContent } from './content-bound.ts';
import { inputShape } from './input-parts.ts';
import type { OpenAiRoute } from './openai-route.ts';

/** The dearest picture that is published counts 48,169 tokens. */
const IMAGE_OVERHEAD = 50_000;

/** Fields whose other values add calls or content that the request does not bound, with the values that do not. */
const UNPRICED_FIELDS: UnpricedFields = {
  previous_response_id: [],
  conversation: [],
  prompt: [],
  background: [false],
  n: [1],
  service_tier: ['default', 'auto', 'flex'],
  audio: [],
  prediction: [],
  web_search_options: [],
  modalities: [['text']],
  // Of those who speak as OpenAI does: searches, and several answers to choose from.
  ...OF_PROXIES,
  search_parameters: [],
  enable_search: [false],
  connectors: [],
  deferred: [false],
  mm_processor_kwargs: [],
  vl_high_resolution_images: [false],
  route: [],
  best_of: [1],
  use_beam_search: [false],
  chat_template: [],
};

/** `headers`: what goes along with the body and may say how it is to be read. */
export function judgeOpenAi(route: OpenAiRoute, bytes: Buffer, headers: OutgoingHttpHeaders = {}): Judgement {
  const read = readRequest(bytes);
  if (typeof read === 'string') return refuse(read);
  const { request, parsedBytes } = read;
  const { model, stream } = request;
  if (!isModelName(model)) return refuse('model: must be the name of a model');
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean') {
    return refuse('stream: must be true or false');
  }
  const limit = outputLimit(route, request, model);
  if (limit === null) return refuse('the limit of the output must be a whole number above 0');
  const body = writeRequest(
    route === 'chat/completions' && stream === true
      ? { ...request, stream_options: { ...optionsOf(request), include_usage: true } }
      : request,
  );
  const content = boundContent(request, whyUnpriced(request, UNPRICED_FIELDS));
  if (content.why !== null) return refuseUnbounded(content.why);
  const inputTokens = body.length + REQUEST_OVERHEAD + content.images * IMAGE_OVERHEAD;
  return {
    result: 'bounded',
    model,
    isStream: stream === true,
    inputTokens,
    shape: inputShape(route, request, inputTokens, headers),
    outputTokens: limit,
    cacheLife: 'prompt_cache_retention' in request || 'prompt_cache_options' in request ? '1h' : '5m',
    body,
    parsedBytes,
  };
}

const LIMITS = ['max_output_tokens', 'max_completion_tokens', 'max_tokens'];
const LIMITS_OF: Readonly<Record<OpenAiRoute, readonly string[]>> = {
  responses: ['max_output_tokens'],
  'chat/completions': ['max_completion_tokens', 'max_tokens'],
};

/** Without a limit of its own a call may use all that its model can give. */
function outputLimit(route: OpenAiRoute, request: JsonObject, model: string): number | null {
  const isGiven = (name: string): boolean => request[name] !== undefined && request[name] !== null;
  const given = LIMITS.filter(isGiven).map((name) => request[name]);
  // Which of several a provider goes by is not known; of another route's, whether it does at all.
  if (!given.every(isLimit)) return null;
  const longest = Math.max(0, ...given);
  return LIMITS_OF[route].some(isGiven) ? longest : Math.max(longest, mostOutput(model));
}

function isLimit(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= MAX_OUTPUT_TOKENS;
}

/** The longest answers that the provider publishes for its models; of others, the longest of all of them. */
function mostOutput(model: string): number {
  return /^(?:gpt-|o\d|codex-)/.test(model) && !/^gpt-[\d.]+-pro/.test(model) ? 128_000 : 272_000;
}

function optionsOf(request: JsonObject): object {
  const options = request['stream_options'];
  return typeof options === 'object' && options !== null ? options : {};
}
