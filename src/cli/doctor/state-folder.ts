// The state folder: there, private, and on a disk whose syncs are fast enough to wait for.
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../config/entry.ts';
import type { Project } from '../project.ts';
import { closedState } from '../state.ts';
import { broken, type Finding, ok, worthKnowing } from './finding.ts';

const SYNCS = 30;
const SLOW_SYNC_MS = 20;

export function lookAtState(project: Project): readonly Finding[] {
  const { state } = project;
  const closed = closedState(project);
  if (closed !== null) return [broken('state', closed.message, closed.hint ?? null)];
  if (!existsSync(state.dir)) {
    return [
      worthKnowing(
        'state',
        `${state.dir} does not exist yet`,
        'it is made by `governed-agents accept` or `serve`',
      ),
    ];
  }
  const open = [state.dir, ...filesIn(state.keys), state.store].filter(
    (path) => existsSync(path) && isOpenToOthers(path),
  );
  if (open.length === 0) return [ok('state', `${state.dir}, for this user alone`)];
  const list = open.join(', ');
  return [
    broken(
      'state',
      `other users of this machine may read ${list}`,
      `chmod go= ${open.join(' ')}; replace keys that others may have read`,
    ),
  ];
}

export async function lookAtDisk({ state }: Project): Promise<Finding> {
  const dir = existsSync(state.dir) ? state.dir : temporaryFolder();
  const path = join(dir, `.doctor-${process.pid}`);
  try {
    const times = syncTimes(path);
    const [median = 0, worst = 0] = [times[Math.floor(times.length / 2)], times.at(-1)];
    const detail = `a sync of the disk takes ${median.toFixed(2)} ms, at worst ${worst.toFixed(1)} ms (${dir})`;
    return median < SLOW_SYNC_MS
      ? ok('disk', detail)
      : worthKnowing('disk', detail, 'every decision waits for one: a local disk is faster');
  } catch (error) {
    return broken(
      'disk',
      `can't write ${path}: ${error instanceof Error ? error.message : String(error)}`,
      'make room, or give this user the folder',
    );
  }
}

/** Ascending, in milliseconds. */
function syncTimes(path: string): readonly number[] {
  const file = openSync(path, 'w', 0o600);
  try {
    const bytes = Buffer.alloc(500, 0x2e);
    return Array.from({ length: SYNCS }, () => {
      const startedMs = performance.now();
      writeSync(file, bytes);
      fdatasyncSync(file);
      return performance.now() - startedMs;
    }).sort((a, b) => a - b);
  } finally {
    closeSync(file);
    rmSync(path, { force: true });
  }
}

function filesIn(dir: string): readonly string[] {
  return existsSync(dir) ? readdirSync(dir).map((name) => join(dir, name)) : [];
}

function isOpenToOthers(path: string): boolean {
  return (statSync(path).mode & 0o077) !== 0;
}
