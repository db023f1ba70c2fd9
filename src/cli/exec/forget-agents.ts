// Takes the agents of calls that were made long ago out of the rules again: each other combination of program, folder and limits is an agent,
// and each `exec` reads, keeps and puts in force all there are. What they spent and were told stays with their names in the record.
import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { readLiveRuns } from '../../store/entry.ts';
import type { Project } from '../project.ts';
import { openForReading } from '../state.ts';

const MOST_KEPT = 100;
/** Looked for only when it is worth it. */
const SLACK = 20;

/** Those that were used last stay, and those that have a live run: a run whose agent is not in the rules may do nothing. */
export function forgetOldAgents(project: Project, own: string): void {
  const agents = join(project.dir, 'agents');
  const now = new Date();
  utimesSync(join(agents, own, 'agent.toml'), now, now);
  const ids = readdirSync(agents);
  if (ids.length <= MOST_KEPT + SLACK) return;
  const kept = new Set([own, ...liveAgents(project)]);
  const lastUsed = (id: string): number =>
    statSync(join(agents, id, 'agent.toml'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const oldest = ids
    .filter((id) => !kept.has(id))
    .map((id) => ({ id, ms: lastUsed(id) }))
    .sort((a, b) => a.ms - b.ms);
  for (const { id } of oldest.slice(0, ids.length - MOST_KEPT)) {
    rmSync(join(agents, id), { recursive: true, force: true });
  }
}

function liveAgents(project: Project): readonly string[] {
  const store = openForReading(project);
  try {
    return readLiveRuns(store).map((run) => run.agent_id);
  } finally {
    store.close();
  }
}
