// Takes what a program writes and keeps a bounded part of it, so that no program can fill our memory.
import type { Readable } from 'node:stream';

export interface CapturedOutput {
  readonly closed: Promise<void>;
  text(): string;
}

export interface HeadOutput extends CapturedOutput {
  /** Resolves only when the program wrote more than the limit; nothing more is read then. */
  readonly overflowed: Promise<void>;
  isTooLarge(): boolean;
}

/** Everything, up to `maxBytes`. */
export function captureHead(stream: Readable, maxBytes: number): HeadOutput {
  const chunks: Buffer[] = [];
  let totalBytes = 0;
  const overflowed = new Promise<void>((resolve) => {
    stream.on('data', (chunk: Buffer) => {
      totalBytes += chunk.length;
      if (totalBytes <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      stream.destroy();
      resolve();
    });
  });
  return {
    closed: closing(stream),
    overflowed,
    isTooLarge: () => totalBytes > maxBytes,
    text: () => Buffer.concat(chunks).toString('utf8'),
  };
}

/** The last `maxBytes`, however much came before. */
export function captureTail(stream: Readable, maxBytes: number): CapturedOutput {
  let tail = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk]);
    if (tail.length > maxBytes) tail = Buffer.from(tail.subarray(-maxBytes));
  });
  return { closed: closing(stream), text: () => tail.toString('utf8') };
}

function closing(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    stream.once('close', resolve);
  });
}
