// What is to be run, found in the rules in force: the agent by its name or the beginning of it, the task, and the cap to show.
import { closest } from '../../config/entry.ts';
import { InputError } from '../../core/fault.ts';
import type { MicroUsd } from '../../core/ledger/money.ts';
import type { AgentRules } from '../../core/rules/rules.ts';
import type { Project } from '../project.ts';
import { readRulesInForce } from '../rules/read-in-force.ts';

export interface Launch {
  readonly agentId: string;
  readonly task: string | undefined;
  /** Whose caps the run shares. */
  readonly group: string | undefined;
  /** Of this run; null when none is set. */
  readonly capMicroUsd: number | null;
}

export function launchOf(
  project: Project,
  word: string,
  wish: Pick<Launch, 'task' | 'group'> & { readonly budget: MicroUsd | null },
): Launch {
  const { agents, groups } = readRulesInForce(project);
  const { task, group } = wish;
  const agent = findAgent(agents, word);
  if (task !== undefined && !agent.tasks.has(task)) throw unknownTask(agent, task);
  if (group !== undefined && !groups.has(group)) throw unknownGroup([...groups.keys()].sort(), group);
  const cap = agent.budget.caps.find(({ period, unit }) => period === 'run' && unit === 'usd')?.limit ?? null;
  return { agentId: agent.id, task, group, capMicroUsd: lower(cap, wish.budget) };
}

function findAgent(agents: ReadonlyMap<string, AgentRules>, word: string): AgentRules {
  const exact = agents.get(word);
  if (exact !== undefined) return exact;
  const found = [...agents.values()].filter(({ id }) => id.startsWith(word));
  const [only, second] = found;
  if (only !== undefined && second === undefined) return only;
  const known = [...agents.keys()].sort();
  if (only !== undefined) {
    const message = `${JSON.stringify(word)} is the beginning of ${found.map(({ id }) => id).join(' and ')}`;
    throw new InputError({ code: 'ambiguous', message, hint: 'write more of it' });
  }
  const meant = closest(word, known);
  throw new InputError({
    code: 'unknown_agent',
    message: `there is no accepted agent ${JSON.stringify(word)}`,
    hint: `${meant === null ? '' : `did you mean ${meant}? `}agents: ${known.join(', ') || 'none'}; a new one needs \`governed-agents accept\``,
  });
}

function unknownTask(agent: AgentRules, task: string): InputError {
  const known = [...agent.tasks.keys()].sort();
  const meant = closest(task, known);
  return new InputError({
    code: 'unknown_task',
    message: `${agent.id} has no accepted task ${JSON.stringify(task)}`,
    hint: `${meant === null ? '' : `did you mean ${meant}? `}its tasks: ${known.join(', ') || 'none'}; a new one needs \`governed-agents accept\``,
  });
}

function unknownGroup(known: readonly string[], group: string): InputError {
  const meant = closest(group, known);
  return new InputError({
    code: 'unknown_group',
    message: `there is no accepted group ${JSON.stringify(group)}`,
    hint: `${meant === null ? '' : `did you mean ${meant}? `}groups: ${known.join(', ') || 'none'}; a new one is a table [groups.NAME] in governed.toml, then \`governed-agents accept\``,
  });
}

function lower(a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
}
