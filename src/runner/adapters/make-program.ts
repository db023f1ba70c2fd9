// Chooses what is started for a run by its adapter. An agent CLI is tried first and gated; the plain command is taken as it is.
import { join } from 'node:path';
import type { WireLaunch } from '../../server/wire/run.ts';
import type { AgentProgram } from './adapter.ts';
import { claudeConversation } from './claude/conversation.ts';
import { probeClaude } from './claude/probe.ts';
import { claudeProfile } from './claude/profile.ts';
import { showMessage as showClaude } from './claude/show-message.ts';
import { codexConversation } from './codex/conversation.ts';
import { probeCodex } from './codex/probe.ts';
import { codexArguments, codexThread, offersSubagents } from './codex/profile.ts';
import { showMessage as showCodex } from './codex/show-message.ts';
import { executablesOf } from './executables-of.ts';
import { findProgram } from './find-program.ts';
import { type ProgramFiles, pathOutside, refuseProgramOfAgent } from './program-of-agent.ts';
import { type ToolGateContext, toolGate } from './tool-gate.ts';

export interface ProgramOptions {
  readonly launch: WireLaunch;
  readonly operator: Readonly<Record<string, string | undefined>>;
  /** What every agent of this run is given. */
  readonly env: Readonly<Record<string, string>>;
  readonly stateDir: string;
  readonly isJailed: boolean;
  /** Folders that jailed agents may write; what lies there is started in a jail only. */
  readonly writable: readonly string[];
  readonly gate: ToolGateContext;
  readonly onBypass: (why: string) => void;
  /** What an agent CLI said, and what that means to a person, a line each. */
  readonly onMessage: (message: Record<string, unknown>, shown: readonly string[]) => void;
}

/** Throws an OperationError when the program is missing or its gate did not hold. */
export async function makeProgram(options: ProgramOptions): Promise<AgentProgram> {
  const { launch, operator } = options;
  if (launch.adapter === 'command') return { command: launch.command, env: {}, conversation: null };
  const [name = launch.adapter, ...rest] = launch.command;
  const program = findProgram(name, operator);
  const files = { program, executables: executablesOf(program) };
  refuseProgramOfAgent(files, options.env['PATH'] ?? '', options.writable);
  return launch.adapter === 'codex'
    ? codexProgram(options, files, rest)
    : claudeProgram(options, files, rest);
}

async function claudeProgram(
  options: ProgramOptions,
  files: ProgramFiles,
  kept: readonly string[],
): Promise<AgentProgram> {
  const { launch, onBypass } = options;
  await probeClaude({ ...files, kept, env: envOfProbe(options), cacheDir: cacheOf(options) });
  const profile = claudeProfile(launch);
  const conversation = claudeConversation({
    task: launch.task_text ?? '',
    tools: toolGate(options.gate),
    onBypass,
    onMessage: (message) => options.onMessage(message, showClaude(message)),
  });
  return { command: [files.program, ...kept, ...profile.args], env: profile.env, conversation };
}

/** What it logs is about itself; what went wrong it says in its messages. */
const CODEX_ENV = { RUST_LOG: 'off' };

async function codexProgram(
  options: ProgramOptions,
  files: ProgramFiles,
  kept: readonly string[],
): Promise<AgentProgram> {
  const { launch, onBypass, isJailed } = options;
  await probeCodex({ ...files, kept, env: envOfProbe(options), isJailed, cacheDir: cacheOf(options) });
  const input = { ...launch, isJailed, hasLogin: launch.auth === 'subscription' };
  const conversation = codexConversation({
    task: launch.task_text ?? '',
    thread: codexThread(input),
    cwd: launch.cwd,
    offersSubagents: offersSubagents(launch.tools),
    tools: toolGate(options.gate),
    onBypass,
    onMessage: (message) => options.onMessage(message, showCodex(message)),
  });
  const args = codexArguments(input, options.env['OPENAI_BASE_URL'] ?? '', kept);
  return { command: [files.program, ...args], env: CODEX_ENV, conversation };
}

function envOfProbe({ env, writable }: ProgramOptions): Readonly<Record<string, string>> {
  const { PATH: path } = env;
  return path === undefined ? env : { ...env, PATH: pathOutside(path, writable) };
}

function cacheOf({ stateDir }: ProgramOptions): string {
  return join(stateDir, 'adapters');
}
