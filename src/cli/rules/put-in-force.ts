// Puts the governing files of a project in force directly in its state, which is made when it is missing: for a new project, and
// for one whose server is down.
import { randomBytes } from 'node:crypto';
import { createKeys, makeStateFolder, prepareStopMark } from '../../config/entry.ts';
import type { Bundle } from '../../config/rules-entry.ts';
import { acceptRules, createState } from '../../governor/entry.ts';
import type { Project } from '../project.ts';
import { type OpenState, openForWriting } from '../state.ts';

/** Makes what is missing of a project's state: folder, store, keys. Opens the store; the caller closes it. */
export function makeState(project: Project): OpenState {
  const { dir, keys, runs, heads } = project.state;
  for (const folder of [dir, keys, runs, heads]) makeStateFolder(folder);
  prepareStopMark(dir);
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
