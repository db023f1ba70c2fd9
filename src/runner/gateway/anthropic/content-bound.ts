// Whether the content of a request is bounded by its own bytes. What the provider would fetch, unpack or look up by an id is not,
// and neither is a kind of block that is not known here.
import { fieldOf, isRecord } from '../../../core/json-object.ts';

export type ContentBound =
  | {
      readonly result: 'bounded';
      readonly images: number;
      /** Pieces that a document is cut into, each with a mark of its own, so that they can be cited. */
      readonly pieces: number;
      /** Of tools that are referred to, and stand here in full to the model. */
      readonly toolNames: readonly unknown[];
    }
  | { readonly result: 'unbounded'; readonly why: string };

const MAX_DEPTH = 8;
/** Blocks that cost no more tokens than they have bytes. What `tool_use` carries is the client's own data. */
const PLAIN_BLOCKS = new Set(['text', 'tool_use', 'thinking', 'redacted_thinking', 'tool_removal']);
const PICTURES: ReadonlySet<unknown> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
const PLAIN: Extract<ContentBound, { result: 'bounded' }> = {
  result: 'bounded',
  images: 0,
  pieces: 0,
  toolNames: [],
};

/** `content` is a string or a list of blocks, wherever the API takes one. */
export function boundContent(content: unknown, depth = 0): ContentBound {
  if (depth > MAX_DEPTH) return unbounded('blocks of content are nested too deeply');
  if (content === undefined || content === null || typeof content === 'string') return PLAIN;
  if (!Array.isArray(content)) return unbounded('content must be text or a list of blocks');
  return boundAll(content, (block) => boundBlock(block, depth + 1));
}

/** All of them together. */
export function boundAll(parts: readonly unknown[], boundOf: (part: unknown) => ContentBound): ContentBound {
  let images = 0;
  let pieces = 0;
  const toolNames: unknown[] = [];
  for (const part of parts) {
    const bound = boundOf(part);
    if (bound.result === 'unbounded') return bound;
    images += bound.images;
    pieces += bound.pieces;
    for (const name of bound.toolNames) toolNames.push(name);
  }
  return { result: 'bounded', images, pieces, toolNames };
}

function boundBlock(block: unknown, depth: number): ContentBound {
  if (typeof block === 'string') return PLAIN;
  if (!isRecord(block)) return unbounded('a block of content must be an object');
  const type = block['type'];
  if (typeof type === 'string' && PLAIN_BLOCKS.has(type)) return PLAIN;
  // Said anew where it stands: as dear as the dearest of those that are sent.
  if (type === 'tool_addition' && fieldOf(block['tool'], 'type') === 'tool_reference') {
    return { ...PLAIN, toolNames: [fieldOf(block['tool'], 'name')] };
  }
  if (type === 'tool_reference') return { ...PLAIN, toolNames: [block['tool_name']] };
  if (type === 'tool_result' || type === 'search_result') return boundContent(block['content'], depth);
  if (type === 'image' || type === 'document') {
    return boundSource(type, block['source'], depth, fieldOf(block['citations'], 'enabled') === true);
  }
  return unbounded(`blocks of type ${JSON.stringify(type)} are not known here`);
}

function boundSource(
  block: 'image' | 'document',
  source: unknown,
  depth: number,
  isCited: boolean,
): ContentBound {
  const kind = isRecord(source) ? source['type'] : undefined;
  if (!isRecord(source) || typeof kind !== 'string') return unbounded(`a ${block} has no source`);
  if (block === 'document' && kind === 'text') {
    return isCited ? { ...PLAIN, pieces: sentences(source['data']) } : PLAIN;
  }
  if (block === 'document' && kind === 'content') return boundContent(source['content'], depth);
  if (kind !== 'base64') {
    return unbounded(
      `a ${block} given by ${JSON.stringify(kind)} is fetched by the provider, whatever its size`,
    );
  }
  if (block === 'image' && PICTURES.has(source['media_type'])) return { ...PLAIN, images: 1 };
  if (block === 'image') return unbounded('an image must be a PNG, JPEG, GIF or WebP');
  return unbounded('a PDF is unpacked by the provider to any size; send its text, or its pages as images');
}

/** At most: wherever one may end. */
function sentences(text: unknown): number {
  return typeof text === 'string' ? (text.match(/[^\p{L}\p{N} \t]+/gu)?.length ?? 0) + 1 : 0;
}

function unbounded(why: string): ContentBound {
  return { result: 'unbounded', why };
}
