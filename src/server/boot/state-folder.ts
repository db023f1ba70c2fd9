// Makes the state folder, for this user alone, and makes sure that it can be written before anything is promised.
import { chmodSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepareStopMark, type StateLayout } from '../../config/entry.ts';
import { OperationError } from '../../core/fault.ts';

export function prepareStateFolder(layout: StateLayout): void {
  try {
    mkdirSync(layout.dir, { recursive: true, mode: 0o700 });
    const { mode, uid } = statSync(layout.dir);
    const user = process.getuid?.() ?? uid;
    if (uid !== user)
      throw unusable(layout.dir, `it belongs to user ${uid}, not to this one (${user})`, null);
    if ((mode & 0o077) !== 0) chmodSync(layout.dir, 0o700);
    for (const dir of [layout.runs, layout.heads, layout.accepted])
      mkdirSync(dir, { recursive: true, mode: 0o700 });
    const probe = join(layout.dir, `.probe.${process.pid}`);
    writeFileSync(probe, 'probe', { mode: 0o600 });
    rmSync(probe);
    prepareStopMark(layout.dir);
  } catch (cause) {
    if (cause instanceof OperationError) throw cause;
    throw unusable(layout.dir, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function unusable(dir: string, why: string, cause: unknown): OperationError {
  return new OperationError({
    op: 'prepare the state folder',
    code: 'state_unusable',
    message: `the state folder ${dir} can't be used: ${why}`,
    hint: 'give this user the folder and some space, or set GOVERNED_STATE_HOME to an absolute path of a local disk',
    cause,
  });
}
