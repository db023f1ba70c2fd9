// The parts of a request to OpenAI that are tokenised by themselves: tools, instructions, and items of the input or messages. Reasoning is
// none of them, since the provider leaves it out of the input in some turns and not in others; nor is what stands in a field that the
// route does not read, and so was not counted.
import type { JsonObject } from '../../../core/json-object.ts';
import { type InputPart, inputParts } from '../call/known-input.ts';
import type { OpenAiRoute } from './openai-route.ts';

const REASONING = /"type":"reasoning|"reasoning(?:_content|_details)?":/;
const READ_FIELDS: Readonly<Record<OpenAiRoute, readonly string[]>> = {
  responses: ['tools', 'instructions', 'input'],
  'chat/completions': ['tools', 'messages'],
};

/** None where the provider may shorten the input by itself: what it counted is not what was sent. */
export function partsOf(route: OpenAiRoute, request: JsonObject): readonly InputPart[] {
  if (request['truncation'] !== undefined && request['truncation'] !== 'disabled') return [];
  return inputParts(request, READ_FIELDS[route], (part) => {
    const text = JSON.stringify(part);
    return REASONING.test(text) ? null : text;
  });
}
