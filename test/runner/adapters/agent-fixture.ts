// A project with one agent on the adapter for Claude Code or for Codex, real or scripted, in front of a scripted provider.
import { stateLayout } from '../../../src/config/entry.ts';
import {
  type RunHandle,
  type RunObserver,
  type RunResult,
  runAgent,
  type StartResult,
} from '../../../src/runner/entry.ts';
import {
  type Provider,
  type ProviderCall,
  type ProviderReply,
  startProvider,
} from '../../fixtures/provider.ts';
import { PROJECT_ID, type ProjectFixture, startProject } from '../../server/project-fixture.ts';

export interface AgentFixture {
  readonly project: ProjectFixture;
  readonly provider: Provider;
  readonly lines: string[];
  readonly notices: string[];
  readonly held: string[];
  start(prompt: string, budgetUsd?: number): Promise<RunHandle>;
  try(prompt: string, budgetUsd?: number): Promise<StartResult>;
  run(prompt: string, budgetUsd?: number): Promise<RunResult>;
  recorded(runId: string): Promise<Record<string, unknown>>;
  events(type: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** What was sent counts as a turn of the agent itself where it offers tools. */
export function openClaude(
  command: readonly string[],
  reply: (call: ProviderCall, turn: number) => ProviderReply,
  agentToml: string,
  policyToml?: string,
): Promise<AgentFixture> {
  const agent = `adapter = "claude"\ncommand = ${JSON.stringify(command)}\nmodel = "claude-sonnet-4-5"\n`;
  return openAgent(
    'anthropic',
    `${agent}${agentToml}`,
    reply,
    ({ body, path }) => {
      return Array.isArray(body['tools']) && path.startsWith('/v1/messages?');
    },
    {},
    policyToml === undefined ? {} : { 'policy.toml': policyToml },
  );
}

/** `operator`: what is in the environment of whoever starts it, beside the key. */
export function openCodex(
  command: readonly string[],
  reply: (call: ProviderCall, turn: number) => ProviderReply,
  agentToml: string,
  operator: Readonly<Record<string, string>> = {},
): Promise<AgentFixture> {
  const agent = `adapter = "codex"\ncommand = ${JSON.stringify(command)}\nmodel = "gpt-5.1"\n`;
  return openAgent('openai', `${agent}${agentToml}`, reply, () => true, operator);
}

async function openAgent(
  providerName: string,
  agentToml: string,
  reply: (call: ProviderCall, turn: number) => ProviderReply,
  isTurn: (call: ProviderCall) => boolean,
  operator: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
): Promise<AgentFixture> {
  let turn = 0;
  const provider = await startProvider((call) => reply(call, isTurn(call) ? turn++ : -1));
  const project = await startProject({
    files: {
      'governed.toml': `[project]
id = "${PROJECT_ID}"
timezone = "UTC"
[providers.${providerName}]
base_url = "${provider.url}"
${providerName === 'openai' ? `login_base_url = "${provider.url}/backend-api/codex"\n` : ''}key = { env = "PROVIDER_KEY" }
`,
      'agents/noop/agent.toml': agentToml,
      'agents/noop/AGENTS.md': 'You work in a test.',
      ...files,
    },
  });
  const runs: RunHandle[] = [];
  const fixture: AgentFixture = {
    project,
    provider,
    lines: [],
    notices: [],
    held: [],
    async try(prompt, budgetUsd) {
      const observer: RunObserver = {
        onLine: (_stream, text) => fixture.lines.push(text),
        onNotice: (text) => fixture.notices.push(text),
        onHeld: ({ proposalId }) => fixture.held.push(proposalId),
      };
      const started = await runAgent({
        state: stateLayout(project.stateDir),
        projectDir: project.dir,
        runnerToken: project.token('runner'),
        agentId: 'noop',
        prompt,
        env: { ...process.env, PROVIDER_KEY: 'sk-ant-the-real-key', ...operator },
        observer,
        ...(budgetUsd === undefined ? {} : { budgetUsd }),
      });
      if (started.result === 'started') runs.push(started.run);
      return started;
    },
    async start(prompt, budgetUsd) {
      const started = await fixture.try(prompt, budgetUsd);
      if (started.result !== 'started') throw new Error(JSON.stringify(started));
      return started.run;
    },
    run: async (prompt, budgetUsd) => (await fixture.start(prompt, budgetUsd)).ended,
    recorded: async (runId) => (await project.asOperator('GET', `/runs/${runId}`)).body,
    events: async (type) =>
      (await project.asOperator('GET', `/audit?event_type=${type}&limit=200`)).body['items'] as Record<
        string,
        unknown
      >[],
    async close() {
      for (const run of runs) {
        run.kill('the test is over');
        await run.ended;
      }
      await project.close();
      await provider.close();
    },
  };
  return fixture;
}
