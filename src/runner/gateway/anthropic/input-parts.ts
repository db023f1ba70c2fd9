// The input of a Messages request as its parts, which are tokenised by themselves: tools, blocks of the system prompt and messages. Thought is
// none of them, since the provider leaves it out of the input in some turns and not in others; nor is a tool that is left out until it is named.
import { isRecord, type JsonObject } from '../../../core/json-object.ts';
import { type InputFields, readingOf } from '../call/input-reading.ts';
import { type InputShape, inputParts } from '../call/known-input.ts';
import { NO_INPUT } from './no-input.ts';

/** Where a cache entry ends costs nothing, and clients move it along. Of exactly these forms, so that nothing else hides in one. */
const CACHE_MARK = /,"cache_control":\{"type":"ephemeral"(?:,"ttl":"(?:5m|1h)")?\}/g;
/** Thought; and what is left out of the input until, or from when on, something else is in it. */
const NOT_ALWAYS = /"type":"(?:redacted_)?thinking"|"defer_loading":|"clear_at":/;
export const INPUT_FIELDS: InputFields = {
  parts: ['tools', 'system', 'messages'],
  harmless: NO_INPUT,
  compared: new Set([
    'model',
    'tool_choice',
    'thinking',
    'context_management',
    'output_config',
    'output_format',
    'cache_control',
    'inference_geo',
    'speed',
  ]),
};

export function inputShape(request: JsonObject, byteBound: number, betas: string | undefined): InputShape {
  return {
    byteBound,
    reading: () =>
      isShortened(request['context_management']) ? null : readingOf(request, INPUT_FIELDS, betas),
    parts: () =>
      inputParts(request, INPUT_FIELDS.parts, (part) => {
        const text = JSON.stringify(part).replace(CACHE_MARK, '');
        return NOT_ALWAYS.test(text) ? null : text;
      }),
  };
}

/** Clearing thought shortens only what is no part here. */
function isShortened(management: unknown): boolean {
  if (management === undefined || management === null) return false;
  const edits = isRecord(management) ? management['edits'] : null;
  const isThought = (edit: unknown): boolean =>
    isRecord(edit) && typeof edit['type'] === 'string' && edit['type'].startsWith('clear_thinking');
  return !Array.isArray(edits) || !edits.every(isThought);
}
