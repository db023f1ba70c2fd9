// The agents that have a login of their own: what they could do with it beside their calls through the gateway is not bounded here. And
// whether the logins of their programs could be used by a run that is started here and now.
import { OperationError } from '../../core/fault.ts';
import { ownLogin } from '../../runner/entry.ts';
import type { Project } from '../project.ts';
import { type Finding, worthKnowing } from './finding.ts';
import { rulesInForce } from './rules-in-force.ts';

export async function lookAtOwnLogins(
  project: Project,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly Finding[]> {
  const agents = [...(rulesInForce(project)?.agents.values() ?? [])];
  const own = agents.filter(({ auth }) => auth === 'subscription');
  if (own.length === 0) return [];
  const ids = own.map(({ id }) => id).sort();
  const detail = `key in agent: ${ids.join(', ')}; its calls are metered and capped at list price`;
  const hint =
    'leave auth = "subscription" out where a key in [providers] will do: the gateway keeps that one';
  const adapters = [...new Set(own.map(({ adapter }) => adapter))].sort();
  const missing = await Promise.all(adapters.map((adapter) => lookAtLogin(adapter, env)));
  return [worthKnowing('logins', detail, hint), ...missing.flat()];
}

async function lookAtLogin(
  adapter: 'command' | 'claude' | 'codex',
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly Finding[]> {
  try {
    await ownLogin({ adapter, auth: 'subscription' }, env, Date.now());
    return [];
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return [worthKnowing('logins', error.message, error.hint ?? null)];
  }
}
