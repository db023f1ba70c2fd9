// Puts the governing files of a project in force directly in its state, which is made when it is missing: for a new project, and
// for one whose server is down.
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createKeys, prepareStopMark } from '../../config/entry.ts';
import type { Bundle } from '../../config/rules-entry.ts';
import { OperationError } from '../../core/fault.ts';
import { acceptRules, createState } from '../../governor/entry.ts';
import type { Project } from '../project.ts';
import { type OpenState, openForWriting } from '../state.ts';

/** Makes what is missing of a project's state: folder, store, keys. Opens the store; the caller closes it. */
export function makeState(project: Project): OpenState {
  const { dir, keys, runs, heads } = project.state;
  try {
    for (const folder of [dir, keys, runs, heads]) mkdirSync(folder, { recursive: true, mode: 0o700 });
    prepareStopMark(dir);
  } catch (cause) {
    throw new OperationError({
      op: 'make the state',
      code: 'state_unwritable',
      message: `the state folder ${dir} can't be made`,
      hint: 'give this user access to it, or set GOVERNED_STATE_HOME to a folder it may write',
      cause,
    });
  }
  const open = openForWriting(project, 'create');
  try {
    open.governor.commitNow((tx) => createState(tx, project.id));
    createKeys(keys, randomBytes);
    return open;
  } catch (error) {
    open.store.close();
    throw error;
  }
}

/** False when exactly these files are in force already. The caller has parsed them without a problem. */
export function putInForce({ governor }: OpenState, bundle: Bundle): boolean {
  return governor.commitNow((tx) =>
    acceptRules(tx, {
      hash: bundle.hash,
      files: [...bundle.files].map(([path, file]) => ({
        path,
        executable: file.mode === 0 ? 0 : 1,
        content: file.bytes,
      })),
      actor: { kind: 'operator', id: null },
    }),
  );
}
