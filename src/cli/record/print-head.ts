// audit head: signs the newest hash, as JSON to be kept in another place.
import { readSigningKey } from '../../config/entry.ts';
import { signHead } from '../../core/audit/head.ts';
import { toRfc3339 } from '../../core/time.ts';
import { readMeta, readTip } from '../../store/entry.ts';
import type { Project } from '../project.ts';
import { openForReading } from '../state.ts';

export function printHead(project: Project): void {
  const store = openForReading(project);
  try {
    const tip = readTip(store);
    const head = signHead(
      {
        v: 1,
        project_id: project.id,
        host_id: readMeta(store, 'host_id') ?? '',
        seq: tip.seq,
        hash: tip.hash,
        ts: toRfc3339(tip.tsMs),
      },
      readSigningKey(project.state.keys),
    );
    process.stdout.write(`${JSON.stringify(head)}\n`);
  } finally {
    store.close();
  }
}
