// What a stop command is aimed at: one run, one agent (with its live runs), or everything. Found in the store, or in the run
// folders when the store can't be read: stopping never needs the store.
import { closest } from '../../config/entry.ts';
import { InputError } from '../../core/fault.ts';
import type { AgentRow, RunRow } from '../../store/entry.ts';
import type { RunOnDisk } from './runs-on-disk.ts';

export type Target =
  | { readonly kind: 'run'; readonly runId: string }
  | { readonly kind: 'agent'; readonly agentId: string }
  | { readonly kind: 'all' };

export function nameOfTarget(target: Target): string {
  if (target.kind === 'all') return 'all';
  return target.kind === 'run' ? target.runId : target.agentId;
}

/** What is known of the state; `liveRuns` is null when the store can't be read. */
export interface Known {
  readonly agentIds: readonly string[];
  readonly runIds: readonly string[];
  readonly liveRuns: readonly Pick<RunRow, 'id' | 'agent_id'>[] | null;
}

export function knownFrom(
  store: {
    readonly agents: readonly AgentRow[];
    readonly configured: readonly string[];
    readonly live: readonly RunRow[];
  } | null,
  folders: readonly RunOnDisk[],
): Known {
  const runIds = folders.map((folder) => folder.runId);
  if (store === null) {
    const agentIds = new Set(folders.flatMap(({ agentId }) => (agentId === null ? [] : [agentId])));
    return { agentIds: [...agentIds].sort(), runIds, liveRuns: null };
  }
  return {
    agentIds: [...new Set([...store.agents.map(({ id }) => id), ...store.configured])].sort(),
    runIds: [...new Set([...runIds, ...store.live.map(({ id }) => id)])].sort(),
    liveRuns: store.live,
  };
}

export function findTarget(word: string | undefined, all: boolean, known: Known): Target {
  if (all && word !== undefined) {
    throw new InputError({
      code: 'usage',
      message: `both ${JSON.stringify(word)} and --all were said`,
      hint: 'name one agent or run, or say --all',
    });
  }
  if (all) return { kind: 'all' };
  if (word === undefined) {
    throw new InputError({
      code: 'usage',
      message: 'nothing was named',
      hint: `name a run, an agent (${listed(known.agentIds)}), or say --all`,
    });
  }
  if (known.agentIds.includes(word)) return { kind: 'agent', agentId: word };
  if (known.runIds.includes(word)) return { kind: 'run', runId: word };
  return byPrefix(word, known);
}

function byPrefix(word: string, known: Known): Target {
  const runs = known.runIds.filter((id) => id.startsWith(word));
  const agents = known.agentIds.filter((id) => id.startsWith(word));
  const [first, second] = [...agents, ...runs];
  if (first === undefined) throw unknownTarget(word, known);
  if (second !== undefined) throw ambiguous(word, [...agents, ...runs]);
  return runs.length === 1 ? { kind: 'run', runId: first } : { kind: 'agent', agentId: first };
}

function ambiguous(word: string, found: readonly string[]): InputError {
  return new InputError({
    code: 'ambiguous',
    message: `${JSON.stringify(word)} means more than one: ${listed(found)}`,
    hint: 'write more of it',
  });
}

function unknownTarget(word: string, known: Known): InputError {
  const meant = closest(word, known.agentIds);
  const live = known.liveRuns?.map(({ id }) => id) ?? known.runIds;
  return new InputError({
    code: 'unknown_target',
    message: `there is no agent and no run ${JSON.stringify(word)}`,
    hint: `${meant === null ? '' : `did you mean ${meant}? `}agents: ${listed(known.agentIds)}; live runs: ${listed(live)}`,
  });
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  return names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', ');
}
