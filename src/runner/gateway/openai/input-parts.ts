// The input of a request to OpenAI as its parts, which are tokenised by themselves: tools, instructions, and items of the input or messages.
// Reasoning is none of them, since the provider leaves it out of the input in some turns and not in others; nor is a tool that is left out
// until it is named, or what stands in a field that the route does not read, and so was not counted.
import { isRecord, type JsonObject } from '../../../core/json-object.ts';
import { type InputFields, readingOf } from '../call/input-reading.ts';
import { type InputShape, inputParts } from '../call/known-input.ts';
import type { OpenAiRoute } from './openai-route.ts';

const NOT_ALWAYS = /"type":"(?:reasoning|thinking|redacted_thinking)|"defer_loading":|<\/?think/;
/** What a part is made of that costs the same wherever it stands. Under other names providers keep what was thought, each its own. */
const ALWAYS = new Set([
  ...['type', 'id', 'status', 'phase', 'role', 'name', 'content', 'refusal', 'annotations', 'cache_control'],
  ...['tool_calls', 'tool_call_id', 'function_call', 'call_id', 'namespace', 'caller'],
  ...[
    'arguments',
    'input',
    'output',
    'action',
    'operation',
    'execution',
    'tools',
    'result',
    'revised_prompt',
  ],
  // Of tools.
  ...['function', 'description', 'parameters', 'output_schema', 'strict', 'format'],
]);
const PARTS: Readonly<Record<OpenAiRoute, readonly string[]>> = {
  responses: ['tools', 'instructions', 'input'],
  'chat/completions': ['tools', 'messages'],
};

/** Limits of the output, who asks and under what name, how the answer comes, and how it is drawn. */
const HARMLESS = new Set([
  'max_output_tokens',
  'max_completion_tokens',
  'max_tokens',
  'metadata',
  'client_metadata',
  'user',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'service_tier',
  'store',
  'stream',
  'stream_options',
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'seed',
  'stop',
  'logit_bias',
  'logprobs',
  'top_logprobs',
  'frequency_penalty',
  'presence_penalty',
  'repetition_penalty',
]);
const COMPARED = new Set([
  'model',
  'tool_choice',
  'parallel_tool_calls',
  'max_tool_calls',
  'functions',
  'function_call',
  'reasoning',
  'reasoning_effort',
  'thinking',
  'enable_thinking',
  'include',
  'text',
  'response_format',
  'verbosity',
  'modalities',
  'truncation',
  'prompt_cache_options',
  // These are refused where they say anything.
  'background',
  'conversation',
  'n',
  'previous_response_id',
  'prompt',
]);

export function inputFields(route: OpenAiRoute): InputFields {
  return { parts: PARTS[route], harmless: HARMLESS, compared: COMPARED };
}

export function inputShape(
  route: OpenAiRoute,
  request: JsonObject,
  byteBound: number,
  headers: unknown,
): InputShape {
  const fields = inputFields(route);
  return {
    byteBound,
    reading: () => (isShortened(request) ? null : readingOf(request, fields, [route, headers])),
    parts: () =>
      inputParts(request, fields.parts, (part) => {
        if (
          isRecord(part) &&
          !Object.entries(part).every(([name, value]) => value === null || ALWAYS.has(name))
        ) {
          return null;
        }
        const text = JSON.stringify(part);
        return NOT_ALWAYS.test(text) ? null : text;
      }),
  };
}

/** What stands before a compaction is in it, and need not be read. */
function isShortened({ truncation, input }: JsonObject): boolean {
  const items = Array.isArray(input) ? input : [];
  if (items.some((item) => isRecord(item) && item['type'] === 'compaction')) return true;
  return truncation !== undefined && truncation !== 'disabled';
}
