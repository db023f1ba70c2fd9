// Whether the content of a request is bounded by its own bytes. What the provider would fetch, unpack or look up by an id is not,
// and neither is a kind of block that is not known here.
import { isRecord } from '../../../core/json-object.ts';

export type ContentBound =
  | { readonly result: 'bounded'; readonly images: number }
  | { readonly result: 'unbounded'; readonly why: string };

const MAX_DEPTH = 8;
/** Blocks that cost no more tokens than they have bytes. What `tool_use` carries is the client's own data. */
const PLAIN_BLOCKS = new Set(['text', 'tool_use', 'thinking', 'redacted_thinking', 'tool_reference']);

/** `content` is a string or a list of blocks, wherever the API takes one. */
export function boundContent(content: unknown, depth = 0): ContentBound {
  if (depth > MAX_DEPTH) return unbounded('blocks of content are nested too deeply');
  if (content === undefined || content === null || typeof content === 'string') return bounded(0);
  if (!Array.isArray(content)) return unbounded('content must be text or a list of blocks');
  let images = 0;
  for (const block of content) {
    const inner = boundBlock(block, depth + 1);
    if (inner.result === 'unbounded') return inner;
    images += inner.images;
  }
  return bounded(images);
}

function boundBlock(block: unknown, depth: number): ContentBound {
  if (typeof block === 'string') return bounded(0);
  if (!isRecord(block)) return unbounded('a block of content must be an object');
  const type = block['type'];
  if (typeof type === 'string' && PLAIN_BLOCKS.has(type)) return bounded(0);
  if (type === 'tool_result' || type === 'search_result') return boundContent(block['content'], depth);
  if (type === 'image' || type === 'document') return boundSource(type, block['source'], depth);
  return unbounded(`blocks of type ${JSON.stringify(type)} are not known here`);
}

function boundSource(block: 'image' | 'document', source: unknown, depth: number): ContentBound {
  const kind = isRecord(source) ? source['type'] : undefined;
  if (!isRecord(source) || typeof kind !== 'string') return unbounded(`a ${block} has no source`);
  if (block === 'document' && kind === 'text') return bounded(0);
  if (block === 'document' && kind === 'content') return boundContent(source['content'], depth);
  if (kind !== 'base64') {
    return unbounded(
      `a ${block} given by ${JSON.stringify(kind)} is fetched by the provider, whatever its size`,
    );
  }
  if (block === 'image') return bounded(1);
  return unbounded('a PDF is unpacked by the provider to any size; send its text, or its pages as images');
}

function bounded(images: number): ContentBound {
  return { result: 'bounded', images };
}

function unbounded(why: string): ContentBound {
  return { result: 'unbounded', why };
}
