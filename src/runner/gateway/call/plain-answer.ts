// Unpacks an answer that came compressed although it was asked not to: what it used could not be read otherwise, nor the key be found in it.
import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

export interface PlainAnswer {
  readonly bytes: Readable;
  /** Its bytes are not the ones that came. */
  readonly isUnpacked: boolean;
  /** Its bytes are to be read as they are. */
  readonly isPlain: boolean;
  /** Known when `bytes` has closed. */
  isWhole(): boolean;
}

export function plainAnswer(answer: IncomingMessage): PlainAnswer {
  const encoding = (answer.headers['content-encoding'] ?? 'identity').toLowerCase();
  const unpack = unpackerOf(encoding);
  if (unpack === null) {
    const isPlain = encoding === 'identity';
    return { bytes: answer, isUnpacked: false, isPlain, isWhole: () => answer.complete };
  }
  // How it ended is told by whether its end was reached.
  const bytes = pipeline(answer, unpack, () => undefined);
  return {
    bytes,
    isUnpacked: true,
    isPlain: true,
    isWhole: () => answer.complete && bytes.readableEnded,
  };
}

function unpackerOf(
  encoding: string,
): ReturnType<typeof createGunzip | typeof createBrotliDecompress> | null {
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip();
  if (encoding === 'deflate') return createInflate();
  return encoding === 'br' ? createBrotliDecompress() : null;
}
