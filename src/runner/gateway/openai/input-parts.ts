// The parts of a request to OpenAI that are tokenised by themselves: tools, instructions, and items of the input or messages. Reasoning is
// none of them, since the provider leaves it out of the input in some turns and not in others.
import type { JsonObject } from '../../../core/json-object.ts';
import { type InputPart, inputParts } from '../call/known-input.ts';

const REASONING = /"type":"reasoning"/;

/** None where the provider may shorten the input by itself: what it counted is not what was sent. */
export function partsOf(request: JsonObject): readonly InputPart[] {
  if (request['truncation'] !== undefined && request['truncation'] !== 'disabled') return [];
  return inputParts(request, ['tools', 'instructions', 'input', 'messages'], (part) => {
    const text = JSON.stringify(part);
    return REASONING.test(text) ? null : text;
  });
}
