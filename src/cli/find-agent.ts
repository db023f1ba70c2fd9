// An agent by its name or the beginning of it, among those that are in the rules in force or have a history.
import { closest } from '../config/entry.ts';
import { InputError } from '../core/fault.ts';
import { readAgents } from '../store/entry.ts';
import type { Project } from './project.ts';
import { acceptedRules, openForReading } from './state.ts';

export function agentIds(project: Project): readonly string[] {
  const store = openForReading(project);
  try {
    const accepted = acceptedRules(store)?.agents.keys() ?? [];
    return [...new Set([...accepted, ...readAgents(store).map(({ id }) => id)])].sort();
  } finally {
    store.close();
  }
}

export function findAgentId(project: Project, word: string): string {
  const known = agentIds(project);
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
  const meant = closest(word, known);
  throw new InputError({
    code: 'unknown_agent',
    message: `there is no accepted agent ${JSON.stringify(word)}`,
    hint: `${meant === null ? '' : `did you mean ${meant}? `}agents: ${known.join(', ') || 'none'}; a new one needs \`governed-agents accept\``,
  });
}
