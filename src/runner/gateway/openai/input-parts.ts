// The parts of a request to OpenAI that are tokenised by themselves: tools, instructions, and items of the input or messages. Reasoning is
// none of them, since the provider leaves it out of the input in some turns and not in others.
import type { InputPart } from '../call/known-input.ts';

const REASONING = /"type":"reasoning"/;

/** None where the provider may shorten the input by itself: what it counted is not what was sent. */
export function partsOf(request: Record<string, unknown>): readonly InputPart[] {
  if (request['truncation'] !== undefined && request['truncation'] !== 'disabled') return [];
  const fields = ['tools', 'instructions', 'input', 'messages'];
  return fields
    .flatMap((field) => listOf(request[field]))
    .flatMap((part) => {
      const text = JSON.stringify(part);
      return REASONING.test(text) ? [] : [{ text, bound: Buffer.byteLength(text) }];
    });
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
