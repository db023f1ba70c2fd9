// Everything of the accepted rules that the runner of one run needs. Commands lead to the accepted copies of their files.
import { isAbsolute, join, resolve } from 'node:path';
import { resolveCommand } from '../../config/rules-entry.ts';
import type { AgentRules, TaskRules } from '../../core/rules/rules.ts';
import type { AcceptedRules } from '../rules/in-force.ts';
import type { WireLaunch } from '../wire/run.ts';

export interface LaunchedRun {
  readonly accepted: AcceptedRules;
  readonly agent: AgentRules;
  readonly task: TaskRules | null;
  /** Replaces the text of the task. */
  readonly prompt: string | null;
  readonly snapshotDir: string;
  readonly outputTokens: number | null;
  /** Replaces the agent's own. */
  readonly command: readonly string[] | null;
}

export function launchOf(projectDir: string, of: LaunchedRun): WireLaunch {
  const { accepted, agent, task, snapshotDir } = of;
  const agentDir = join(projectDir, 'agents', agent.id);
  const base = `agents/${agent.id}`;
  return {
    adapter: agent.adapter,
    model: of.task?.model ?? agent.model,
    auth: agent.auth,
    tools: {
      allow: agent.tools.allow,
      require_approval: agent.tools.requireApproval,
      deny: agent.tools.deny,
    },
    output_tokens: of.outputTokens,
    max_output_tokens: agent.maxOutputTokens,
    free_fields: accepted.rules.freeFields,
    command:
      of.command ?? resolveCommand(agent.command, { base, snapshotDir, bundle: accepted.bundle, projectDir }),
    cwd: resolve(agentDir, agent.cwd),
    workspace: isAbsolute(agent.cwd) ? agent.cwd : join(agentDir, 'workspace'),
    agent_dir: agentDir,
    accepted_dir: join(snapshotDir, base),
    write: agent.confine.write,
    system_prompt: agent.systemPrompt,
    task_name: task?.name ?? null,
    task_text: of.prompt ?? task?.text ?? null,
    timeout_ms: task?.timeoutMs ?? agent.limits.timeoutMs,
    env_pass: agent.env.pass,
    env_set: { ...agent.env.set },
    providers: [...accepted.rules.providers.values()].map(({ name, baseUrl, loginBaseUrl, key }) => ({
      name,
      base_url: baseUrl,
      ...(loginBaseUrl === null ? {} : { login_base_url: loginBaseUrl }),
      key,
    })),
  };
}
