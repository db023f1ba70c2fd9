// Puts governing files in force through the server where one runs, so that it takes them up at once and in its own order; else in the state.
import type { Bundle } from '../../config/rules-entry.ts';
import { bodyOf, clientOf } from '../client.ts';
import type { Project } from '../project.ts';

/** The server refuses when the files changed since they were read. One that lives and gives no answer is not gone round. */
export async function putInForceAnywhere(project: Project, bundle: Bundle): Promise<void> {
  const client = clientOf(project);
  if (client.port !== null) {
    bodyOf(await client.post('/admin/accept', { rules_hash: bundle.hash }));
    return;
  }
  const { makeState, putInForce } = await import('./put-in-force.ts');
  const open = makeState(project);
  try {
    putInForce(open, bundle);
  } finally {
    open.store.close();
  }
}
