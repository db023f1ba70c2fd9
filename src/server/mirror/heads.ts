// Signs the newest hash about once a second while it changes, so that heads can be copied to another place: `latest.json`, and the
// last one of each day under its date.
import type { KeyObject } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type SignedHead, signHead } from '../../core/audit/head.ts';
import type { Store } from '../../store/open.ts';
import { readTip } from '../../store/read/events.ts';
import { readMeta } from '../../store/read/meta.ts';

const EVERY_MS = 1_000;

export function currentHead(store: Store, key: KeyObject): SignedHead {
  const tip = readTip(store);
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
  readonly onFault: (fault: unknown) => void;
}): HeadWriter {
  mkdirSync(options.dir, { recursive: true, mode: 0o700 });
  let writtenSeq = -1;
  let writing: Promise<void> = Promise.resolve();
  const write = async (): Promise<void> => {
    try {
      const { seq } = readTip(options.store);
      if (seq === writtenSeq || seq === 0) return;
      const head = currentHead(options.store, options.key);
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
