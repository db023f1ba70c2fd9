// Puts a stop into the record without the server: through the governor on the store, and where that is impossible as a mark
// that needs no space, which server and watchdog act on and record later.
import { setStopMark } from '../../config/entry.ts';
import type { Actor } from '../../core/audit/event.ts';
import {
  killAgent,
  killRun,
  pauseAgent,
  pauseAll,
  pauseRun,
  setKillSwitch,
  type Transaction,
} from '../../governor/entry.ts';
import { readLiveRuns } from '../../store/entry.ts';
import type { Project } from '../project.ts';
import { openForWriting } from '../state.ts';
import type { Target } from './target.ts';

export type StopAction = 'pause' | 'kill' | 'kill-switch';

export interface StopOrder {
  readonly action: StopAction;
  readonly target: Target;
  readonly reason: string;
}

export type Recorded =
  | { readonly by: 'server' | 'store' }
  /** `why`: what kept it out of the record; `marks`: the folders that hold the mark now. */
  | { readonly by: 'mark'; readonly why: string; readonly marks: readonly string[] }
  | { readonly by: 'nobody'; readonly why: string };

const OPERATOR: Actor = { kind: 'operator', id: null };
const BUSY_MS = 1_000;

/** `runDirs` are the folders of the runs that were stopped. */
export function recordStop(project: Project, order: StopOrder, runDirs: readonly string[]): Recorded {
  try {
    const { store, governor } = openForWriting(project, 'write', BUSY_MS);
    try {
      governor.commitNow((tx) => write(tx, order));
      return { by: 'store' };
    } finally {
      store.close();
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return mark(project, order, runDirs, why);
  }
}

function write(tx: Transaction, { action, target, reason }: StopOrder): void {
  const stop = { reason, actor: OPERATOR };
  if (action === 'kill-switch') setKillSwitch(tx, { on: true, ...stop });
  else if (target.kind === 'run' && action === 'pause')
    pauseRun(tx, { ...stop, runId: target.runId, source: 'operator' });
  else if (target.kind === 'run') killRun(tx, { ...stop, runId: target.runId });
  else if (target.kind === 'agent' && action === 'pause')
    pauseAgent(tx, { ...stop, agentId: target.agentId, source: 'operator' });
  else if (target.kind === 'agent') killAgent(tx, { ...stop, agentId: target.agentId });
  else if (action === 'pause') pauseAll(tx, stop);
  else for (const agentId of liveAgents(tx)) killAgent(tx, { ...stop, agentId });
}

function liveAgents(tx: Transaction): ReadonlySet<string> {
  return new Set(readLiveRuns(tx.store).map((run) => run.agent_id));
}

function mark(project: Project, order: StopOrder, runDirs: readonly string[], why: string): Recorded {
  const dirs = order.action === 'kill-switch' ? [project.state.dir] : runDirs;
  const marks: string[] = [];
  const faults: string[] = [];
  for (const dir of dirs) {
    try {
      setStopMark(dir, order.action === 'pause' ? 'pause' : 'kill');
      marks.push(dir);
    } catch (error) {
      faults.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (faults.length > 0 || marks.length === 0) return { by: 'nobody', why: [why, ...faults].join('; ') };
  return { by: 'mark', why, marks };
}
