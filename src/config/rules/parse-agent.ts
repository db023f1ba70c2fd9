// One agent out of its folder's files and the project's [defaults]: the agent's own settings win key by key, but what the defaults
// deny or hold stays denied or held.
import { InputError } from '../../core/fault.ts';
import type { AgentRules, LimitRules, Risk, ToolRules } from '../../core/rules/rules.ts';
import { type Bundle, hashFolder } from '../files/bundle.ts';
import { type AgentFile, agentFile, type DefaultsTable } from '../schema/agent-file.ts';
import { budgetRules } from '../schema/budget-table.ts';
import { autonomyOverride } from '../schema/may-table.ts';
import type { ProjectFile } from '../schema/project-file.ts';
import { checkCommand } from './check-command.ts';
import { checkWrite } from './check-write.ts';
import { parseTasks } from './parse-tasks.ts';
import type { ProblemList } from './problem-list.ts';
import { ruleText } from './rule-text.ts';

/** What the project says of all agents. */
type ProjectSettings = Partial<Pick<ProjectFile, 'defaults' | 'budget'>>;

const AGENT_ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** Null after at least one problem was added. */
export function parseAgent(
  bundle: Bundle,
  id: string,
  project: ProjectSettings,
  problems: ProblemList,
): AgentRules | null {
  const folder = `agents/${id}`;
  const path = `${folder}/agent.toml`;
  if (!AGENT_ID.test(id)) {
    const hint = 'rename the folder: lower-case letters, digits, _ and -, at most 64';
    problems.add(
      new InputError({
        code: 'invalid_name',
        message: `${JSON.stringify(id)} is not an agent’s name`,
        path: folder,
        hint,
      }),
    );
    return null;
  }
  const tasks = parseTasks(bundle, folder, problems);
  const systemPrompt =
    ruleText(bundle, `${folder}/AGENTS.md`, problems) ?? ruleText(bundle, `${folder}/CLAUDE.md`, problems);
  const file = readAgentFile(bundle, path, problems);
  if (file === null) return null;
  return {
    id,
    version: hashFolder(bundle, folder),
    ...settingsOf(file, project),
    systemPrompt,
    tasks,
  };
}

function readAgentFile(bundle: Bundle, path: string, problems: ProblemList): AgentFile | null {
  if (!bundle.files.has(path)) {
    const message = 'this agent has no agent.toml';
    const hint = 'write one with adapter = "command" and command = ["…"], or move the folder out of agents/';
    problems.add(new InputError({ code: 'missing_file', message, path, hint }));
    return null;
  }
  const text = ruleText(bundle, path, problems);
  const document = text === null ? null : problems.readDocument(path, text);
  const file = document === null ? null : problems.check(agentFile, document);
  if (document !== null && file !== null) {
    checkCommand(bundle, document, ['command'], file.command ?? [], problems);
    checkWrite(document, file.confine?.write ?? [], problems);
  }
  return file;
}

function settingsOf(
  file: AgentFile,
  project: ProjectSettings,
): Omit<AgentRules, 'id' | 'version' | 'systemPrompt' | 'tasks'> {
  const defaults = project.defaults ?? {};
  const risk: Risk = file.risk ?? defaults.risk ?? 'medium';
  const isRisky = risk === 'high' || risk === 'critical';
  return {
    adapter: file.adapter,
    command: file.command ?? [file.adapter],
    anyCommand: file.any_command ?? false,
    model: file.model ?? defaults.model ?? null,
    auth: file.auth ?? 'key',
    models: file.models ?? defaults.models ?? [],
    maxOutputTokens: file.max_output_tokens ?? defaults.max_output_tokens ?? null,
    risk,
    cwd: file.cwd ?? 'workspace',
    concurrent: file.concurrent ?? defaults.concurrent ?? 1,
    tools: toolRules(file, defaults),
    budget: budgetRules({ ...defaults.budget, ...file.budget }, project.budget),
    limits: limitRules(file, defaults),
    confine: {
      mode: file.confine?.mode ?? defaults.confine?.mode ?? (isRisky ? 'required' : 'auto'),
      write: file.confine?.write ?? defaults.confine?.write ?? [],
    },
    env: {
      pass: [...new Set([...(defaults.env?.pass ?? []), ...(file.env?.pass ?? [])])],
      set: { ...defaults.env?.set, ...file.env?.set },
    },
    may: autonomyOverride({ ...defaults.may, ...file.may }),
    labels: { ...defaults.labels, ...file.labels },
    purpose: file.profile?.purpose ?? defaults.profile?.purpose ?? null,
  };
}

function toolRules(file: AgentFile, defaults: DefaultsTable): ToolRules {
  const both = (list: 'require_approval' | 'deny'): readonly string[] => [
    ...new Set([...(defaults.tools?.[list] ?? []), ...(file.tools?.[list] ?? [])]),
  ];
  return {
    allow: file.tools?.allow ?? defaults.tools?.allow ?? [],
    requireApproval: both('require_approval'),
    deny: both('deny'),
  };
}

function limitRules(file: AgentFile, defaults: DefaultsTable): LimitRules {
  return {
    timeoutMs: file.limits?.timeout ?? defaults.limits?.timeout ?? null,
    iterations: null,
    errors: file.limits?.errors ?? defaults.limits?.errors ?? null,
    silenceMs: null,
  };
}
