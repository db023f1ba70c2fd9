// Judges a request to OpenAI before anything is reserved: its worst case in tokens, or why it has none. What is sent is what was
// judged, written anew; a stream of Chat Completions is asked to tell its usage, since it says nothing of it by itself.
import { type ApiError, badRequest } from '../call/api-error.ts';
import type { InputShape } from '../call/known-input.ts';
import { parseObject } from '../call/marked-lines.ts';
import type { CacheLife } from './answer-usage.ts';
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
const MAX_DEPTH = 64;
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
};

/** Tools that the agent's own program carries out. Any other kind runs, and is billed, at the provider. */
const CLIENT_TOOLS = new Set(['function', 'custom', 'local_shell', 'apply_patch', 'namespace']);
/** Keys under which content is named that the provider fetches or holds, whatever its size. */
const FETCHED = new Set(['file_id', 'file_url', 'file_data', 'input_audio', 'vector_store_ids']);

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
  const content = { images: 0, why: whyUnpriced(request) };
  look(request, 0, content);
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
  const given =
    route === 'responses'
      ? request['max_output_tokens']
      : (request['max_completion_tokens'] ?? request['max_tokens']);
  if (given === undefined || given === null) return mostOutput(model);
  const isLimit = typeof given === 'number' && Number.isSafeInteger(given) && given >= 1;
  return isLimit && given <= MAX_OUTPUT_TOKENS ? given : null;
}

/** The longest answers that the provider publishes for its models; of others, the longest of all of them. */
function mostOutput(model: string): number {
  return /^(?:gpt-|o\d|codex-)/.test(model) && !/^gpt-[\d.]+-pro/.test(model) ? 128_000 : 272_000;
}

function whyUnpriced(request: Record<string, unknown>): string | null {
  for (const [name, fine] of Object.entries(UNPRICED_FIELDS)) {
    const value = Object.hasOwn(request, name) ? request[name] : undefined;
    if (value === undefined || value === null || fine.includes(value)) continue;
    const instead = fine.length === 0 ? 'leave it out' : `leave it out, or say ${JSON.stringify(fine[0])}`;
    return `${name}: has a cost that the request does not bound (${instead})`;
  }
  return null;
}

/** Looks through the whole request, since tools and content may stand in any part of it. */
function look(value: unknown, depth: number, found: { images: number; why: string | null }): void {
  if (found.why !== null || typeof value !== 'object' || value === null) return;
  if (depth > MAX_DEPTH) {
    found.why = 'the body is nested too deeply';
    return;
  }
  if (Array.isArray(value)) {
    for (const item of value) look(item, depth + 1, found);
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    if (inner === null || inner === undefined) continue;
    // A schema may name anything; it is text to the provider.
    if (key === 'parameters' || key === 'schema' || key === 'client_metadata' || key === 'metadata') continue;
    if (FETCHED.has(key)) found.why ??= `${key}: names content whose size the request does not bound`;
    else if (key === 'type' && inner === 'item_reference')
      found.why ??= 'item_reference: names content that the provider holds';
    else if (key === 'image_url') noteImage(inner, found);
    else if (key === 'tools') noteTools(inner, found);
    look(inner, depth + 1, found);
  }
}

function noteImage(image: unknown, found: { images: number; why: string | null }): void {
  const url: unknown = typeof image === 'object' && image !== null && 'url' in image ? image.url : image;
  found.images += 1;
  if (typeof url !== 'string' || !url.startsWith('data:')) {
    found.why ??= 'image_url: is fetched by the provider, whatever its size (send the picture itself)';
  }
}

function noteTools(tools: unknown, found: { images: number; why: string | null }): void {
  if (!Array.isArray(tools)) return;
  for (const tool of tools) {
    const type: unknown = typeof tool === 'object' && tool !== null && 'type' in tool ? tool.type : undefined;
    if (typeof type === 'string' && CLIENT_TOOLS.has(type)) continue;
    found.why ??= `tools: ${JSON.stringify(type)} runs at the provider, and what it costs is not bounded by the request`;
  }
}

function optionsOf(request: Record<string, unknown>): object {
  const options = request['stream_options'];
  return typeof options === 'object' && options !== null ? options : {};
}

function refuse(message: string): { readonly result: 'refused'; readonly error: ApiError } {
  return { result: 'refused', error: badRequest(message) };
}
