// Judges a request to OpenAI: its worst case in tokens, or why it has none. A stream of Chat Completions is asked to tell its usage, since it
// says nothing of it by itself.
import type { OutgoingHttpHeaders } from 'node:http';
import { isRecord, type JsonObject } from '../../../core/json-object.ts';
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
import { OF_PROXIES, type UnpricedFields, whyUnpriced } from '../call/unpriced-fields.ts';
import { boundContent } from './content-bound.ts';
import { inputFields, inputShape } from './input-parts.ts';
import { whyUnknownInput } from './known-items.ts';
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
  // Any other may go over the request several times, and bills them all: neither its bytes nor its limit of the output bound that.
  'reasoning.mode': ['standard'],
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

/** Costs nothing, and may yet bear on the input: of OpenAI, of its Codex, and of those who speak as it does. */
const FREE_FIELDS = new Set([
  'access_programs',
  'chat_template_kwargs',
  'context_management',
  'guided_choice',
  'guided_grammar',
  'guided_json',
  'guided_regex',
  'include_reasoning',
  'keep_alive',
  'moderation',
  'parallel_function_calling',
  'prewarm',
  'prompt_mode',
  'prompt_truncate_len',
  'random_seed',
  'reasoning_format',
  'safe_prompt',
  'session_id',
  'skip_special_tokens',
  'stop_token_ids',
  'thinking_budget',
  'top_a',
  'transforms',
  'truncate_prompt_tokens',
  'typical_p',
  'usage',
]);

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
  const limits = most === null ? given : limitedTo(most, route, given, asked['reasoning']);
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
    outputTokens: outputBound(route, limits, model),
    cacheLife: 'prompt_cache_retention' in request || 'prompt_cache_options' in request ? '1h' : '5m',
    body,
    parsedBytes,
  };
}

const LIMITS = ['max_output_tokens', 'max_completion_tokens', 'max_tokens'];
/** The first is the one to write. */
const LIMITS_OF: Readonly<Record<OpenAiRoute, readonly [string, ...string[]]>> = {
  responses: ['max_output_tokens'],
  'chat/completions': ['max_completion_tokens', 'max_tokens'],
};

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
function limitedTo(most: number, route: OpenAiRoute, given: Limits, reasoning: unknown): Limits {
  const thinking = isRecord(reasoning) && isLimit(reasoning['max_tokens']) ? reasoning['max_tokens'] : 0;
  const longest = Math.max(most, thinking + 1);
  const [own] = LIMITS_OF[route];
  const all = LIMITS_OF[route].some((name) => name in given) ? given : { ...given, [own]: longest };
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, Math.min(value, longest)]));
}

/**
 * Which of several a provider goes by is not known; of another route's, whether it does at all. Without a limit of its own a call may use
 * all that its model can give.
 */
function outputBound(route: OpenAiRoute, limits: Limits, model: string): number {
  const longest = Math.max(0, ...Object.values(limits));
  return LIMITS_OF[route].some((name) => name in limits) ? longest : Math.max(longest, mostOutput(model));
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
