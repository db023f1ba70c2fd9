// What is watched of one agent: the project's [watchdog], and the agent's own [limits], which only tighten it.
import type { Rules } from '../rules/rules.ts';
import type { Escalation, WatchRules } from './watch-rules.ts';

/** `agentId` is null for a run of which only its folder is known. */
export function watchRulesOf({ watch, agents }: Rules, agentId: string | null): WatchRules {
  const limit = agentId === null ? null : (agents.get(agentId)?.limits.errors ?? null);
  return limit === null ? watch : { ...watch, errors: pausedAt(watch.errors, limit) };
}

function pausedAt(steps: Escalation, limit: number): Escalation {
  return { ...steps, pause: Math.min(limit, steps.pause ?? limit) };
}
