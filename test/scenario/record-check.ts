// Holds the store's chain and the mirror against each other, with the same code as `audit verify`, and answers how long they are.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { formatLine, splitLine } from '../../src/core/audit/line.ts';
import { ChainWalk } from '../../src/core/audit/verify.ts';
import { openStore, type Store } from '../../src/store/open.ts';
import { lineParts, readEventsAfter } from '../../src/store/read/events.ts';

export function withStore<T>(stateDir: string, look: (store: Store) => T): T {
  const store = openStore(join(stateDir, 'governed.db'), { mode: 'read', busyMs: 5_000 });
  try {
    return look(store);
  } finally {
    store.close();
  }
}

/** The lines of the table, verified. */
export function verifiedLines(stateDir: string): string[] {
  return withStore(stateDir, (store) => {
    const walk = new ChainWalk();
    const lines: string[] = [];
    for (
      let rows = readEventsAfter(store, 0, 10_000);
      rows.length > 0;
      rows = readEventsAfter(store, walk.seq, 10_000)
    ) {
      for (const row of rows) {
        const line = formatLine(lineParts(row));
        expect(walk.check(splitLine(line))).toBeNull();
        lines.push(line);
      }
    }
    return lines;
  });
}

export function mirrorLines(stateDir: string): string[] {
  return readFileSync(join(stateDir, 'audit.jsonl'), 'utf8').split('\n').slice(0, -1);
}
