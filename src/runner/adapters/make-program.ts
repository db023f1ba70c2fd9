// Chooses what is started for a run by its adapter. A program that is to be gated is tried first; the plain command is taken as it is.
import { join } from 'node:path';
import type { WireLaunch } from '../../server/wire/run.ts';
import type { AgentProgram } from './adapter.ts';
import { claudeConversation } from './claude/conversation.ts';
import { probeClaude } from './claude/probe.ts';
import { claudeProfile } from './claude/profile.ts';
import { codexArguments } from './codex/profile.ts';
import { findProgram } from './find-program.ts';
import { type ToolGateContext, toolGate } from './tool-gate.ts';

export interface ProgramOptions {
  readonly launch: WireLaunch;
  readonly operator: Readonly<Record<string, string | undefined>>;
  /** What every agent of this run is given. */
  readonly env: Readonly<Record<string, string>>;
  readonly stateDir: string;
  readonly isJailed: boolean;
  readonly gate: ToolGateContext;
  readonly onBypass: (why: string) => void;
  readonly onMessage: (message: Record<string, unknown>) => void;
}

/** Throws an OperationError when the program is missing or its gate did not hold. */
export async function makeProgram(options: ProgramOptions): Promise<AgentProgram> {
  const { launch, operator, onBypass, onMessage } = options;
  if (launch.adapter === 'command') return { command: launch.command, env: {}, conversation: null };
  const [name = launch.adapter, ...rest] = launch.command;
  const program = findProgram(name, operator);
  if (launch.adapter === 'codex') {
    const args = codexArguments(
      { ...launch, isJailed: options.isJailed },
      options.env['OPENAI_BASE_URL'] ?? '',
      rest,
    );
    return { command: [program, ...args], env: {}, conversation: null };
  }
  const command = [program, ...rest];
  await probeClaude({ command, env: options.env, cacheDir: join(options.stateDir, 'adapters') });
  const profile = claudeProfile(launch);
  const conversation = claudeConversation({
    task: launch.task_text ?? '',
    tools: toolGate(options.gate),
    onBypass,
    onMessage,
  });
  return { command: [...command, ...profile.args], env: profile.env, conversation };
}
