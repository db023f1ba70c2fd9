// A project with one agent on the adapter for Claude Code, real or scripted, in front of a scripted provider.
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

export interface ClaudeFixture {
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

export async function openClaude(
  command: readonly string[],
  reply: (call: ProviderCall, turn: number) => ProviderReply,
  agentToml: string,
): Promise<ClaudeFixture> {
  let turn = 0;
  const provider = await startProvider((call) => {
    const isTurn = Array.isArray(call.body['tools']) && call.path.startsWith('/v1/messages?');
    return reply(call, isTurn ? turn++ : -1);
  });
  const project = await startProject({
    files: {
      'governed.toml': `[project]
id = "${PROJECT_ID}"
timezone = "UTC"
[providers.anthropic]
base_url = "${provider.url}"
key = { env = "PROVIDER_KEY" }
`,
      'agents/noop/agent.toml': `adapter = "claude"
command = ${JSON.stringify(command)}
model = "claude-sonnet-4-5"
${agentToml}`,
      'agents/noop/AGENTS.md': 'You work in a test.',
    },
  });
  const runs: RunHandle[] = [];
  const fixture: ClaudeFixture = {
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
        env: { ...process.env, PROVIDER_KEY: 'sk-ant-the-real-key' },
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
