// The runtime and the database: the right Node, and a better-sqlite3 that loads and promises durability.
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../config/entry.ts';
import { broken, type Finding, ok } from './finding.ts';

const LEAST = [20, 19] as const;

export function lookAtNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const detail = `${process.versions.node} on ${process.platform} ${process.arch}`;
  const isEnough = major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1]);
  return isEnough
    ? ok('node', detail)
    : broken('node', detail, `install Node.js ${LEAST.join('.')} or newer`);
}

export async function lookAtStore(): Promise<Finding> {
  const dir = mkdtempSync(join(temporaryFolder(), 'governed-doctor-'));
  try {
    const { openStore } = await import('../../store/entry.ts');
    const store = openStore(join(dir, 'probe.db'), { mode: 'create', busyMs: 100 });
    const row = store.statement('SELECT sqlite_version() AS version').get() as { readonly version: string };
    store.close();
    return ok('store', `better-sqlite3 loads, SQLite ${row.version}, WAL with synchronous=FULL`);
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return broken(
      'store',
      `better-sqlite3 does not work: ${why}`,
      'build it for this Node with `npm rebuild better-sqlite3` (needs a C++ toolchain)',
    );
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
