// Whether the content and the tools of a request to OpenAI are bounded by its own bytes. What the provider would fetch, unpack or look up by an
// id is not, and neither is a tool that runs there.
import { fieldOf } from '../../../core/json-object.ts';
import { runsAtProvider } from '../call/unpriced-fields.ts';

export interface ContentBound {
  readonly images: number;
  /** Why it is not bounded; null: it is. */
  readonly why: string | null;
}

interface Found {
  images: number;
  why: string | null;
}

const MAX_DEPTH = 64;
/** Tools that the agent's own program carries out. Any other kind runs, and is billed, at the provider. */
const CLIENT_TOOLS = new Set(['function', 'custom', 'local_shell', 'apply_patch', 'namespace']);
/** Anything else that is packed into an address may be a document or a film. */
const PICTURE = /^data:image\/(?:png|jpe?g|webp|gif)[;,]/i;
/** Keys under which content is named that the provider fetches or holds, whatever its size. */
const FETCHED = new Set([
  'attachments',
  'audio',
  'documents',
  'file_id',
  'file_ids',
  'file_url',
  'file_data',
  'input_audio',
  'audio_url',
  'video_url',
  'document_url',
  'vector_store_ids',
]);

/** A schema, or what only the agent's own program reads: it may name anything, and is text to the provider. */
const IS_DATA = new Set([
  'parameters',
  'schema',
  'output_schema',
  'client_metadata',
  'metadata',
  'env',
  'arguments',
  'guided_json',
  'json_schema',
]);

/** `why`: what is known against it already. */
export function boundContent(request: Record<string, unknown>, why: string | null): ContentBound {
  const found: Found = { images: 0, why };
  look(request, 0, found);
  return found;
}

/** Looks through the whole request, since tools and content may stand in any part of it. */
function look(value: unknown, depth: number, found: Found): void {
  if (found.why !== null || typeof value !== 'object' || value === null) return;
  if (depth > MAX_DEPTH) {
    found.why = 'the body is nested too deeply';
    return;
  }
  if (Array.isArray(value)) {
    for (const item of value) look(item, depth + 1, found);
    return;
  }
  if ('type' in value && value.type === 'image_generation_call') noteGenerated(value, found);
  if ('type' in value && (value.type === 'image_url' || value.type === 'input_image') && !hasImage(value)) {
    found.why ??= `${value.type}: has no image_url, where a picture is known to stand`;
  }
  for (const [key, inner] of Object.entries(value)) {
    if (inner === null || inner === undefined) continue;
    if (IS_DATA.has(key)) continue;
    if (FETCHED.has(key)) found.why ??= `${key}: names content whose size the request does not bound`;
    else if (key === 'type' && inner === 'item_reference')
      found.why ??=
        'item_reference: names content that the provider holds (send the items themselves, as clients do with store = false)';
    else if (key === 'image_url') noteImage(inner, found);
    else if (key === 'tools') noteTools(inner, found);
    look(inner, depth + 1, found);
  }
}

function hasImage(part: object): boolean {
  const image: unknown = 'image_url' in part ? part.image_url : undefined;
  return (image !== undefined && image !== null) || 'file_id' in part;
}

function noteImage(image: unknown, found: Found): void {
  const url: unknown = typeof image === 'object' && image !== null && 'url' in image ? image.url : image;
  found.images += 1;
  if (typeof url !== 'string' || !PICTURE.test(url)) {
    found.why ??=
      'image_url: is fetched or unpacked by the provider, whatever its size (send the picture itself)';
  }
}

/** A picture that was made in an earlier turn, and is shown again. */
function noteGenerated(item: object, found: Found): void {
  found.images += 1;
  if (!('result' in item) || typeof item.result !== 'string') {
    found.why ??=
      'image_generation_call: names a picture that the provider holds (send it along as its result)';
  }
}

function noteTools(tools: unknown, found: Found): void {
  if (!Array.isArray(tools)) return;
  for (const tool of tools) {
    const type: unknown = typeof tool === 'object' && tool !== null && 'type' in tool ? tool.type : undefined;
    if (typeof type === 'string' && CLIENT_TOOLS.has(type)) continue;
    if (type === 'tool_search' && fieldOf(tool, 'execution') === 'client') continue;
    found.why ??= runsAtProvider(type);
  }
}
