// The agents that have a login of their own: what they could do with it beside their calls through the gateway is not bounded here.
import type { Project } from '../project.ts';
import { type Finding, worthKnowing } from './finding.ts';
import { rulesInForce } from './rules-in-force.ts';

export function lookAtOwnLogins(project: Project): readonly Finding[] {
  const agents = [...(rulesInForce(project)?.agents.values() ?? [])];
  const own = agents.filter(({ auth }) => auth === 'subscription').map(({ id }) => id);
  if (own.length === 0) return [];
  const detail = `key in agent: ${own.sort().join(', ')}; its calls are metered and capped at list price`;
  const hint =
    'leave auth = "subscription" out where a key in [providers] will do: the gateway keeps that one';
  return [worthKnowing('logins', detail, hint)];
}
