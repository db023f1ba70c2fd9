// Judges a Messages request: its worst case in tokens, or why it has none.
import { isRecord } from '../../../core/json-object.ts';
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
import { OF_PROXIES, runsAtProvider, type UnpricedFields, whyUnpriced } from '../call/unpriced-fields.ts';
import { boundAll, boundContent, type ContentBound } from './content-bound.ts';
import { INPUT_FIELDS, inputShape } from './input-parts.ts';

// A token is at least one byte of the text it stands for, so the bytes of the body bound its tokens. What the provider adds by
// itself is bounded by these, all above the figures it publishes (the largest system prompt for tool use is 804 tokens).
const MESSAGE_OVERHEAD = 16;
const TOOL_OVERHEAD = 64;
/** A tool of the provider's own kind, whose description is not in the request (the largest published is below 1,300). */
const KNOWN_TOOL_OVERHEAD = 2_048;
/** A picture costs by its pixels, not its bytes; the largest the provider accounts for is below 4,800. */
const IMAGE_OVERHEAD = 5_000;

/** What the provider writes around a piece of a document that can be cited; not published, so well above what a mark takes. */
const PIECE_OVERHEAD = 32;

/** Tools that the agent's own program carries out. Any other kind runs, and is billed, at the provider. */
const CLIENT_TOOLS = /^(?:custom|(?:bash|text_editor|computer|memory)_\d{8})$/;

/** Fields whose other values change the price or add calls, with the values that do not. */
const UNPRICED_FIELDS: UnpricedFields = {
  container: [],
  n: [1],
  service_tier: ['standard_only', 'auto'],
  inference_geo: ['global'],
  speed: ['standard'],
  // Of those who speak as Anthropic does; and other names of the limit, of which nobody knows whether they go by them.
  ...OF_PROXIES,
  max_completion_tokens: [],
  max_output_tokens: [],
  max_tokens_to_sample: [],
};

/** What costs nothing, and may yet bear on the input. */
const FREE_FIELDS = new Set(['diagnostics', 'fallback_credit_token', 'transforms', 'user_profile_id']);

export function judgeRequest(
  bytes: Buffer,
  betas: string | undefined,
  { maxOutputTokens: limit, freeFields }: OperatorBounds = AS_IT_SAYS,
): Judgement {
  const read = readRequest(bytes);
  if (typeof read === 'string') return refuse(read);
  const { request: asked, parsedBytes } = read;
  const { model, max_tokens: maxTokens, stream, messages, tools } = asked;
  if (!isModelName(model)) return refuse('model: must be the name of a model');
  if (typeof maxTokens !== 'number' || !Number.isSafeInteger(maxTokens) || maxTokens < 1) {
    return refuse('max_tokens: must be a whole number above 0; without it the cost of the call has no limit');
  }
  if (maxTokens > MAX_OUTPUT_TOKENS) return refuse(`max_tokens: must be at most ${MAX_OUTPUT_TOKENS}`);
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean')
    return refuse('stream: must be true or false');
  if (!Array.isArray(messages)) return refuse('messages: must be a list');
  const thinking = thinkingBudget(asked['thinking']);
  if (thinking === null) return refuse('thinking.budget_tokens: must be a whole number above 0');
  // Never less than it may think, and a token.
  const longest = limit === null ? maxTokens : Math.min(maxTokens, Math.max(limit, thinking + 1));
  const request = longest === maxTokens ? asked : { ...asked, max_tokens: longest };
  const body = writeRequest(request);
  const why =
    whyUnpriced(request, UNPRICED_FIELDS) ??
    whyUnknown(request, [INPUT_FIELDS, UNPRICED_FIELDS, FREE_FIELDS, freeFields]) ??
    whyUnboundedTools(tools);
  if (why !== null) return refuseUnbounded(why);
  const content = contentOf(request['system'], messages);
  if (content.result === 'unbounded') return refuseUnbounded(content.why);
  const inputTokens =
    body.length +
    REQUEST_OVERHEAD +
    messages.length * MESSAGE_OVERHEAD +
    toolOverhead(tools) +
    namedAgain(tools, content.toolNames) +
    content.images * IMAGE_OVERHEAD +
    content.pieces * PIECE_OVERHEAD;
  return {
    result: 'bounded',
    model,
    isStream: stream === true,
    inputTokens,
    shape: inputShape(request, inputTokens, betas),
    // Interleaved, more may be thought than max_tokens says, and is not limited by it.
    outputTokens: thinking > longest ? longest + Math.min(thinking, MAX_OUTPUT_TOKENS) : longest,
    cacheLife: body.includes('"ttl":"1h"') ? '1h' : '5m',
    body,
    parsedBytes,
  };
}

function whyUnboundedTools(tools: unknown): string | null {
  if (tools === undefined || tools === null) return null;
  if (!Array.isArray(tools)) return 'tools: must be a list';
  for (const tool of tools) {
    const type = isRecord(tool) ? (tool['type'] ?? 'custom') : null;
    if (typeof type === 'string' && CLIENT_TOOLS.test(type)) continue;
    return runsAtProvider(type);
  }
  return null;
}

function contentOf(system: unknown, messages: readonly unknown[]): ContentBound {
  return boundAll(
    [system, ...messages.map((message) => (isRecord(message) ? message['content'] : message))],
    boundContent,
  );
}

/** A reference to a tool stands for all of it, each time that it is named. */
function namedAgain(tools: unknown, names: readonly unknown[]): number {
  if (names.length === 0 || !Array.isArray(tools)) return 0;
  const boundOf = new Map<unknown, number>();
  let most = 0;
  for (const tool of tools) {
    const name = isRecord(tool) ? tool['name'] : undefined;
    const bound = Math.max(
      boundOf.get(name) ?? 0,
      Buffer.byteLength(JSON.stringify(tool)) + KNOWN_TOOL_OVERHEAD,
    );
    boundOf.set(name, bound);
    most = Math.max(most, bound);
  }
  return names.reduce<number>((sum, name) => sum + (boundOf.get(name) ?? most), 0);
}

function toolOverhead(tools: unknown): number {
  if (!Array.isArray(tools)) return 0;
  return tools.reduce<number>((sum, tool) => {
    const type = isRecord(tool) ? (tool['type'] ?? 'custom') : 'custom';
    return sum + (type === 'custom' ? TOOL_OVERHEAD : KNOWN_TOOL_OVERHEAD);
  }, 0);
}

/** Null: none that could be reserved. */
function thinkingBudget(thinking: unknown): number | null {
  const budget = isRecord(thinking) ? (thinking['budget_tokens'] ?? 0) : 0;
  return typeof budget === 'number' && Number.isSafeInteger(budget) && budget >= 0 ? budget : null;
}
