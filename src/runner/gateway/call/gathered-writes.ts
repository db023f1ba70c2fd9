// Writes an answer as it comes, and while the client takes nothing, its small pieces as larger ones. Kept one by one, an answer that comes a
// byte at a time would take a hundred times its length.
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
  const flush = (): void => {
    if (gathered.length > 0 && !response.destroyed) response.write(gathered.bytes());
    gathered.clear();
  };
  return {
    write(bytes) {
      if (bytes.length === 0 || response.destroyed) return;
      if (gathered.length === 0 && !response.writableNeedDrain) {
        response.write(bytes);
        return;
      }
      gathered.add(bytes);
      if (gathered.length >= WORTH_WRITING_BYTES) flush();
    },
    flush,
    waitingBytes: () => gathered.length + response.writableLength,
  };
}
