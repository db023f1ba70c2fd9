// What makes Codex speak to the gateway and to nothing else: its configuration on the command line, before what it is asked to do.
// Its model calls are metered; its commands run in its own sandbox and are not asked about.
import type { WireLaunch } from '../../../server/wire/run.ts';

export interface CodexInput extends Pick<WireLaunch, 'model' | 'system_prompt'> {
  /** Its own sandbox can't be made inside of another, and ours is the stricter one. */
  readonly isJailed: boolean;
}

/** `asked`: its own arguments; none: one turn on the task, which it reads from stdin. */
export function codexArguments(
  launch: CodexInput,
  openAiUrl: string,
  asked: readonly string[],
): readonly string[] {
  const sandbox = launch.isJailed ? ['-c', 'sandbox_mode="danger-full-access"'] : [];
  return [...overrides(openAiUrl), ...sandbox, ...(asked.length > 0 ? asked : oneTurn(launch))];
}

function overrides(openAiUrl: string): readonly string[] {
  const provider = {
    name: 'governed-agents',
    base_url: `${openAiUrl}/v1`,
    wire_api: 'responses',
    env_key: 'OPENAI_API_KEY',
  };
  const table = Object.entries(provider).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return [
    '-c',
    'model_provider="governed"',
    '-c',
    `model_providers.governed={${table.join(',')}}`,
    // Searches run, and are billed, at the provider.
    '-c',
    'web_search="disabled"',
    '-c',
    'check_for_update_on_startup=false',
    '-c',
    'analytics.enabled=false',
  ];
}

function oneTurn({ model, system_prompt: prompt, isJailed }: CodexInput): readonly string[] {
  return [
    'exec',
    '--skip-git-repo-check',
    ...(isJailed ? [] : ['--sandbox', 'workspace-write']),
    ...(model === null ? [] : ['--model', model]),
    ...(prompt === null ? [] : ['-c', `developer_instructions=${JSON.stringify(prompt)}`]),
    '-',
  ];
}
