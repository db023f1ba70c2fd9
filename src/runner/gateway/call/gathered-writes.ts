// Writes an answer in pieces that are worth writing: what comes in one turn goes out at once, and while a client takes nothing, small pieces
// become one. Kept one by one, an answer that comes a byte at a time would take a hundred times its length.
import type { ServerResponse } from 'node:http';
import { GatheredBytes } from '../gathered-bytes.ts';

export interface GatheredWrites {
  write(bytes: Buffer): void;
  /** What still waits goes out now, or never. */
  flush(): void;
  waitingBytes(): number;
}

const WORTH_WRITING_BYTES = 16 * 1024;

export function gatheredWrites(response: ServerResponse): GatheredWrites {
  const gathered = new GatheredBytes();
  let isDue = false;
  const flush = (): void => {
    if (gathered.length > 0 && !response.destroyed) response.write(gathered.bytes());
    gathered.clear();
  };
  const endOfTurn = (): void => {
    isDue = false;
    if (!response.writableNeedDrain || gathered.length >= WORTH_WRITING_BYTES) flush();
  };
  return {
    write(bytes) {
      if (bytes.length === 0 || response.destroyed) return;
      gathered.add(bytes);
      if (isDue) return;
      isDue = true;
      process.nextTick(endOfTurn);
    },
    flush,
    waitingBytes: () => gathered.length + response.writableLength,
  };
}
