// Judges a Messages request before anything is reserved: its worst case in tokens, or why it has none. What is sent to the provider
// is what was judged, written anew, so that no second reading of the same bytes (a key given twice) can mean something else.
import { type ApiError, badRequest } from '../call/api-error.ts';
import type { InputShape } from '../call/known-input.ts';
import { boundContent } from './content-bound.ts';
import { partsOf } from './input-parts.ts';
import { type CacheLife, isRecord } from './usage.ts';

export interface JudgedRequest {
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

export type Judgement = JudgedRequest | { readonly result: 'refused'; readonly error: ApiError };

// A token is at least one byte of the text it stands for, so the bytes of the body bound its tokens. What the provider adds by
// itself is bounded by these, all above the figures it publishes (the largest system prompt for tool use is 804 tokens).
const REQUEST_OVERHEAD = 1_024;
const MESSAGE_OVERHEAD = 16;
const TOOL_OVERHEAD = 64;
/** A tool of the provider's own kind, whose description is not in the request (the largest published is below 1,300). */
const KNOWN_TOOL_OVERHEAD = 2_048;
/** A picture costs by its pixels, not its bytes; the largest the provider accounts for is below 4,800. */
const IMAGE_OVERHEAD = 5_000;
const MAX_OUTPUT_TOKENS = 1_000_000;
const NOT_SENT =
  'the worst case of a call is reserved before it is sent, and this one has none, so it was not sent';

/** Tools that the agent's own program carries out. Any other kind runs, and is billed, at the provider. */
const CLIENT_TOOLS = /^(?:custom|(?:bash|text_editor|computer|memory)_\d{8})$/;

/** Fields whose other values change the price or add calls, with the values that do not. */
const UNPRICED_FIELDS: Readonly<Record<string, readonly unknown[]>> = {
  container: [],
  mcp_servers: [],
  n: [1],
  service_tier: ['standard_only'],
  inference_geo: ['global'],
  speed: ['standard'],
  fallbacks: [],
  // Of those who speak as Anthropic does: other models in its place, and searches.
  models: [],
  plugins: [],
};

export function judgeRequest(bytes: Buffer, betas: string | undefined): Judgement {
  const request = parse(bytes);
  if (request === null) return refuse('the body is not a JSON object in UTF-8');
  const { model, max_tokens: maxTokens, stream, messages, tools } = request;
  if (typeof model !== 'string' || model === '' || model.length > 200) {
    return refuse('model: must be the name of a model');
  }
  if (typeof maxTokens !== 'number' || !Number.isSafeInteger(maxTokens) || maxTokens < 1) {
    return refuse('max_tokens: must be a whole number above 0; without it the cost of the call has no limit');
  }
  if (maxTokens > MAX_OUTPUT_TOKENS) return refuse(`max_tokens: must be at most ${MAX_OUTPUT_TOKENS}`);
  if (stream !== undefined && typeof stream !== 'boolean') return refuse('stream: must be true or false');
  if (!Array.isArray(messages)) return refuse('messages: must be a list');
  const body = write(request);
  if (body === null) return refuse('the body is nested too deeply');
  const why = whyUnpriced(request) ?? whyUnboundedTools(tools);
  if (why !== null) return refuse(`${why}; ${NOT_SENT}`);
  const images = countImages(request['system'], messages);
  if (typeof images === 'string') return refuse(`${images}; ${NOT_SENT}`);
  const inputTokens =
    body.length +
    REQUEST_OVERHEAD +
    messages.length * MESSAGE_OVERHEAD +
    toolOverhead(tools) +
    images * IMAGE_OVERHEAD;
  return {
    result: 'bounded',
    model,
    isStream: stream === true,
    inputTokens,
    shape: { byteBound: inputTokens, reading: `${model}\0${betas ?? ''}`, parts: () => partsOf(request) },
    outputTokens: outputBound(maxTokens, request['thinking']),
    cacheLife: body.includes('"ttl":"1h"') ? '1h' : '5m',
    body,
  };
}

function parse(bytes: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isRecord(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

/** Null when it is too deep to be written. */
function write(request: Record<string, unknown>): Buffer | null {
  try {
    return Buffer.from(JSON.stringify(request));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function whyUnpriced(request: Record<string, unknown>): string | null {
  for (const [name, fine] of Object.entries(UNPRICED_FIELDS)) {
    const value = Object.hasOwn(request, name) ? request[name] : undefined;
    if (value === undefined || value === null || fine.includes(value)) continue;
    const instead = fine.length === 0 ? 'leave it out' : `leave it out, or say ${JSON.stringify(fine[0])}`;
    return `${name}: has a cost that the request does not bound (${instead})`;
  }
  const management = request['context_management'];
  if (management !== undefined && JSON.stringify(management).includes('"compact')) {
    return 'context_management: compaction adds calls of its own';
  }
  return null;
}

function whyUnboundedTools(tools: unknown): string | null {
  if (tools === undefined || tools === null) return null;
  if (!Array.isArray(tools)) return 'tools: must be a list';
  for (const tool of tools) {
    const type = isRecord(tool) ? (tool['type'] ?? 'custom') : null;
    if (typeof type === 'string' && CLIENT_TOOLS.test(type)) continue;
    return `tools: ${JSON.stringify(type)} runs at the provider, and what it costs is not bounded by the request`;
  }
  return null;
}

/** Or why the content is not bounded. */
function countImages(system: unknown, messages: readonly unknown[]): number | string {
  let images = 0;
  const contents = [system, ...messages.map((message) => (isRecord(message) ? message['content'] : message))];
  for (const content of contents) {
    const bound = boundContent(content);
    if (bound.result === 'unbounded') return bound.why;
    images += bound.images;
  }
  return images;
}

function toolOverhead(tools: unknown): number {
  if (!Array.isArray(tools)) return 0;
  return tools.reduce<number>((sum, tool) => {
    const type = isRecord(tool) ? (tool['type'] ?? 'custom') : 'custom';
    return sum + (type === 'custom' ? TOOL_OVERHEAD : KNOWN_TOOL_OVERHEAD);
  }, 0);
}

/** A thinking budget above max_tokens (interleaved thinking) is not limited by it. */
function outputBound(maxTokens: number, thinking: unknown): number {
  const budget = isRecord(thinking) ? thinking['budget_tokens'] : undefined;
  const isAbove = typeof budget === 'number' && Number.isSafeInteger(budget) && budget > maxTokens;
  return isAbove ? maxTokens + Math.min(budget, MAX_OUTPUT_TOKENS) : maxTokens;
}

function refuse(message: string): Judgement {
  return { result: 'refused', error: badRequest(message) };
}
