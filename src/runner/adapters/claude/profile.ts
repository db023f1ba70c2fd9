// The arguments and variables that make Claude Code ask before every tool call and speak to nothing but the gateway. What is left out
// here is what would open a door: no settings of a user or a repository, no MCP servers but named ones, no sandboxes of its own.
import type { WireLaunch } from '../../../server/wire/run.ts';

export interface ClaudeProfile {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export type ProfileInput = Pick<WireLaunch, 'model' | 'tools' | 'output_tokens' | 'system_prompt'>;

/** Below it a model that thinks has no room to answer. */
const LEAST_THINKING_TOKENS = 1_024;

export function claudeProfile(launch: ProfileInput): ClaudeProfile {
  return {
    args: [...GATE, ...offered(launch.tools), ...wordsOf(launch)],
    env: { ...QUIET, ...limits(launch) },
  };
}

/** Every call is asked for on stdout, "safe" ones too. */
const GATE = [
  '-p',
  '--input-format',
  'stream-json',
  '--output-format',
  'stream-json',
  '--verbose',
  '--permission-prompt-tool',
  'stdio',
  '--setting-sources',
  '',
  '--strict-mcp-config',
  '--settings',
  JSON.stringify({ permissions: { ask: ['*'] } }),
];

const QUIET = {
  CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST: '1',
  // Not CLAUDE_CODE_SUBPROCESS_ENV_SCRUB: it makes a sandbox for each command, with bubblewrap and socat, which can't be made inside of ours, and
  // where it can't be made no command runs. What it leaves out of a command's environment, logins and keys, is left out without it.
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  // A subagent in the background would outlive the answer that ends the run.
  CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
  DISABLE_TELEMETRY: '1',
  DISABLE_ERROR_REPORTING: '1',
  DISABLE_AUTOUPDATER: '1',
};

/** What can only be refused need not be offered: each tool that is costs input tokens in every call. */
function offered(tools: WireLaunch['tools']): readonly string[] {
  const names = [...tools.allow, ...tools.require_approval].map((pattern) => pattern.split('(')[0] ?? '');
  if (names.some((name) => name.includes('*'))) return [];
  return ['--tools', [...new Set(names)].filter((name) => name !== '').join(',')];
}

function wordsOf({ model, system_prompt: prompt }: ProfileInput): readonly string[] {
  return [
    ...(model === null ? [] : ['--model', model]),
    ...(prompt === null || prompt.trim() === '' ? [] : ['--append-system-prompt', prompt]),
  ];
}

/** Thinking counts as output: half of it may be thought, and none where that is too little to think with. */
function limits({ output_tokens: output }: ProfileInput): Record<string, string> {
  if (output === null) return {};
  const thinking = Math.floor(output / 2);
  return {
    CLAUDE_CODE_MAX_OUTPUT_TOKENS: String(output),
    MAX_THINKING_TOKENS: String(thinking < LEAST_THINKING_TOKENS ? 0 : thinking),
  };
}
