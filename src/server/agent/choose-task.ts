// Which of its agent's tasks a run is started with: the one that is named, or without a name and a prompt the only one, or `smoke`.
import type { Rules, TaskRules } from '../../core/rules/rules.ts';
import { type Refused, refused } from '../../governor/refusal.ts';

interface Asked {
  readonly agent_id: string;
  readonly task?: string | undefined;
  readonly prompt?: string | undefined;
}

/** Null: none. */
export function chooseTask(rules: Pick<Rules, 'agents'>, asked: Asked): TaskRules | Refused | null {
  const agent = rules.agents.get(asked.agent_id);
  // An unknown agent is the governor's to refuse, and an unknown task too.
  if (agent === undefined) return null;
  const names = [...agent.tasks.keys()].sort();
  if (asked.task !== undefined) {
    const found = agent.tasks.get(asked.task);
    return (
      found ??
      refused(
        'unknown_task',
        `${agent.id} has no task ${asked.task}`,
        `its tasks: ${names.join(', ') || 'none'}`,
      )
    );
  }
  if (asked.prompt !== undefined || names.length === 0) return null;
  const usual = names.length === 1 ? names[0] : 'smoke';
  const found = usual === undefined ? undefined : agent.tasks.get(usual);
  return (
    found ??
    refused(
      'task_needed',
      `${agent.id} has several tasks and none is named smoke`,
      `say which: ${names.join(', ')}`,
    )
  );
}
