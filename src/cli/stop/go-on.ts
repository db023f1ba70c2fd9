// Undoes a stop: the record first, then the marks, then the processes, so that nothing runs that the record holds stopped.
import { readStopMark, setStopMark } from '../../config/entry.ts';
import type { Actor } from '../../core/audit/event.ts';
import { fieldOf, fieldsOf } from '../../core/json-object.ts';
import { resumeAgent, resumeAll, resumeRun, setKillSwitch } from '../../governor/entry.ts';
import { readAgents, readLiveRuns } from '../../store/entry.ts';
import { bodyOf, clientOf } from '../client.ts';
import type { Project } from '../project.ts';
import { RefusalError } from '../refusal-error.ts';
import { openForReading, openForWriting } from '../state.ts';
import { look } from './look.ts';
import { pathOf } from './stop-now.ts';
import { findTarget, nameOfTarget, type Target } from './target.ts';
import { foldersOf, resumeTrees, treesOf } from './trees.ts';

export interface WentOn {
  readonly action: 'resume';
  readonly target: string;
  readonly agents: readonly string[];
  readonly recorded: 'server' | 'store';
  /** Why it had stopped, when that was at a cap. */
  readonly at_cap: string | null;
}

const OPERATOR: Actor = { kind: 'operator', id: null };
const SERVER_LIMIT_MS = 2_000;

export async function goOn(project: Project, word: string | undefined, all: boolean): Promise<WentOn> {
  const sight = look(project);
  const target = findTarget(word, all, sight.known);
  const path = target.kind === 'all' ? '/admin/resume-all' : `${pathOf(target)}/resume`;
  const answer = await clientOf(project).post(path, {}, SERVER_LIMIT_MS);
  const name = nameOfTarget(target);
  const folders = foldersOf(target, sight);
  if (answer.result !== 'unreachable') {
    const body = bodyOf(answer);
    const agents = agentsOf(body, target);
    clearMarks(folders.map(({ dir }) => dir));
    return {
      action: 'resume',
      target: name,
      agents,
      recorded: 'server',
      at_cap: atCapOf(body),
    };
  }
  const { agents, atCap } = resumeFromHere(project, target);
  clearMarks(folders.map(({ dir }) => dir));
  const running = runningRuns(project);
  resumeTrees(treesOf(target, sight).filter(({ runId }) => running.has(runId)));
  return {
    action: 'resume',
    target: name,
    agents,
    recorded: 'store',
    at_cap: atCap,
  };
}

/** False when it was off already. */
export async function killSwitchOff(project: Project, reason: string): Promise<boolean> {
  const answer = await clientOf(project).post('/admin/kill-switch', { on: false, reason }, SERVER_LIMIT_MS);
  let changed = true;
  if (answer.result !== 'unreachable') {
    changed = fieldOf(bodyOf(answer), 'changed') !== false;
  } else {
    const { store, governor } = openForWriting(project, 'write');
    try {
      changed = governor.commitNow((tx) => setKillSwitch(tx, { on: false, reason, actor: OPERATOR }));
    } finally {
      store.close();
    }
  }
  clearMarks([project.state.dir]);
  return changed;
}

function resumeFromHere(
  project: Project,
  target: Target,
): { readonly agents: readonly string[]; readonly atCap: string | null } {
  const { store, governor } = openForWriting(project, 'write');
  try {
    return governor.commitNow((tx) => {
      if (target.kind === 'all') return { agents: resumeAll(tx, OPERATOR), atCap: null };
      const answer =
        target.kind === 'run'
          ? resumeRun(tx, { runId: target.runId, actor: OPERATOR })
          : resumeAgent(tx, { agentId: target.agentId, actor: OPERATOR });
      if (answer.result === 'refused') throw new RefusalError(answer);
      return { agents: target.kind === 'agent' ? [target.agentId] : [], atCap: answer.atCap };
    });
  } finally {
    store.close();
  }
}

/** Agents that stay killed: all at once are resumed from pauses alone. */
export function stillKilled(project: Project): readonly string[] {
  const store = openForReading(project);
  try {
    return readAgents(store).flatMap(({ id, status }) => (status === 'killed' ? [id] : []));
  } finally {
    store.close();
  }
}

/** Live runs that the record does not hold paused. */
function runningRuns(project: Project): ReadonlySet<string> {
  const store = openForReading(project);
  try {
    const live = readLiveRuns(store).filter((run) => run.status !== 'paused');
    return new Set(live.map(({ id }) => id));
  } finally {
    store.close();
  }
}

function clearMarks(dirs: readonly string[]): void {
  for (const dir of dirs) if (readStopMark(dir) !== 'none') setStopMark(dir, 'none');
}

function atCapOf(body: unknown): string | null {
  const given = fieldOf(body, 'at_cap');
  return typeof given === 'string' ? given : null;
}

function agentsOf(body: unknown, target: Target): readonly string[] {
  const { resumed, agents } = fieldsOf(body);
  const named = resumed ?? agents;
  if (Array.isArray(named)) return named.map(String);
  return target.kind === 'agent' ? [target.agentId] : [];
}
