// Takes the whole body of a request, up to a limit.
import type { IncomingMessage } from 'node:http';

export type Body =
  | { readonly result: 'read'; readonly bytes: Buffer }
  | { readonly result: 'too_large' }
  | { readonly result: 'gone' };

const MAX_DISCARDED_BYTES = 16 * 1024 * 1024;

export function readBody(request: IncomingMessage, maxBytes: number): Promise<Body> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
    discard(request);
    return Promise.resolve({ result: 'too_large' });
  }
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let totalBytes = 0;
    request.on('data', (chunk: Buffer) => {
      totalBytes += chunk.length;
      if (totalBytes <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      request.removeAllListeners('data');
      discard(request);
      resolve({ result: 'too_large' });
    });
    request.once('end', () => resolve({ result: 'read', bytes: Buffer.concat(chunks) }));
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
