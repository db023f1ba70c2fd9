// Whose caps a command means: those of an agent, by its name or the beginning of it, or with --of those of the project or of a group. A word
// that names something else is answered with how to say it.
import { InputError } from '../core/fault.ts';
import { agentIds, findAgentId } from './find-agent.ts';
import type { Project } from './project.ts';
import { acceptedRules, openForReading } from './state.ts';

export type CapOwner =
  | { readonly kind: 'agent'; readonly id: string }
  | { readonly kind: 'group'; readonly name: string }
  | { readonly kind: 'project' };

export function findCapOwner(project: Project, word: string | undefined, of: string | undefined): CapOwner {
  if (of !== undefined && word === undefined) return ownerOf(project, of);
  if (word === undefined || of !== undefined) {
    throw usage(
      'a cap belongs to an agent, a group or the project',
      'name one agent, or say one of --of project and --of group:<name>',
    );
  }
  const agents = agentIds(project);
  if (agents.includes(word)) return { kind: 'agent', id: word };
  const group = word.replace(/^group:/, '');
  if (groupNames(project).includes(group))
    throw usage(`${group} is a group, not an agent`, `say --of group:${group} instead of its name alone`);
  if (word === 'project' && !agents.some((id) => id.startsWith(word)))
    throw usage('project is not an agent', 'for the caps of the whole project say --of project');
  if (/^run_[0-9a-z]+$/.test(word) && !agents.some((id) => id.startsWith(word)))
    throw usage(
      `${word} is a run, and its caps are raised at its agent`,
      '`governed-agents runs` says whose it is; then `governed-agents budget raise AGENT --tier run …`',
    );
  return { kind: 'agent', id: findAgentId(project, word) };
}

export function groupNames(project: Project): readonly string[] {
  const store = openForReading(project);
  try {
    return [...(acceptedRules(store)?.groups.keys() ?? [])].sort();
  } finally {
    store.close();
  }
}

function ownerOf(project: Project, of: string): CapOwner {
  if (of === 'project') return { kind: 'project' };
  if (of.startsWith('group:')) return { kind: 'group', name: of.slice('group:'.length) };
  const hint = groupNames(project).includes(of)
    ? `did you mean --of group:${of}?`
    : agentIds(project).includes(of)
      ? `an agent is named without --of: governed-agents budget raise ${of} …`
      : 'say --of project or --of group:<name>';
  throw usage(`--of ${JSON.stringify(of)} is neither the project nor a group`, hint);
}

function usage(message: string, hint: string): InputError {
  return new InputError({ code: 'usage', message, hint });
}
