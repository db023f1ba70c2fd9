// How a program of the operator (an executor, a notifier) is started: the accepted copy of it, in the project's folder, with nothing of
// the server's environment but what its table names.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { resolveCommand } from '../../config/rules-entry.ts';
import { OperationError } from '../../core/fault.ts';
import type { ProgramRules } from '../../core/rules/program-rules.ts';
import type { RunProgramOptions } from '../../process/entry.ts';
import type { ServerContext } from '../context.ts';
import type { AcceptedRules } from '../rules/in-force.ts';

export interface ProgramContext extends ServerContext {
  /** Holds the ready executors, and what calls modules. */
  readonly actionsDir: string;
}

export async function operatorProgram(
  context: ProgramContext,
  accepted: AcceptedRules,
  rules: ProgramRules,
  given: Readonly<Record<string, string>>,
): Promise<Pick<RunProgramOptions, 'command' | 'cwd' | 'env' | 'timeLimitMs'>> {
  return {
    command: await commandOf(context, accepted, rules),
    cwd: context.projectDir,
    env: {
      PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
      LANG: process.env['LANG'] ?? 'C.UTF-8',
      ...passed(rules.env.pass),
      ...rules.env.set,
      ...given,
      GOVERNED_PROJECT_DIR: context.projectDir,
      GOVERNED_TIMEOUT_MS: String(rules.timeoutMs),
      ...(rules.start.kind === 'ready'
        ? { GOVERNED_ACTION_SETTINGS: JSON.stringify(rules.start.settings) }
        : {}),
    },
    timeLimitMs: rules.timeoutMs,
  };
}

async function commandOf(
  context: ProgramContext,
  accepted: AcceptedRules,
  { start }: ProgramRules,
): Promise<readonly string[]> {
  const { actionsDir, projectDir } = context;
  if (start.kind === 'ready') return [process.execPath, ownProgram(actionsDir, start.settings.use)];
  const snapshotDir = await context.rules.snapshot(accepted);
  if (start.kind === 'module')
    return [process.execPath, ownProgram(actionsDir, 'run-module'), join(snapshotDir, start.path)];
  return resolveCommand(start.command, { base: '.', snapshotDir, bundle: accepted.bundle, projectDir });
}

function ownProgram(actionsDir: string, name: string): string {
  const file = join(actionsDir, `${name}.mjs`);
  if (existsSync(file)) return file;
  throw new OperationError({
    op: `start ${name}`,
    code: 'broken_install',
    message: `${file} is missing: this installation of governed-agents is not whole`,
    hint: 'install it again',
  });
}

function passed(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
