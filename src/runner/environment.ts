// The whole environment of an agent. It starts from nothing: what is not listed here, passed by the accepted rules or set by them does
// not exist for it. What the run is given comes last, so that no rule can point a client past the gateway.
import { dirname } from 'node:path';
import type { WireLaunch } from '../server/wire/run.ts';

export interface AgentEnvironment {
  readonly launch: Pick<WireLaunch, 'env_pass' | 'env_set' | 'providers' | 'auth'>;
  /** The environment that the run was started in. */
  readonly operator: Readonly<Record<string, string | undefined>>;
  readonly runId: string;
  readonly agentId: string;
  readonly gatewayUrl: string;
  readonly home: string;
  readonly temporary: string;
  readonly taskFile: string | null;
  readonly systemPromptFile: string | null;
}

const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export function agentEnvironment(run: AgentEnvironment): Record<string, string> {
  return {
    PATH: `${dirname(process.execPath)}:${SYSTEM_PATH}`,
    HOME: run.home,
    TMPDIR: run.temporary,
    ...passed(run),
    ...run.launch.env_set,
    GOVERNED_GATEWAY: run.gatewayUrl,
    GOVERNED_RUN_ID: run.runId,
    GOVERNED_AGENT_ID: run.agentId,
    ...(run.taskFile === null ? {} : { GOVERNED_TASK_FILE: run.taskFile }),
    ...(run.systemPromptFile === null ? {} : { GOVERNED_SYSTEM_PROMPT_FILE: run.systemPromptFile }),
    ANTHROPIC_BASE_URL: `${run.gatewayUrl}/anthropic`,
    OPENAI_BASE_URL: `${run.gatewayUrl}/openai`,
    ...(run.launch.auth === 'key' ? placeholderKeys(run.runId) : {}),
  };
}

/** Clients want one; the gateway leaves it out and adds the real one. Beside a login of its own a client would use the placeholder. */
function placeholderKeys(runId: string): Record<string, string> {
  return { ANTHROPIC_API_KEY: `governed-${runId}`, OPENAI_API_KEY: `governed-${runId}` };
}

/** A provider's key stays with the runner, whatever the rules pass on. */
function passed({ launch, operator }: AgentEnvironment): Record<string, string> {
  const keys = launch.providers.flatMap(({ key }) => (key !== null && 'env' in key ? [key.env] : []));
  return Object.fromEntries(
    launch.env_pass.flatMap((name) => {
      const value = keys.includes(name) ? undefined : operator[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
