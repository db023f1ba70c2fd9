// What makes Codex ask before every command and patch and speak to nothing but the gateway: its configuration on the command line, and
// the terms of its thread. Tools about which it would not ask are not offered.
import { dirname } from 'node:path';
import type { WireLaunch } from '../../../server/wire/run.ts';
import { CODEX_LOGIN, CODEX_LOGIN_PATTERN } from '../../login/codex-login.ts';

export interface CodexInput extends Pick<WireLaunch, 'model' | 'system_prompt' | 'tools' | 'cwd'> {
  /** Its own sandbox can't be made inside of another, and ours is the stricter one. */
  readonly isJailed: boolean;
  /** Its calls go out with a login of its own, which its environment holds; else with what stands for the key at the gateway. */
  readonly hasLogin?: boolean;
}

/** `kept`: settings that whoever started it gave. */
export function codexArguments(
  launch: Pick<CodexInput, 'tools' | 'isJailed' | 'cwd' | 'hasLogin'>,
  openAiUrl: string,
  kept: readonly string[],
): readonly string[] {
  return [...kept, ...settings(openAiUrl, launch), '-c', `sandbox_mode="${sandboxOf(launch)}"`, 'app-server'];
}

/** What the thread is started with; the answer must repeat it. */
export function codexThread(launch: CodexInput): Readonly<Record<string, unknown>> {
  return {
    cwd: launch.cwd,
    approvalPolicy: 'untrusted',
    approvalsReviewer: 'user',
    sandbox: sandboxOf(launch),
    ephemeral: true,
    model: launch.model,
    developerInstructions: launch.system_prompt,
  };
}

export function sandboxOf({ isJailed }: Pick<CodexInput, 'isJailed'>): string {
  return isJailed ? 'danger-full-access' : 'workspace-write';
}

/** Its subagents are started without a question, so they are there only where every one of them is allowed. */
export function offersSubagents({ allow, require_approval, deny }: WireLaunch['tools']): boolean {
  const isAbout = (pattern: string): boolean => pattern === 'Agent' || pattern.startsWith('Agent(');
  return allow.includes('Agent') && ![...require_approval, ...deny].some(isAbout);
}

function settings(
  openAiUrl: string,
  { tools, cwd, hasLogin }: Pick<CodexInput, 'tools' | 'cwd' | 'hasLogin'>,
): readonly string[] {
  const values = [
    'model_provider="governed"',
    `model_providers.governed=${providerTable(openAiUrl, hasLogin === true)}`,
    ...(hasLogin === true ? [`shell_environment_policy.exclude=["${CODEX_LOGIN_PATTERN}"]`] : []),
    'approvals_reviewer="user"',
    // Where it is only not trusted, it still goes by the rules that a repository brings along.
    `projects={${foldersTo(cwd)
      .map((path) => `${JSON.stringify(path)}={trust_level="untrusted"}`)
      .join(',')}}`,
    'project_root_markers=[]',
    // Searches run, and are billed, at the provider.
    'web_search="disabled"',
    'check_for_update_on_startup=false',
    'analytics.enabled=false',
    ...UNASKED.map((feature) => `features.${feature}=false`),
    `features.multi_agent=${offersSubagents(tools)}`,
  ];
  return values.flatMap((value) => ['-c', value]);
}

/** It is told of headers, not that it is logged in: then it would make calls of its own to elsewhere, and try to renew the login. */
function providerTable(openAiUrl: string, hasLogin: boolean): string {
  const { token, account, fedramp } = CODEX_LOGIN;
  const headers = `env_http_headers={"chatgpt-account-id"="${account}","x-openai-fedramp"="${fedramp}"}`;
  const values = { name: 'governed-agents', base_url: `${openAiUrl}/v1`, wire_api: 'responses' };
  const table = Object.entries({ ...values, env_key: hasLogin ? token : 'OPENAI_API_KEY' });
  const written = table.map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return `{${[...written, ...(hasLogin ? [headers] : [])].join(',')}}`;
}

/** The folder and all above it. */
function foldersTo(path: string): readonly string[] {
  const above = dirname(path);
  return above === path ? [path] : [...foldersTo(above), path];
}

/** Features that give it tools, or ways around a question, about which it does not ask. A program that is fed by hand is one of them. */
const UNASKED = [
  'unified_exec_tty',
  'view_image',
  'goals',
  'hooks',
  'plugins',
  'apps',
  'image_generation',
  'browser_use',
  'computer_use',
  'code_mode',
  'memories',
  'tool_suggest',
];
