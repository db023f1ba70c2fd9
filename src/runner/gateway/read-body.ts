// Takes the whole body of a request, up to a limit of its own and one that it shares with all others that are open.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GatheredBytes } from './gathered-bytes.ts';
import { heldUntilAnswered } from './held-bytes.ts';

export type Body =
  | { readonly result: 'read'; readonly bytes: Buffer }
  | { readonly result: 'too_large' }
  /** It would do by itself, but not beside the others. */
  | { readonly result: 'no_room' }
  | { readonly result: 'gone' };

const MAX_DISCARDED_BYTES = 16 * 1024 * 1024;

/** A body counts as held until it is answered. */
export function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  maxBytes: number,
  mostHeldBytes?: number,
): Promise<Body> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
    discard(request);
    return Promise.resolve({ result: 'too_large' });
  }
  const held = heldUntilAnswered(response, mostHeldBytes);
  return new Promise((resolve) => {
    const body = new GatheredBytes();
    const giveUp = (result: 'too_large' | 'no_room'): void => {
      body.clear();
      request.removeAllListeners('data');
      discard(request);
      resolve({ result });
    };
    request.on('data', (chunk: Buffer) => {
      if (response.closed) return;
      if (body.length + chunk.length > maxBytes) giveUp('too_large');
      else if (!held.add(chunk.length)) giveUp('no_room');
      else body.add(chunk);
    });
    request.once('end', () => resolve({ result: 'read', bytes: body.bytes() }));
    request.once('error', () => resolve({ result: 'gone' }));
    request.once('close', () => resolve({ result: 'gone' }));
  });
}

/** A client that is cut off while it sends never sees the answer; one that sends without end is cut off. */
function discard(request: IncomingMessage): void {
  let left = MAX_DISCARDED_BYTES;
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.destroy();
  });
}
