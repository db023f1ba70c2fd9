// The hash of the rules in force, where there are a state and rules at all.
import { existsSync } from 'node:fs';
import { readMeta } from '../../store/entry.ts';
import type { Project } from '../project.ts';
import { openForReading } from '../state.ts';

export function hashInForce(project: Project): string | null {
  if (!existsSync(project.state.store)) return null;
  const store = openForReading(project);
  try {
    return readMeta(store, 'rules_hash');
  } finally {
    store.close();
  }
}
