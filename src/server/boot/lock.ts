// One server a state: a file that only one process can make, naming its process so that a dead one's is taken over. Of several that
// find it stale at once, one gets it.
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readServerFile, type StateLayout } from '../../config/entry.ts';
import { OperationError } from '../../core/fault.ts';
import { faultCode } from '../../core/fault-code.ts';
import { identify, isAlive, type ProcessId, parseProcessId } from '../../process/entry.ts';

export interface Lock {
  release(): void;
}

const TRIES = 5;

export function takeLock(layout: StateLayout): Lock {
  const path = layout.serverLock;
  const own = identify(process.pid);
  if (own === undefined) throw new Error('this process could not be found among those that live');
  const temporary = `${path}.${process.pid}.${process.hrtime.bigint()}`;
  const content = JSON.stringify(own);
  writeFileSync(temporary, content, { mode: 0o600, flag: 'wx' });
  try {
    for (let tries = 0; tries < TRIES; tries += 1) {
      if (linked(temporary, path)) return { release: () => release(path, content) };
      const found = readOrNull(path);
      if (found === null) continue;
      const holder = parseProcessId(found);
      if (holder !== null && isAlive(holder)) throw heldBy(layout, holder);
      putAside(path, found);
    }
    throw heldBy(layout, null);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (faultCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Takes the stale file away; should another have put a live one in its place meanwhile, that one is put back. */
function putAside(path: string, stale: string): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (faultCode(error) === 'ENOENT') return;
    throw error;
  }
  if (readOrNull(aside) !== stale) linked(aside, path);
  rmSync(aside, { force: true });
}

function release(path: string, content: string): void {
  if (readOrNull(path) === content) rmSync(path, { force: true });
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (faultCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function heldBy(layout: StateLayout, holder: ProcessId | null): OperationError {
  const where = readServerFile(layout);
  const at = where === null || where.pid !== holder?.pid ? '' : ` on port ${where.port}`;
  return new OperationError({
    op: 'start the server',
    code: 'already_serving',
    message: `another server serves this project already${holder === null ? '' : ` (process ${holder.pid}${at})`}`,
    hint: 'use that one, or stop it with `governed-agents down` (Ctrl-C where it runs in a terminal)',
  });
}
