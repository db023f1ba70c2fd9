// Takes the whole body of a request, up to a limit. All bodies that a gateway has at one time share a limit too: an agent that sends many at
// once must not use up the memory that its supervision needs.
import type { IncomingMessage, ServerResponse } from 'node:http';

export type Body =
  | { readonly result: 'read'; readonly bytes: Buffer }
  | { readonly result: 'too_large' }
  /** It would do by itself, but not beside the others. */
  | { readonly result: 'no_room' }
  | { readonly result: 'gone' };

const MAX_DISCARDED_BYTES = 16 * 1024 * 1024;
const MOST_HELD_BYTES = 192 * 1024 * 1024;
/** Of this process, which has one gateway. */
let heldBytes = 0;

/** A body counts as held until it is answered. */
export function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  maxBytes: number,
  mostHeldBytes = MOST_HELD_BYTES,
): Promise<Body> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
    discard(request);
    return Promise.resolve({ result: 'too_large' });
  }
  let totalBytes = 0;
  response.once('close', () => {
    heldBytes -= totalBytes;
    totalBytes = 0;
  });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const giveUp = (result: 'too_large' | 'no_room'): void => {
      chunks.length = 0;
      request.removeAllListeners('data');
      discard(request);
      resolve({ result });
    };
    request.on('data', (chunk: Buffer) => {
      if (response.closed) return;
      totalBytes += chunk.length;
      heldBytes += chunk.length;
      if (totalBytes > maxBytes) giveUp('too_large');
      else if (heldBytes > mostHeldBytes) giveUp('no_room');
      else chunks.push(chunk);
    });
    request.once('end', () => resolve({ result: 'read', bytes: joined(chunks) }));
    request.once('error', () => resolve({ result: 'gone' }));
    request.once('close', () => resolve({ result: 'gone' }));
  });
}

function joined(chunks: readonly Buffer[]): Buffer {
  const [only] = chunks;
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks);
}

/** A client that is cut off while it sends never sees the answer; one that sends without end is cut off. */
function discard(request: IncomingMessage): void {
  let left = MAX_DISCARDED_BYTES;
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.destroy();
  });
}
