// An agent by its name or the beginning of it, among those that are in the rules in force or have a history.
import { closest } from '../config/entry.ts';
import { InputError, OperationError } from '../core/fault.ts';
import { readAgents, type Store } from '../store/entry.ts';
import type { Project } from './project.ts';
import { RulesInvalidError } from './refusal-error.ts';
import { acceptedRules, openForReading } from './state.ts';

interface KnownAgents {
  /** Those that have a history. */
  readonly past: readonly string[];
  /** Those in the rules in force, or why these can't be read. */
  readonly accepted: { readonly ids: readonly string[] } | { readonly fault: Error };
}

export function agentIds(project: Project): readonly string[] {
  const { past, accepted } = knownAgents(project);
  if ('fault' in accepted) throw accepted.fault;
  return sorted([...accepted.ids, ...past]);
}

export function findAgentId(project: Project, word: string): string {
  const { past, accepted } = knownAgents(project);
  // What became of the rules does not keep the record from being asked.
  if (past.includes(word)) return word;
  const known = 'fault' in accepted ? past : sorted([...accepted.ids, ...past]);
  if (known.includes(word)) return word;
  const found = known.filter((id) => id.startsWith(word));
  const [only, second] = found;
  if (only !== undefined && second === undefined) return only;
  if (only !== undefined) {
    throw new InputError({
      code: 'ambiguous',
      message: `${JSON.stringify(word)} is the beginning of ${found.join(' and ')}`,
      hint: 'write more of it',
    });
  }
  if ('fault' in accepted) throw accepted.fault;
  const meant = closest(word, known);
  throw new InputError({
    code: 'unknown_agent',
    message: `there is no accepted agent ${JSON.stringify(word)}`,
    hint: `${meant === null ? '' : `did you mean ${meant}? `}agents: ${known.join(', ') || 'none'}; a new one needs \`governed-agents accept\``,
  });
}

function knownAgents(project: Project): KnownAgents {
  const store = openForReading(project);
  try {
    return { past: readAgents(store).map(({ id }) => id), accepted: acceptedAgents(store) };
  } finally {
    store.close();
  }
}

function acceptedAgents(store: Store): KnownAgents['accepted'] {
  try {
    return { ids: [...(acceptedRules(store)?.agents.keys() ?? [])] };
  } catch (fault) {
    if (fault instanceof RulesInvalidError || fault instanceof OperationError) return { fault };
    throw fault;
  }
}

function sorted(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)].sort();
}
