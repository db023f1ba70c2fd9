// Judges a request to OpenAI before anything is reserved: its worst case in tokens, or why it has none. What is sent is what was
// judged, written anew; a stream of Chat Completions is asked to tell its usage, since it says nothing of it by itself.
import { type ApiError, badRequest } from '../call/api-error.ts';
import type { InputShape } from '../call/known-input.ts';
import { parseObject } from '../call/marked-lines.ts';
import type { CacheLife } from './answer-usage.ts';
import { boundContent } from './content-bound.ts';
import { partsOf } from './input-parts.ts';

export type OpenAiRoute = 'responses' | 'chat/completions';

export interface JudgedOpenAi {
  readonly result: 'bounded';
  readonly model: string;
  readonly isStream: boolean;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheLife: CacheLife;
  readonly shape: InputShape;
  readonly body: Buffer;
}

/** What the provider adds by itself to a request, and to each of its parts. */
const REQUEST_OVERHEAD = 1_024;
/** The dearest picture that is published counts 48,169 tokens. */
const IMAGE_OVERHEAD = 50_000;
const MAX_OUTPUT_TOKENS = 1_000_000;
const NOT_SENT =
  'the worst case of a call is reserved before it is sent, and this one has none, so it was not sent';

/** Fields whose other values add calls or content that the request does not bound, with the values that do not. */
const UNPRICED_FIELDS: Readonly<Record<string, readonly unknown[]>> = {
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
  // Of those who speak as OpenAI does: searches, other models in its place, and several answers to choose from.
  search_parameters: [],
  enable_search: [false],
  plugins: [],
  mcp_servers: [],
  models: [],
  fallbacks: [],
  route: [],
  best_of: [1],
  use_beam_search: [false],
  chat_template: [],
};

export function judgeOpenAi(
  route: OpenAiRoute,
  bytes: Buffer,
): JudgedOpenAi | { readonly result: 'refused'; readonly error: ApiError } {
  const request = decode(bytes);
  if (request === null) return refuse('the body is not a JSON object in UTF-8');
  const { model, stream } = request;
  if (typeof model !== 'string' || model === '' || model.length > 200) {
    return refuse('model: must be the name of a model');
  }
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean') {
    return refuse('stream: must be true or false');
  }
  const limit = outputLimit(route, request, model);
  if (limit === null) return refuse('the limit of the output must be a whole number above 0');
  const content = boundContent(request, whyUnpriced(request));
  if (content.why !== null) return refuse(`${content.why}; ${NOT_SENT}`);
  const asked =
    route === 'chat/completions' && stream === true
      ? { ...request, stream_options: { ...optionsOf(request), include_usage: true } }
      : request;
  const body = Buffer.from(JSON.stringify(asked));
  const inputTokens = body.length + REQUEST_OVERHEAD + content.images * IMAGE_OVERHEAD;
  return {
    result: 'bounded',
    model,
    isStream: stream === true,
    inputTokens,
    shape: { byteBound: inputTokens, reading: model, parts: () => partsOf(request) },
    outputTokens: limit,
    cacheLife: 'prompt_cache_retention' in request || 'prompt_cache_options' in request ? '1h' : '5m',
    body,
  };
}

function decode(bytes: Buffer): Record<string, unknown> | null {
  try {
    return parseObject(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** Without a limit of its own a call may use all that its model can give. */
function outputLimit(route: OpenAiRoute, request: Record<string, unknown>, model: string): number | null {
  const names = route === 'responses' ? ['max_output_tokens'] : ['max_completion_tokens', 'max_tokens'];
  const given = names.map((name) => request[name]).filter((value) => value !== undefined && value !== null);
  if (given.length === 0) return mostOutput(model);
  // Which of two a provider goes by is not known.
  return given.every(isLimit) ? Math.max(...given) : null;
}

function isLimit(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= MAX_OUTPUT_TOKENS;
}

/** The longest answers that the provider publishes for its models; of others, the longest of all of them. */
function mostOutput(model: string): number {
  return /^(?:gpt-|o\d|codex-)/.test(model) && !/^gpt-[\d.]+-pro/.test(model) ? 128_000 : 272_000;
}

function whyUnpriced(request: Record<string, unknown>): string | null {
  for (const [name, fine] of Object.entries(UNPRICED_FIELDS)) {
    const value = Object.hasOwn(request, name) ? request[name] : undefined;
    if (value === undefined || value === null) continue;
    const written = JSON.stringify(value);
    if (fine.some((one) => JSON.stringify(one) === written)) continue;
    const instead = fine.length === 0 ? 'leave it out' : `leave it out, or say ${JSON.stringify(fine[0])}`;
    return `${name}: has a cost that the request does not bound (${instead})`;
  }
  const management = request['context_management'];
  if (management !== undefined && JSON.stringify(management).includes('"compact')) {
    return 'context_management: compaction adds calls of its own';
  }
  return null;
}

function optionsOf(request: Record<string, unknown>): object {
  const options = request['stream_options'];
  return typeof options === 'object' && options !== null ? options : {};
}

function refuse(message: string): { readonly result: 'refused'; readonly error: ApiError } {
  return { result: 'refused', error: badRequest(message) };
}
