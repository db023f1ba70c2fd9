// Signs the newest hash that the mirror holds, about once a second while it changes, so that heads can be copied to another place:
// `latest.json`, and the last one of each day under its date. A mirror that ends before such a head was cut.
import type { KeyObject } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type SignedHead, signHead } from '../../core/audit/head.ts';
import type { Store } from '../../store/open.ts';
import { type ChainTip, readPlace, readTip } from '../../store/read/events.ts';
import { readMeta } from '../../store/read/meta.ts';

const EVERY_MS = 1_000;

export function currentHead(store: Store, key: KeyObject): SignedHead {
  return headAt(store, key, readTip(store));
}

function headAt(store: Store, key: KeyObject, tip: ChainTip): SignedHead {
  return signHead(
    {
      v: 1,
      project_id: readMeta(store, 'project_id') ?? '',
      host_id: readMeta(store, 'host_id') ?? '',
      seq: tip.seq,
      hash: tip.hash,
      ts: new Date(tip.tsMs).toISOString(),
    },
    key,
  );
}

export interface HeadWriter {
  /** Writes the last head. */
  close(): Promise<void>;
}

export function writeHeads(options: {
  readonly store: Store;
  readonly key: KeyObject;
  readonly dir: string;
  /** The newest event that the mirror holds. */
  readonly mirrored: () => number;
  readonly onFault: (fault: unknown) => void;
}): HeadWriter {
  mkdirSync(options.dir, { recursive: true, mode: 0o700 });
  let writtenSeq = -1;
  let writing: Promise<void> = Promise.resolve();
  const write = async (): Promise<void> => {
    try {
      const seq = options.mirrored();
      const place = seq === writtenSeq ? null : readPlace(options.store, seq);
      if (place === null) return;
      const head = headAt(options.store, options.key, place);
      const text = `${JSON.stringify(head)}\n`;
      await replace(join(options.dir, 'latest.json'), text);
      await replace(join(options.dir, `${head.ts.slice(0, 10)}.json`), text);
      writtenSeq = head.seq;
    } catch (fault) {
      options.onFault(fault);
    }
  };
  const timer = setInterval(() => {
    writing = writing.then(write);
  }, EVERY_MS);
  timer.unref();
  return {
    async close() {
      clearInterval(timer);
      await writing;
      await write();
    },
  };
}

async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
