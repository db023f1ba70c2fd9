// Whether all that the input of a request to OpenAI is made of is known, and stands there itself. What is named by an id alone, or is of a kind that
// nobody here knows, may stand for as much as the provider holds.
import { isRecord, type JsonObject } from '../../../core/json-object.ts';

/** By type, what an item must carry to be bounded by its bytes. */
const CARRIES: Readonly<Record<string, (item: JsonObject) => boolean>> = {
  message: hasContent,
  agent_message: hasContent,
  function_call: ({ arguments: given }) => typeof given === 'string',
  function_call_output: hasOutput,
  custom_tool_call: ({ input }) => typeof input === 'string',
  custom_tool_call_output: hasOutput,
  local_shell_call: ({ action }) => isRecord(action),
  local_shell_call_output: hasOutput,
  apply_patch_call: ({ operation }) => isRecord(operation),
  apply_patch_call_output: (item) => !isHeld(item),
  additional_tools: ({ tools }) => Array.isArray(tools),
  tool_search_call: (item) => isOfClient(item) && item['arguments'] !== undefined,
  tool_search_output: (item) => isOfClient(item) && Array.isArray(item['tools']),
  image_generation_call: () => true,
  compaction: isPacked,
  // Thought of an earlier turn: without any of it, it is looked up by its id.
  reasoning: (item) => isPacked(item) || typeof item['id'] !== 'string',
};

/** Kinds of content that are bounded by their bytes; of pictures, elsewhere. */
const PARTS = new Set([
  'text',
  'input_text',
  'output_text',
  'summary_text',
  'reasoning_text',
  'thinking',
  'refusal',
  'encrypted_content',
  'image_url',
  'input_image',
]);

/** The fields of a part that hold what it says. */
const SAYS = ['text', 'refusal', 'encrypted_content', 'image_url'];

/** Null: all of it is known. */
export function whyUnknownInput({ input, messages }: JsonObject): string | null {
  if (isRecord(input) || isRecord(messages)) return 'input: must be text or a list';
  const items = Array.isArray(input) ? input : [];
  const said = Array.isArray(messages) ? messages : [];
  return (
    firstOf(items, whyUnknownItem) ??
    firstOf([...items, ...said], (item) => (isRecord(item) ? whyUnknownContent(item) : null))
  );
}

function whyUnknownItem(item: unknown): string | null {
  if (!isRecord(item)) return 'input: each item must be an object';
  const type = item['type'] ?? 'message';
  const carries = typeof type === 'string' && Object.hasOwn(CARRIES, type) ? CARRIES[type] : undefined;
  if (carries === undefined) return `input: items of type ${JSON.stringify(type)} are not known here`;
  return carries(item)
    ? null
    : `input: an item of type ${JSON.stringify(type)} names what the provider holds (send all of it along)`;
}

function whyUnknownContent({ content, output }: JsonObject): string | null {
  const parts = [content, output].flatMap((one) => (Array.isArray(one) ? one : []));
  return firstOf(parts, (part) => {
    if (typeof part === 'string') return null;
    const type: unknown = isRecord(part) ? part['type'] : undefined;
    return typeof type === 'string' && PARTS.has(type)
      ? null
      : `content of type ${JSON.stringify(type)} is not known here`;
  });
}

function hasContent({ content, id }: JsonObject): boolean {
  // Empty, and under a name: what the provider holds under it.
  if (isEmpty(content) && typeof id === 'string') return false;
  return typeof content === 'string' || (Array.isArray(content) && content.length > 0);
}

function hasOutput(item: JsonObject): boolean {
  const { output } = item;
  return output !== undefined && output !== null && !isHeld(item);
}

/** A tool may well have printed nothing: that names the call it answers, and no more than that is looked up. */
function isHeld({ output, id, call_id: answers }: JsonObject): boolean {
  return isEmpty(output ?? '') && typeof id === 'string' && (typeof answers !== 'string' || answers === '');
}

/** Nothing, or nothing but parts that say nothing. */
function isEmpty(content: unknown): boolean {
  return Array.isArray(content) ? content.every(isEmptyPart) : content === '';
}

function isEmptyPart(part: unknown): boolean {
  return isRecord(part) ? SAYS.every((name) => (part[name] ?? '') === '') : part === '';
}

function isPacked({ encrypted_content: packed }: JsonObject): boolean {
  return typeof packed === 'string' && packed !== '';
}

function isOfClient({ execution }: JsonObject): boolean {
  return execution === 'client';
}

function firstOf<T>(all: readonly T[], why: (one: T) => string | null): string | null {
  for (const one of all) {
    const found = why(one);
    if (found !== null) return found;
  }
  return null;
}
