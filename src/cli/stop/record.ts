// Puts a stop into the record without the server: first as a mark, which needs no space and no store, so that the runner knows at once
// why its tree stopped; then through the governor. Where that is impossible the mark stays, and server and watchdog act on it.
import { readStopMark, setStopMark } from '../../config/entry.ts';
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
  const marked = mark(order, order.action === 'kill-switch' ? [project.state.dir] : runDirs);
  try {
    const { store, governor } = openForWriting(project, 'write', BUSY_MS);
    try {
      governor.commitNow((tx) => write(tx, order));
    } finally {
      store.close();
    }
  } catch (error) {
    const why = inWords(error);
    if (marked.faults.length > 0 || marked.dirs.length === 0) {
      return { by: 'nobody', why: [why, ...marked.faults].join('; ') };
    }
    return { by: 'mark', why, marks: marked.dirs };
  }
  for (const dir of marked.fresh) setStopMark(dir, 'none');
  return { by: 'store' };
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

interface Marked {
  readonly dirs: readonly string[];
  /** Those that held no mark before. */
  readonly fresh: readonly string[];
  readonly faults: readonly string[];
}

/** A mark that is there already, and still to be recorded, is never weakened. */
function mark(order: StopOrder, dirs: readonly string[]): Marked {
  const wanted = order.action === 'pause' ? 'pause' : 'kill';
  const marked: string[] = [];
  const fresh: string[] = [];
  const faults: string[] = [];
  for (const dir of dirs) {
    try {
      const before = readStopMark(dir);
      if (before !== 'kill') setStopMark(dir, wanted, order.reason);
      if (before === 'none') fresh.push(dir);
      marked.push(dir);
    } catch (error) {
      faults.push(inWords(error));
    }
  }
  return { dirs: marked, fresh, faults };
}

function inWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
